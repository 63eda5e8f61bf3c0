"""Proposes a plan for a change that would leave open tickets without a place: it is a text to be read, and
mended where it guesses wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from workflows.language.definition import Definition, State
from workflows.language.forms.field import Field, FieldType, Titles
from workflows.language.migration_plan import DROP, FieldMove
from workflows.language.migrations.families import OlderTickets
from workflows.language.migrations.move_checks import CONVERSION_TARGETS, find_obstacles
from workflows.language.schemas.migrations import LATEST

_ALIKE = 0.6  # names or titles that are as alike as this may well mean the same
_CHOICES = (FieldType.CHOICE, FieldType.CHOICES)
_CONVERTED = (FieldType.TEXT, FieldType.NUMBER, FieldType.MONEY, FieldType.DATE, FieldType.DATETIME)


def propose_plan(family: Sequence[OlderTickets]) -> str:
    """A plan (YAML) for the open tickets of a process on older versions, and of those that have to move
    together with it. Each of them is led to a state from which an end can be reached, if the new version has
    one at all. A version without a number is the one that is about to be published."""
    new = family[0].new
    by = f"version {new.version}" if new.version else "the new version"
    lines = [
        *_propose_move_of(family[0]),
        *_section("also", _propose_also(family[1:])),
        "# clocks: keep, unless you say restart or recompute by name",
        f"because: the tickets go on by {by}  # say why; it stands in each history",
    ]
    return "\n".join(lines) + "\n"


def _propose_also(others: Sequence[OlderTickets]) -> Iterator[str]:
    for each in others:
        first, *rest = _propose_move_of(each)
        yield f"- {first}"
        yield from (f"  {line}" for line in rest)


def _propose_move_of(tickets: OlderTickets) -> Iterator[str]:
    """The part of a plan about one process."""
    olds, new = tickets.olds, tickets.new
    yield f"process: {new.name}"
    yield f"from: [{', '.join(str(each.version) for each in olds)}]"
    yield f"to: {new.version or LATEST}"
    yield from _section("states", _propose_states(olds, new, tickets.standing))
    yield from _section("fields", _propose_fields(olds, new))
    yield from _section("options", _propose_options(olds, new))
    yield from _section("roles", _propose_roles(olds, new))


def find_leading_on(definition: Definition) -> frozenset[str]:
    """The states from which an end can be reached; ends among them."""
    found = {name for name, each in definition.states.items() if each.category.ended}
    while True:
        more = {
            source
            for row in definition.transitions
            if row.to in found and not row.barred
            for source in row.sources
        } - found
        if not more:
            return frozenset(found)
        found |= more


def _section(name: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"{name}:"
        yield from (f"  {each}" for each in found)


def _propose_states(olds: Sequence[Definition], new: Definition, standing: Iterable[str]) -> Iterator[str]:
    leading_on = find_leading_on(new)
    for state in sorted(set(standing)):
        if state in leading_on or (state in new.states and not leading_on):
            continue
        why = "leads nowhere any more" if state in new.states else "is gone"
        old = next((each for each in olds if state in each.states), None)
        nearest = _find_nearest_state(state, old, new, leading_on)
        if nearest is not None:
            yield f"{state}: {nearest}  # {state} {why}; {nearest} is the nearest"


def _find_nearest_state(
    name: str, old: Definition | None, new: Definition, among: frozenset[str]
) -> str | None:
    open_states = [each for each in new.states if each in among and not new.states[each].category.ended]
    ranked = sorted(
        open_states or sorted(among), key=lambda each: (-_rate_state(name, old, new.states[each], new), each)
    )
    return ranked[0] if ranked else None


def _rate_state(name: str, old: Definition | None, state: State, new: Definition) -> float:
    """How near a state of the new version is to one of the old: by name and title, by what leads out of it
    and into it, by who has the next move."""
    rating = _rate_names(name, state.name)
    before = old.states.get(name) if old else None
    if old is None or before is None:
        return rating
    rating = max(rating, _rate_titles(before.title, state.title))
    rating += 1.0 if state.name not in old.states else 0.0
    rating += 0.5 if before.category is state.category else 0.0
    rating += 0.5 if before.owner == state.owner else 0.0
    rating += _overlap(_steps_out(old, name), _steps_out(new, state.name))
    return rating + _overlap(_steps_in(old, name), _steps_in(new, state.name))


def _steps_out(definition: Definition, state: str) -> frozenset[str]:
    rows = definition.transitions_by_source[state]
    return frozenset({row.trigger for row in rows} | {f"to {row.to}" for row in rows if row.to})


def _steps_in(definition: Definition, state: str) -> frozenset[str]:
    return frozenset(row.trigger for row in definition.transitions if row.to == state)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def _rate_names(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _rate_titles(one: Titles, other: Titles) -> float:
    return max((_rate_names(one[each], other[each]) for each in one.keys() & other.keys()), default=0.0)


def _entered_fields(olds: Sequence[Definition]) -> dict[str, Field]:
    return {name: each for old in olds for name, each in old.fields.items() if each.is_input}


def _propose_fields(olds: Sequence[Definition], new: Definition) -> Iterator[str]:
    olds_by_name = _entered_fields(olds)
    free = [each for name, each in new.fields.items() if name not in olds_by_name and each.is_input]
    for name, old in olds_by_name.items():
        same = new.fields.get(name)
        if same is not None and not list(find_obstacles(old, same, FieldMove(name))):
            continue
        candidates = [same] if same is not None else sorted(free, key=lambda each: -_rate_field(old, each))
        found = next((move for each in candidates if (move := _propose_move(old, each)) is not None), None)
        if found is None:
            why = "cannot become what it is now" if same is not None else "is gone"
            yield f"{name}: {DROP}  # {name} {why}: its values fall out"
            continue
        taken, line = found
        free = [each for each in free if each.name != taken]
        yield line


def _rate_field(old: Field, new: Field) -> float:
    return max(_rate_names(old.name, new.name), _rate_titles(old.title, new.title))


def _propose_move(old: Field, new: Field) -> tuple[str, str] | None:
    """The name of the field that takes the values, and the line that says so; None if it cannot."""
    if old.name != new.name and _rate_field(old, new) < _ALIKE:
        return None
    if not list(find_obstacles(old, new, FieldMove(new.name))):
        return new.name, f"{old.name}: {new.name}  # renamed"
    for convert, types in CONVERSION_TARGETS.items():
        if new.type not in types or old.type not in (*_CONVERTED, FieldType.CHOICE, FieldType.BOOLEAN):
            continue
        if not list(find_obstacles(old, new, FieldMove(new.name, convert))):
            comment = "values that do not fit keep their tickets where they are"
            return new.name, f"{old.name}: {{to: {new.name}, convert: {convert}}}  # {comment}"
    return None


def _propose_options(olds: Sequence[Definition], new: Definition) -> Iterator[str]:
    for name, old in _entered_fields(olds).items():
        field = new.fields.get(name)
        if field is None or field.type is not old.type or field.type not in _CHOICES or not field.options:
            continue
        kept = {each.value for each in field.options}
        known = {o.value: o.title for each in olds if name in each.fields for o in each.fields[name].options}
        lost = [(value, title) for value, title in known.items() if value not in kept]
        if lost:
            yield f"{name}:"
            for value, title in lost:
                nearest = _find_nearest_option(value, title, field, known)
                yield f"  {value}: {nearest}  # {value} is gone; {nearest} is the nearest"


def _find_nearest_option(value: str, title: Titles, field: Field, known: Mapping[str, Titles]) -> str:
    def rate(option: str, titles: Titles) -> float:
        added = 0.3 if option not in known else 0.2 if option == "other" else 0.0
        return max(_rate_names(value, option), _rate_titles(title, titles)) + added

    return max(field.options, key=lambda each: (rate(each.value, each.title), each.value)).value


def _propose_roles(olds: Sequence[Definition], new: Definition) -> Iterator[str]:
    """Where the next move of a state has gone from one role to another."""
    pairs: dict[str, str] = {}
    for old in olds:
        for name, state in old.states.items():
            after = new.states.get(name)
            before_role = state.owner.role if state.owner else None
            after_role = after.owner.role if after and after.owner else None
            if before_role and after_role and before_role != after_role:
                pairs.setdefault(before_role, after_role)
    yield from (f"{old}: {role}  # has the next move now" for old, role in sorted(pairs.items()))
