"""A situation in which somebody takes a step, and what each version decides in it.

The decision is the engine's own: `fire.try_transitions`, `open.try_opening`,
`fire.find_ready_auto_transitions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from workflows.core.commands import CLOCK, Actor, Fire, Open
from workflows.core.handlers.fire import find_ready_auto_transitions, try_transitions
from workflows.core.handlers.open import build_blank_ticket, try_opening
from workflows.core.input.evaluation_context import build_values
from workflows.core.people import Directory, Membership, Staff
from workflows.core.ticket import PRIORITIES, Child, StepContext, Ticket, Trail
from workflows.difference.field_values import ACTOR, OTHER, freeze, store_frozen
from workflows.language.definition import GUEST, TICKET_ROLES, Definition, StepSpec, Transition
from workflows.language.forms.values import Values
from workflows.timing.instants import Instant

NOW: Instant = 1_772_589_600  # 2026-03-04, 10:00 in Shanghai, a working Wednesday
SITE = "site"
OPENING, AUTO = "open", ""  # in place of a trigger: opening a ticket; what fires by itself
_HEAD = "dept-head"


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Somebody with one `role` takes a step. Names are those of the old version.

    state     where the ticket stands; None: it is opened
    kept      what the ticket has in its fields
    sent      what the form says
    around    what else conditions read: `ticket.priority`, `visits.done`, `record.unit.area`
    """

    state: str | None
    trigger: str
    role: str
    kept: Mapping[str, Any] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)
    around: Mapping[str, Any] = field(default_factory=dict)


class Outcome(NamedTuple):
    """Where a step leads, by the old version's name; None: it stays. `variant` tells steps to one state with
    other effects apart."""

    to: str | None
    variant: int = 0


class _Entries:
    """Registers in which every key has an entry, with the columns of the situation."""

    def __init__(self, columns: Mapping[str, object]) -> None:
        self._columns = columns

    def find(self, register: str, key: str, /) -> Mapping[str, object]:  # noqa: ARG002 - all are alike
        return self._columns

    def is_in_use(self, register: str, /) -> bool:  # noqa: ARG002 - likewise
        return True


@dataclass(frozen=True, eq=False)
class VersionSide:
    """One version, asked in the names of the old one.

    new_states, new_fields   old name -> the name in this version, of what was renamed
    """

    definition: Definition
    new_states: Mapping[str, str]
    new_fields: Mapping[str, str]

    @cached_property
    def former(self) -> Mapping[str, str]:
        """Name in this version -> old name, of the renamed fields."""
        return {new: old for old, new in self.new_fields.items()}

    @cached_property
    def former_states(self) -> Mapping[str, str]:
        """Name in this version -> old name, of the renamed states."""
        return {new: old for old, new in self.new_states.items()}

    def state(self, name: str | None) -> str | None:
        """The state in this version; None for an opening, or where this version has none of it."""
        if name is None:
            return None
        own = self.new_states.get(name, name)
        return own if own in self.definition.states else None

    def name(self, field: str) -> str:
        """The name of a field in this version."""
        return self.new_fields.get(field, field)

    def rows(self, state: str | None, trigger: str, role: str | None = None) -> tuple[StepSpec, ...]:
        """What a trigger may do from a state, in the order in which it is tried; an opening as the `role` has
        it."""
        if state is None:
            return (self.definition.guest_start if role == GUEST else self.definition.start,)
        own = self.state(state)
        leaving = self.definition.transitions_by_source[own] if own else ()
        if trigger == AUTO:
            return tuple(row for row in leaving if row.auto)
        return tuple(row for row in leaving if row.trigger == trigger and not row.auto)

    def fields(self, rows: Iterable[StepSpec]) -> tuple[str, ...]:
        """The fields that the rows' forms take, by their old names."""
        return tuple(dict.fromkeys(self.former.get(each, each) for row in rows for each in row.fields))

    def requires(self, row: StepSpec) -> frozenset[str]:
        """The fields that a row requires, by their old names."""
        return frozenset(self.former.get(each, each) for each in row.requires)

    def former_state(self, name: str | None) -> str | None:
        """The old name of a state of this version."""
        return None if name is None else self.former_states.get(name, name)

    def take(self, situation: Situation) -> StepSpec | None:
        """The row by which the step is taken; None if it is refused."""
        context, actor = self.context(situation), build_actor(situation.role, self, situation.state)
        if situation.state is None:
            _, reasons = try_opening(context, self._opening(situation, actor), NOW)
            return None if reasons else self.definition.start
        rows = self.rows(situation.state, situation.trigger)
        if not rows:
            return None
        if situation.trigger == AUTO:
            return next(find_ready_auto_transitions(context, CLOCK, NOW), None)
        command = Fire(
            site=SITE,
            ticket=context.ticket.id,
            actor=actor,
            trigger=situation.trigger,
            data=self._rename(situation.sent),
            by_relative=True,  # files are not looked for
        )
        attempt = try_transitions(context, _only_transitions(rows), command, NOW)
        return attempt.transition if attempt.fits else None

    def see(self, situation: Situation) -> Values:
        """What conditions see, with what the form says as far as it fits."""
        context, actor = self.context(situation), build_actor(situation.role, self, situation.state)
        fixed = self.definition.start.guest if (situation.state, situation.role) == (None, GUEST) else {}
        fits = {
            name: value
            for key, sent in situation.sent.items()
            if (name := self.name(key)) in self.definition.fields
            and (value := self.stored(name, sent)) is not None
        }
        return build_values(context, context.ticket, actor, NOW, {**fixed, **fits})

    def stored(self, field: str, value: object) -> object:
        """A sent value as it is stored; None if it does not fit. `field` by its name in this version."""
        if field not in self.definition.fields:
            return None
        return store_frozen(self.definition, field, freeze(value))

    def context(self, situation: Situation) -> StepContext:
        """All that the decision looks at."""
        around = situation.around
        state = self.state(situation.state)
        actor = build_actor(situation.role, self, situation.state)
        definition = self.definition
        blank = build_blank_ticket(definition, self._opening(situation, actor), NOW)
        ticket = blank if state is None else _place(blank, situation, state, self)
        columns = {key.rpartition(".")[2]: each for key, each in around.items() if key.startswith("record.")}
        settings = {key.partition(".")[2]: each for key, each in around.items() if key.startswith("setting.")}
        return StepContext(
            definition=definition,
            directory=_directory(definition, tuple(sorted(settings.items()))),
            calendar=definition.calendar,
            ticket=ticket,
            children=tuple(
                child
                for key, rows in around.items()
                if key.startswith("children.")
                for child in _children(key.partition(".")[2], rows)
            ),
            registers=_Entries(columns),
        )

    def _opening(self, situation: Situation, actor: Actor) -> Open:
        data = self._rename(situation.sent) if situation.state is None else {}
        return Open(site=SITE, id="ticket", workflow=self.definition.name, actor=actor, data=data)

    def _rename(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {self.name(name): value for name, value in values.items()}


def list_people(side: VersionSide, state: str | None, trigger: str) -> tuple[str, ...]:
    """The roles that the rows of a trigger name; `owner` is the owner's role, where it is one."""
    found: dict[str, None] = {}
    for row in side.rows(state, trigger):
        for role in ("clock",) if trigger == AUTO else row.roles:
            found[_resolve_owner(role, side, state)] = None
    return tuple(found)


def _resolve_owner(role: str, side: VersionSide, state: str | None) -> str:
    own = side.state(state)
    owner = side.definition.states[own].owner if role == "owner" and own else None
    return owner.role if owner and owner.role and not owner.department else role


def build_actor(role: str, side: VersionSide, state: str | None) -> Actor:
    """The person with this role alone, or in this relation to the ticket alone."""
    if role == "clock":
        return CLOCK
    roles, departments = {role} - (TICKET_ROLES - {GUEST, "parent", "child"}), frozenset[str]()
    if role in ("department", "department-head", "owner"):
        departments = frozenset(_department(side.definition))
    if role == "department-head":
        roles.add(_HEAD)
    own = side.state(state)
    owner = side.definition.states[own].owner if role == "owner" and own else None
    if owner and owner.role:
        roles.add(owner.role)
    return Actor(id=ACTOR, name=ACTOR, roles=frozenset(roles), departments=departments)


def _department(definition: Definition) -> tuple[str, ...]:
    return tuple(definition.organisation.departments)[:1]


def _place(blank: Ticket, situation: Situation, state: str, side: VersionSide) -> Ticket:
    """The ticket in its state, with what it has."""
    around, role, definition = situation.around, situation.role, side.definition
    kept = {side.name(name): value for name, value in situation.kept.items() if value is not None}
    owner = definition.states[state].owner
    if role == "owner" and owner and owner.staff:
        kept[owner.staff] = ACTOR
    personal = definition.personal_fields
    department = around.get("ticket.department")
    if role in ("department", "department-head", "owner"):
        department = next(iter(_department(definition)), None)
    visits = {
        side.new_states.get(name, name): count
        for key, count in around.items()
        if key.startswith("visits.") and count and (name := key.partition(".")[2])
    }
    links = {key.partition(".")[2] for key in around if key.startswith("children.")}
    category = definition.states[state].category
    priority = around.get("ticket.priority", "normal")
    return blank._replace(
        seq=1,
        number="1",
        state=state,
        category=str(category),
        opener=ACTOR if role == "opener" else OTHER,
        assignee=ACTOR if role == "assignee" else around.get("ticket.assignee"),
        department=department,
        parent=around.get("ticket.parent"),
        priority=PRIORITIES.index(priority) if priority in PRIORITIES else 1,
        opened_at=around.get("ticket.opened_at", NOW),
        entered_at=around.get("ticket.entered_at", NOW),
        closed_at=around.get("ticket.closed_at", NOW if category.ended else None),
        data={name: value for name, value in kept.items() if name not in personal},
        personal={name: value for name, value in kept.items() if name in personal},
        trail=Trail(visits=visits, asked=dict.fromkeys(links, (1,))),
    )


def _children(link: str, rows: Iterable[Mapping[str, Any]]) -> Iterable[Child]:
    for number, row in enumerate(rows):
        yield Child(
            id=f"{link}-{number}",
            number=str(number),
            workflow=row.get("workflow", link),
            link=link,
            state=row["state"],
            category=row["category"],
            round=1,
            data=row.get("data", {}),
        )


@lru_cache(maxsize=256)
def _directory(definition: Definition, settings: tuple[tuple[str, object], ...]) -> Directory:
    """A site with somebody who acts, and a colleague who holds every role."""
    posts = tuple(
        Membership(SITE, role, next(iter(_department(definition)), None))
        for role in definition.organisation.roles
    )
    staff = {each: Staff(id=each, account=each, name=each, memberships=posts) for each in (ACTOR, OTHER)}
    return Directory(site=SITE, staff=staff, settings=dict(settings))


def _only_transitions(rows: Iterable[StepSpec]) -> tuple[Transition, ...]:
    return tuple(row for row in rows if isinstance(row, Transition))
