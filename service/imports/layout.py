"""The layout of a table in its file: encoding, delimiter, sheet, and line of the header. What is not given is
detected.

The expected column names tell a header from a title or cover sheet, one encoding from another, and the
delimiter.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflows.folding import identity

DELIMITERS = (",", ";", "\t", "|")
HEADER_SEARCH_ROWS = 30  # rows in which a header is looked for
_NAMES = {"\t": "tab", "utf-8-sig": "utf-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What is given about a file, or was detected. None: not known, or does not apply."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header: int | None = None  # the line of the header, from 1

    @property
    def description(self) -> str:
        """`read as gb18030, separator ;, header in line 3`."""
        parts = [
            self.sheet and f"sheet {self.sheet!r}",
            self.encoding and _NAMES.get(self.encoding, self.encoding),
            self.delimiter and f"separator {_NAMES.get(self.delimiter, self.delimiter)}",
            self.header and f"header in line {self.header}",
        ]
        return "read as " + ", ".join(part for part in parts if part)


class ColumnNames:
    """The expected column names, in any of their spellings."""

    def __init__(self, names: Iterable[str]) -> None:
        self._known = {identity(name) for name in names}

    def count(self, cells: Sequence[str]) -> int:
        """How many of the cells are such names."""
        return len({name for cell in cells if cell and (name := identity(cell)) in self._known})


def find_header_row(rows: Sequence[Sequence[str]], names: ColumnNames) -> tuple[int, int]:
    """(index of the header row, number of names in it): the first row with the most of them, else the
    first that is not empty."""
    found = [names.count(row) for row in rows]
    most = max(found, default=0)
    if most:
        return found.index(most), most
    return next((index for index, row in enumerate(rows) if any(cell.strip() for cell in row)), 0), 0


def detect_delimiter(text: str, names: ColumnNames) -> str:
    """The delimiter that gives the most column names, else the most columns."""

    def score(delimiter: str) -> tuple[int, int]:
        rows = parse_first_rows(text, delimiter)
        index, found = find_header_row(rows, names)
        return found, len(rows[index]) if rows else 0

    return max(DELIMITERS, key=score)


def parse_first_rows(text: str, delimiter: str) -> list[list[str]]:
    """The first rows of a text, up to the first that cannot be parsed."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) >= HEADER_SEARCH_ROWS:
                break
    except csv.Error:
        pass
    return rows
