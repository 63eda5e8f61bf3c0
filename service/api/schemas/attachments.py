"""Schemas of uploaded files."""

from __future__ import annotations

from service.api.schemas.words import (
    BOOLEAN,
    INSTANT,
    INTEGER,
    INTEGER_OR_NULL,
    TEXT,
    TEXT_OR_NULL,
    Json,
    items_of,
    object_of,
    page_of,
)

_ID: Json = {
    "type": "string",
    "format": "uuid",
    "description": "what fields, checklists and notes name it by",
}
_NAME: Json = {
    **TEXT_OR_NULL,
    "description": "null where it may not be read, or was erased; likewise type and size",
}

ATTACHMENTS: dict[str, Json] = {
    "UploadedFile": object_of(
        id=_ID,
        media_type={**TEXT, "description": "by its content"},
        size={**INTEGER, "description": "bytes, as it is kept: a picture is drawn anew"},
        thumbnail=BOOLEAN,
    ),
    "UploadedFiles": items_of("UploadedFile"),
    "Attachment": object_of(
        id=_ID,
        field={**TEXT_OR_NULL, "description": "the field that names it; null: a note, or none yet"},
        seq={**INTEGER_OR_NULL, "description": "the step that named it first; null: none yet"},
        personal=BOOLEAN,
        uploader=TEXT,
        uploaded_at=INSTANT,
        erased=BOOLEAN,
        name=_NAME,
        media_type=TEXT_OR_NULL,
        size=INTEGER_OR_NULL,
        thumbnail=BOOLEAN,
    ),
    "AttachmentPage": page_of("Attachment"),
}
