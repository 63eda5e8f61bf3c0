"""One field of every type, and the organisation around them."""

from __future__ import annotations

from typing import Any

from workflows.language.forms.field import Field, FieldType, Option
from workflows.language.forms.organisation import Organisation


def field(name: str, type: str, **more: Any) -> Field:
    return Field(name=name, type=FieldType(type), title={"en": name.title(), "zh-Hans": "栏"}, **more)


def options(*values: str) -> tuple[Option, ...]:
    return tuple(Option(value, {"en": value.upper()}) for value in values)


_COLUMNS = (field("contact", "phone", personal=True), field("share", "money"), field("home", "department"))

FIELDS = {
    each.name: each
    for each in (
        field("title", "text", help={"en": "In a word"}),
        field("account", "text", multiline=True),
        field("plate", "text", min=3, max=8, pattern="[A-Z0-9]+"),
        field("area", "number", min=0, max=100_000),
        field("fee", "money"),
        field("day", "date"),
        field("at", "datetime"),
        field("satisfied", "boolean"),
        field("nature", "choice", options=options("valid", "invalid")),
        field("tags", "choices", options=options("a", "b", "c"), max=2),
        field("phone", "phone", personal=True),
        field("mail", "email", personal=True),
        field("card", "id-number", personal=True),
        field("mobile", "phone", personal=True, pattern="1[3-9][0-9]{9}"),
        field("extension", "phone", personal=True, min=15),
        field("office", "email", personal=True, pattern=r"[a-z.]+@example\.com", max=20),
        field("passport", "id-number", personal=True, pattern="E[0-9A-Z]+", min=9, max=9),
        field("unit", "unit"),
        field("caller", "person", personal=True),
        field("worker", "staff"),
        field("home", "department"),
        field("photos", "attachment"),
        field("family", "table", columns=_COLUMNS, max=5),
        field("rooms", "checklist", items=options("door", "lamp")),
        field("findings", "checklist"),
    )
}

ORGANISATION = Organisation(
    roles={}, departments={"engineering": {"en": "Engineering"}, "security": {"en": "Security"}}
)
