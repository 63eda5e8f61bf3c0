"""A message of the outbox, and the row that it is built from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from workflows.storage.sql import Row
from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """A message and how its delivery stands. `seq` is that of the step that sent it.

    `digest` is the id of the letter that it shares with others, `bundled` those others, where they were
    gathered (see `outbox_bundles`).
    """

    site: str
    id: str
    ticket: str
    seq: int
    kind: str
    recipient: str
    role: str
    text: Mapping[str, str]
    values: Mapping[str, object]  # of the fields that the text names
    clock: str | None
    level: int | None
    urgent: bool
    status: str  # one of `deliveries.STATUSES`
    not_before: Instant
    attempts: int
    last_error: str | None
    created_at: Instant
    sent_at: Instant | None  # when a channel took it; None unless it is `sent`
    tried_at: Instant | None  # when it was tried last
    channel: str | None  # which channel had it last
    digest: str | None = None
    bundled: tuple[OutboxMessage, ...] = ()

    @property
    def letter_id(self) -> str:
        """The id of its letter, the same at every try."""
        return self.digest or self.id


class MessageRow(NamedTuple):
    """The columns of `outbox` that a message is built from, in the order in which they are read."""

    site_id: str
    id: str
    ticket_id: str
    seq: int
    kind: str
    recipient: str
    role: str
    payload: str
    urgent: bool
    status: str
    not_before: Instant
    attempts: int
    last_error: str | None
    created_at: Instant
    sent_at: Instant | None
    tried_at: Instant | None
    channel: str | None
    digest: str | None


MESSAGE_COLUMNS = ", ".join(MessageRow._fields)


def build_message(values: Row) -> OutboxMessage:
    """The message of the columns of `MessageRow`."""
    row = MessageRow._make(values)
    payload = orjson.loads(row.payload)
    return OutboxMessage(
        site=row.site_id,
        id=row.id,
        ticket=row.ticket_id,
        seq=row.seq,
        kind=row.kind,
        recipient=row.recipient,
        role=row.role,
        text=payload["text"],
        values=payload.get("values", {}),
        clock=payload["clock"],
        level=payload["level"],
        urgent=bool(row.urgent),
        status=row.status,
        not_before=row.not_before,
        attempts=row.attempts,
        last_error=row.last_error,
        created_at=row.created_at,
        sent_at=row.sent_at,
        tried_at=row.tried_at,
        channel=row.channel,
        digest=row.digest,
    )
