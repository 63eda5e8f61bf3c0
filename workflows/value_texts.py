"""Values of fields as text in a sentence, as the reader's language and the site's zone write them (CLDR, by
Babel)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

from workflows.core.people import Directory
from workflows.language.definition import Definition
from workflows.language.forms.field import LANGUAGES, Field, FieldType, Titles, localize, own_titles
from workflows.language.forms.notice_text import fill_notice
from workflows.registry import complete

_LOCALES = complete(
    LANGUAGES,
    {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant", "en": "en_001", "es": "es"},
    "value_texts._LOCALES",
)
_UNKNOWN = own_titles("not yet known", "待定", "待定", "por determinar")
_YES = own_titles("yes", "是", "是", "sí")
_NO = own_titles("no", "否", "否", "no")
_AMOUNT = "#,##0.00"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceWriter:
    """Writes sentences about a ticket for a reader of one language; `zone` is that of the site."""

    definition: Definition
    directory: Directory
    zone: ZoneInfo
    language: str

    def fill(self, text: Titles, values: Mapping[str, object]) -> str:
        """The text of a notice in the reader's language, with the values of the fields that it names."""
        fields = self.definition.fields
        written = {name: self.write(fields[name], value) for name, value in values.items() if name in fields}
        return fill_notice(localize(text, self.language), written, _UNKNOWN[self.language])

    def write(self, field: Field, value: Any) -> str:
        """A value as it is written in a sentence; empty if there is none."""
        if value in (None, "", []):
            return ""
        match field.type:
            case FieldType.CHOICE:
                return self._title(field, value)
            case FieldType.CHOICES:
                return format_list([self._title(field, each) for each in value], locale=self._locale)
            case FieldType.BOOLEAN:
                return (_YES if value else _NO)[self.language]
            case FieldType.DATE:
                return format_date(date.fromisoformat(value), "full", locale=self._locale)
            case FieldType.DATETIME:
                return self.write_moment(value)
            case FieldType.NUMBER:
                return format_decimal(Decimal(str(value)), locale=self._locale, decimal_quantization=False)
            case FieldType.MONEY:
                return format_decimal(Decimal(value), format=_AMOUNT, locale=self._locale)
            case FieldType.STAFF:
                member = self.directory.staff.get(str(value))
                return member.name if member else ""
            case FieldType.DEPARTMENT:
                titles = self.definition.organisation.departments.get(str(value), {})
                return localize(titles, self.language) or str(value)
            case FieldType.TEXT | FieldType.UNIT | FieldType.PERSON | FieldType.PHONE:
                return str(value).strip()
            case FieldType.EMAIL | FieldType.ID_NUMBER:
                return str(value)
            case FieldType.TABLE | FieldType.CHECKLIST | FieldType.ATTACHMENT | FieldType.FIGURES:
                return ""  # a sentence has room for a single value; the check refuses them
            case _ as forgotten:
                assert_never(forgotten)

    def write_moment(self, value: str) -> str:
        """An RFC 3339 instant as day and time at the site."""
        moment = datetime.fromisoformat(value).astimezone(self.zone)
        day = format_date(moment, "full", locale=self._locale)
        time = format_skeleton("Hm", moment, locale=self._locale)
        return f"{day} {time}" if self.language.startswith("zh") else f"{day}, {time}"

    def _title(self, field: Field, value: object) -> str:
        titles: Titles = next((each.title for each in field.options if each.value == value), {})
        return localize(titles, self.language) or str(value)

    @property
    def _locale(self) -> Locale:
        return read_locale(self.language)


@cache
def read_locale(language: str) -> Locale:
    """The locale by which dates, numbers and lists are written in a language."""
    return Locale.parse(_LOCALES[language])
