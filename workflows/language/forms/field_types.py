"""The traits of each field type, in one table that is complete by construction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workflows.language.forms.field import Field, FieldType
from workflows.registry import complete


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """The traits of a field type.

    kind      the kind that its values have in expressions, and that a value must have to fill the field
    text      a line of characters, which may have `pattern`, `min` and `max`
    personal  encrypted and masked, unless the definition says otherwise
    free      may contain a person's name or number, so that erasing a person searches it
    most      the maximum of characters of a text, or items of a list; None: as the definition says
    setting   a site's setting may have this type
    column    a register's column may have this type
    title     it may be the summary by which a ticket is shown in lists
    """

    kind: Literal["text", "number", "boolean", "instant", "list", "any"]
    text: bool = False
    personal: bool = False
    free: bool = False
    most: int | None = None
    setting: bool = False
    column: bool = True
    title: bool = True


TRAITS = complete(
    FieldType,
    {
        FieldType.TEXT: Traits(kind="text", text=True, free=True, most=500, setting=True),
        FieldType.NUMBER: Traits(kind="number", setting=True),
        FieldType.MONEY: Traits(kind="number", setting=True),
        FieldType.DATE: Traits(kind="text", setting=True),
        FieldType.DATETIME: Traits(kind="instant", setting=True),
        FieldType.BOOLEAN: Traits(kind="boolean", setting=True),
        FieldType.CHOICE: Traits(kind="text", setting=True),
        FieldType.CHOICES: Traits(kind="list", setting=True),
        FieldType.PHONE: Traits(kind="text", text=True, personal=True, free=True, most=40),
        FieldType.EMAIL: Traits(kind="text", text=True, personal=True, free=True, most=254),
        FieldType.ID_NUMBER: Traits(kind="text", text=True, personal=True, free=True, most=20),
        FieldType.UNIT: Traits(kind="text", text=True, most=40),
        FieldType.PERSON: Traits(kind="text", text=True, personal=True, free=True, most=80),
        FieldType.STAFF: Traits(kind="text", most=80),
        FieldType.DEPARTMENT: Traits(kind="text", most=80),
        FieldType.ATTACHMENT: Traits(kind="list", most=20, column=False, title=False),
        FieldType.TABLE: Traits(kind="list", free=True, most=500, column=False, title=False),
        FieldType.CHECKLIST: Traits(kind="list", free=True, most=500, column=False, title=False),
        FieldType.FIGURES: Traits(kind="any", title=False),
    },
    "TRAITS",
)

LIST_TYPES = tuple(kind for kind, traits in TRAITS.items() if traits.kind == "list")
"""The types whose values are lists: in expressions they are empty, never null."""
TEXT_TYPES = tuple(kind for kind, traits in TRAITS.items() if traits.text)
NUMBER_TYPES = tuple(kind for kind, traits in TRAITS.items() if traits.kind == "number")
PERSONAL_TYPES = tuple(kind for kind, traits in TRAITS.items() if traits.personal)
FREE_TEXT_TYPES = tuple(kind for kind, traits in TRAITS.items() if traits.free)
SETTING_TYPES = tuple(kind for kind, traits in TRAITS.items() if traits.setting)
LONG_TEXT = 20_000  # characters


def most_characters(field: Field) -> int:
    """The maximum length of a text field, in characters."""
    return field.max or (LONG_TEXT if field.multiline else TRAITS[field.type].most or LONG_TEXT)
