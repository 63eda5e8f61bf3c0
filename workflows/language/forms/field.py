"""The fields of a process's forms as frozen data, as the definition declares them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workflows.language.forms.values import Formula
from workflows.registry import complete
from workflows.sentence import Sentence

Titles = Mapping[str, str]  # language tag (en, zh-Hans, zh-Hant, es) -> text
LANGUAGES = ("zh-Hans", "zh-Hant", "en", "es")


class FieldType(StrEnum):
    """What a field holds, in the form in which `data` stores it (JSON)."""

    TEXT = "text"  # str
    NUMBER = "number"  # int | float
    MONEY = "money"  # str, an exact decimal: "12.30"
    DATE = "date"  # "2026-03-02"
    DATETIME = "datetime"  # RFC 3339, UTC: "2026-03-02T09:00:00Z"
    BOOLEAN = "boolean"
    CHOICE = "choice"  # one of `options`
    CHOICES = "choices"  # a list of `options`, no repeats
    PHONE = "phone"
    EMAIL = "email"  # one mail address, its domain in small letters
    ID_NUMBER = "id-number"
    UNIT = "unit"  # a unit of the estate, as its residents call it
    PERSON = "person"  # a person outside the company
    STAFF = "staff"  # a staff account
    DEPARTMENT = "department"  # a department of the organisation
    ATTACHMENT = "attachment"  # list of references to stored files
    TABLE = "table"  # list of rows, each a mapping of `columns`
    CHECKLIST = "checklist"  # list of {item, result: pass|fail|not-applicable, note, photo}
    FIGURES = "figures"  # the figures of a report at one moment; no form takes them


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a choice, or an item of a checklist. One with `when` applies only where that holds."""

    value: str
    title: Titles
    when: Formula | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a process's forms."""

    name: str
    type: FieldType
    title: Titles
    help: Titles = field(default_factory=dict)
    personal: bool = False  # stored encrypted, and masked for those who may not read it
    multiline: bool = False
    min: int | None = None  # smallest number, or shortest text / list
    max: int | None = None  # largest number, or longest text / list
    pattern: str | None = None
    options: tuple[Option, ...] = ()
    columns: tuple[Field, ...] = ()  # of a table
    roles: tuple[str, ...] = ()  # of a staff field: who may be chosen; empty: everybody at the site
    register: str | None = None  # the register whose keys are its values
    key: bool = False  # of a register's column: it is the key of the entry
    items: tuple[Option, ...] = ()  # of a checklist; empty: people write the items
    value: Formula | None = None  # of a computed field: no form takes it

    @property
    def is_input(self) -> bool:
        """Whether people fill it in: it is neither computed nor filled with a report's figures."""
        return self.value is None and self.type is not FieldType.FIGURES

    @property
    def is_lookup_name(self) -> bool:
        """Whether it is a name to be looked up, and therefore stored in one spelling (see
        `folding.canonical`)."""
        return self.type in (FieldType.UNIT, FieldType.STAFF) or self.register is not None or self.key

    @property
    def parts(self) -> tuple[Field, ...]:
        """The fields of one of its rows: a table's columns, a checklist's four parts; empty for other
        types."""
        if self.type is FieldType.CHECKLIST:
            return (_item(self.items), _RESULT, _NOTE, _PHOTO)
        return self.columns

    @property
    def attachment_parts(self) -> tuple[str, ...]:
        """The parts of its rows that name uploaded files."""
        return tuple(part.name for part in self.parts if part is _PHOTO or part.type is FieldType.ATTACHMENT)


_SISTERS = {"zh-Hans": "zh-Hant", "zh-Hant": "zh-Hans"}  # whoever reads one script can read the other


def localize(titles: Titles, language: str) -> str:
    """The text in `language`; else in the other script of Chinese, in English, in the first that it has."""
    for each in (language, _SISTERS.get(language), "en"):
        if each is not None and (text := titles.get(each)):
            return text
    return next(iter(titles.values()), "")


def lacking_sentence(key: str, missing: Iterable[str]) -> Sentence:
    """That a text is not written in these languages, and what can be done."""
    pattern = "the {key} lacks {missing}; write it, or say in `languages` in which ones the company writes"
    return Sentence("missing-translation", pattern, key=key, missing=", ".join(missing))


def missing_languages(titles: Titles, languages: Iterable[str]) -> tuple[str, ...]:
    """Those of the `languages` in which the text is not written."""
    return tuple(each for each in languages if each not in titles)


def own_titles(en: str, hans: str, hant: str, es: str) -> Titles:
    """A title of the program's own, in every language.

    A new language is a new parameter, so that mypy reports each title that lacks it.
    """
    return complete(
        LANGUAGES, {"en": en, "zh-Hans": hans, "zh-Hant": hant, "es": es}, "forms.field.own_titles"
    )


def _item(items: tuple[Option, ...]) -> Field:
    kind = FieldType.CHOICE if items else FieldType.TEXT
    return Field(
        name="item", type=kind, title=own_titles("Item", "检查项", "檢查項", "Elemento"), options=items
    )


_RESULT = Field(
    name="result",
    type=FieldType.CHOICE,
    title=own_titles("Result", "结果", "結果", "Resultado"),
    options=(
        Option("pass", own_titles("Pass", "合格", "合格", "Conforme")),
        Option("fail", own_titles("Fail", "不合格", "不合格", "No conforme")),
        Option("not-applicable", own_titles("Not applicable", "不适用", "不適用", "No aplica")),
    ),
)
_NOTE = Field(name="note", type=FieldType.TEXT, title=own_titles("Note", "备注", "備註", "Nota"), max=2000)
_PHOTO = Field(name="photo", type=FieldType.TEXT, title=own_titles("Photo", "照片", "照片", "Foto"), max=200)
