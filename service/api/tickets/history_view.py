"""What has happened to a ticket, as JSON: its history, who was told, who read what is personal."""

from __future__ import annotations

from collections.abc import Sequence

from service.api.tickets.view import Json, staff_name
from service.texts import localize
from workflows.core.people import Directory
from workflows.language.definition import Definition
from workflows.language.forms.field import Titles
from workflows.storage.outbox_messages import OutboxMessage
from workflows.storage.queries.results import RecordedReading, StoredHistoryEvent
from workflows.timing.instants import rfc3339


def render_reading(past: RecordedReading, directory: Directory) -> Json:
    """One reading of personal fields. Staff who have left the site are shown by id only."""
    return {
        "at": rfc3339(past.at),
        "staff": past.staff_id,
        "name": staff_name(past.staff_id, directory),
        "on_behalf": past.on_behalf,
        "on_behalf_name": staff_name(past.on_behalf, directory),
        "fields": list(past.fields),
    }


def render_history_event(
    past: StoredHistoryEvent,
    definition: Definition,
    language: str,
    directory: Directory,
    messages: Sequence[OutboxMessage] = (),
) -> Json:
    """One event of a ticket's history, with who was told because of it. Personal values are left out, only
    their names are shown. The person on whose behalf somebody acted is shown by id once they have left the
    site."""
    titles: Titles = next((r.title for r in definition.transitions if r.trigger == past.trigger), {})
    return {
        "seq": past.seq,
        "at": rfc3339(past.at),
        "kind": past.kind,
        "actor": {
            "id": past.actor_id,
            "name": past.actor_name,
            "on_behalf": past.on_behalf,
            "on_behalf_name": staff_name(past.on_behalf, directory),
        },
        "surface": past.surface,
        "trigger": past.trigger,
        "title": localize(titles, language) or None,
        "from": past.source,
        "to": past.to,
        "data": past.data,
        "personal": past.sealed,
        "note": past.note,
        "spent": past.spent,
        "target": past.target,
        "hash": past.hash,
        "messages": [render_receipt(each, directory) for each in messages],
    }


def render_receipt(message: OutboxMessage, directory: Directory) -> Json:
    """Who is told, by which channel, and with what result."""
    return {
        "id": message.id,
        "recipient": message.recipient,
        "name": staff_name(message.recipient, directory),
        "role": message.role,
        "channel": message.channel,
        "status": message.status,
        "reason": message.last_error,
    }
