"""What the queries answer with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.core.ticket import Ticket
from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True)
class Page:
    """Tickets of a list, without personal values, and the cursor of the next page, if there is one."""

    tickets: tuple[Ticket, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One entry of a ticket's history. `personal` is empty unless it was asked for."""

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
    sealed: bool  # it holds personal values
    note: str
    spent: int | None
    target: int | None
    hash: str


@dataclass(frozen=True, slots=True)
class Pressing:
    """A ticket on which others wait, and when it is due."""

    number: str
    workflow: str
    title: str
    due_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """How promises stand: kept, broken, running in time, running late, resting."""

    met: int = 0
    missed: int = 0
    running: int = 0
    overdue: int = 0
    paused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Somebody read personal fields of a ticket."""

    at: Instant
    staff_id: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """Readings of a ticket and the cursor of the next page, if there is one."""

    readings: tuple[Reading, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A clock that was set aside, and why."""

    site: str
    ticket: str
    clock: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A message and what became of it so far. `seq` is the step that sent it."""

    site: str
    id: str
    ticket: str
    seq: int
    kind: str
    recipient: str
    role: str
    text: Mapping[str, str]
    clock: str | None
    level: int | None
    urgent: bool
    status: str  # pending | sent | dead
    not_before: Instant
    attempts: int
    last_error: str | None
    created_at: Instant
    sent_at: Instant | None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages of the outbox and the cursor of the next page, if there is one."""

    messages: tuple[OutboxRow, ...]
    next: str | None
