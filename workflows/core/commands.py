"""Commands to the desk, as data: who wants what done to which ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.language.definition import GUEST
from workflows.language.migration_plan import MigrationPlan
from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, with the roles and departments held at the ticket's site.

    `id` is a staff id, or "system" for the desk itself, which may do what a definition allows to `clock` and
    fire `auto` transitions; a resident with a link has `build_guest`. `surface` is where the command comes
    from: api, console, resident, clock, import, rehearsal. `on_behalf` is the absentee whose posts the actor
    uses, see `delegation`; for the desk itself, whose step set it going.
    """

    id: str
    name: str
    roles: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    surface: str = "api"
    on_behalf: str | None = None  # staff id

    @property
    def person(self) -> str:
        """The staff id to whom the work belongs: the absentee's if acting for one, else the actor's."""
        return self.id if self.on_behalf is None or self.id == DESK_ID else self.on_behalf


DESK_ID = "system"
CLOCK = Actor(id=DESK_ID, name="clock", roles=frozenset({"clock"}), surface="clock")


def build_guest(link: str) -> Actor:
    """The actor for a resident who comes by the link of this id."""
    return Actor(id=f"{GUEST}:{link}", name=GUEST, roles=frozenset({GUEST}), surface="resident")


def is_guest(actor_id: str) -> bool:
    """Whether this is the id of a resident, not of a member of staff."""
    return actor_id.startswith(f"{GUEST}:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Open a ticket. The caller chooses `id`, so that repeating the command opens the same ticket.

    `derived`: opened by a step, not by a person, so no role is checked. A conversion names the ticket
    `origin` and keeps its `opener` and `priority`. `round` is that of its siblings, see `Child`.
    """

    site: str
    id: str
    workflow: str
    actor: Actor
    data: Mapping[str, object] = field(default_factory=dict)
    note: str = ""
    parent: str | None = None
    link: str | None = None
    round: int | None = None
    origin: str | None = None
    derived: bool = False
    opener: str | None = None  # None: the actor
    despite_duplicates: bool = False
    priority: int | None = None  # None: normal


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTicket:
    """Base of all commands to a ticket. `expected` is the seq that the actor saw; None: unchecked."""

    site: str
    ticket: str
    actor: Actor
    expected: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire(OnTicket):
    """Fire a trigger. From a relative (`by_relative`): nothing happens where no transition is open to it."""

    trigger: str
    data: Mapping[str, object] = field(default_factory=dict)
    by_relative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(OnTicket):
    """Assign the ticket to a member of staff (staff id), or to nobody (None).

    A `notice` (language → text) is sent to the new assignee, or to the owners without one.
    """

    to: str | None
    notice: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(OnTicket):
    """Assign an unassigned ticket to the actor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(OnTicket):
    """Add `note` to the history, with the ids of uploaded files that belong to it."""

    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Urge(OnTicket):
    """Somebody has called again about the ticket; `note` says what they said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(OnTicket):
    """End the ticket because it is the same matter as another, by its id."""

    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeMerged(OnTicket):
    """What a merge does to the ticket that survives: it takes over who hears of the other, `number`, which is
    empty for a restricted one."""

    merged: str  # ticket id
    opener: str  # staff id, or empty
    client: bool  # whether its client is to hear what this one's client hears
    number: str
    watchers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(OnTicket):
    """Say that the ticket is related to another (`into`, an id), or no longer (`remove`). The other's own
    step is `mirrored`, with the `number` of this one, empty for a restricted ticket."""

    into: str
    remove: bool = False
    mirrored: bool = False
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend(OnTicket):
    """Correct fields without a transition. From a parent (`by_relative`): no role is needed, and nothing
    happens if nothing changes."""

    data: Mapping[str, object]
    by_relative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(OnTicket):
    """Fire a level of a clock's escalation policy that has come due."""

    clock: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpark(OnTicket):
    """Put a parked clock back to work. The caller checks the right to do so."""

    clock: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge(OnTicket):
    """Say that one has seen what a clock escalates; its next level waits until `until`. `note` says why."""

    clock: str
    until: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class FireAuto(OnTicket):
    """Fire the first ready `auto` transition, because the ticket or one of its children has moved.

    `ended` is the id of the child that ended, if any, and `child` its number; empty for a restricted child.
    """

    child: str | None = None
    ended: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replan(OnTicket):
    """Replan the ticket's promises after a change of its calendar; `note` describes the change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrate(OnTicket):
    """Move the ticket to the version that a plan names for it, as part of the migration of this id."""

    plan: MigrationPlan
    migration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoMigration(OnTicket):
    """Bring the ticket back to what the migration of this id replaced."""

    migration: str


Command = (
    Open
    | Fire
    | Assign
    | Claim
    | Note
    | Urge
    | Merge
    | TakeMerged
    | Link
    | Amend
    | Tick
    | Unpark
    | Acknowledge
    | FireAuto
    | Replan
    | Migrate
    | UndoMigration
)
TicketCommand = (
    Fire
    | Assign
    | Claim
    | Note
    | Urge
    | Merge
    | TakeMerged
    | Link
    | Amend
    | Tick
    | Unpark
    | Acknowledge
    | FireAuto
    | Replan
    | Migrate
    | UndoMigration
)
