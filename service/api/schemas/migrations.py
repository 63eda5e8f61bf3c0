"""Schemas of migrations."""

from __future__ import annotations

from service.api.schemas.words import (
    BOOLEAN,
    INSTANT,
    INSTANT_OR_NULL,
    INTEGER,
    TEXT,
    TEXTS,
    Json,
    items_of,
    list_of,
    object_of,
    ref,
)

_HEAD: dict[str, Json] = {
    "id": TEXT,
    "process": TEXT,
    "because": TEXT,
    "created_at": INSTANT,
    "created_by": TEXT,
}
_PLACE = object_of(version=INTEGER, state=TEXT)

MIGRATIONS: dict[str, Json] = {
    "MigrationLine": object_of(**_HEAD),
    "Migrations": items_of("MigrationLine"),
    "Migration": object_of(
        **_HEAD,
        moved={**INTEGER, "description": "tickets that stand on the new version by it"},
        undone={**INTEGER, "description": "tickets that were brought back"},
        refused={**INTEGER, "description": "tickets that cannot move"},
        moved_on={**INTEGER, "description": "tickets that cannot be brought back: steps were taken since"},
        waiting={**INTEGER, "description": "tickets that are still to move"},
        left=list_of(object_of(site=TEXT, number=TEXT, reason=TEXT)),
    ),
    "MigrationPreview": object_of(
        **_HEAD, moving=INTEGER, staying=INTEGER, overdue=INTEGER, tickets=list_of(ref("PreviewedTicket"))
    ),
    "PreviewedTicket": object_of(
        site=TEXT,
        number=TEXT,
        from_=_PLACE,
        to={"anyOf": [_PLACE, {"type": "null"}], "description": "null: it has to stay, see `reasons`"},
        clocks=list_of(object_of(name=TEXT, before=INSTANT_OR_NULL, after=INSTANT_OR_NULL)),
        dropped={**TEXTS, "description": "fields that fall out"},
        lacking={**TEXTS, "description": "fields that every ticket of the version has in that state"},
        goes_on={**TEXTS, "description": "states through which it would go on by itself"},
        overdue={**BOOLEAN, "description": "whether it becomes overdue by the plan"},
        reasons=TEXTS,
    ),
}
