"""What is known of a ticket's fields in each state: which are surely filled, which cannot be, and with what.

It follows from the forms, guards and effects of the steps that lead there. That somebody corrects a field by
hand (`amend`) is left out of account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.language.builder.rosters import fields_written_by
from workflows.language.checks.guards.domains import Domains
from workflows.language.checks.guards.formula import Formula, FormulaReader, predicates_of
from workflows.language.checks.guards.solve import Demand, Solver
from workflows.language.checks.guards.terms import TermReader, is_option_field
from workflows.language.definition import Definition, StepSpec
from workflows.language.effect import SetFieldEffect
from workflows.language.expressions.tree import Constant
from workflows.language.forms.field import Field

Options = frozenset[object]
"""The values that a field may have; None among them: it may be empty."""


class FieldFacts:
    """The facts about one definition's fields that guards read."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self._reader = FormulaReader(TermReader(definition.fields))
        self._formulas: dict[str, Formula] = {}
        rows: tuple[StepSpec, ...] = (definition.start, *definition.transitions)
        read = {name for row in rows if row.guard for name in row.guard.names}
        self._fields = [
            each for name, each in definition.fields.items() if name in read and _is_followed(each)
        ]
        self._fields_by_row: dict[int, tuple[Field, ...]] = {}
        self._passing: dict[tuple[int, str], Options] = {}
        self._states: dict[str, dict[str, Options]] = {}
        self._follow()

    def formula(self, row: StepSpec) -> Formula | None:
        """The guard of a row as a formula."""
        if row.guard is None:
            return None
        if row.guard.source not in self._formulas:
            self._formulas[row.guard.source] = self._reader.read(row.guard.tree)
        return self._formulas[row.guard.source]

    def options(self, state: str, name: str) -> Options | None:
        """What the field may hold in a state, in stored form, or `FILLED`; None if it is not known."""
        return self._states.get(state, {}).get(name)

    def is_reached(self, state: str) -> bool:
        """Whether some walk leads to the state."""
        return state in self._states

    def _follow(self) -> None:
        start = self.definition.start
        empty = {field.name: frozenset[object]((None,)) for field in self._fields}
        self._states[start.state] = self._after(start, empty)
        waiting = [start.state]
        while waiting:
            state = waiting.pop()
            for row in self.definition.transitions_by_source[state]:
                to = row.to or state
                after = self._after(row, self._states[state])
                if any(not options for options in after.values()):
                    continue  # the guard never holds here
                before = self._states.get(to)
                joined = after if before is None else {n: before[n] | after[n] for n in after}
                if joined != before:
                    self._states[to] = joined
                    waiting.append(to)

    def _after(self, row: StepSpec, before: Mapping[str, Options]) -> dict[str, Options]:
        after = dict(before)
        for field in self._read_by(row):
            name = field.name
            asked = all_options(field) if name in row.fields else frozenset[object]()
            seen = asked if name in row.requires else before[name] | asked
            after[name] = frozenset(each for each in seen if self._passes(row, field, each))
        for written, options in _written(row, self.definition.fields):
            if written in after:
                after[written] = options
        return after

    def _read_by(self, row: StepSpec) -> tuple[Field, ...]:
        """The fields that the form of a row asks for, or its guard reads."""
        if id(row) not in self._fields_by_row:
            names = {*row.fields, *(row.guard.names if row.guard else ())}
            self._fields_by_row[id(row)] = tuple(field for field in self._fields if field.name in names)
        return self._fields_by_row[id(row)]

    def _passes(self, row: StepSpec, field: Field, value: object) -> bool:
        """Whether the guard of the row can hold with the field's value."""
        formula = self.formula(row)
        if formula is None or (value is not None and not is_option_field(field)):
            return True
        if row.guard is not None and field.name not in row.guard.names:
            return True
        key = (id(row), field.name)
        if key not in self._passing:
            predicates = predicates_of(formula)
            self._passing[key] = frozenset(
                each
                for each in (*all_options(field), None)
                if not Solver(Domains(predicates))
                .solve([Demand(formula, True)], {field.name: each})
                .impossible
            )
        return value in self._passing[key]


EMPTY: Options = frozenset((None,))
"""Of a field that cannot have been filled."""
FILLED = "filled"
"""In the place of a value of a field whose values are not followed."""


def _is_followed(field: Field) -> bool:
    return field.value is None


def all_options(field: Field) -> Options:
    """The values that a form takes of a field, as they are followed here."""
    if not is_option_field(field):
        return frozenset((FILLED,))
    return frozenset(option.value for option in field.options) or frozenset((True, False))


def _written(row: StepSpec, fields: Mapping[str, Field]) -> Iterator[tuple[str, Options]]:
    """The fields that the effects of a row write, each with what it may then hold."""
    for effect in row.effects:
        for name in fields_written_by(effect):
            field = fields.get(name)
            if field is None:
                continue
            whole = all_options(field) | EMPTY
            if isinstance(effect, SetFieldEffect) and isinstance(effect.value.tree, Constant):
                value = effect.value.tree.value
                known = value if value is None or is_option_field(field) else FILLED
                whole = frozenset((known,)) if effect.when is None else whole
            yield name, whole
