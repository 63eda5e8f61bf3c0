"""Schedules with their slots, and events."""

from __future__ import annotations

from service.api.shapes.words import (
    INSTANT,
    INSTANT_OR_NULL,
    OBJECT,
    TEXT,
    TEXT_OR_NULL,
    TEXTS,
    WHOLE,
    Json,
    items,
    many,
    page,
    ref,
    thing,
)

SCHEDULES: dict[str, Json] = {
    "Schedule": thing(
        name=TEXT,
        title=TEXT,
        site=TEXT,
        opens=TEXT,
        event=TEXT_OR_NULL,
        next=many(thing(key=TEXT, at=INSTANT, opens_at=INSTANT)),
        last={"anyOf": [ref("Run"), {"type": "null"}]},
        parked=many(ref("Run")),
    ),
    "Schedules": thing(items=many(ref("Schedule")), broken=many(thing(name=TEXT, reason=TEXT)), at=INSTANT),
    "Run": thing(
        key=TEXT,
        at=INSTANT,
        opens_at=INSTANT,
        event=TEXT_OR_NULL,
        status={"enum": ["waiting", "opened", "missed", "parked"]},
        opened={**WHOLE, "description": "how many tickets"},
        reason=TEXT_OR_NULL,
        ran_at=INSTANT_OR_NULL,
    ),
    "Retried": thing(schedule=TEXT, site=TEXT, key=TEXT, status=TEXT),
    "EventKind": thing(
        name=TEXT,
        title=TEXT,
        roles=TEXTS,
        sites={**TEXTS, "description": "where the asker may announce it"},
        form={**OBJECT, "description": "JSON Schema 2020-12 of `data`"},
    ),
    "EventKinds": items("EventKind"),
    "Event": thing(id=TEXT, site=TEXT, name=TEXT, title=TEXT, at=INSTANT, by=TEXT, data=OBJECT),
    "Events": page("Event"),
}
