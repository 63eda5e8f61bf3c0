"""The neutral form of a workflow definition: frozen data, no behaviour but look-ups.

`reading` makes it from YAML, `checking` judges it, `core` walks it. Nothing here knows where it came from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Literal

from workflows.language.expressions import Expression
from workflows.language.field import LANGUAGES as LANGUAGES
from workflows.language.field import Field as Field
from workflows.language.field import FieldType as FieldType
from workflows.language.field import Option as Option
from workflows.language.field import Titles as Titles
from workflows.language.register import Register
from workflows.timing.calendars import Calendar
from workflows.timing.durations import Duration
from workflows.timing.escalation import EscalationPolicy
from workflows.timing.periods import Period

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
class Due:
    """When something is due: one of `within`, `choices` and `at`; `choices` may stand beside `at`.

    within   a duration from now
    choices  a duration by the value of field `by` (None: no promise); `otherwise` for every other value
    at       the moment (or, of a date, the day's close) in field `at`, `before` earlier, or `grace` later.
             With `choices`, by the value of `by` so much earlier (`ahead`) or later
    """

    within: Duration | None = None
    choices: Mapping[str, Duration | None] | None = None
    by: str | None = None
    otherwise: Duration | None = None
    at: str | None = None
    before: Duration | None = None
    grace: Duration | None = None
    ahead: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The form fields this promise hangs on."""
        return tuple(name for name in (self.at, self.by) if name)

    def chosen(self, answer: str) -> Duration | None:
        """Of `choices`, the one for this answer."""
        return (self.choices or {}).get(answer, self.otherwise)


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
class Conditional:
    """What all effects have in common: one with a `when` comes about only where that holds, seen after what
    the effects before it have written."""

    when: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Conditional):
    """Give the ticket to a staff field's person, to the actor (`actor`), or to nobody (`nobody`)."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Allot(Conditional):
    """Give the ticket to one of those who hold `role`, chosen by a strategy; `roster` keeps count of it.

    For `turn` the `occasion` is a row of the roster's rulebook. `named`, `designated` and `partners` are
    staff fields it may ask for; `into` and `belongs_to` are told who receives, and whose client it is.
    """

    role: str
    by: str  # one of STRATEGIES
    roster: str
    occasion: str | None = None
    named: str | None = None
    designated: str | None = None
    partners: tuple[str, ...] = ()
    into: str | None = None
    belongs_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark(Conditional):
    """Say in a roster what has happened to the person in the staff field `person`.

    `other` is the staff field of who goes on, `into` the date field that is told a suspension's last day.
    """

    roster: str
    kind: str  # one of MARKS
    person: str
    other: str | None = None
    free: Expression | None = None
    days: Expression | None = None
    resting: Expression | None = None
    into: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify(Conditional):
    """Tell `to`: roles of the organisation and `RECIPIENTS`."""

    to: tuple[str, ...]
    text: Titles = field(default_factory=dict)
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRow(Conditional):
    """One of several children that are always the same, by the constants in its fields."""

    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChild(Conditional):
    """Open a child ticket, or one for each item of a list, or for each of `rows`; those of a `sequence` one
    after the other, the next when the one before has closed.

    `values` gives the child's fields, each an expression over this ticket's fields (and `item`).
    The children are known to guards as `children.<link>`.
    """

    workflow: str
    link: str
    each: Expression | None = None
    rows: tuple[ChildRow, ...] = ()
    sequence: bool = False
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Convert(Conditional):
    """Go on as a ticket of another workflow; the new one keeps the link and the history."""

    workflow: str
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Set(Conditional):
    """Write a field from an expression."""

    field: str
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class FireOn(Conditional):
    """Fire a trigger on each open child of the link `on`, or on the parent, wherever it is available.

    `values` fills its form, each an expression over this ticket's fields.
    """

    trigger: str
    on: str  # a link, or `parent`
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendChildren(Conditional):
    """Write fields of each open child of the link. A value that is null leaves the child's as it is."""

    link: str
    values: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise(Conditional):
    """Raise the ticket's priority by one."""

    what: Literal["priority"] = "priority"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFigures(Conditional):
    """Work out a report of the ticket's site and keep it in the field `into`, as it is at this moment.

    `period` lies around the opening of the ticket; what of it is still to come is not counted.
    """

    report: str
    into: str
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Conditional):
    """Write columns of the entry `key` of a register, which is there from then on; one for each item of a
    list, where there is one. What is empty leaves its column as it was."""

    register: str
    key: Expression
    values: Mapping[str, Expression] = field(default_factory=dict)
    each: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike(Conditional):
    """End the entry `key` of a register, if it is there; its history stays."""

    register: str
    key: Expression
    each: Expression | None = None


Effect = (
    Record
    | Strike
    | Assign
    | Allot
    | Mark
    | Notify
    | OpenChild
    | Convert
    | Set
    | FireOn
    | AmendChildren
    | Raise
    | TakeFigures
)


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


ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSpec:
    """A promise that spans states. `starts` and `stops` are states; one that ends the ticket stops it too."""

    name: str
    title: Titles
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    due: Due
    escalation: str | None = None
    pauses: bool = True  # rests while the ticket waits
    on_reopen: Literal["continue", "restart"] = "continue"
    restarts: tuple[str, ...] = ()  # the triggers that begin it anew; ANY: whatever a person does


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A post of the organisation. `superior` is the role that hears when its holders are late."""

    name: str
    title: Titles
    superior: str | None = None
    outside: bool = False  # owners, residents, visitors: no staff account


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The roles and departments that definitions may name."""

    roles: Mapping[str, Role]
    departments: Mapping[str, Titles]


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
