"""Erases the letters about a ticket. That somebody was told, when and by which channel stays."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from sqlalchemy import select, update

from workflows.core.ticket import Ticket
from workflows.storage.database import Session
from workflows.storage.tables import outbox

_O = outbox.c


def erase_letters(session: Session, ticket: Ticket, wanted: Callable[[int, str, object], bool]) -> None:
    """Remove the words and the masked addresses of all letters about the ticket: any of them may quote a text
    that was erased. Of the fields that its messages name, remove those whose value in a step is `wanted`."""
    of_ticket = (_O.site_id == ticket.site) & (_O.ticket_id == ticket.id)
    session.connection.execute(update(outbox).where(of_ticket).values(letter=None, sealed_letter=None))
    naming = select(_O.id, _O.seq, _O.payload).where(of_ticket, _O.payload.contains('"values"'))
    for identity, seq, text in session.connection.execute(naming).all():
        payload = orjson.loads(text)
        values = payload.get("values", {})
        remaining = {name: value for name, value in values.items() if not wanted(seq, name, value)}
        if remaining != values:
            changed = orjson.dumps(payload | {"values": remaining}).decode()
            this = update(outbox).where(of_ticket, _O.id == identity)
            session.connection.execute(this.values(payload=changed))
