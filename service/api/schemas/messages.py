"""Schemas of messages and of parked clocks."""

from __future__ import annotations

from service.api.schemas.words import (
    BOOLEAN,
    INSTANT,
    INSTANT_OR_NULL,
    INTEGER,
    INTEGER_OR_NULL,
    TEXT,
    TEXT_OR_NULL,
    Json,
    items_of,
    object_of,
    page_of,
)
from workflows.storage.deliveries import STATUSES

_STATUS: Json = {
    "enum": list(STATUSES),
    "description": "`sent` = a channel took it; `logged` = only the log did; `no-address` = there is none;"
    " `held` = it waits without being tried; `failed` = it is tried again; `dead` = given up;"
    " `withdrawn` = its recipient is not to hear of it any more; `unrecorded` ="
    " of before this was kept",
}
_CHANNEL: Json = {
    **TEXT_OR_NULL,
    "description": "`mail`, `client`, `log` or the scheme of a URL; null before the first try",
}
_REASON: Json = {**TEXT_OR_NULL, "description": "why it was not sent, or not yet"}
_TOLD: dict[str, Json] = {
    "id": TEXT,
    "recipient": {**TEXT, "description": "a staff id, `client`, or `nobody`"},
    "name": TEXT_OR_NULL,
    "role": TEXT,
    "channel": _CHANNEL,
    "status": _STATUS,
    "reason": _REASON,
}

MESSAGES: dict[str, Json] = {
    "MessageReceipt": object_of(**_TOLD),
    "TicketMessage": object_of(
        **_TOLD,
        seq={**INTEGER, "description": "the step that caused it"},
        at=INSTANT,
        kind={"enum": ["notice", "escalation"]},
        clock=TEXT_OR_NULL,
        level=INTEGER_OR_NULL,
        urgent=BOOLEAN,
        address={**TEXT_OR_NULL, "description": "masked"},
        subject={**TEXT_OR_NULL, "description": "as it was sent; null before that, and after an erasure"},
        body=TEXT_OR_NULL,
        language=TEXT_OR_NULL,
        tries=INTEGER,
        tried_at=INSTANT_OR_NULL,
        sent_at={**INSTANT_OR_NULL, "description": "when a channel took it"},
        due_at={**INSTANT_OR_NULL, "description": "of one that waits: when it is tried next"},
    ),
    "TicketMessagePage": page_of("TicketMessage"),
    "Message": object_of(
        id=TEXT,
        site=TEXT,
        ticket={**TEXT_OR_NULL, "description": "null where it does not exist for the reader"},
        seq=INTEGER,
        kind=TEXT,
        recipient=TEXT,
        role=TEXT,
        clock=TEXT_OR_NULL,
        level=INTEGER_OR_NULL,
        urgent=BOOLEAN,
        status=_STATUS,
        channel=_CHANNEL,
        attempts=INTEGER,
        last_error=_REASON,
        not_before=INSTANT,
        created_at=INSTANT,
        tried_at=INSTANT_OR_NULL,
        sent_at={**INSTANT_OR_NULL, "description": "when a channel took it"},
    ),
    "Messages": page_of("Message"),
    "Requeued": object_of(id=TEXT, status=TEXT),
}

PARKED: dict[str, Json] = {
    "Parked": items_of("ParkedClock"),
    "ParkedClock": object_of(site=TEXT, ticket=TEXT_OR_NULL, clock=TEXT, reason=TEXT),
}
