"""Reads a cell by the type of its field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from service.imports.cells.cell import UnreadableCell, require_text, require_value
from service.imports.cells.numbers import NumberReader
from service.imports.cells.times import TimeReader
from workflows.core.people import Directory
from workflows.folding import canonical, identity
from workflows.language.forms.field import Field, FieldType, Titles
from workflows.language.forms.organisation import Organisation
from workflows.timing.instants import rfc3339

_SEPARATORS = re.compile(r"\s*[;；、，,\n]\s*")
_BOOLEANS = {
    "true": True, "yes": True, "y": True, "1": True, "是": True, "sí": True, "si": True,
    "false": False, "no": False, "n": False, "0": False, "否": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CellReader:
    """Reads cells at one site."""

    times: TimeReader
    numbers: NumberReader
    directory: Directory
    organisation: Organisation
    names: frozenset[str] = field(default=frozenset())  # of fields that name an entry: keys

    def read_value(self, cell: str, column: Field, formats: tuple[str, ...] = ()) -> object:
        """The value of a cell; None if it is empty. Raises UnreadableCell if it is no value of the field,
        or ambiguous."""
        if not cell.strip():
            return None
        text = require_value(cell)
        match column.type:
            case FieldType.NUMBER:
                return self.numbers.read_number(text)
            case FieldType.MONEY:
                return format(self.numbers.read_decimal(text), "f")
            case FieldType.BOOLEAN:
                return parse_boolean(text)
            case FieldType.DATE:
                return self.times.read_day(text, formats).isoformat()
            case FieldType.DATETIME:
                return rfc3339(self.times.read_instant(text, formats))
            case FieldType.CHOICE:
                return find_option(require_text(text), option_titles(column))
            case FieldType.CHOICES:
                return _find_options(require_text(text), option_titles(column))
            case FieldType.DEPARTMENT:
                return find_option(require_text(text), self.organisation.departments)
            case FieldType.STAFF:
                return self._find_staff(require_text(text))
            case FieldType.UNIT:
                return require_text(text, name=True)
            case FieldType.TEXT | FieldType.PHONE | FieldType.EMAIL | FieldType.ID_NUMBER | FieldType.PERSON:
                return require_text(text, name=column.name in self.names)
            case FieldType.ATTACHMENT | FieldType.TABLE | FieldType.CHECKLIST | FieldType.FIGURES:
                return require_text(text)  # no list tells of these; the form refuses them
            case _ as forgotten:
                assert_never(forgotten)

    def _find_staff(self, text: str) -> str:
        """The id of the member of staff with this id or account."""
        staff = self.directory.staff
        name = identity(text)
        found = (
            text
            if text in staff
            else next((p.id for p in staff.values() if identity(p.account) == name), None)
        )
        if found is None:
            raise UnreadableCell(f"{text!r} is no account of this site")
        return found


def parse_boolean(cell: str) -> bool:
    """The boolean of `yes`, `no` and the like. UnreadableCell for anything else."""
    found = _BOOLEANS.get(canonical(cell).casefold())
    if found is None:
        raise UnreadableCell(f"{cell.strip()!r} is neither yes nor no")
    return found


def option_titles(column: Field) -> Mapping[str, Titles]:
    """The titles of the field's options, by their values."""
    return {option.value: option.title for option in column.options}


def _find_options(text: str, options: Mapping[str, Titles]) -> list[str]:
    whole = find_option(text, options)
    return (
        [whole]
        if whole in options
        else [find_option(part, options) for part in _SEPARATORS.split(text) if part]
    )


def find_option(text: str, options: Mapping[str, Titles]) -> str:
    """The option with this value, or with this title in any language. Other text is returned unchanged,
    and refused later."""
    if text in options:
        return text
    folded = identity(text)
    return next((v for v, titles in options.items() if folded in _fold_all((v, *titles.values()))), text)


def _fold_all(words: Iterable[str]) -> set[str]:
    return {identity(word) for word in words}
