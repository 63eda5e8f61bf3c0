"""The result types of the queries: pages, history events, readings, counts of promises, messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from workflows.core.ticket import Ticket, TicketKey
from workflows.storage.deliveries import LetterRecord
from workflows.storage.outbox_messages import OutboxMessage
from workflows.timing.instants import Instant


class PersonSearch(NamedTuple):
    """At which sites somebody was looked for, by what kinds of values: by all that the query may mean, and by
    those that it can hardly not mean."""

    sites: Collection[str] = ()
    kinds: frozenset[str] = frozenset()
    certain: frozenset[str] = frozenset()


NO_PERSON = PersonSearch()


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Tickets of a list, without personal values, and the cursor of the next page, if there is one.
    `personal` are those in which a personal value was found, and `searched` says what was looked for."""

    tickets: tuple[Ticket, ...]
    next: str | None
    personal: frozenset[TicketKey] = frozenset()
    searched: PersonSearch = NO_PERSON


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHistoryEvent:
    """One entry of a ticket's history. `personal` is empty unless the caller asked to have it decrypted."""

    seq: int
    at: Instant
    kind: str
    actor_id: str
    actor_name: str
    on_behalf: str | None
    surface: str
    trigger: str | None
    source: str | None
    to: str | None
    data: Mapping[str, object]
    personal: Mapping[str, object]
    sealed: bool  # whether there are personal values, decrypted or not
    note: str
    spent: int | None
    target: int | None
    hash: str


@dataclass(frozen=True, slots=True)
class UrgentTicket:
    """The ticket below others that is due first, and when it is due."""

    number: str
    workflow: str
    title: str
    due_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockCounts:
    """How many promises were kept, were broken, are running in time, are overdue, and are paused."""

    met: int = 0
    missed: int = 0
    running: int = 0
    overdue: int = 0
    paused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedReading:
    """Who read which personal fields of a ticket, and when."""

    at: Instant
    staff_id: str
    fields: tuple[str, ...]
    on_behalf: str | None = None  # the staff id of who is away and whose post gave the right


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """Readings of a ticket and the cursor of the next page, if there is one."""

    readings: tuple[RecordedReading, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedClock:
    """A clock whose next level could not be fired, and the reason."""

    site: str
    ticket: str
    clock: str
    reason: str


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages of the outbox and the cursor of the next page, if there is one."""

    messages: tuple[OutboxMessage, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class TicketMessage:
    """A message about a ticket, and the letter as it was sent; None before that, and after an erasure."""

    message: OutboxMessage
    letter: LetterRecord | None


@dataclass(frozen=True, slots=True)
class TicketMessagePage:
    """Messages about a ticket and the cursor of the next page, if there is one."""

    messages: tuple[TicketMessage, ...]
    next: str | None
