"""The shapes of answers, for the OpenAPI document: JSON Schema 2020-12; every key is always there."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
TEXT_OR_NULL: Json = {"type": ["string", "null"]}
WHOLE: Json = {"type": "integer"}
WHOLE_OR_NULL: Json = {"type": ["integer", "null"]}
YES_NO: Json = {"type": "boolean"}
INSTANT: Json = {"type": "string", "format": "date-time"}
INSTANT_OR_NULL: Json = {"type": ["string", "null"], "format": "date-time"}
ANYTHING: Json = {}
OBJECT: Json = {"type": "object"}
TEXTS: Json = {"type": "array", "items": TEXT}


def ref(name: str) -> Json:
    """A named shape."""
    return {"$ref": f"#/components/schemas/{name}"}


def many(item: Json) -> Json:
    """A list."""
    return {"type": "array", "items": item}


def thing(optional: tuple[str, ...] = (), /, **properties: Json) -> Json:
    """An object with exactly these keys. A trailing underscore keeps a name from being Python's."""
    named = {name.rstrip("_"): shape for name, shape in properties.items()}
    required = [name for name in named if name not in optional]
    return {"type": "object", "properties": named, "required": required, "additionalProperties": False}


def page(name: str) -> Json:
    """A page of a list: `next` is the cursor of the page that follows."""
    return thing(items=many(ref(name)), next=TEXT_OR_NULL)


def items(name: str) -> Json:
    """A list that has but one page."""
    return thing(items=many(ref(name)))


_LINE: dict[str, Json] = {
    "number": TEXT,
    "id": {"type": "string", "format": "uuid"},
    "workflow": TEXT,
    "version": WHOLE,
    "title": TEXT,
    "state": TEXT,
    "state_title": TEXT,
    "category": {"enum": ["open", "waiting", "closed", "cancelled"]},
    "seq": WHOLE,
    "site": TEXT,
    "department": TEXT_OR_NULL,
    "assignee": TEXT_OR_NULL,
    "assignee_name": TEXT_OR_NULL,
    "priority": {"enum": ["low", "normal", "high", "urgent"]},
    "opened_at": INSTANT,
    "changed_at": INSTANT,
    "closed_at": INSTANT_OR_NULL,
    "due_at": INSTANT_OR_NULL,
    "overdue": YES_NO,
    "parent": TEXT_OR_NULL,
    "origin": TEXT_OR_NULL,
}
_ROSTER: dict[str, Json] = {
    "site": TEXT,
    "name": TEXT,
    "title": TEXT,
    "members": TEXT,
    "rulebook": {"enum": ["project", "shop", None]},
}
_CLOCK: dict[str, Json] = {
    "name": TEXT,
    "title": TEXT,
    "state": TEXT_OR_NULL,
    "promise": TEXT,
    "started_at": INSTANT,
    "stopped_at": INSTANT_OR_NULL,
    "due_at": INSTANT_OR_NULL,
    "budget": WHOLE,
    "consumed": WHOLE,
    "remaining": {**WHOLE, "description": "negative once it is late"},
    "unit": {"enum": ["working second", "second"]},
    "paused": YES_NO,
    "overdue": YES_NO,
    "verdict": {"enum": ["running", "overdue", "paused", "met", "missed"]},
    "level": {**WHOLE, "description": "escalation levels that have fired"},
    "next_level_at": INSTANT_OR_NULL,
    "parked": TEXT_OR_NULL,
}

SHAPES: dict[str, Json] = {
    "Problem": thing(
        type=TEXT,
        title=TEXT,
        status=WHOLE,
        detail=TEXT,
        instance=TEXT,
        blocked_by=many(ref("Reason")),
    ),
    "Reason": thing(("field", "saw", "who"), code=TEXT, message=TEXT, field=TEXT, saw=ANYTHING, who=TEXTS),
    "TicketLine": thing(**_LINE),
    "TicketPage": page("TicketLine"),
    "Ticket": thing(
        **_LINE,
        data=OBJECT,
        clocks=many(ref("Clock")),
        children=many(ref("Child")),
        critical={
            "anyOf": [ref("Critical"), {"type": "null"}],
            "description": "of what is open below it, the ticket that is due first",
        },
        successor={
            "anyOf": [ref("Successor"), {"type": "null"}],
            "description": "what it was converted into",
        },
    ),
    "Successor": thing(number=TEXT, id=TEXT, workflow=TEXT, state=TEXT, category=TEXT),
    "Child": thing(number=TEXT, id=TEXT, workflow=TEXT, link=TEXT, state=TEXT, category=TEXT, closed=YES_NO),
    "Critical": thing(number=TEXT, workflow=TEXT, title=TEXT, due_at=INSTANT, overdue=YES_NO),
    "Clock": thing(**_CLOCK),
    "ClockExplained": thing(**_CLOCK, explain=many(ref("Segment"))),
    "Segment": thing(from_=INSTANT, to=INSTANT, counted=YES_NO, why=TEXT, rule=TEXT),
    "Clocks": thing(clocks=many(ref("ClockExplained"))),
    "Personal": thing(number=TEXT, id=TEXT, personal=OBJECT),
    "Reading": thing(at=INSTANT, staff=TEXT, name=TEXT_OR_NULL, fields=TEXTS),
    "ReadingPage": page("Reading"),
    "Entry": thing(
        seq=WHOLE,
        at=INSTANT,
        kind=TEXT,
        actor=thing(id=TEXT, name=TEXT, on_behalf=TEXT_OR_NULL, on_behalf_name=TEXT_OR_NULL),
        surface=TEXT,
        trigger=TEXT_OR_NULL,
        title=TEXT_OR_NULL,
        from_=TEXT_OR_NULL,
        to=TEXT_OR_NULL,
        data=OBJECT,
        personal=YES_NO,
        note=TEXT,
        spent=WHOLE_OR_NULL,
        target=WHOLE_OR_NULL,
        hash=TEXT,
    ),
    "HistoryPage": page("Entry"),
    "Transitions": thing(available=many(ref("Available")), blocked=many(ref("Blocked"))),
    "Available": thing(
        trigger=TEXT,
        title=TEXT,
        to=TEXTS,
        form={**OBJECT, "description": "JSON Schema 2020-12 of `data`"},
        on_behalf={**TEXT_OR_NULL, "description": "in whose place (staff id), if not by right of one's own"},
    ),
    "Blocked": thing(trigger=TEXT, title=TEXT, reasons=many(ref("Reason")), who=TEXTS),
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
    "IssuedToken": thing(id=TEXT, token=TEXT, name=TEXT, created_at=INSTANT, expires_at=INSTANT),
    "Token": thing(id=TEXT, name=TEXT, created_at=INSTANT, expires_at=INSTANT_OR_NULL, current=YES_NO),
    "Tokens": items("Token"),
    "Me": thing(
        id=TEXT,
        account=TEXT,
        name=TEXT,
        language=TEXT,
        sites=many(
            thing(
                id=TEXT,
                roles=TEXTS,
                departments=TEXTS,
                manager=YES_NO,
                stands_in_for=many(thing(id=TEXT, name=TEXT)),
            )
        ),
    ),
    "Site": thing(id=TEXT, name=TEXT, zone=TEXT),
    "Sites": items("Site"),
    "Absence": thing(
        id=TEXT,
        site=TEXT,
        staff=TEXT,
        name=TEXT_OR_NULL,
        from_=INSTANT,
        to=INSTANT,
        substitute=TEXT_OR_NULL,
        substitute_name=TEXT_OR_NULL,
        now={**YES_NO, "description": "whether it lasts at this moment"},
    ),
    "Absences": items("Absence"),
    "Registers": items("Register"),
    "Register": thing(
        name=TEXT,
        title=TEXT,
        key={**TEXT, "description": "the column that names an entry"},
        personal=TEXTS,
        may_read={**YES_NO, "description": "its personal columns, at one of the asker's sites"},
        may_write=YES_NO,
        retention={**TEXT_OR_NULL, "description": "how long after its end an entry keeps what is personal"},
        form={**OBJECT, "description": "JSON Schema 2020-12 of the columns"},
    ),
    "RegisterEntry": thing(
        register=TEXT,
        site=TEXT,
        key=TEXT,
        seq={**WHOLE, "description": "how often it was written"},
        values={**OBJECT, "description": "its columns, personal ones masked"},
        changed_at=INSTANT,
        struck_at=INSTANT_OR_NULL,
    ),
    "RegisterPage": page("RegisterEntry"),
    "RegisterPersonal": thing(register=TEXT, site=TEXT, key=TEXT, personal=OBJECT),
    "RegisterHistory": page("RegisterChange"),
    "RegisterChange": thing(
        seq=WHOLE,
        at=INSTANT,
        kind={"enum": ["record", "strike", "erase"]},
        actor=thing(id=TEXT, name=TEXT, on_behalf=TEXT_OR_NULL, on_behalf_name=TEXT_OR_NULL),
        note=TEXT,
        surface=TEXT,
        ticket={
            **TEXT_OR_NULL,
            "description": "whose step it was; null also if it does not exist for the reader",
        },
        before=OBJECT,
        after=OBJECT,
        personal={**YES_NO, "description": "whether personal columns have changed"},
    ),
    "SettingsHistory": page("SettingChange"),
    "SettingChange": thing(
        seq=WHOLE,
        at=INSTANT,
        actor=thing(id=TEXT, name=TEXT),
        surface=TEXT,
        name=TEXT,
        title={**TEXT_OR_NULL, "description": "null once the company has no such setting any more"},
        before={**ANYTHING, "description": "null: the default held"},
        after={**ANYTHING, "description": "null: the default holds again"},
    ),
    "Setting": thing(
        name=TEXT,
        title=TEXT,
        help=TEXT,
        schema={**OBJECT, "description": "JSON Schema 2020-12 of its value"},
        value=ANYTHING,
        default=ANYTHING,
        said={**YES_NO, "description": "whether the site has said so, or the default holds"},
    ),
    "Settings": thing(site=TEXT, items=many(ref("Setting"))),
    "Staff": thing(id=TEXT, account=TEXT, name=TEXT, site=TEXT, roles=TEXTS, departments=TEXTS),
    "StaffList": items("Staff"),
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
    "Rosters": items("RosterLine"),
    "RosterLine": thing(**_ROSTER),
    "Roster": thing(
        **_ROSTER,
        date={"type": "string", "format": "date"},
        seq=WHOLE,
        round=WHOLE,
        readings={"type": ["object", "null"], "additionalProperties": TEXT},
        places=many(ref("RosterPlace")),
        make_ups=many(thing(person=TEXT, name=TEXT, why=TEXT, words=TEXT)),
        suspensions=many(thing(person=TEXT, name=TEXT, first=TEXT, last=TEXT)),
        next={"anyOf": [ref("RosterNext"), {"type": "null"}]},
        log=many(ref("RosterLogged")),
    ),
    "RosterPlace": thing(
        place=WHOLE,
        person=TEXT,
        name=TEXT,
        signed_at=INSTANT,
        presence={"enum": ["ready", "inside", "official", "private", "short", "gone"]},
        off_shift=YES_NO,
        receiving={**TEXTS, "description": "ids of the tickets of the clients on site"},
        permitted=YES_NO,
        substitute=TEXT_OR_NULL,
        suspended_until=TEXT_OR_NULL,
        state={"enum": ["waiting", "had", "receiving", "make-up-due", "suspended"]},
        hindrance=TEXT_OR_NULL,
        rounds=WHOLE,
        used=WHOLE,
        lost=WHOLE,
        make_ups=WHOLE,
        ability=WHOLE,
        rests=many(WHOLE),
    ),
    "RosterNext": thing(person=TEXT_OR_NULL, name=TEXT_OR_NULL, verdicts=many(ref("Verdict"))),
    "RosterLogged": thing(
        seq=WHOLE,
        at=INSTANT,
        mark=TEXT,
        person=TEXT_OR_NULL,
        name=TEXT_OR_NULL,
        actor=thing(id=TEXT, name=TEXT),
        ticket=TEXT_OR_NULL,
        facts=OBJECT,
    ),
    "Verdict": thing(
        person=TEXT,
        name=TEXT,
        why=TEXT,
        words=TEXT,
        turn={"enum": ["receives", "lost", "made-up-later", "untouched"]},
    ),
    "Assignment": thing(
        ticket=TEXT,
        assignee=TEXT_OR_NULL,
        assignee_name=TEXT_OR_NULL,
        chosen={"anyOf": [ref("Choice"), {"type": "null"}]},
    ),
    "Choice": thing(
        seq=WHOLE,
        at=INSTANT,
        by={"enum": ["least-loaded", "balanced", "rotation", "turn"]},
        roster=TEXT,
        occasion=TEXT_OR_NULL,
        rule=TEXT_OR_NULL,
        person=TEXT_OR_NULL,
        name=TEXT_OR_NULL,
        belongs_to=TEXT_OR_NULL,
        verdicts=many(ref("Verdict")),
    ),
    "Parked": items("ParkedClock"),
    "ParkedClock": thing(site=TEXT, ticket=TEXT_OR_NULL, clock=TEXT, reason=TEXT),
}
