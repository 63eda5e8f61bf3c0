"""What may be asked of the desk. A command is data: who wants what done to which ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, with the rights held at the ticket's site.

    `id` is a staff id, or "system" for the desk itself. `surface` says through which door: api, console,
    clock, import, rehearsal. The desk itself may do what a definition gives to `clock`, and fire `auto` rows.
    Who acts `on_behalf` of somebody away has that one's posts, see `lending`; of the desk itself it says in
    whose step it acts.
    """

    id: str
    name: str
    roles: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    surface: str = "api"
    on_behalf: str | None = None  # staff id

    @property
    def person(self) -> str:
        """Whose work it is: theirs in whose place somebody acts, else the actor's own."""
        return self.id if self.on_behalf is None or self.id == DESK_ID else self.on_behalf


DESK_ID = "system"
CLOCK = Actor(id=DESK_ID, name="clock", roles=frozenset({"clock"}), surface="clock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Open a ticket. `id` is chosen by the caller, so that the same command opens the same ticket.

    `derived` says that a step opens it, not a person: the step's right was enough. One that goes on from the
    ticket `origin` keeps that one's `opener` and `priority`. `round` is that of its siblings, see `Child`.
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
    priority: int | None = None  # None: normal


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTicket:
    """What all commands to a ticket that exists have in common. `expected` is the seq the actor saw."""

    site: str
    ticket: str
    actor: Actor
    expected: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire(OnTicket):
    """Take a step. Where a relative (`kin`) asks for it, nothing happens unless the step is available."""

    trigger: str
    data: Mapping[str, object] = field(default_factory=dict)
    kin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(OnTicket):
    """Give the ticket to a member of staff, or back to nobody (None)."""

    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(OnTicket):
    """Take an unassigned ticket oneself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(OnTicket):
    """Write something down (in `note`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend(OnTicket):
    """Correct fields of the form without taking a step. A parent (`kin`) needs no right to it, and nothing
    happens where it changes nothing."""

    data: Mapping[str, object]
    kin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(OnTicket):
    """A level of a clock's escalation policy has come due."""

    clock: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle(OnTicket):
    """See whether an `auto` row may fire now, because this ticket or one of its children has moved.

    `child` is the number of the child that ended, when that was the reason; empty where it is not told.
    `ended` is its id.
    """

    child: str | None = None
    ended: str | None = None


Command = Open | Fire | Assign | Claim | Note | Amend | Tick | Settle
TicketCommand = Fire | Assign | Claim | Note | Amend | Tick | Settle
