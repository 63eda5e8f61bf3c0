"""Values of fields from the columns of a row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from service.imports.cells import CellKind, CellReader, UnreadableCell
from service.imports.cells.cell import kind_of, require_text, require_value
from service.imports.import_map import ColumnSource, RowCondition, ScalarValue
from workflows.language.forms.field import Field, FieldType

_NAMED = (FieldType.STAFF, FieldType.DEPARTMENT)  # constants of which are written as people know them


def read_value(source: ColumnSource, cells: Mapping[str, str], field: Field, reader: CellReader) -> object:
    """The value for `field`; None if the columns are empty. Raises UnreadableCell if they cannot be read."""
    if source.constant is not None:
        if field.type in _NAMED and isinstance(source.constant, str):
            return reader.read_value(source.constant, field)
        return source.constant
    text = _read_text(source, cells)
    if not text:
        return source.default
    try:
        text_or_value = _translate(text, source)
    except _Nameless:
        if source.drop_unlisted:
            return None
        raise
    if source.drop_unlisted and text_or_value not in {option.value for option in field.options}:
        return None
    return (
        reader.read_value(text_or_value, field, source.times)
        if isinstance(text_or_value, str)
        else text_or_value
    )


def is_filled(cell: str, empty: frozenset[str]) -> bool:
    """Whether the cell has a value: it is not blank, and none of the words in `empty`."""
    text = cell.strip()
    return bool(text) and text not in empty


def matches(when: RowCondition | None, cells: Mapping[str, str], empty: frozenset[str]) -> bool:
    """Whether the condition holds for the row. None always holds."""
    if when is None:
        return True
    if when.all or when.any:
        parts = [matches(part, cells, empty) for part in (*when.all, *when.any)]
        return (all(parts) if when.all else any(parts)) is not when.negated
    text = cells[when.column]
    return text.strip() in when.equals if when.equals is not None else is_filled(text, empty)


def _read_text(source: ColumnSource, cells: Mapping[str, str]) -> str:
    """The text of one column, of several joined, or of the first that is filled in."""
    texts = [cells[column] for column in source.columns if is_filled(cells[column], source.empty)]
    if len(texts) < 2 or source.first:
        return texts[0] if texts else ""
    return source.separator.join(require_text(require_value(cell)) for cell in texts)


def _translate(text: str, source: ColumnSource) -> ScalarValue:
    if source.words is None and not source.slug:
        return text
    value: ScalarValue = (
        require_value(text).strip() if kind_of(text) is not CellKind.DATE else require_text(text)
    )
    if source.words is not None:
        if value in source.words:
            value = source.words[str(value)]
        elif source.otherwise is not None:
            value = source.otherwise
        elif not source.keep:
            raise UnreadableCell(f"{value!r} is not in the map's list of words")
    return slugify(value) if source.slug and isinstance(value, str) else value


class _Nameless(UnreadableCell):
    """No name can be made of the text."""


def slugify(text: str) -> str:
    """A lower-case name from a text: `New Sign  Crosswalk` becomes `new-sign-crosswalk`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not name:
        raise _Nameless(f"no name can be made of {text!r}")
    return name
