"""Rows of a workbook's sheet with their line numbers; cells are texts that keep their kind."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import TracebackType
from typing import Self
from xml.parsers.expat import ExpatError

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from service.imports.cells import CellKind, WorkbookCell
from service.imports.csv_rows import TableRow, check_row, parse_header, trim_cells
from service.imports.layout import HEADER_SEARCH_ROWS, ColumnNames, Layout, find_header_row
from service.imports.sheet_scan import (
    check_size,
    check_xls_size,
    column_name,
    read_ods_errors,
    read_xls_errors,
    read_xlsx_errors,
)
from service.imports.table_file import LIMITS, UNSUPPORTED_SUFFIXES, WORKBOOK_MARKS, TableFile, TableLimits
from service.refusals import reason
from workflows.errors import Invalid
from workflows.suggestions import did_you_mean

_SCANS = {
    ".xlsx": read_xlsx_errors,
    ".xlsm": read_xlsx_errors,
    ".ods": read_ods_errors,
    ".xls": read_xls_errors,
}
_UNREADABLE = (CalamineError, OSError, ValueError, zipfile.BadZipFile)
CellValue = int | float | str | bool | date | datetime | time | timedelta


class Workbook:
    """An opened workbook. Raises Invalid if it cannot be read, or is larger than the limits."""

    def __init__(self, file: TableFile, limits: TableLimits = LIMITS) -> None:
        self._file, self._limits = file, limits
        suffix = file.suffix.lower()
        if suffix in UNSUPPORTED_SUFFIXES:
            message = f"{file.name} cannot be read without losing cells; save it as .xlsx"
            raise Invalid(reason("table-unsupported", message, name=file.name))
        with file.open("rb") as stream:
            kind = WORKBOOK_MARKS.get(stream.read(4), "")
        self._errors = _SCANS[suffix if suffix == ".ods" else kind or suffix if suffix in _SCANS else kind]
        try:
            check_xls_size(file, limits) if kind == ".xls" else check_size(file, limits)
            with file.open("rb") as stream:
                self._book = CalamineWorkbook.from_filelike(stream)
        except _UNREADABLE as error:
            raise self._unreadable_error(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()

    def read_sheet(self, layout_hint: Layout, names: ColumnNames) -> tuple[SheetRows, Layout]:
        """The named sheet, or the one whose header has the most of the names; with its layout."""
        known = self._book.sheet_names
        if layout_hint.sheet is not None and layout_hint.sheet not in known:
            meant = did_you_mean(layout_hint.sheet, known)
            message = f"{self._file.name} has no sheet {layout_hint.sheet!r}{meant}"
            raise Invalid(reason("table-sheet", message, name=self._file.name, sheet=layout_hint.sheet))
        sheets = {
            name: self._read_rows(name)
            for name in ([layout_hint.sheet] if layout_hint.sheet else self._sheet_names())
        }
        if not sheets:
            raise self._unreadable_error("it has no sheet")
        heads = {name: find_header_row(rows[:HEADER_SEARCH_ROWS], names) for name, rows in sheets.items()}
        chosen = max(heads, key=lambda name: heads[name][1])
        index = layout_hint.header - 1 if layout_hint.header else heads[chosen][0]
        layout = replace(layout_hint, encoding=None, delimiter=None, sheet=chosen, header=index + 1)
        return SheetRows(sheets[chosen], index), layout

    def _sheet_names(self) -> list[str]:
        """The names of the sheets, hidden ones last."""
        sheets = sorted(self._book.sheets_metadata, key=lambda each: each.visible != SheetVisibleEnum.Visible)
        return [each.name for each in sheets]

    def _read_rows(self, name: str) -> list[tuple[str, ...]]:
        try:
            errors = self._errors(self._file, name, self._limits)
            rows = self._book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except (CalamineError, OSError, LookupError, ValueError, ExpatError, zipfile.BadZipFile) as error:
            raise self._unreadable_error(error) from None
        return [_format_row(number, row, errors.get(number, {})) for number, row in enumerate(rows)]

    def _unreadable_error(self, why: object) -> Invalid:
        message = f"{self._file.name} is no workbook that can be read: {why}"
        return Invalid(reason("table-unreadable", message, name=self._file.name))


class SheetRows:
    """The rows under the header, which is in row `first` (from 0). Raises Invalid if there is no usable
    header."""

    def __init__(self, rows: Sequence[tuple[str, ...]], first: int) -> None:
        self._rows, self._first = rows, first
        self.header = parse_header(rows[first] if first < len(rows) else ())
        self.expected = max(len(rows) - first - 1, 0)

    def __iter__(self) -> Iterator[TableRow]:
        width = len(self.header)
        for index, row in enumerate(self._rows[self._first + 1 :], start=self._first + 2):
            if any(row):
                cells = trim_cells(row)
                yield check_row(TableRow(index, cells + ("",) * (width - len(cells))), width)


def _format_row(number: int, row: Sequence[CellValue], errors: Mapping[int, str]) -> tuple[str, ...]:
    """The cells of a row as text, with the error values."""
    width = max(len(row), *(column + 1 for column in errors)) if errors else len(row)
    places = [f"{column_name(column)}{number + 1}" for column in range(width)]
    cells = [format_cell(cell, place) if cell != "" else "" for cell, place in zip(row, places, strict=False)]
    cells += [""] * (len(places) - len(cells))
    for column, error in errors.items():
        cells[column] = WorkbookCell(error, CellKind.ERROR, places[column])
    return tuple(cells)


def format_cell(cell: CellValue, place: str) -> str:
    """A cell with its text: a day without midnight, a number with the 15 digits that spreadsheets store."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float):
        return WorkbookCell(_format_number(cell), CellKind.NUMBER, place)
    if isinstance(cell, datetime):
        whole = cell.time() == time.min
        text = cell.date().isoformat() if whole else cell.isoformat(timespec="seconds")
        return WorkbookCell(text, CellKind.DATE, place)
    if isinstance(cell, date):
        return WorkbookCell(cell.isoformat(), CellKind.DATE, place)
    if isinstance(cell, time):
        return cell.isoformat()
    return str(cell).strip()


def _format_number(number: float) -> str:
    """Plain digits without an exponent: `0.1 + 0.2` is 0.3, as the spreadsheet shows it."""
    return format(Decimal(format(number, ".15g")), "f")
