"""Processes and their versions."""

from __future__ import annotations

from service.api.shapes.words import (
    INSTANT,
    OBJECT,
    TEXT,
    TEXT_OR_NULL,
    TEXTS,
    WHOLE,
    YES_NO,
    Json,
    items,
    many,
    ref,
    thing,
)

WORKFLOWS: dict[str, Json] = {
    "WorkflowLine": thing(
        name=TEXT, title=TEXT, purpose=TEXT, version=WHOLE, may_open=YES_NO, start=thing(roles=TEXTS)
    ),
    "Workflows": items("WorkflowLine"),
    "Workflow": thing(
        name=TEXT,
        title=TEXT,
        purpose=TEXT,
        version=WHOLE,
        digest=TEXT,
        covers=TEXTS,
        start=thing(
            state=TEXT,
            roles=TEXTS,
            requires=TEXTS,
            accepts=TEXTS,
            complete=TEXTS,
            form={**OBJECT, "description": "JSON Schema 2020-12 of `data`"},
        ),
        states=many(
            thing(
                name=TEXT,
                title=TEXT,
                category=TEXT,
                owner={"type": ["object", "null"]},
                due={"type": ["object", "null"]},
                escalation=TEXT_OR_NULL,
            )
        ),
        transitions=many(
            thing(
                trigger=TEXT,
                title=TEXT,
                from_=TEXTS,
                to=TEXT_OR_NULL,
                roles=TEXTS,
                requires=TEXTS,
                accepts=TEXTS,
                complete=TEXTS,
                guard=TEXT_OR_NULL,
                auto=YES_NO,
            )
        ),
        clocks=many(
            thing(
                name=TEXT,
                title=TEXT,
                starts=TEXTS,
                stops=TEXTS,
                due={"type": ["object", "null"]},
                escalation=TEXT_OR_NULL,
                pauses=YES_NO,
                on_reopen=TEXT,
            )
        ),
        readers=TEXTS,
        personal=TEXTS,
        computed=TEXTS,
        visible={"anyOf": [ref("Visible"), {"type": "null"}], "description": "null: for all at the site"},
        retention={**TEXT_OR_NULL, "description": "how long after its end a ticket keeps personal data"},
    ),
    "Visible": thing(to=TEXTS, when=TEXT_OR_NULL),
    "Version": thing(version=WHOLE, digest=TEXT, published_at=INSTANT, published_by=TEXT, open_tickets=WHOLE),
    "Versions": items("Version"),
    "Checked": thing(problems=many(thing(line=WHOLE, column=WHOLE, path=TEXT, message=TEXT, severity=TEXT))),
    "Publication": thing(name=TEXT, title=TEXT, version=WHOLE, changed=YES_NO, digest=TEXT),
}
