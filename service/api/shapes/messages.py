"""Messages on their way, and clocks that were set aside."""

from __future__ import annotations

from service.api.shapes.words import (
    INSTANT,
    INSTANT_OR_NULL,
    TEXT,
    TEXT_OR_NULL,
    WHOLE,
    WHOLE_OR_NULL,
    YES_NO,
    Json,
    items,
    page,
    thing,
)

MESSAGES: dict[str, Json] = {
    "Message": thing(
        id=TEXT,
        site=TEXT,
        ticket={**TEXT_OR_NULL, "description": "null where it does not exist for the reader"},
        seq=WHOLE,
        kind=TEXT,
        recipient=TEXT,
        role=TEXT,
        clock=TEXT_OR_NULL,
        level=WHOLE_OR_NULL,
        urgent=YES_NO,
        status=TEXT,
        attempts=WHOLE,
        last_error=TEXT_OR_NULL,
        not_before=INSTANT,
        created_at=INSTANT,
        sent_at=INSTANT_OR_NULL,
    ),
    "Messages": page("Message"),
    "Requeued": thing(id=TEXT, status=TEXT),
}

PARKED: dict[str, Json] = {
    "Parked": items("ParkedClock"),
    "ParkedClock": thing(site=TEXT, ticket=TEXT_OR_NULL, clock=TEXT, reason=TEXT),
}
