"""A ticket on a walk, step by step, as the engine would move it: forms, guards, effects, `auto` rows.

What a relative, a register or a roster contributes is not known here: a guard that reads it does not hold.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from workflows.language.builder.rosters import fields_written_by
from workflows.language.checks.examples import ExampleValues
from workflows.language.definition import Definition, StepSpec, Transition
from workflows.language.effect import AssignEffect, OpenChildEffect, SetFieldEffect
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.tree import Constant, TreeNode, parts_of
from workflows.language.forms.form import store_value
from workflows.language.forms.required_documents import find_missing_documents
from workflows.language.forms.values import Values

_MOST_FORMS = 60  # forms tried for one row
_MOST_AUTO = 20
_DEPARTMENT_HEAD = "dept-head"  # the role that `department-head` means, who is also of the department


class WalkStep(NamedTuple):
    """One step of a walk: the trigger (or `open`), the form as it is sent, and the role that sends it."""

    trigger: str
    form: Mapping[str, object]
    role: str
    refused: tuple[str, ...] = ()


class WalkTicket(NamedTuple):
    """A ticket on a walk, with its fields in stored form. `unknown` are fields whose value cannot be told,
    `links` those with open children, `acted` who fired which trigger."""

    state: str
    data: Mapping[str, object] = {}
    visits: Mapping[str, int] = {}
    steps: tuple[WalkStep, ...] = ()
    assignee: str | None = None
    opener: str = ""
    unknown: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    acted: tuple[tuple[str, str], ...] = ()


class _Answer(NamedTuple):
    """What a form says of a field: as it is sent, and as it is stored."""

    sent: object
    stored: object


_NOTHING = _Answer(None, None)


class StepTrial:
    """Takes steps of one definition at the moment `at`, by rows of it and its start. `tries_left` are the
    forms that may still be tried."""

    tries_left = 0

    def __init__(self, definition: Definition, at: datetime) -> None:
        self._definition, self._at = definition, int(at.timestamp())
        self._zone = definition.calendar.zone
        self._examples = ExampleValues(definition.organisation, at)
        steps: tuple[StepSpec, ...] = (definition.start, *definition.transitions)
        expressions = tuple(_expressions(steps))
        names = (name for each in expressions for name in each.names)
        computed = (name for each in definition.computed_fields if each.value for name in each.value.names)
        self.read = frozenset((*names, *computed)) & definition.fields.keys()
        self.visited = sorted({state for each in expressions for state in each.visited_states})
        self._known: dict[tuple[str, bool, str], tuple[_Answer, ...]] = {}
        self._constants = tuple(dict.fromkeys(c for each in expressions for c in _constants(each.tree)))

    def steps(
        self,
        ticket: WalkTicket,
        trigger: str,
        row: StepSpec,
        earlier: Sequence[Transition],
        first: Mapping[str, object],
        width: int,
    ) -> Iterator[WalkTicket]:
        """The ticket after the row, for at most `width` forms with which the row is taken. `earlier` are the
        rows of the trigger before it; the values of `first` are tried before others."""
        role = self._role(ticket, trigger, row, earlier)
        if role is not None:
            moved = (
                self._take(ticket, trigger, row, role, form, values.fields)
                for form, values in self._forms(row, ticket, first, role)
                if self._is_taken(row, earlier, ticket, values, role)
            )
            yield from itertools.islice((each for each in moved if each is not None), width)

    def _is_taken(
        self, row: StepSpec, earlier: Sequence[Transition], ticket: WalkTicket, values: Values, role: str
    ) -> bool:
        """Whether the role takes the row with these values: no row before it, and with all its papers."""
        return (
            self._holds(row.guard, ticket, values)
            and not any(self._holds(each.guard, ticket, values) for each in earlier if role in each.roles)
            and not any(find_missing_documents(self._definition.fields[n], values) for n in row.complete)
        )

    def _role(
        self, ticket: WalkTicket, trigger: str, row: StepSpec, earlier: Sequence[Transition]
    ) -> str | None:
        """Who may take the row: a role of the organisation first; not who an earlier row without a guard is
        for, nor who must be somebody else."""
        others = self._definition.separations.get(trigger, frozenset())
        acted = {role for done, role in ticket.acted if done in others}
        taken = {role for each in earlier if each.guard is None for role in each.roles}
        roles = [role for role in row.roles if role in self._definition.organisation.roles]
        bound = {"assignee": ticket.assignee, "opener": ticket.opener, "owner": self._owner(ticket)}
        bound |= {"department": _DEPARTMENT_HEAD, "department-head": _DEPARTMENT_HEAD}
        roles += [found for role in row.roles if (found := bound.get(role))]
        roles += [role for role in row.roles if role in ("guest", "clock")]
        return next((role for role in roles if role not in acted and role not in taken), None)

    def _owner(self, ticket: WalkTicket) -> str | None:
        owner = self._definition.states[ticket.state].owner
        if owner is None:
            return None
        staff = ticket.data.get(owner.staff) if owner.staff else owner.role
        return staff if isinstance(staff, str) else None

    def _forms(
        self, row: StepSpec, ticket: WalkTicket, first: Mapping[str, object], role: str
    ) -> Iterator[tuple[dict[str, object], Values]]:
        """Forms of the row as they are sent, each with what guards then see."""
        choices = {name: self._answers(name, name in row.requires, first) for name in row.fields}
        choices = {name: found for name, found in choices.items() if found}
        combined = itertools.product(*choices.values())
        for answers in itertools.islice(combined, min(_MOST_FORMS, self.tries_left)):
            self.tries_left -= 1
            pairs = [(n, each) for n, each in zip(choices, answers, strict=True) if each.stored is not None]
            stored = {name: each.stored for name, each in pairs}
            form = {name: each.sent for name, each in pairs}
            yield form, self._values(ticket, {**ticket.data, **stored}, role)

    def _answers(self, name: str, required: bool, first: Mapping[str, object]) -> Sequence[_Answer]:
        """What the form may say of a field. Of a field that nothing reads, one example."""
        key = (name, required, json.dumps(first.get(name)) if name in first else "")
        if key not in self._known:
            self._known[key] = tuple(self._find_answers(name, required, first))
        return self._known[key]

    def _find_answers(self, name: str, required: bool, first: Mapping[str, object]) -> Iterator[_Answer]:
        field, wanted = self._definition.fields[name], first.get(name)
        if name not in self.read and name not in first:
            if required:
                yield from (_Answer(each, store_value(field, each)) for each in self._examples.of(field)[:1])
            return
        preferred = [wanted] if wanted is not None else []
        if not required and not preferred:
            yield _NOTHING
        found = self._examples.of(field, [*preferred, *(_send(each) for each in self._constants)])
        answers = (_Answer(each, store_value(field, each)) for each in found)
        yield from (each for each in answers if each.stored is not None)  # an empty text says nothing
        if not required and preferred:
            yield _NOTHING

    def _holds(self, guard: Expression | None, ticket: WalkTicket, values: Values) -> bool:
        """Whether the guard holds; one that reads what is not known does not."""
        if guard is None:
            return True
        links = {key.partition(".")[2] for key in guard.keys if key.startswith("children.")}
        return not (guard.names & ticket.unknown or links & ticket.links) and guard.holds(values).holds

    def _values(self, ticket: WalkTicket, data: Mapping[str, object], role: str) -> Values:
        at = self._at
        values = Values(
            fields=dict(data),
            ticket={
                "state": ticket.state,
                "number": "1",
                "priority": "normal",
                "opened_at": at,
                "entered_at": at,
                "assignee": ticket.assignee,
            },
            actor={"id": role, "roles": [role], "departments": []},
            visits=ticket.visits,
            site="site",
            now=at,
            zone=self._definition.calendar.zone.key,
            is_open=self._definition.calendar.is_open,
        )
        return self._compute(values)

    def _compute(self, values: Values) -> Values:
        """The values with the computed fields."""
        fields = dict(values.fields)
        values = values._replace(fields=fields)
        for field in self._definition.computed_fields:
            assert field.value is not None, "computed"
            try:
                fields[field.name] = store_value(field, field.value.value(values), self._zone)
            except ValueError:
                fields[field.name] = None
        return values

    def _take(
        self,
        ticket: WalkTicket,
        trigger: str,
        row: StepSpec,
        role: str,
        form: Mapping[str, object],
        data: Mapping[str, object],
    ) -> WalkTicket | None:
        """The ticket after the step and after the `auto` rows that follow from it; None where that cannot be
        told."""
        moved = ticket._replace(
            data=data,
            steps=(*ticket.steps, WalkStep(trigger, form, role)),
            acted=(*ticket.acted, (trigger, role)),
            opener=ticket.opener or role,
        )
        to = row.to if isinstance(row, Transition) else ticket.state
        after = self._apply(self._enter(moved, to) if to else moved, row, role)
        for _ in range(_MOST_AUTO):
            following = self._follow(after, role) if after else None
            if following is after:
                break
            after = following
        return after

    def _enter(self, ticket: WalkTicket, state: str) -> WalkTicket:
        visits = {**ticket.visits, state: ticket.visits.get(state, 0) + 1}
        return ticket._replace(state=state, visits=visits)

    def _apply(self, ticket: WalkTicket, row: StepSpec, role: str) -> WalkTicket | None:
        """The ticket after the effects of the row; None where one cannot be worked out."""
        for effect in row.effects:
            values = self._values(ticket, ticket.data, role)
            if effect.when is not None and not self._holds(effect.when, ticket, values):
                continue
            match effect:
                case SetFieldEffect(field=name, value=expression):
                    try:
                        found = store_value(
                            self._definition.fields[name], expression.value(values), self._zone
                        )
                    except ValueError:
                        return None
                    ticket = ticket._replace(data={**ticket.data, name: found})
                case AssignEffect(to=to):
                    named = {"actor": role, "nobody": None}.get(to, ticket.data.get(to))
                    ticket = ticket._replace(assignee=named if isinstance(named, str) else None)
                case OpenChildEffect(link=link):
                    ticket = ticket._replace(links=ticket.links | {link})
                case _:
                    ticket = ticket._replace(unknown=ticket.unknown | set(fields_written_by(effect)))
        fields = self._values(ticket, ticket.data, role).fields
        return ticket._replace(data={name: each for name, each in fields.items() if each is not None})

    def _follow(self, ticket: WalkTicket, role: str) -> WalkTicket | None:
        """The ticket after the first `auto` row whose guard holds; the same where there is none."""
        values = self._values(ticket, ticket.data, role)
        for row in self._definition.transitions_by_source[ticket.state]:
            if not row.auto or row.guard is None:
                continue
            if row.guard.names & ticket.unknown:
                return None
            if row.to and self._holds(row.guard, ticket, values):
                return self._apply(self._enter(ticket, row.to), row, role)
        return ticket


def _expressions(steps: Sequence[StepSpec]) -> Iterator[Expression]:
    for step in steps:
        if step.guard is not None:
            yield step.guard
        for effect in step.effects:
            if effect.when is not None:
                yield effect.when


def _constants(node: TreeNode) -> Iterator[object]:
    """The numbers that an expression names, each with its neighbours, and its texts."""
    if (
        isinstance(node, Constant)
        and isinstance(node.value, Decimal | int)
        and not isinstance(node.value, bool)
    ):
        yield from (node.value, node.value + 1, node.value - 1)
    elif isinstance(node, Constant) and isinstance(node.value, str):
        yield node.value
    for part in parts_of(node):
        yield from _constants(part)


def _send(constant: object) -> object:
    """A constant of an expression as a form would send it."""
    if isinstance(constant, Decimal):
        return int(constant) if constant == int(constant) else float(constant)
    return constant
