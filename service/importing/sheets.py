"""The rows of a workbook's first sheet, each with its line, cells as texts: as if it were a CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from service.importing.records import Record, header_of, judged
from workflows.errors import Invalid, Reason

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
Cell = int | float | str | bool | date | datetime | time | timedelta


class Sheet:
    """The rows of a workbook. `Invalid` if it is none, or has no usable header."""

    def __init__(self, path: Path) -> None:
        try:
            with CalamineWorkbook.from_path(path) as book:
                rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        except (CalamineError, OSError, IndexError, ValueError) as error:
            raise Invalid(Reason("file", f"{path.name} is no workbook that can be read: {error}")) from None
        self._rows = [tuple(map(spelled, row)) for row in rows]
        first = next((index for index, row in enumerate(self._rows) if any(row)), 0)
        self._first = first
        self.header = header_of(_trimmed(self._rows[first]) if self._rows else ())

    def __iter__(self) -> Iterator[Record]:
        width = len(self.header)
        for index, row in enumerate(self._rows[self._first + 1 :], start=self._first + 2):
            if any(row):
                cells = row[:width] if not any(row[width:]) else _trimmed(row)
                yield judged(Record(index, cells + ("",) * (width - len(cells))), width)


def spelled(cell: Cell) -> str:
    """A cell as its text: a day without its midnight, a whole number without a point."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).strip()


def _trimmed(row: tuple[str, ...]) -> tuple[str, ...]:
    while row and not row[-1]:
        row = row[:-1]
    return row
