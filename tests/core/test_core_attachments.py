"""Which files a step may name, wherever a form has room for one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from workflows.core.attachments import NOT_OPEN, AttachmentUse, UploadedFile
from workflows.core.commands import Actor
from workflows.core.input.attachment_references import check_attachments, list_uses, replace_references
from workflows.language.forms.field import Field, FieldType

ME = Actor(id="me", name="Me", on_behalf="chief")
FILES = {
    "mine": (UploadedFile(NOT_OPEN, "me"),),
    "chiefs": (UploadedFile(NOT_OPEN, "chief"),),
    "theirs": (UploadedFile(NOT_OPEN, "them"),),
    "here": (UploadedFile("this", "them"),),
    "shared": (UploadedFile("parent", "them"), UploadedFile("this", "them")),
    "elsewhere": (UploadedFile("other", "me"),),
}


class Files:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def find(self, ids: Collection[str], /) -> Mapping[str, tuple[UploadedFile, ...]]:
        self.asked += 1
        return {each: FILES[each] for each in ids if each in FILES}


def field(name: str, kind: FieldType, **more: Any) -> Field:
    return Field(name=name, type=kind, title={}, **more)


PICTURE = field("picture", FieldType.ATTACHMENT)
FIELDS = {
    each.name: each
    for each in (
        field("photos", FieldType.ATTACHMENT),
        field("contract", FieldType.ATTACHMENT, personal=True),
        field("rooms", FieldType.CHECKLIST),
        field("keys", FieldType.TABLE, columns=(field("note", FieldType.TEXT), PICTURE)),
        field("content", FieldType.TEXT),
    )
}
DEFINITION: Any = SimpleNamespace(
    fields=FIELDS,
    attachment_parts={
        n: f.attachment_parts for n, f in FIELDS.items() if f.attachment_parts or n in ("photos", "contract")
    },
)


def places(values: Mapping[str, object], files: Files | None = None) -> list[str | None]:
    """The places that are refused."""
    context: Any = SimpleNamespace(
        definition=DEFINITION, attachments=files or Files(), ticket=SimpleNamespace(id="this")
    )
    reasons = check_attachments(context, values, ME)
    assert {reason.code for reason in reasons} <= {"no-attachment"}
    return [reason.field for reason in reasons]


@pytest.mark.parametrize("name", ["mine", "chiefs", "here", "shared"])
def test_what_was_uploaded_here_or_by_oneself_may_be_named(name: str) -> None:
    """By somebody who stands in for another: also what the other has uploaded."""
    assert places({"photos": [name], "rooms": [{"item": "hall", "photo": name}]}) == []


@pytest.mark.parametrize("name", ["theirs", "elsewhere", "unknown", "a.jpg", "../../etc/passwd"])
def test_nothing_else_may_be_named_in_any_place(name: str) -> None:
    values = {
        "photos": ["mine", name],
        "contract": [name],
        "rooms": [{"item": "hall", "photo": None}, {"item": "bath", "photo": name}],
        "keys": [{"note": name, "picture": [name]}, {"note": "", "picture": None}],
    }
    assert places(values) == ["photos[1]", "contract[0]", "rooms[1].photo", "keys[0].picture"]


def test_it_is_looked_up_once_and_only_where_a_file_is_named() -> None:
    files = Files()
    assert (
        places({"content": "theirs", "photos": [], "rooms": [{"item": "hall", "photo": None}]}, files) == []
    )
    assert files.asked == 0
    assert places({"photos": ["mine", "here"], "rooms": [{"item": "hall", "photo": "mine"}]}, files) == []
    assert files.asked == 1


def test_a_file_that_is_named_in_both_is_personal() -> None:
    uses = list_uses(DEFINITION, {"photos": ["a", "b"], "contract": ["a"], "keys": [{"picture": ["c"]}]})
    assert uses == (
        AttachmentUse("a", "contract", personal=True),
        AttachmentUse("b", "photos", personal=False),
        AttachmentUse("c", "keys", personal=False),
    )


def test_names_are_replaced_in_every_place() -> None:
    values = {
        "photos": ["a"],
        "rooms": [{"item": "a", "photo": "a"}],
        "keys": [{"picture": ["a"]}],
        "content": "a",
    }
    assert replace_references(DEFINITION, values, str.upper) == {
        "photos": ["A"],
        "rooms": [{"item": "a", "photo": "A"}],
        "keys": [{"picture": ["A"]}],
        "content": "a",
    }
