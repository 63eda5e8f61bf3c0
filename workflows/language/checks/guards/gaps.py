"""Finds values for which no row of a trigger is taken, though its rows divide what the field may hold.

A guard that refuses is a condition, and nothing is wrong with it. It is a gap where different rows take
different values of a field and none takes one of the others; so it is where that is so for one value of
another field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from workflows.language.checks.guards.field_facts import all_options
from workflows.language.checks.guards.formula import predicates_of
from workflows.language.checks.guards.groups import RowGroup
from workflows.language.checks.guards.terms import is_option_field
from workflows.language.forms.field import FieldType

_ORDERED = ("number", "count")


class Gap(NamedTuple):
    """The values of terms that fall through, an example of them for each field, and the index of the row to
    be looked at."""

    values: Mapping[str, tuple[object, ...]]
    fields: Mapping[str, object]
    row: int


def find_gap(group: RowGroup) -> Gap | None:
    """The first gap between the rows of a group."""
    rows = [row for _, row in group.rows]
    if len(rows) < 2 or any(row.guard is None for row in rows):
        return None
    return next(iter(_option_gaps(group)), None) or next(iter(_number_gaps(group)), None)


def _option_gaps(group: RowGroup) -> Iterator[Gap]:
    fields = group.facts.definition.fields
    options = {name: _options(group, name) for name in group.terms if is_option_field(fields.get(name))}
    choices = [name for name in options if fields[name].type is FieldType.CHOICE]
    contexts: list[dict[str, object]] = [{}]
    contexts += [{name: value} for name in choices for value in options[name]]
    for context in contexts:
        for name in options:
            if name in context:
                continue
            taken = {value: _rows_taken(group, {**context, name: value}) for value in options[name]}
            missing = [value for value in taken if not taken[value]]
            if missing and _divides(taken):
                values = {key: (value,) for key, value in context.items()} | {name: tuple(missing)}
                yield Gap(values, {**context, name: missing[0]}, _row_of(group, name, taken))


def _number_gaps(group: RowGroup) -> Iterator[Gap]:
    """Numbers between those that rows take; below and above, a row may well refuse."""
    for key, term in group.terms.items():
        if term.kind not in _ORDERED or not group.is_compared_with_constants(key):
            continue
        points = group.values_of(term)
        taken = {point: _rows_taken(group, {key: point}) for point in points}
        inside = [at for at, point in enumerate(points) if taken[point]]
        between = points[inside[0] : inside[-1]] if inside else ()
        missing = [point for point in between if not taken[point]]
        if missing and _divides(taken):
            fields = {key: missing[0]} if key in group.facts.definition.fields else {}
            yield Gap({key.removeprefix("@"): (missing[0],)}, fields, _row_of(group, key, taken))


def _divides(taken: Mapping[object, frozenset[int]]) -> bool:
    """Whether different rows take different values: no row takes all that are taken."""
    found = [rows for rows in taken.values() if rows]
    return len(found) > 1 and not frozenset.intersection(*found)


def _options(group: RowGroup, name: str) -> tuple[object, ...]:
    """What an option field may hold when the trigger is fired. Of all rows that leave a state, only values:
    one that is empty may be filled by a step that stays."""
    field = group.facts.definition.fields[name]
    known = None if name in group.asked else group.facts.options(group.state, name)
    order = [*(option.value for option in field.options), True, False, *((None,) if group.trigger else ())]
    return tuple(value for value in order if value in (all_options(field) if known is None else known))


def _rows_taken(group: RowGroup, given: Mapping[str, object]) -> frozenset[int]:
    """The rows whose guard may hold with these values."""
    return frozenset(index for index, row in group.rows if group.may_hold(row, given))


def _row_of(group: RowGroup, key: str, taken: Mapping[object, frozenset[int]]) -> int:
    """The row to be looked at, of those whose guard reads the field: one that reads least else, that takes
    only what others take as well, or that names a missing value."""
    missing = [value for value, rows in taken.items() if not rows]
    reading = []
    for index, row in group.rows:
        formula = group.formula(row)
        keys = group.keys_of(formula) if formula else frozenset()
        if formula and key in keys:
            own = [rows for rows in taken.values() if index in rows]
            needless = bool(own) and all(len(rows) > 1 for rows in own)
            constants = {each for predicate in predicates_of(formula) for each in predicate.constants}
            reading.append((len(keys), not needless, constants.isdisjoint(missing), not own, index))
    return min(reading)[-1]
