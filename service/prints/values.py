"""Values of fields as text on a print, in the reader's language; personal ones masked where required."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from service.prints.page import PrintTable
from service.texts import localize, say
from workflows.core.people import Directory
from workflows.language.forms.field import Field, FieldType, Option
from workflows.language.forms.mask import HIDDEN, mask
from workflows.language.forms.organisation import Organisation

PrintRows = list[list[str]]
_BLANK_ROWS = 3
_BOX, _MOST_BOXES = "☐", 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueFormatter:
    """Formats values. `clear`: personal values are shown."""

    language: str
    zone: ZoneInfo
    organisation: Organisation
    directory: Directory
    clear: bool

    def table_rows(self, field: Field, value: Any) -> PrintRows:
        """The rows of a table or checklist, headings first; empty rows to fill in if it has no value."""
        return (
            self._filled_rows(field, value) if isinstance(value, list) and value else self._blank_rows(field)
        )

    def merge_checklists(self, items: Sequence[Option], lists: Sequence[tuple[Field, Any]]) -> PrintTable:
        """Checklists with the same items as one table, side by side."""
        groups, heads = [("", 1)], [localize(lists[0][0].parts[0].title, self.language)]
        rows = [[localize(each.title, self.language)] for each in items]
        for field, value in lists:
            parts = field.parts[1:3]  # result and note
            groups.append((localize(field.title, self.language), len(parts)))
            heads += [localize(part.title, self.language) for part in parts]
            answers = {each["item"]: each for each in value or ()}
            for item, row in zip(items, rows, strict=True):
                answer = answers.get(item.value, {})
                row += [
                    self.format_value(part, answer.get(part.name), secret=field.personal) for part in parts
                ]
        return PrintTable(title=groups[1][0], rows=[heads, *rows], groups=tuple(groups))

    def tick_boxes(self, field: Field) -> str:
        """The options with boxes to tick by hand, for a field without a value; empty if it has no options."""
        if field.type is FieldType.BOOLEAN:
            return f"{_BOX} {self.fixed_text('yes')}  {_BOX} {self.fixed_text('no')}"
        if field.type is FieldType.CHOICE and len(field.options) <= _MOST_BOXES:
            return "  ".join(f"{_BOX} {localize(each.title, self.language)}" for each in field.options)
        return ""

    def format_value(self, field: Field, value: Any, *, secret: bool = False) -> str:
        """A single value as text. `secret`: the whole row is personal."""
        if value in (None, "", []):
            return ""
        if (field.personal or secret) and not self.clear:
            return mask(field, value) if field.personal else HIDDEN
        match field.type:
            case FieldType.CHOICE:
                return self._format_title(field, value)
            case FieldType.CHOICES:
                return self.separator.join(self._format_title(field, each) for each in value)
            case FieldType.BOOLEAN:
                return self.fixed_text("yes" if value else "no")
            case FieldType.DATETIME:
                return self.format_minute(value)
            case FieldType.STAFF:
                member = self.directory.staff.get(str(value))
                return member.name if member else str(value)
            case FieldType.DEPARTMENT:
                return localize(self.organisation.departments.get(str(value), {}), self.language) or str(
                    value
                )
            case FieldType.ATTACHMENT:
                return str(len(value))
            case FieldType.FIGURES:
                return ""  # they have a table of their own
            case FieldType.TEXT | FieldType.NUMBER | FieldType.MONEY | FieldType.DATE | FieldType.PHONE:
                return str(value)
            case FieldType.EMAIL | FieldType.ID_NUMBER | FieldType.UNIT | FieldType.PERSON:
                return str(value)
            case FieldType.TABLE | FieldType.CHECKLIST:
                return str(value)  # a row is written cell by cell before it comes here
            case _ as forgotten:
                assert_never(forgotten)

    def _format_title(self, field: Field, value: Any) -> str:
        titles: Mapping[str, str] = next((o.title for o in field.options if o.value == value), {})
        return localize(titles, self.language) or str(value)

    def _filled_rows(self, field: Field, rows: Sequence[Mapping[str, Any]]) -> PrintRows:
        filled = [part for part in field.parts if any(row.get(part.name) not in (None, "") for row in rows)]
        heads = [localize(part.title, self.language) or part.name for part in filled]
        return [heads, *[[self._format_cell(field, part, row) for part in filled] for row in rows]]

    def _format_cell(self, field: Field, part: Field, row: Mapping[str, Any]) -> str:
        value = row.get(part.name)
        if part.name in field.attachment_parts and isinstance(value, str) and value:
            value = "1"  # one file: a checklist's photo
        return self.format_value(part, value, secret=field.personal)

    def _blank_rows(self, field: Field) -> PrintRows:
        """Rows to fill in by hand: the items of a checklist, or a few empty rows."""
        parts = [part for part in field.parts if part.name not in field.attachment_parts]
        heads = [localize(part.title, self.language) or part.name for part in parts]
        items = [[localize(each.title, self.language), *("" for _ in parts[1:])] for each in field.items]
        return [heads, *(items or [["" for _ in parts] for _ in range(_BLANK_ROWS)])]

    def format_minute(self, moment: str) -> str:
        """An RFC 3339 instant as local time of the site, to the minute."""
        return datetime.fromisoformat(moment).astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def fixed_text(self, key: str) -> str:
        """A fixed text of prints, in the reader's language."""
        return say(self.language, "prints", key) or key

    @property
    def separator(self) -> str:
        """The separator of list items in the reader's language."""
        return "、" if self.language.startswith("zh") else ", "
