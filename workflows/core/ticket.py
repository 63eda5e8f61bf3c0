"""A ticket and what surrounds it when a decision is taken. Instants are epoch seconds, UTC.

What a step copies is a named tuple: frozen, and copied ten times faster than a frozen dataclass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from workflows.core.figures import Figuring
from workflows.core.people import Directory
from workflows.core.records import NO_RECORDS, Records
from workflows.core.turns.rota import NO_ROTA, Rota
from workflows.language.definition import Definition
from workflows.timing.clock import Clock

PRIORITIES = ("low", "normal", "high", "urgent")
NORMAL = 1


NOTHING: Mapping[str, Any] = {}  # what nobody has written; never written to


class Trail(NamedTuple):
    """What a ticket remembers of its walk: how often each state was entered, who fired the triggers that are
    never one person's, and for each link the round of children that was asked for last."""

    visits: Mapping[str, int] = NOTHING
    acted: Mapping[str, Sequence[str]] = NOTHING
    asked: Mapping[str, Sequence[int]] = NOTHING


class Ticket(NamedTuple):
    """One matter, walking through one version of one process."""

    site: str
    id: str  # UUIDv7
    number: str  # per site, gap-free; "" until it is recorded
    workflow: str
    version: int
    title: str
    state: str
    category: str
    seq: int  # steps taken; the lock, the order and the ETag
    opener: str  # staff id, or the name of the outside opener
    opened_at: int
    changed_at: int
    entered_at: int  # when the present state was entered
    closed_at: int | None = None
    due_at: int | None = None  # the earliest due of the running clocks
    assignee: str | None = None  # staff id
    department: str | None = None
    priority: int = NORMAL
    parent: str | None = None  # ticket id
    link: str | None = None  # under which name the parent knows this child
    round: int | None = None  # the seq of the parent's step in which the link's children were asked for
    origin: str | None = None  # id of the ticket this one was converted from
    data: Mapping[str, object] = NOTHING
    personal: Mapping[str, object] = NOTHING
    trail: Trail = Trail()
    head: str = ""  # hash of the last history entry
    audience: tuple[str, ...] | None = None  # whom it exists for, see `visibility`; None = everybody


class Child(NamedTuple):
    """What a parent needs to know of a child.

    Children of a link that were asked for in one step are a `round`, called after that step's seq. `data` are
    the open fields, read only for processes whose expressions speak of them.
    """

    id: str
    number: str
    workflow: str
    link: str
    state: str
    category: str
    version: int = 0
    round: int | None = None
    title: str = ""
    due_at: int | None = None
    data: Mapping[str, object] = NOTHING
    audience: tuple[str, ...] | None = None
    assignee: str | None = None

    @property
    def closed(self) -> bool:
        """Whether the child is done with (closed or cancelled)."""
        return self.category in ("closed", "cancelled")


class Situation(NamedTuple):
    """All that a decision may look at. `ticket` is None when one is to be opened.

    `successor` is what it was converted into; no decision asks for it, only who looks at the ticket.
    `rota` has the rosters that the process's steps may touch, `records` the registers that it leans on;
    `figuring` works out the reports they keep.
    """

    definition: Definition
    directory: Directory
    ticket: Ticket | None = None
    clocks: tuple[Clock, ...] = ()
    children: tuple[Child, ...] = ()
    successor: Child | None = None
    rota: Rota = NO_ROTA
    figuring: Figuring | None = None
    records: Records = NO_RECORDS
