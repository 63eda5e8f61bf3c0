"""People: signed in, away, in a directory; and the sites they are at."""

from __future__ import annotations

from service.api.shapes.words import (
    INSTANT,
    INSTANT_OR_NULL,
    TEXT,
    TEXT_OR_NULL,
    TEXTS,
    WHOLE,
    YES_NO,
    Json,
    items,
    many,
    page,
    ref,
    thing,
)

PEOPLE: dict[str, Json] = {
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
    "AbsenceHistory": page("AbsenceChange"),
    "AbsenceChange": thing(
        seq=WHOLE,
        at=INSTANT,
        kind={"enum": ["note", "strike"]},
        actor=thing(id=TEXT, name=TEXT),
        surface=TEXT,
        absence=ref("Absence"),
    ),
}

DIRECTORY: dict[str, Json] = {
    "Staff": thing(id=TEXT, account=TEXT, name=TEXT, site=TEXT, roles=TEXTS, departments=TEXTS),
    "StaffList": items("Staff"),
}
