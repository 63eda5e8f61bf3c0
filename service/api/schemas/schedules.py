"""Schemas of schedules, slots and events."""

from __future__ import annotations

from service.api.schemas.words import (
    INSTANT,
    INSTANT_OR_NULL,
    INTEGER,
    OBJECT,
    TEXT,
    TEXT_OR_NULL,
    TEXTS,
    Json,
    items_of,
    list_of,
    object_of,
    page_of,
    ref,
)

SCHEDULES: dict[str, Json] = {
    "Schedule": object_of(
        name=TEXT,
        title=TEXT,
        site=TEXT,
        opens=TEXT,
        event=TEXT_OR_NULL,
        next=list_of(object_of(key=TEXT, at=INSTANT, opens_at=INSTANT)),
        last={"anyOf": [ref("Run"), {"type": "null"}]},
        parked=list_of(ref("Run")),
    ),
    "Schedules": object_of(
        items=list_of(ref("Schedule")), broken=list_of(object_of(name=TEXT, reason=TEXT)), at=INSTANT
    ),
    "Run": object_of(
        key=TEXT,
        at=INSTANT,
        opens_at=INSTANT,
        event=TEXT_OR_NULL,
        status={"enum": ["waiting", "opened", "missed", "parked"]},
        opened={**INTEGER, "description": "how many tickets"},
        reason=TEXT_OR_NULL,
        ran_at=INSTANT_OR_NULL,
    ),
    "Retried": object_of(schedule=TEXT, site=TEXT, key=TEXT, status=TEXT),
    "EventKind": object_of(
        name=TEXT,
        title=TEXT,
        roles=TEXTS,
        sites={**TEXTS, "description": "where the user may announce it"},
        form={**OBJECT, "description": "JSON Schema 2020-12 of `data`"},
    ),
    "EventKinds": items_of("EventKind"),
    "Event": object_of(id=TEXT, site=TEXT, name=TEXT, title=TEXT, at=INSTANT, by=TEXT, data=OBJECT),
    "Events": page_of("Event"),
}
