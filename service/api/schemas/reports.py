"""Schemas of reports and prints."""

from __future__ import annotations

from service.api.schemas.words import (
    ANYTHING,
    BOOLEAN,
    INSTANT,
    INTEGER,
    OBJECT,
    TEXT,
    TEXTS,
    Json,
    items_of,
    list_of,
    object_of,
)

REPORTS: dict[str, Json] = {
    "Promises": object_of(
        met=INTEGER,
        missed=INTEGER,
        running=INTEGER,
        overdue=INTEGER,
        paused=INTEGER,
        share={"type": ["number", "null"], "description": "of the settled ones, those that were met"},
        at=INSTANT,
        since=INSTANT,
        until={**INSTANT, "description": "up to, but not at"},
    ),
    "States": object_of(items=list_of(object_of(workflow=TEXT, state=TEXT, tickets=INTEGER)), at=INSTANT),
    "OpenTickets": object_of(
        items=list_of(object_of(workflow=TEXT, open=INTEGER, overdue=INTEGER)), at=INSTANT
    ),
    "Reports": object_of(
        items=list_of(
            object_of(
                name=TEXT,
                title=TEXT,
                counts={"enum": ["tickets", "steps", "clocks"]},
                workflows=TEXTS,
                columns=TEXTS,
                sites={**TEXTS, "description": "where the user may see it"},
            )
        ),
        broken=list_of(object_of(name=TEXT, reason=TEXT)),
    ),
    "Figures": object_of(
        format={"const": "figures/1"},
        report=TEXT,
        title=TEXT,
        sites=TEXTS,
        since=INSTANT,
        until={**INSTANT, "description": "up to, but not at"},
        made_at=INSTANT,
        chart={"enum": ["bar", "line", "pie"]},
        columns=list_of(
            object_of(
                name=TEXT,
                title=TEXT,
                kind={"enum": ["group", "count", "sum", "average", "share", "numbers"]},
                labels={**OBJECT, "description": "what the values of a group are called"},
            )
        ),
        rows=list_of({**list_of(ANYTHING), "description": "a value for each column"}),
        total={**list_of(ANYTHING), "description": "of everything"},
        cut={**INTEGER, "description": "rows left out, being too many"},
    ),
    "Prints": items_of("PrintLine"),
    "PrintLine": object_of(
        name=TEXT,
        title=TEXT,
        size={"enum": ["a4", "a5"]},
        ready={**BOOLEAN, "description": "whether it is given out as the ticket stands"},
    ),
}
