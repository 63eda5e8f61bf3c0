"""The ticket, and the context of a decision. Instants are epoch seconds, UTC.

Types that a step copies are named tuples: frozen, and copied ten times faster than frozen dataclasses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from workflows.core.attachments import NO_ATTACHMENTS, AttachmentReader
from workflows.core.people import Directory
from workflows.core.records import NO_REGISTERS, RegisterReader
from workflows.core.reports.report_data import ReportMaker
from workflows.core.turns.selection_context import NO_SELECTION, SelectionContext
from workflows.language.definition import Definition
from workflows.timing.calendars import Calendar
from workflows.timing.clock import Clock

PRIORITIES = ("low", "normal", "high", "urgent")
NORMAL = 1


TicketKey = tuple[str, str]
"""What finds a ticket: the code of its site, and its id."""

EMPTY: Mapping[str, Any] = {}  # shared default; never written to


class Merged(NamedTuple):
    """A ticket that was merged into this one: its id, its opener (staff id, or empty), and whether its client
    is to hear what this one's client hears."""

    id: str
    opener: str
    client: bool


class Trail(NamedTuple):
    """The ticket's own record of its path.

    How often each state was entered, who fired the triggers under a separation of duties, and for each link
    the newest round of children (see `effects.children`). `urges` counts further calls.
    """

    visits: Mapping[str, int] = EMPTY
    acted: Mapping[str, Sequence[str]] = EMPTY
    asked: Mapping[str, Sequence[int]] = EMPTY
    urges: int = 0
    merged_into: str | None = None
    merged: Sequence[Merged] = ()
    links: Sequence[str] = ()  # ids of related tickets


class Ticket(NamedTuple):
    """One ticket on one version of its definition."""

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
    link: str | None = None  # the parent's name for this child
    round: int | None = None  # seq of the parent's step that opened the link's children
    origin: str | None = None  # id of the ticket this one was converted from
    data: Mapping[str, object] = EMPTY
    personal: Mapping[str, object] = EMPTY
    trail: Trail = Trail()
    head: str = ""  # hash of the last history entry
    audience: tuple[str, ...] | None = None  # who sees it, see `visibility`; None = everybody
    candidates: tuple[str, ...] | None = None  # see `candidates`; None = not worked out yet
    watchers: tuple[str, ...] = ()  # staff ids of those who follow it
    similarity: str | None = None  # what it has in common with its likely duplicates, see `similarity`


class Child(NamedTuple):
    """What a parent knows of a child.

    Children of a link that one step asked for form a `round`, named after that step's seq. `data` are the
    non-personal fields, loaded only for definitions whose expressions read them.
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
    data: Mapping[str, object] = EMPTY
    audience: tuple[str, ...] | None = None
    assignee: str | None = None

    @property
    def closed(self) -> bool:
        """Whether the child has ended (closed or cancelled)."""
        return self.category in ("closed", "cancelled")


class OpenRelative(NamedTuple):
    """An open parent or child of a ticket that moves to another version: the version that it will be on when
    all that moves together has moved, and the one that it is on (`former`)."""

    number: str
    parent: bool
    link: str
    definition: Definition
    former: Definition


class KeptTicket(NamedTuple):
    """What a migration replaced, and the `seq` of its step. Without ticket, it was erased."""

    seq: int
    ticket: Ticket | None = None
    clocks: tuple[Clock, ...] = ()
    sealed: bytes | None = None  # the personal values, as they were stored
    keyed: bool = False  # whether it had a data key


class StepContext(NamedTuple):
    """All that a decision may look at. An opening begins with a blank `ticket` (`open.build_blank_ticket`).

    `calendar` is the site's calendar for the definition. `successor` is the ticket that this one was
    converted into; loaded for viewing, not for decisions. `selection` holds the rosters, and `registers` the
    registers, that the definition uses; `make_report` computes reports to be stored. `attachments` are the
    files that were uploaded at the site. `former` and `relatives` are loaded for a migration, `kept` for its
    undo.
    """

    definition: Definition
    directory: Directory
    calendar: Calendar
    ticket: Ticket
    clocks: tuple[Clock, ...] = ()
    children: tuple[Child, ...] = ()
    successor: Child | None = None
    selection: SelectionContext = NO_SELECTION
    make_report: ReportMaker | None = None
    registers: RegisterReader = NO_REGISTERS
    duplicates: tuple[str, ...] = ()
    survivor: Ticket | None = None
    attachments: AttachmentReader = NO_ATTACHMENTS
    former: Definition | None = None  # of a migration: the version that the ticket leaves
    relatives: tuple[OpenRelative, ...] = ()
    kept: KeptTicket | None = None
