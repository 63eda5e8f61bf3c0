"""Schemas of people, tokens, absences and sites."""

from __future__ import annotations

from service.api.schemas.words import (
    BOOLEAN,
    INSTANT,
    INSTANT_OR_NULL,
    INTEGER,
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
from workflows.storage.people.staff_changes import KINDS

PEOPLE: dict[str, Json] = {
    "IssuedToken": object_of(id=TEXT, token=TEXT, name=TEXT, created_at=INSTANT, expires_at=INSTANT),
    "Token": object_of(id=TEXT, name=TEXT, created_at=INSTANT, expires_at=INSTANT_OR_NULL, current=BOOLEAN),
    "Tokens": items_of("Token"),
    "Me": object_of(
        id=TEXT,
        account=TEXT,
        name=TEXT,
        language=TEXT,
        mail=TEXT_OR_NULL,
        url={**TEXT_OR_NULL, "description": "its secret part is not shown"},
        sites=list_of(
            object_of(
                id=TEXT,
                roles=TEXTS,
                departments=TEXTS,
                manager=BOOLEAN,
                stands_in_for=list_of(object_of(id=TEXT, name=TEXT)),
            )
        ),
    ),
    "Site": object_of(id=TEXT, name=TEXT, zone=TEXT),
    "Sites": items_of("Site"),
    "Absence": object_of(
        id=TEXT,
        site=TEXT,
        staff=TEXT,
        name=TEXT_OR_NULL,
        from_=INSTANT,
        to=INSTANT,
        substitute=TEXT_OR_NULL,
        substitute_name=TEXT_OR_NULL,
        now={**BOOLEAN, "description": "whether it lasts at this moment"},
    ),
    "Absences": items_of("Absence"),
    "AccountHistory": page_of("AccountChange"),
    "AccountChange": object_of(
        seq=INTEGER,
        at=INSTANT,
        kind={"enum": list(KINDS)},
        actor=object_of(id=TEXT, name=TEXT),
        surface=TEXT,
        staff=TEXT,
        account=TEXT,
        site=TEXT_OR_NULL,
        before={"type": ["object", "null"], "description": "of a post: its role and department"},
        after={"type": ["object", "null"]},
    ),
    "AbsenceHistory": page_of("AbsenceChange"),
    "AbsenceChange": object_of(
        seq=INTEGER,
        at=INSTANT,
        kind={"enum": ["note", "strike"]},
        actor=object_of(id=TEXT, name=TEXT),
        surface=TEXT,
        absence=ref("Absence"),
    ),
}

_POST = object_of(site=TEXT, role=TEXT, department=TEXT_OR_NULL)
ACCOUNTS: dict[str, Json] = {
    "Account": object_of(
        ("handover",),
        id=TEXT,
        account=TEXT,
        name=TEXT,
        language=TEXT,
        active=BOOLEAN,
        password={**BOOLEAN, "description": "whether one is set"},
        mail={**TEXT_OR_NULL, "description": "masked"},
        url={**TEXT_OR_NULL, "description": "masked"},
        posts={**list_of(_POST), "description": "at the sites that you look after"},
        elsewhere={**BOOLEAN, "description": "whether the person works at sites that you do not look after"},
        handover=object_of(
            total={**INTEGER, "description": "open tickets the person had where a post ended"},
            handed_over={**INTEGER, "description": "that somebody else has now"},
            waiting={**INTEGER, "description": "that wait to be claimed"},
            kept={**INTEGER, "description": "that are still theirs"},
        ),
    ),
    "Accounts": page_of("Account"),
    "StaffImport": object_of(
        read={**INTEGER, "description": "rows of the list"},
        refused={**INTEGER, "description": "rows with a fault"},
        people=list_of(
            object_of(
                id={**TEXT_OR_NULL, "description": "null of somebody who is not there yet"},
                account=TEXT,
                name=TEXT,
                change={"enum": ["added", "changed", "same"]},
                posts={**list_of(_POST), "description": "the new ones"},
                fields={**TEXTS, "description": "what else changes"},
            )
        ),
        faults=list_of(
            object_of(
                row={**INTEGER, "description": "its line in the file"},
                cell={**TEXT_OR_NULL, "description": "of a workbook: B2"},
                column={
                    **TEXT_OR_NULL,
                    "description": "as the list calls it; null for the whole row",
                },
                value=TEXT,
                code=TEXT,
                message=TEXT,
            )
        ),
    ),
    "Invitation": object_of(
        link={**TEXT_OR_NULL, "description": "shown this once; null if it was sent"},
        sent_to={**TEXT_OR_NULL, "description": "masked"},
        expires_at=INSTANT,
    ),
}

DIRECTORY: dict[str, Json] = {
    "Staff": object_of(id=TEXT, account=TEXT, name=TEXT, site=TEXT, roles=TEXTS, departments=TEXTS),
    "StaffList": items_of("Staff"),
    "Candidate": object_of(
        id=TEXT,
        account=TEXT,
        name=TEXT,
        roles=TEXTS,
        departments=TEXTS,
        away={**BOOLEAN, "description": "whether the person is absent now"},
        open_tickets={**INTEGER, "description": "that the person has at the site"},
    ),
    "CandidateList": items_of("Candidate"),
}
