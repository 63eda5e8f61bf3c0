"""The walk that shows what a finding says of a guard: to the state, and the step that goes otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from workflows.language.checks.examples import ExampleValues
from workflows.language.checks.guards.formula import Assignment
from workflows.language.checks.guards.groups import RowGroup
from workflows.language.checks.walk import Walk, WalkFinder, walk_time
from workflows.language.checks.walk_steps import WalkStep
from workflows.language.definition import Definition, Transition
from workflows.language.forms.field import FieldType
from workflows.language.forms.values import Values


class Evidence:
    """Builds the walks of one definition's findings, as scenarios. Empty where none is found."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._finder = WalkFinder(definition)
        self._examples = ExampleValues(definition.organisation, walk_time(definition))

    def refusal(self, group: RowGroup, values: Mapping[str, object]) -> str:
        """A walk whose last step no row takes, with these stored values of fields."""
        held = {name: value for name, value in values.items() if name not in group.asked}
        walk = self._finder.find(group.state, held)
        role = self._role(group.rows[0][1])
        if walk is None or role is None or not group.trigger:
            return ""
        rows = [row for _, row in group.rows if role in row.roles]
        form = self._form(rows, values)
        if form is None:
            return ""
        step = WalkStep(group.trigger, form, role, ("guard",))
        name = f"{group.trigger} from {group.state} is refused"
        return walk.then(step).scenario(name, {"state": group.state})

    def other_row(self, group: RowGroup, row: Transition, earlier: Transition, values: Assignment) -> str:
        """A walk whose last step would be the row's, and takes an earlier row of the trigger."""
        walk, role = self._finder.find(group.state), self._role(row)
        if walk is None or role is None or not group.trigger or role not in earlier.roles:
            return ""
        fields = self._definition.fields
        sent = {name: _stored(fields[name].type, each) for name, each in values.items() if name in fields}
        form = self._form([row, earlier], {n: each for n, each in sent.items() if n in row.fields})
        if form is None or not self._holds(row, walk, form):
            return ""
        name = f"{group.trigger} from {group.state} takes an earlier row"
        step = WalkStep(group.trigger, form, role)
        return walk.then(step).scenario(name, {"state": earlier.to or group.state})

    def _holds(self, row: Transition, walk: Walk, form: Mapping[str, object]) -> bool:
        return row.guard is None or row.guard.holds(Values(fields={**walk.data, **form})).holds

    def _role(self, row: Transition) -> str | None:
        return next((role for role in row.roles if role in self._definition.organisation.roles), None)

    def _form(self, rows: Sequence[Transition], values: Mapping[str, object]) -> dict[str, object] | None:
        """A form with everything that the rows require, and these values of what they ask for."""
        form: dict[str, object] = {}
        for name in dict.fromkeys(name for row in rows for name in row.fields):
            given = values.get(name)
            if given is None and not any(name in row.requires for row in rows):
                continue
            found = self._examples.of(self._definition.fields[name], [given] if given is not None else [])
            if not found or (given is not None and found[0] != given):
                return None
            form[name] = found[0]
        return form


def _stored(kind: FieldType, value: object) -> object:
    """A value of the solver in the form in which a person sends it."""
    match value:
        case Decimal():
            return f"{value:.2f}" if kind is FieldType.MONEY else float(value)
        case datetime():
            return value.isoformat(timespec="seconds")
        case ValueError():
            return None
    return value
