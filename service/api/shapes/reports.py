"""Figures, and what is printed."""

from __future__ import annotations

from service.api.shapes.words import INSTANT, OBJECT, TEXT, TEXTS, WHOLE, YES_NO, Json, items, many, thing

REPORTS: dict[str, Json] = {
    "Promises": thing(
        met=WHOLE,
        missed=WHOLE,
        running=WHOLE,
        overdue=WHOLE,
        paused=WHOLE,
        share={"type": ["number", "null"], "description": "of the settled ones, those that were met"},
        at=INSTANT,
    ),
    "States": thing(items=many(thing(workflow=TEXT, state=TEXT, tickets=WHOLE)), at=INSTANT),
    "Reports": thing(
        items=many(
            thing(
                name=TEXT,
                title=TEXT,
                counts={"enum": ["tickets", "steps", "clocks"]},
                workflows=TEXTS,
                columns=TEXTS,
                sites={**TEXTS, "description": "where the asker may see it"},
            )
        ),
        broken=many(thing(name=TEXT, reason=TEXT)),
    ),
    "Figures": thing(
        format={"const": "figures/1"},
        report=TEXT,
        title=TEXT,
        sites=TEXTS,
        since=INSTANT,
        until={**INSTANT, "description": "up to, but not at"},
        made_at=INSTANT,
        chart={"enum": ["bar", "line", "pie"]},
        columns=many(
            thing(
                name=TEXT,
                title=TEXT,
                kind={"enum": ["group", "count", "sum", "average", "share", "numbers"]},
                labels={**OBJECT, "description": "what the values of a group are called"},
            )
        ),
        rows=many({"type": "array", "description": "a value for each column"}),
        total={"type": "array", "description": "of everything"},
        cut={**WHOLE, "description": "rows left out, being too many"},
    ),
    "Prints": items("PrintLine"),
    "PrintLine": thing(
        name=TEXT,
        title=TEXT,
        size={"enum": ["a4", "a5"]},
        ready={**YES_NO, "description": "whether it is given out as the ticket stands"},
    ),
}
