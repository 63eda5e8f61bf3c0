"""The fields of a process's forms: frozen data, as the definition declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workflows.language.forms.values import Formula

Titles = Mapping[str, str]  # language tag (en, zh-Hans, zh-Hant, es) -> text
LANGUAGES = ("zh-Hans", "zh-Hant", "en", "es")


class FieldType(StrEnum):
    """What a form field holds, as it is stored in `data` (JSON)."""

    TEXT = "text"  # str
    NUMBER = "number"  # int | float
    MONEY = "money"  # str, an exact decimal: "12.30"
    DATE = "date"  # "2026-03-02"
    DATETIME = "datetime"  # RFC 3339, UTC: "2026-03-02T09:00:00Z"
    BOOLEAN = "boolean"
    CHOICE = "choice"  # one of `options`
    CHOICES = "choices"  # a list of `options`, no repeats
    PHONE = "phone"
    ID_NUMBER = "id-number"
    UNIT = "unit"  # a unit of the estate, as its residents call it
    PERSON = "person"  # a person outside the company
    STAFF = "staff"  # a staff account
    DEPARTMENT = "department"  # a department of the organisation
    ATTACHMENT = "attachment"  # list of references to stored files
    TABLE = "table"  # list of rows, each a mapping of `columns`
    CHECKLIST = "checklist"  # list of {item, result: pass|fail|not-applicable, note, photo}
    FIGURES = "figures"  # a report as it was worked out, see `core.figures`; never asked for


LISTS = frozenset({FieldType.CHOICES, FieldType.ATTACHMENT, FieldType.TABLE, FieldType.CHECKLIST})
"""The types that hold a list: empty rather than null where an expression meets them."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice, or one item of a checklist. With `when`, it applies only where that holds."""

    value: str
    title: Titles
    when: Formula | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the process's forms."""

    name: str
    type: FieldType
    title: Titles
    help: Titles = field(default_factory=dict)
    personal: bool = False  # kept encrypted, masked unless the reader may read it
    multiline: bool = False
    min: int | None = None  # smallest number, or shortest text / list
    max: int | None = None  # largest number, or longest text / list
    pattern: str | None = None
    options: tuple[Option, ...] = ()
    columns: tuple[Field, ...] = ()  # of a table
    register: str | None = None  # whose keys it takes
    items: tuple[Option, ...] = ()  # of a checklist; empty = the items are written by hand
    value: Formula | None = None  # worked out from other fields, and never asked for

    @property
    def asked(self) -> bool:
        """Whether people write it: it is neither worked out nor filled with a report's figures."""
        return self.value is None and self.type is not FieldType.FIGURES

    @property
    def parts(self) -> tuple[Field, ...]:
        """What a row of it is made of: a table's columns, a checklist's four parts; nothing for others."""
        if self.type is FieldType.CHECKLIST:
            return (_item(self.items), _RESULT, _NOTE, _PHOTO)
        return self.columns


def _title(en: str, hans: str, hant: str, es: str) -> Titles:
    return {"en": en, "zh-Hans": hans, "zh-Hant": hant, "es": es}


def _item(items: tuple[Option, ...]) -> Field:
    kind = FieldType.CHOICE if items else FieldType.TEXT
    return Field(name="item", type=kind, title=_title("Item", "检查项", "檢查項", "Elemento"), options=items)


_RESULT = Field(
    name="result",
    type=FieldType.CHOICE,
    title=_title("Result", "结果", "結果", "Resultado"),
    options=(
        Option("pass", _title("Pass", "合格", "合格", "Conforme")),
        Option("fail", _title("Fail", "不合格", "不合格", "No conforme")),
        Option("not-applicable", _title("Not applicable", "不适用", "不適用", "No aplica")),
    ),
)
_NOTE = Field(name="note", type=FieldType.TEXT, title=_title("Note", "备注", "備註", "Nota"), max=2000)
_PHOTO = Field(name="photo", type=FieldType.TEXT, title=_title("Photo", "照片", "照片", "Foto"), max=200)
