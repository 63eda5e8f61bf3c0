"""A workflow definition as frozen data, whose only behaviour is look-ups.

`builder` builds it from YAML, `checks` checks it, `core` runs tickets by it. It does not depend on where it
was read from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from workflows.language.effect import (
    AssignByRosterEffect,
    ConvertEffect,
    Effect,
    OpenChildEffect,
    RosterMarkEffect,
    StoreReportEffect,
)
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.unreadable import Unreadable
from workflows.language.forms.field import Field, FieldType, Titles
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.register import Register
from workflows.language.print_spec import Print
from workflows.language.promise import ClockSpec, Due
from workflows.language.repetition import ONLY_COUNTED, DuplicateRule, MergeRule, UrgeRule
from workflows.language.roster_spec import RosterSpec
from workflows.language.scenario import Scenario
from workflows.timing.calendars import Calendar
from workflows.timing.durations import Duration
from workflows.timing.escalation import EscalationPolicy

PARENT, CHILD = "parent", "child"  # the relatives that may fire its triggers
GUEST = "guest"  # a resident, who has no account: what they may open and do, by a link or a code
# The names that `roles:` may have besides the organisation's roles; who they are depends on the ticket.
TICKET_ROLES = frozenset(
    {"assignee", "owner", "opener", "department", "department-head", GUEST, "clock", PARENT, CHILD}
)
# The recipients of a level or a notice, besides the organisation's roles.
RECIPIENTS = frozenset(
    {"assignee", "owner", "opener", "department", "department-head", "superior", "next-superior", "client"}
)


class Category(StrEnum):
    """The kind of a state. Named clocks pause in a `waiting` state, and stop in one that ends the ticket."""

    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether a ticket in such a state has ended."""
        return self in (Category.CLOSED, Category.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who has the next move: the holders of `role`, the members of the department in field `department`, or
    the staff in field `staff`. With both a role and a department, only the holders who are members."""

    role: str | None = None
    department: str | None = None  # name of a department field
    staff: str | None = None  # name of a staff field


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state in which a ticket may stand. `due` and `escalation` are those of its clock."""

    name: str
    category: Category
    title: Titles = field(default_factory=dict)
    owner: Owner | None = None
    due: Due | None = None
    escalation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSpec:
    """What a transition and an opening have in common: who takes the step, its form, and its effects."""

    roles: tuple[str, ...]
    requires: tuple[str, ...] = ()
    accepts: tuple[str, ...] = ()
    complete: tuple[str, ...] = ()  # whose applying options must all have been chosen
    guard: Expression | None = None
    because: Titles = field(default_factory=dict)  # what the guard wants, told to whom it refuses
    effects: tuple[Effect, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the step's form, required ones first."""
        return self.requires + self.accepts


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(StepSpec):
    """One row of the transition table. `sources` lists every state by name: `open` and `any` have been
    expanded."""

    trigger: str
    title: Titles
    sources: tuple[str, ...]
    to: str | None  # None: the state and its clock are kept
    auto: bool = False  # fires by itself as soon as its guard holds
    line: int = 0  # its line in the file, for messages; 0 if unknown

    @property
    def barred(self) -> bool:
        """Whether the row belongs to a stored version, cannot be read any more, and is therefore refused."""
        return isinstance(self.guard, Unreadable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(StepSpec):
    """How a ticket of the process is opened, and in which state it begins. `guest` is what is fixed for
    residents: field → value, as it is stored."""

    state: str
    guest: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassesInvariant:
    """On every path, `passes` is visited before `before` is reached."""

    passes: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeparationInvariant:
    """The named triggers are never fired by one and the same person on one ticket."""

    triggers: tuple[str, ...]
    because: Titles = field(default_factory=dict)  # why not, told to whom it refuses


Invariant = PassesInvariant | SeparationInvariant


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """Tickets for which `when` holds (without it, all) exist only for the roles `to`, and for their assignee,
    opener and owners."""

    to: tuple[str, ...]
    when: Expression | None = None


@dataclass(frozen=True, kw_only=True, eq=False)  # one object a version: its identity is its key
class Definition:
    """One version of one process, with all its parts."""

    name: str
    title: Titles
    purpose: str
    covers: tuple[str, ...]
    numbering: str  # "TS-{year}-{seq:5}"
    calendar: Calendar
    fields: Mapping[str, Field]
    summary: str | None  # the field whose value titles a ticket; never a personal one
    client: Mapping[str, str]  # {name: field, contact: field}: whom to notify outside the company
    readers: frozenset[str]  # roles that may read the personal fields
    start: Start
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    clocks: Mapping[str, ClockSpec]
    invariants: tuple[Invariant, ...]
    scenarios: tuple[Scenario, ...]
    policies: Mapping[str, EscalationPolicy]
    organisation: Organisation
    digest: str  # of the text and of everything it depends on
    said: Titles = field(default_factory=dict)  # words of those who want it
    rosters: Mapping[str, RosterSpec] = field(default_factory=dict)
    links: tuple[str, ...] = ()  # those of children opened by schedules
    version: int = 0  # 0 = not published
    reads_child_data: bool = False  # whether its expressions use the children's fields
    registers: Mapping[str, Register] = field(default_factory=dict)  # those it uses
    prints: Mapping[str, Print] = field(default_factory=dict)
    visible: Visibility | None = None  # None: tickets exist for everybody at their site
    retention: Duration | None = None  # how long after its end a ticket keeps its personal data
    duplicates: DuplicateRule | None = None
    urge: UrgeRule = ONLY_COUNTED
    merge: MergeRule | None = None  # None: its tickets are not merged
    objections: tuple[str, ...] = ()  # what later rules would refuse of a stored version, see `stored`
    readable: bool = True  # False: nothing could be built, its tickets take no step

    @cached_property
    def transitions_by_source(self) -> Mapping[str, tuple[Transition, ...]]:
        """State -> the transitions that leave it, in the order of the file; an unknown state has none."""
        named = {
            state: tuple(row for row in self.transitions if state in row.sources) for state in self.states
        }
        return _Rows(named)

    @cached_property
    def guest_start(self) -> Start:
        """The start as residents have it: what is fixed for them is not asked."""
        fixed = self.start.guest
        requires = tuple(name for name in self.start.requires if name not in fixed)
        accepts = tuple(name for name in self.start.accepts if name not in fixed)
        return replace(self.start, requires=requires, accepts=accepts)

    @cached_property
    def personal_fields(self) -> frozenset[str]:
        """Names of the personal fields."""
        return frozenset(name for name, each in self.fields.items() if each.personal)

    @cached_property
    def computed_fields(self) -> tuple[Field, ...]:
        """The computed fields in the order of the file; each may use those before it."""
        return tuple(each for each in self.fields.values() if each.value is not None)

    @cached_property
    def attachment_parts(self) -> Mapping[str, tuple[str, ...]]:
        """The fields that name uploaded files -> the parts of their rows that do; none: the field itself is a
        list of files."""
        return {
            name: parts
            for name, each in self.fields.items()
            if (parts := each.attachment_parts) or each.type is FieldType.ATTACHMENT
        }

    @cached_property
    def input_fields(self) -> tuple[str, ...]:
        """Names of the fields that people fill in."""
        return tuple(name for name, each in self.fields.items() if each.is_input)

    @cached_property
    def triggers(self) -> frozenset[str]:
        """Names of all triggers."""
        return frozenset(row.trigger for row in self.transitions)

    @cached_property
    def has_children(self) -> bool:
        """Whether the process can have children, so that guards may use `children`."""
        return bool(self.known_links)

    @cached_property
    def known_links(self) -> frozenset[str]:
        """The links under which tickets of the process may have children."""
        opened = (effect.link for effect in self._effects if isinstance(effect, OpenChildEffect))
        return frozenset((*opened, *self.links))

    @cached_property
    def _effects(self) -> tuple[Effect, ...]:
        """The effects of all steps, in the order of the file."""
        steps: tuple[Start | Transition, ...] = (self.start, *self.transitions)
        return tuple(effect for step in steps for effect in step.effects)

    @cached_property
    def roster_effects(self) -> tuple[AssignByRosterEffect | RosterMarkEffect, ...]:
        """The effects that need a roster: assignments by it and marks in it."""
        return tuple(
            each for each in self._effects if isinstance(each, AssignByRosterEffect | RosterMarkEffect)
        )

    @cached_property
    def has_restarting_clocks(self) -> bool:
        """Whether a trigger restarts one of the clocks."""
        return any(clock.restarts for clock in self.clocks.values())

    @cached_property
    def stores_report_figures(self) -> bool:
        """Whether an effect stores the figures of a report."""
        return any(isinstance(each, StoreReportEffect) for each in self._effects)

    @cached_property
    def sequential_opens(self) -> tuple[OpenChildEffect, ...]:
        """The effects that open children in sequence, in the order of the file."""
        return tuple(each for each in self._effects if isinstance(each, OpenChildEffect) and each.sequence)

    @cached_property
    def can_convert(self) -> bool:
        """Whether an effect converts the ticket to another workflow."""
        return any(isinstance(effect, ConvertEffect) for row in self.transitions for effect in row.effects)

    @cached_property
    def separations(self) -> Mapping[str, frozenset[str]]:
        """Trigger -> the triggers that the same person may not also fire on one ticket."""
        others_by_trigger: dict[str, set[str]] = {}
        for rule in self.invariants:
            if isinstance(rule, SeparationInvariant):
                for trigger in rule.triggers:
                    others_by_trigger.setdefault(trigger, set()).update(set(rule.triggers) - {trigger})
        return {trigger: frozenset(others) for trigger, others in others_by_trigger.items()}


class _Rows(dict[str, tuple[Transition, ...]]):
    """The rows by state. A ticket of a stored version may stand in a state that its text does not have: no
    rows."""

    def __missing__(self, _: str) -> tuple[Transition, ...]:
        return ()
