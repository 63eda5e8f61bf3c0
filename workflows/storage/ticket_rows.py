"""Tickets, clocks and history entries as rows, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from workflows.core.step import Entry, Message, Step
from workflows.core.ticket import Ticket, Trail
from workflows.storage import tables
from workflows.timing.clock import Basis, Clock

Values = dict[str, Any]

TICKET = tuple(column.name for column in tables.tickets.c)
NARROW = tuple(name for name in TICKET if name not in ("data", "personal", "data_key", "trail"))
CLOCK = tuple(column.name for column in tables.clocks.c if column.name not in ("site_id", "ticket_id"))


def as_json(value: object) -> str:
    """JSON as it is stored."""
    return orjson.dumps(value).decode()


def ticket_from(row: Sequence[Any], personal: Mapping[str, object]) -> Ticket:
    """The ticket of a row of `TICKET`, its personal values opened."""
    audience, trail = audience_from(row[27]), Trail(**orjson.loads(row[21]))
    return _ticket(row, orjson.loads(row[23]), personal, trail, row[22], row[26], audience)


def narrow_ticket(row: Sequence[Any]) -> Ticket:
    """The ticket of a row of `NARROW`: without data, personal values and trail."""
    return _ticket(row, {}, {}, Trail(), row[21], row[22], audience_from(row[23]))


def audience_from(text: str | None) -> tuple[str, ...] | None:
    """The audience of its column."""
    return None if text is None else tuple(orjson.loads(text))


def _ticket(
    row: Sequence[Any],
    data: Mapping[str, object],
    personal: Mapping[str, object],
    trail: Trail,
    head: str,
    round: int | None,
    audience: tuple[str, ...] | None,
) -> Ticket:
    return Ticket(
        site=row[0],
        id=row[1],
        number=row[2],
        workflow=row[3],
        version=row[4],
        title=row[5],
        state=row[6],
        category=row[7],
        seq=row[8],
        opener=row[9],
        assignee=row[10],
        department=row[11],
        priority=row[12],
        parent=row[13],
        link=row[14],
        round=round,
        origin=row[15],
        opened_at=row[16],
        changed_at=row[17],
        entered_at=row[18],
        closed_at=row[19],
        due_at=row[20],
        trail=trail,
        head=head,
        data=data,
        personal=personal,
        audience=audience,
    )


def ticket_row(ticket: Ticket, number: str, head: str, names: Iterable[str]) -> Values:
    """The columns `names` of a ticket's row and those that find it, without what is sealed."""
    row: Values = {name: getattr(ticket, name) for name in names}
    row |= {"site_id": ticket.site, "id": ticket.id, "number": number, "head": head}
    if "trail" in row:
        row["trail"] = as_json(_trail(ticket.trail))
    if "data" in row:
        row["data"] = as_json(ticket.data)
    if ticket.audience is not None and "audience" in row:
        row["audience"] = as_json(ticket.audience)
    return row


def _trail(trail: Trail) -> Mapping[str, object]:
    kept: dict[str, object] = {"visits": trail.visits, "acted": trail.acted}
    return kept | {"asked": trail.asked} if trail.asked else kept


def clock_from(row: Sequence[Any]) -> Clock:
    """The clock of a row of `CLOCK`."""
    return Clock(
        name=row[0],
        state=row[1],
        promise=row[2],
        basis=Basis(row[3]),
        calendar=row[4],
        budget=row[5],
        slack=row[6],
        consumed=row[7],
        started_at=row[8],
        running_since=row[9],
        stopped_at=row[10],
        due_at=row[11],
        policy=row[12],
        level=row[13],
        next_level_at=row[14],
        ledger=tuple((at, event) for at, event in orjson.loads(row[15])),
        parked=row[16],
    )


def clock_row(site: str, ticket: str, clock: Clock) -> Values:
    """The row of a clock."""
    return {
        "site_id": site,
        "ticket_id": ticket,
        "name": clock.name,
        "state": clock.state,
        "promise": clock.promise,
        "basis": str(clock.basis),
        "calendar": clock.calendar,
        "budget": clock.budget,
        "slack": clock.slack,
        "consumed": clock.consumed,
        "started_at": clock.started_at,
        "running_since": clock.running_since,
        "stopped_at": clock.stopped_at,
        "due_at": clock.due_at,
        "policy": clock.policy,
        "level": clock.level,
        "next_level_at": clock.next_level_at,
        "ledger": as_json(clock.ledger),
        "parked": clock.parked,
    }


def history_row(ticket: Ticket, entry: Entry, personal: bytes | None, prev: str) -> Values:
    """The row of a history entry, its hash not yet taken."""
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
        "data": as_json(entry.data),
        "personal": personal,
        "note": entry.note,
        "spent": entry.spent,
        "target": entry.target,
        "prev": prev,
    }


def message_row(step: Step, identity: str, message: Message) -> Values:
    """The row of a message that waits to be sent."""
    payload = {"text": message.text, "clock": message.clock, "level": message.level}
    return {
        "site_id": step.after.site,
        "id": identity,
        "ticket_id": step.after.id,
        "seq": step.entry.seq,
        "kind": message.kind,
        "recipient": message.recipient,
        "role": message.role,
        "payload": as_json(payload),
        "urgent": message.urgent,
        "status": "pending",
        "not_before": step.entry.at,
        "attempts": 0,
        "claimed_until": None,
        "claimed_by": None,
        "last_error": None,
        "created_at": step.entry.at,
        "sent_at": None,
    }
