"""The neutral form of a workflow definition: frozen data, no behaviour but look-ups.

`reading` makes it from YAML, `checking` judges it, `core` walks it. Nothing here knows where it came from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from workflows.language.effect import Allot, Convert, Effect, Mark, OpenChild, TakeFigures
from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Field, Titles
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.register import Register
from workflows.language.promise import ClockSpec, Due
from workflows.timing.calendars import Calendar
from workflows.timing.durations import Duration
from workflows.timing.escalation import EscalationPolicy

PARENT, CHILD = "parent", "child"  # the relatives of a ticket, where they act on it
# Beside the organisation's roles, `roles:` may name these; what they mean depends on the ticket.
TICKET_ROLES = frozenset(
    {"assignee", "owner", "opener", "department", "department-head", "guest", "clock", PARENT, CHILD}
)
# Whom a level or a notice may address, beside the organisation's roles.
RECIPIENTS = frozenset(
    {"assignee", "owner", "opener", "department", "department-head", "superior", "next-superior", "client"}
)


class Category(StrEnum):
    """What kind of standing a state is. Named clocks rest while a ticket waits, and stop when it ends."""

    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether a ticket in such a state is done with."""
        return self in (Category.CLOSED, Category.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who has the next move: holders of `role`, members of the department that field `department` names,
    or the staff that field `staff` names. Role and department together mean both at once."""

    role: str | None = None
    department: str | None = None  # name of a department field
    staff: str | None = None  # name of a staff field


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a ticket can stand."""

    name: str
    title: Titles
    category: Category = Category.OPEN
    owner: Owner | None = None
    due: Due | None = None
    escalation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSpec:
    """A roster: whose holders take turns, who keeps and who leads it, by which rulebook and in which reading.

    A reading is one of its words, or an expression over the site's settings that answers one.
    """

    name: str
    title: Titles
    members: str
    kept_by: tuple[str, ...] = ()
    led_by: tuple[str, ...] = ()
    rulebook: str | None = None
    readings: Mapping[str, str | Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of the process's table. `sources` is already spelled out (`open` and `any` are gone)."""

    trigger: str
    title: Titles
    sources: tuple[str, ...]
    to: str | None  # None = stay where it is (a note-like step that keeps state and its clock)
    roles: tuple[str, ...]
    requires: tuple[str, ...] = ()
    accepts: tuple[str, ...] = ()
    complete: tuple[str, ...] = ()  # whose applying options must all have been chosen
    guard: Expression | None = None
    effects: tuple[Effect, ...] = ()
    auto: bool = False  # fires by itself as soon as its guard holds
    line: int = 0  # where it stands in the file, for messages

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the step's form, required ones first."""
        return self.requires + self.accepts


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How a ticket of the process comes to be."""

    state: str
    roles: tuple[str, ...]
    requires: tuple[str, ...] = ()
    accepts: tuple[str, ...] = ()
    complete: tuple[str, ...] = ()  # whose applying options must all have been chosen
    guard: Expression | None = None
    effects: tuple[Effect, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the opening form, required ones first."""
        return self.requires + self.accepts


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """On every path, `passes` is visited before `before` is reached."""

    passes: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Separate:
    """The named triggers are never fired by one and the same person on one ticket."""

    triggers: tuple[str, ...]


Invariant = Passes | Separate


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """Tickets for which `when` holds (or all of them) exist only for the roles `to` and for those who have,
    opened or own them."""

    to: tuple[str, ...]
    when: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A paper that a ticket can be printed as, once `when` holds.

    fields      names of fields, and `item.<part>` of the row that a sheet is for
    each        a table or checklist: one sheet for each of its rows
    children    link -> which of their open fields stand in the table of the children
    signatures  the lines that are signed by hand
    """

    name: str
    title: Titles
    size: str  # a4 | a5
    fields: tuple[str, ...] = ()
    each: str | None = None
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    signatures: tuple[Titles, ...] = ()
    note: Titles = field(default_factory=dict)
    when: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A story to be run on a virtual clock. `steps` are plain data, see `rehearsal`.

    `settings` are what the site has said of its settings while the story lasts, `registers` the entries that
    it has as the story begins; `staff` are people who come on for it, each with a post.
    """

    name: str
    at: str
    steps: tuple[Mapping[str, object], ...]
    settings: Mapping[str, object] = field(default_factory=dict)
    staff: Mapping[str, str] = field(default_factory=dict)
    registers: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)  # one object a version: its identity is its key
class Definition:
    """One version of one process, whole."""

    name: str
    title: Titles
    purpose: str
    covers: tuple[str, ...]
    numbering: str  # "TS-{year}-{seq:5}"
    calendar: Calendar
    fields: Mapping[str, Field]
    summary: str | None  # the field whose value titles a ticket; never a personal one
    client: Mapping[str, str]  # {name: field, contact: field}: whom to tell outside the company
    readers: frozenset[str]  # roles that may read the personal fields
    start: Start
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    clocks: Mapping[str, ClockSpec]
    invariants: tuple[Invariant, ...]
    scenarios: tuple[Scenario, ...]
    policies: Mapping[str, EscalationPolicy]
    organisation: Organisation
    digest: str  # of the text and of all it leans on
    rosters: Mapping[str, RosterSpec] = field(default_factory=dict)
    links: tuple[str, ...] = ()  # under which schedules open children, beside those that steps open
    version: int = 0  # 0 = not published
    child_data: bool = False  # whether its expressions speak of the children's fields
    registers: Mapping[str, Register] = field(default_factory=dict)  # those it leans on
    prints: Mapping[str, Print] = field(default_factory=dict)
    visible: Visibility | None = None  # None: tickets exist for everybody at their site
    retention: Duration | None = None  # how long after its end a ticket keeps its personal data

    @cached_property
    def by_source(self) -> Mapping[str, tuple[Transition, ...]]:
        """State -> the transitions that leave it, in the order of the file."""
        return {
            state: tuple(row for row in self.transitions if state in row.sources) for state in self.states
        }

    @cached_property
    def personal(self) -> frozenset[str]:
        """Names of the personal fields."""
        return frozenset(name for name, each in self.fields.items() if each.personal)

    @cached_property
    def computed(self) -> tuple[Field, ...]:
        """The fields that are worked out, in their order: each may lean on those before it."""
        return tuple(each for each in self.fields.values() if each.value is not None)

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """Names of the fields that people write."""
        return tuple(name for name, each in self.fields.items() if each.asked)

    @cached_property
    def triggers(self) -> frozenset[str]:
        """Names of all triggers."""
        return frozenset(row.trigger for row in self.transitions)

    @cached_property
    def has_children(self) -> bool:
        """Whether children may be opened from it, so that guards may ask for them."""
        return bool(self.known_links)

    @cached_property
    def known_links(self) -> frozenset[str]:
        """The names under which children are known."""
        effects = self.start.effects + tuple(effect for row in self.transitions for effect in row.effects)
        opened = (effect.link for effect in effects if isinstance(effect, OpenChild))
        return frozenset((*opened, *self.links))

    @cached_property
    def keeps(self) -> tuple[Allot | Mark, ...]:
        """The effects that some roster must be looked at for."""
        steps: tuple[Start | Transition, ...] = (self.start, *self.transitions)
        return tuple(each for step in steps for each in step.effects if isinstance(each, Allot | Mark))

    @cached_property
    def restarting(self) -> bool:
        """Whether what is done begins some clock anew."""
        return any(clock.restarts for clock in self.clocks.values())

    @cached_property
    def takes_figures(self) -> bool:
        """Whether some step keeps the figures of a report."""
        steps: tuple[Start | Transition, ...] = (self.start, *self.transitions)
        return any(isinstance(each, TakeFigures) for step in steps for each in step.effects)

    @cached_property
    def sequences(self) -> tuple[OpenChild, ...]:
        """The effects that open children in sequence, in the order of the file."""
        effects = self.start.effects + tuple(effect for row in self.transitions for effect in row.effects)
        return tuple(each for each in effects if isinstance(each, OpenChild) and each.sequence)

    @cached_property
    def converts(self) -> bool:
        """Whether some step goes on as a ticket of another workflow."""
        return any(isinstance(effect, Convert) for row in self.transitions for effect in row.effects)

    @cached_property
    def separations(self) -> Mapping[str, frozenset[str]]:
        """Trigger -> the triggers whose actor must be somebody else."""
        found: dict[str, set[str]] = {}
        for rule in self.invariants:
            if isinstance(rule, Separate):
                for trigger in rule.triggers:
                    found.setdefault(trigger, set()).update(set(rule.triggers) - {trigger})
        return {trigger: frozenset(others) for trigger, others in found.items()}
