"""Schemas of registers, their entries, and settings of sites."""

from __future__ import annotations

from service.api.schemas.words import (
    ANYTHING,
    BOOLEAN,
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

REGISTERS: dict[str, Json] = {
    "Registers": items_of("Register"),
    "Register": object_of(
        name=TEXT,
        title=TEXT,
        key={**TEXT, "description": "the column that names an entry"},
        personal=TEXTS,
        may_read={**BOOLEAN, "description": "its personal columns, at one of the user's sites"},
        may_write=BOOLEAN,
        retention={**TEXT_OR_NULL, "description": "how long after its end an entry keeps what is personal"},
        form={**OBJECT, "description": "JSON Schema 2020-12 of the columns"},
    ),
    "RegisterEntry": object_of(
        register=TEXT,
        site=TEXT,
        key=TEXT,
        seq={**INTEGER, "description": "how often it was written"},
        values={**OBJECT, "description": "its columns, personal ones masked"},
        changed_at=INSTANT,
        struck_at=INSTANT_OR_NULL,
    ),
    "RegisterPage": page_of("RegisterEntry"),
    "Caller": object_of(
        site=TEXT,
        people=list_of(ref("RegisterEntry")),
        households=list_of(ref("Household")),
        tickets={**list_of(ref("TicketLine")), "description": "open ones that are of none of the households"},
        more={**BOOLEAN, "description": "whether there is more than is shown"},
    ),
    "Household": object_of(
        unit=TEXT, entries=list_of(ref("RegisterEntry")), tickets=list_of(ref("TicketLine"))
    ),
    "RegisterPersonal": object_of(register=TEXT, site=TEXT, key=TEXT, personal=OBJECT),
    "RegisterHistory": page_of("RegisterChange"),
    "RegisterChange": object_of(
        seq=INTEGER,
        at=INSTANT,
        kind={"enum": ["record", "strike", "erase"]},
        actor=object_of(id=TEXT, name=TEXT, on_behalf=TEXT_OR_NULL, on_behalf_name=TEXT_OR_NULL),
        note=TEXT,
        surface=TEXT,
        ticket={
            **TEXT_OR_NULL,
            "description": "whose step it was; null also if it does not exist for the reader",
        },
        before=OBJECT,
        after=OBJECT,
        personal={**BOOLEAN, "description": "whether personal columns have changed"},
    ),
    "SettingsHistory": page_of("SettingChange"),
    "SettingChange": object_of(
        seq=INTEGER,
        at=INSTANT,
        actor=object_of(id=TEXT, name=TEXT),
        surface=TEXT,
        name=TEXT,
        title={**TEXT_OR_NULL, "description": "null once the company has no such setting any more"},
        before={**ANYTHING, "description": "null: the default held"},
        after={**ANYTHING, "description": "null: the default holds again"},
    ),
    "Setting": object_of(
        name=TEXT,
        title=TEXT,
        help=TEXT,
        schema={**OBJECT, "description": "JSON Schema 2020-12 of its value"},
        value=ANYTHING,
        default=ANYTHING,
        said={**BOOLEAN, "description": "whether the site has said so, or the default holds"},
    ),
    "Settings": object_of(site=TEXT, items=list_of(ref("Setting"))),
    "Calendar": object_of(
        name=TEXT,
        title=TEXT,
        zone=TEXT,
        said={**OBJECT, "description": "what the site says of it; empty: the company's holds"},
        holds={**OBJECT, "description": "hours and days as they hold at the site"},
        warnings={**TEXTS, "description": "years of which not all days are known yet"},
    ),
    "Calendars": object_of(site=TEXT, items=list_of(ref("Calendar"))),
    "MovedPromises": object_of(
        moved={**INTEGER, "description": "how many would fall due at another moment"},
        items=list_of(
            object_of(
                ticket=TEXT,
                number=TEXT,
                clock=TEXT,
                promise=TEXT,
                before=INSTANT_OR_NULL,
                after={**INSTANT_OR_NULL, "description": "null while it rests"},
            )
        ),
    ),
}
