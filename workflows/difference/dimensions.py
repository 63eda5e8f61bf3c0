"""What distinguishes situations: the fields and other names that the conditions of either version read.

The values of a name fall into classes. Two values are of one class if no condition tells them apart, both
versions take or refuse them alike, and both come the same way: in the form, or from the ticket.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from workflows.difference.examples import Constants, find_surroundings, find_values
from workflows.difference.field_values import OTHER, describe_domain
from workflows.difference.names import Atom, find_atoms
from workflows.difference.situation import NOW, Situation, VersionSide
from workflows.language.definition import StepSpec
from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.field_types import PERSONAL_TYPES
from workflows.timing.instants import rfc3339

How = Literal["sent", "kept", "around"]
Given = tuple[How, Any]
"""How a value comes to a step, and the value; None: the field is empty."""
_PER_CLASS, _PER_CROWDED = 3, 8  # the first and the last values of a class that are kept


@dataclass(frozen=True)
class Dimension:
    """One name, the values with which it is tried, and the class of each."""

    name: str
    given: tuple[Given, ...]
    classes: tuple[int, ...]
    signatures: Mapping[Hashable, int]
    cuts: frozenset[Any] = frozenset()  # those of the values at which conditions change

    @property
    def size(self) -> int:
        """How many classes there are."""
        return len(self.signatures)

    def tried(self, *, crowded: bool) -> tuple[Given, ...]:
        """The values to be tried: of each class the simplest; all where other names are compared with it."""
        if crowded:
            return self.given
        first = {each: at for at, each in reversed(tuple(enumerate(self.classes)))}
        return tuple(self.given[at] for at in sorted(first.values()))


@dataclass(frozen=True)
class ComparedStep:
    """What both versions say of a trigger from a state for a role: the rows that are open to it."""

    sides: tuple[VersionSide, VersionSide]
    state: str | None
    trigger: str
    role: str
    rows: tuple[tuple[StepSpec, ...], tuple[StepSpec, ...]]  # those that the role may take
    formed: tuple[tuple[StepSpec, ...], tuple[StepSpec, ...]]  # those whose fields the form takes
    atoms: tuple[Atom, ...] = field(default=())

    def situation(self, given: Mapping[str, Given], plain: Mapping[str, object]) -> Situation:
        """The situation with these values, and the `plain` ones of the fields that do not matter."""
        parts: dict[str, dict[str, Any]] = {"sent": dict(plain), "kept": {}, "around": {}}
        for name, (how, value) in given.items():
            if value is not None:
                parts[how][name] = value
        return Situation(state=self.state, trigger=self.trigger, role=self.role, **parts)

    def classify(self, name: str, given: Given, single: Sequence[Atom]) -> Hashable:
        """What tells the values of a name apart; `single` are the atoms that depend on it alone."""
        situation = self.situation({name: given}, {})
        seen = tuple(side.see(situation) for side in self.sides)
        truths = tuple(atom.truth(seen[atom.side]) for atom in single)
        how, value = given
        fits: tuple[bool, ...] = ()
        if how == "sent":
            fits = tuple(
                value is None or side.stored(side.name(name), value) is not None for side in self.sides
            )
        chosen = (
            _chosen(value) if name in self.complete or any(spec.items for spec in self.specs(name)) else None
        )
        empty = value in (None, "", [])
        return how if name in self.asked or how == "around" else "kept", empty, fits, truths, chosen

    @property
    def read(self) -> frozenset[str]:
        """The names that conditions read."""
        return frozenset(name for atom in self.atoms for name in atom.names)

    @property
    def all_rows(self) -> tuple[StepSpec, ...]:
        """The rows of both versions that the role may take."""
        return self.rows[0] + self.rows[1]

    @property
    def asked(self) -> frozenset[str]:
        """The fields of either form."""
        return frozenset(
            name for side, rows in zip(self.sides, self.formed, strict=True) for name in side.fields(rows)
        )

    @property
    def complete(self) -> frozenset[str]:
        """The fields of whose documents none may be missing."""
        return frozenset(
            side.former.get(name, name)
            for side, rows in zip(self.sides, self.rows, strict=True)
            for row in rows
            for name in row.complete
        )

    @property
    def noticed(self) -> frozenset[str]:
        """The names of which it matters what the ticket has."""
        return self.read | self.complete

    @property
    def always_required(self) -> frozenset[str]:
        """The fields that every row of both versions requires: without them, both refuse."""
        needs = [side.requires(row) for side, rows in zip(self.sides, self.rows, strict=True) for row in rows]
        return frozenset.intersection(*needs) if needs else frozenset()

    def find_relevant(self) -> tuple[str, ...]:
        """The names that the versions may decide by, in the order of the form, then the others."""
        needs = [side.requires(row) for side, rows in zip(self.sides, self.rows, strict=True) for row in rows]
        some = frozenset[str]().union(*needs) - self.always_required
        forms = [
            frozenset(side.fields(rows)) for side, rows in zip(self.sides, self.formed, strict=True) if rows
        ]
        uneven = frozenset[str]().union(*forms) - frozenset.intersection(*forms) if forms else frozenset()
        redefined = {name for name in self.asked if self._is_redefined(name)}
        wanted = self.noticed | some | uneven | redefined
        asked = tuple(
            dict.fromkeys(
                n for side, rows in zip(self.sides, self.formed, strict=True) for n in side.fields(rows)
            )
        )
        return (*(name for name in asked if name in wanted), *sorted(wanted - set(asked)))

    def _is_redefined(self, name: str) -> bool:
        old, new = (side.definition.fields.get(side.name(name)) for side in self.sides)
        return old is None or new is None or describe_domain(old) != describe_domain(new)

    def specs(self, name: str) -> tuple[Field, ...]:
        """The field as both versions declare it."""
        found = (side.definition.fields.get(side.name(name)) for side in self.sides)
        return tuple(each for each in found if each is not None)


def find_step_atoms(step: ComparedStep) -> tuple[Atom, ...]:
    """The atoms of all conditions that decide about the step, each once."""
    found: dict[str, Atom] = {}
    for at, (side, rows) in enumerate(zip(step.sides, step.rows, strict=True)):
        for condition in _conditions(side, rows):
            for atom in find_atoms(condition, side.definition, at, side.former):
                if atom.names:
                    found.setdefault(atom.key, atom)
    return tuple(found.values())


def _conditions(side: VersionSide, rows: Iterable[StepSpec]) -> Iterable[Expression]:
    for row in rows:
        if row.guard is not None:
            yield row.guard
        for name in (*row.complete, *row.requires):
            spec = side.definition.fields[name]
            for option in (*(spec.options if name in row.complete else ()), *spec.items):
                if isinstance(option.when, Expression):
                    yield option.when


def build_dimension(step: ComparedStep, name: str, scenario_values: Mapping[str, Sequence[Any]]) -> Dimension:
    """The name with its values, which fall into classes."""
    constants, single = Constants(), []
    compared = {each for atom in step.atoms if name in atom.names for each in atom.names}
    for atom in step.atoms:
        if len(compared) > 1 and name not in atom.names and atom.names <= compared:
            constants.add(atom.node)  # where a name compared with this one changes, this one does, too
        if name in atom.names:
            constants.add(atom.node)
            for side in step.sides:  # constants of the formulas that lead from the name to the atom
                _add_formulas(constants, side, atom)
            constants.crowded |= len(atom.names) > 1
            single += [atom] if len(atom.names) == 1 else []
    found: list[Given] = []
    classes: list[int] = []
    signatures: dict[Hashable, int] = {}
    for given in _list_given(step, name, constants, scenario_values):
        signature = step.classify(name, given, single)
        classes.append(signatures.setdefault(signature, len(signatures)))
        found.append(given)
    cuts = frozenset(_find_cuts(found, constants))
    dimension = Dimension(name, tuple(found), tuple(classes), signatures, cuts)
    return _drop_surplus(dimension, _PER_CROWDED if constants.crowded else _PER_CLASS)


def _find_cuts(given: Iterable[Given], constants: Constants) -> Iterable[Any]:
    instants = {NOW, *constants.instants} | {
        NOW + sign * each for each in constants.seconds for sign in (1, -1)
    }
    for _, value in given:
        match value:
            case bool() | None | list() | dict():
                continue
            case int() | float():
                if Decimal(str(value)) in constants.numbers or value in instants:
                    yield value
            case str() if value in constants.texts or value in map(rfc3339, instants):
                yield value
            case str() if _is_amount(value) and Decimal(value) in constants.numbers:
                yield value


def _is_amount(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdecimal()


def _add_formulas(constants: Constants, side: VersionSide, atom: Atom) -> None:
    for key in atom.expression.keys:
        spec = side.definition.fields.get(key)
        if spec is not None and isinstance(spec.value, Expression):
            constants.add(spec.value.tree)


def _drop_surplus(dimension: Dimension, most: int) -> Dimension:
    """The dimension with a bounded number of values for each class."""
    places: dict[int, list[int]] = {}
    for at, each in enumerate(dimension.classes):
        places.setdefault(each, []).append(at)
    kept = sorted({at for found in places.values() for at in (*found[:most], *found[-most:])})
    return Dimension(
        dimension.name,
        tuple(dimension.given[at] for at in kept),
        tuple(dimension.classes[at] for at in kept),
        dimension.signatures,
        dimension.cuts,
    )


def _list_given(
    step: ComparedStep, name: str, constants: Constants, scenario_values: Mapping[str, Sequence[Any]]
) -> list[Given]:
    """The values of a name and how they come, the simplest first."""
    specs = step.specs(name)
    if not specs:
        definitions = [side.definition for side in step.sides]
        if name == "ticket.assignee" and step.role == "assignee":
            return [("around", "actor")]
        if name == "ticket.department" and step.role in ("department", "department-head", "owner"):
            return [("around", next(iter(definitions[0].organisation.departments), None))]
        return [("around", each) for each in find_surroundings(name, constants, definitions)]
    values = list_field_values(step, name, constants, scenario_values)
    asked = name in step.asked
    always = name in step.always_required
    kept = step.state is not None and not (always and asked)
    found: list[Given] = [] if always and asked else [("kept", None)]
    found += [("sent", value) for value in values] if asked else []
    return found + ([("kept", value) for value in values] if kept and name in step.noticed else [])


def list_field_values(
    step: ComparedStep, name: str, constants: Constants, scenario_values: Mapping[str, Sequence[Any]]
) -> list[Any]:
    """Values that at least one of the versions takes."""
    specs = step.specs(name)
    found = find_values(specs, constants, step.sides[1].definition)
    if not any(spec.personal or spec.type in PERSONAL_TYPES for spec in specs) and specs[-1].type in (
        *(FieldType.TEXT, FieldType.TABLE, FieldType.CHECKLIST, FieldType.UNIT),
    ):
        found += [each for each in scenario_values.get(name, ()) if each is not None]
    sides = [side for side in step.sides if side.name(name) in side.definition.fields]
    fitting = [
        value for value in found if any(side.stored(side.name(name), value) is not None for side in sides)
    ]
    return list({repr(value): value for value in fitting}.values())


def find_plain_values(
    step: ComparedStep, scenario_values: Mapping[str, Sequence[Any]], relevant: Iterable[str]
) -> dict[str, object]:
    """A value for each field that both versions always require and never decide by."""
    plain = {}
    for name in sorted(step.always_required - set(relevant)):
        found = list_field_values(step, name, Constants(), scenario_values)
        fits = (
            each
            for each in found
            if all(side.stored(side.name(name), each) is not None for side in step.sides)
        )
        plain[name] = next(fits, OTHER)
    return plain


def _chosen(value: Any) -> Hashable:
    """The chosen options, or the items with their results."""
    if not isinstance(value, list):
        return None
    return frozenset(
        (row.get("item"), row.get("result")) if isinstance(row, Mapping) else row for row in value
    )
