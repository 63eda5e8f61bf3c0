"""What a field says on paper, in the reader's language; personal answers masked where they must be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from service.prints.page import Grid
from service.texts import say, titled
from workflows.core.people import Directory
from workflows.language.forms.field import Field, FieldType, Option
from workflows.language.forms.masking import HIDDEN, mask
from workflows.language.forms.organisation import Organisation

Rows = list[list[str]]
_BLANK_ROWS = 3
_BOX, _MOST_BOXES = "☐", 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Spells values. `clear`: personal ones may be read."""

    language: str
    zone: ZoneInfo
    organisation: Organisation
    directory: Directory
    clear: bool

    def rows(self, field: Field, value: Any) -> Rows:
        """A table or checklist as rows, with its headings first; one to be filled in if there is none."""
        return self._rows(field, value) if isinstance(value, list) and value else self._blank(field)

    def beside(self, items: Sequence[Option], lists: Sequence[tuple[Field, Any]]) -> Grid:
        """Checklists of the same items in one table, beside one another."""
        groups, heads = [("", 1)], [titled(lists[0][0].parts[0].title, self.language)]
        rows = [[titled(each.title, self.language)] for each in items]
        for field, value in lists:
            parts = field.parts[1:3]  # result and note
            groups.append((titled(field.title, self.language), len(parts)))
            heads += [titled(part.title, self.language) for part in parts]
            answers = {each["item"]: each for each in value or ()}
            for item, row in zip(items, rows, strict=True):
                answer = answers.get(item.value, {})
                row += [self.cell(part, answer.get(part.name), secret=field.personal) for part in parts]
        return Grid(title=groups[1][0], rows=[heads, *rows], groups=tuple(groups))

    def choices(self, field: Field) -> str:
        """What may be ticked by hand where there is no answer; nothing if it is not one of a few."""
        if field.type is FieldType.BOOLEAN:
            return f"{_BOX} {self.word('yes')}  {_BOX} {self.word('no')}"
        if field.type is FieldType.CHOICE and len(field.options) <= _MOST_BOXES:
            return "  ".join(f"{_BOX} {titled(each.title, self.language)}" for each in field.options)
        return ""

    def cell(self, field: Field, value: Any, *, secret: bool = False) -> str:
        """A single value. `secret`: it stands in a row that is personal as a whole."""
        if value in (None, "", []):
            return ""
        if (field.personal or secret) and not self.clear:
            return mask(field, value) if field.personal else HIDDEN
        match field.type:
            case FieldType.CHOICE:
                return self._titled(field, value)
            case FieldType.CHOICES:
                return self.comma.join(self._titled(field, each) for each in value)
            case FieldType.BOOLEAN:
                return self.word("yes" if value else "no")
            case FieldType.DATETIME:
                return self.minute(value)
            case FieldType.STAFF:
                member = self.directory.staff.get(str(value))
                return member.name if member else str(value)
            case FieldType.DEPARTMENT:
                return titled(self.organisation.departments.get(str(value), {}), self.language) or str(value)
            case FieldType.ATTACHMENT:
                return self.comma.join(map(str, value))
            case FieldType.FIGURES:
                return ""  # they have a table of their own
        return str(value)

    def _titled(self, field: Field, value: Any) -> str:
        titles: Mapping[str, str] = next((o.title for o in field.options if o.value == value), {})
        return titled(titles, self.language) or str(value)

    def _rows(self, field: Field, rows: Sequence[Mapping[str, Any]]) -> Rows:
        filled = [part for part in field.parts if any(row.get(part.name) not in (None, "") for row in rows)]
        heads = [titled(part.title, self.language) or part.name for part in filled]
        cells = [[self.cell(p, row.get(p.name), secret=field.personal) for p in filled] for row in rows]
        return [heads, *cells]

    def _blank(self, field: Field) -> Rows:
        """A table to be filled in by hand: the items of a checklist, or a few empty rows."""
        parts = [
            part for part in field.parts if part.type is not FieldType.ATTACHMENT and part.name != "photo"
        ]
        heads = [titled(part.title, self.language) or part.name for part in parts]
        items = [[titled(each.title, self.language), *("" for _ in parts[1:])] for each in field.items]
        return [heads, *(items or [["" for _ in parts] for _ in range(_BLANK_ROWS)])]

    def minute(self, moment: str) -> str:
        """An instant as the clock at the site shows it."""
        return datetime.fromisoformat(moment).astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def word(self, key: str) -> str:
        """A fixed word of papers."""
        return say(self.language, "prints", key) or key

    @property
    def comma(self) -> str:
        """What stands between the parts of a list."""
        return "、" if self.language.startswith("zh") else ", "
