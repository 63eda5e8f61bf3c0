"""Converts tickets, clocks, history events and messages to rows, and tickets and clocks back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson

from workflows.core.step import HistoryEvent, Message, Step
from workflows.core.ticket import Merged, Ticket, Trail
from workflows.storage import tables
from workflows.storage.cipher import Cipher
from workflows.storage.row_builder import RowBuilder
from workflows.storage.sql import RowValues
from workflows.timing.clock import Acknowledgement, Basis, Clock

TICKET_COLUMNS = tuple(column.name for column in tables.tickets.c)
NARROW_COLUMNS = tuple(
    name for name in TICKET_COLUMNS if name not in ("data", "personal", "data_key", "trail")
)
CLOCK_COLUMNS = tuple(
    column.name for column in tables.clocks.c if column.name not in ("site_id", "ticket_id")
)
STILL_RUNS = "+clocks.stopped_at IS NULL"
"""Whether a clock of a ticket that is known has not stopped. The plus keeps SQLite from the index of what has
stopped, by which it would read every open clock of a site for the few of a ticket."""


def to_json(value: object) -> str:
    """A value as the text that JSON columns store."""
    return orjson.dumps(value).decode()


def parse_names(text: str | None) -> tuple[str, ...] | None:
    """The names of an audience or of candidates in their column, a JSON list; None stays None."""
    return None if text is None else tuple(orjson.loads(text))


def serialize_watchers(watchers: tuple[str, ...]) -> str | None:
    """The watchers as their column stores them."""
    return to_json(watchers) if watchers else None


def parse_trail(text: str) -> Trail:
    """The trail of its column, JSON."""
    trail = Trail(**orjson.loads(text))
    return trail._replace(merged=tuple(Merged(*each) for each in trail.merged)) if trail.merged else trail


_PARSERS: Mapping[str, Callable[[Any], object]] = {
    "trail": parse_trail,
    "data": orjson.loads,
    "audience": parse_names,
    "candidates": parse_names,
    "watchers": lambda text: parse_names(text) or (),
}
# What is called otherwise in a row: the values of `personal` are sealed there.
_RENAMED = {"site_id": "site", "personal": "sealed"}
_ROWS: RowBuilder[Ticket] = RowBuilder(Ticket, [_RENAMED.get(n, n) for n in TICKET_COLUMNS], _PARSERS)
_NARROW_ROWS: RowBuilder[Ticket] = RowBuilder(Ticket, [_RENAMED.get(n, n) for n in NARROW_COLUMNS], _PARSERS)
_SITE, _ID, _SEALED, _DATA_KEY = map(TICKET_COLUMNS.index, ("site_id", "id", "personal", "data_key"))
_CLOCK_ROWS: RowBuilder[Clock] = RowBuilder(
    Clock,
    CLOCK_COLUMNS,
    {
        "basis": Basis,
        "ledger": lambda text: tuple((at, event) for at, event in orjson.loads(text)),
        "acknowledged": lambda text: Acknowledgement(*orjson.loads(text)) if text is not None else None,
    },
)


def build_ticket(row: Sequence[Any], personal: Mapping[str, object]) -> Ticket:
    """The ticket of a row of `TICKET_COLUMNS`; `personal` are its decrypted values."""
    return _ROWS.build(row, personal)


def build_narrow_ticket(row: Sequence[Any]) -> Ticket:
    """The ticket of a row of `NARROW_COLUMNS`: without data, personal values and trail."""
    return _NARROW_ROWS.build(row)


def build_whole_ticket(row: Sequence[Any], cipher: Cipher) -> Ticket:
    """The ticket of a row of `TICKET_COLUMNS`, with its personal values, for decisions."""
    owner = f"{row[_SITE]}/{row[_ID]}"
    return _ROWS.build(row, cipher.open(row[_DATA_KEY], owner, "ticket", row[_SEALED]))


def build_ticket_row(ticket: Ticket, number: str, head: str, names: Iterable[str]) -> RowValues:
    """The columns `names` of a ticket's row and those that identify it, without sealed values."""
    row: RowValues = {name: getattr(ticket, name) for name in names}
    row |= {"site_id": ticket.site, "id": ticket.id, "number": number, "head": head}
    if "trail" in row:
        row["trail"] = to_json(_serialize_trail(ticket.trail))
    if "data" in row:
        row["data"] = to_json(ticket.data)
    for name in ("audience", "candidates"):
        if row.get(name) is not None:
            row[name] = to_json(row[name])
    if "watchers" in row:
        row["watchers"] = serialize_watchers(ticket.watchers)
    return row


def _serialize_trail(trail: Trail) -> Mapping[str, object]:
    values: dict[str, object] = {"visits": trail.visits, "acted": trail.acted}
    values |= {"asked": trail.asked} if trail.asked else {}
    values |= {"urges": trail.urges} if trail.urges else {}
    values |= {"merged_into": trail.merged_into} if trail.merged_into else {}
    values |= {"links": trail.links} if trail.links else {}
    return values | {"merged": [tuple(each) for each in trail.merged]} if trail.merged else values


def build_clock(row: Sequence[Any]) -> Clock:
    """The clock of a row of `CLOCK_COLUMNS`."""
    return _CLOCK_ROWS.build(row)


def build_clock_row(site: str, ticket: str, clock: Clock) -> RowValues:
    """The row of a clock of a ticket, given by site and id."""
    row: RowValues = clock._asdict()
    row |= {"site_id": site, "ticket_id": ticket, "basis": str(clock.basis), "ledger": to_json(clock.ledger)}
    if clock.acknowledged is not None:
        row["acknowledged"] = to_json(tuple(clock.acknowledged))
    return row


def build_history_row(ticket: Ticket, entry: HistoryEvent, personal: bytes | None) -> RowValues:
    """The row of a history event, without `prev`, `outcome` and `hash`."""
    return {
        "site_id": ticket.site,
        "ticket_id": ticket.id,
        "seq": entry.seq,
        "at": entry.at,
        "kind": entry.kind,
        "actor_id": entry.actor.id,
        "actor_name": entry.actor.name,
        "on_behalf": entry.actor.on_behalf,
        "surface": entry.actor.surface,
        "trigger": entry.trigger,
        "source": entry.source,
        "target_state": entry.to,
        "data": to_json(entry.data),
        "personal": personal,
        "note": entry.note,
        "spent": entry.spent,
        "target": entry.target,
    }


def build_message_row(step: Step, identity: str, message: Message) -> RowValues:
    """The row of a message that is to be sent at once; `identity` is its id."""
    payload: dict[str, object] = {"text": message.text, "clock": message.clock, "level": message.level}
    payload |= {"values": message.values} if message.values else {}
    return {
        "site_id": step.after.site,
        "id": identity,
        "ticket_id": step.after.id,
        "seq": step.event.seq,
        "kind": message.kind,
        "recipient": message.recipient,
        "role": message.role,
        "payload": to_json(payload),
        "urgent": message.urgent,
        "status": "pending",
        "not_before": step.event.at,
        "attempts": 0,
        "claimed_until": None,
        "claimed_by": None,
        "last_error": None,
        "created_at": step.event.at,
        "sent_at": None,
        "tried_at": None,
        "channel": None,
        "letter": None,
        "sealed_letter": None,
        "digest": None,
    }
