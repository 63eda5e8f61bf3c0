"""Scans the XML of a workbook before its cells are read: the size of a sheet, and cells with errors.

The library for workbooks returns an error cell as empty, and allocates every cell between the first and the
last. Sources: ECMA-376 part 1, 18.3.1.4 (`c`), 18.18.11 (`t="e"`); OpenDocument 1.3 part 3, 9.1.4.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from xml.parsers import expat

from service.imports.table_file import TableFile, TableLimits
from service.refusals import reason
from workflows.errors import Invalid

_CHUNK = 1 << 20
_XLS_CELLS = 65_536 * 256  # of a sheet of the old format, at the most
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
ErrorCells = dict[int, dict[int, str]]  # row, column, from 0 -> what the cell holds


class WorkbookTooLarge(Invalid):
    """The workbook exceeds the maximum size."""

    def __init__(self, why: str) -> None:
        super().__init__(reason("table-too-large", f"the workbook is too large to be read: {why}"))


def check_size(file: TableFile, limits: TableLimits) -> None:
    """Raise WorkbookTooLarge if the unpacked parts are larger than the limits."""
    with _open_archive(file) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > limits.most_bytes:
        raise WorkbookTooLarge(f"{size:,} bytes unpacked; the most is {limits.most_bytes:,}")


def check_xls_size(file: TableFile, limits: TableLimits) -> None:
    """Raise WorkbookTooLarge if a sheet of the old binary format has more cells than the limits; ValueError
    if it cannot be read. Where no sheet can have so many, it is not read for this a second time."""
    if limits.most_cells >= _XLS_CELLS:
        return
    try:
        with _open_xls(file, ragged_rows=True) as book:
            sizes = [sheet.nrows * sheet.ncols for sheet in book.sheets()]
    except Exception as error:  # the library raises whatever a broken file leads it to
        raise ValueError(str(error)) from None
    if max(sizes, default=0) > limits.most_cells:
        raise _too_many_cells(f"{max(sizes):,} cells", limits)


def _open_xls(file: TableFile, **more: bool) -> Any:
    import xlrd  # only for who brings such a file

    with file.open("rb") as stream:
        return xlrd.open_workbook(file_contents=stream.read(), on_demand=True, **more)


@contextmanager
def _open_archive(file: TableFile) -> Iterator[zipfile.ZipFile]:
    with file.open("rb") as stream, zipfile.ZipFile(stream) as archive:
        yield archive


def _too_many_cells(found: str, limits: TableLimits) -> WorkbookTooLarge:
    return WorkbookTooLarge(f"{found}; the most is {limits.most_cells:,} cells")


def read_xlsx_errors(file: TableFile, sheet: str, limits: TableLimits) -> ErrorCells:
    """The error cells of a sheet, and formulas without a stored result."""
    with _open_archive(file) as archive:
        scan = _XlsxScan(limits)
        part = _find_part(archive, sheet, limits)
        _parse_part(archive, part, limits, scan.start, scan.end, scan.text)
    return scan.errors


class _XlsxScan:
    """A parser of one sheet's XML that collects error cells."""

    def __init__(self, limits: TableLimits) -> None:
        self.errors: ErrorCells = {}
        self._limits = limits
        self._rows = self._columns = 0
        self._place = (0, -1)
        self._kind, self._formula, self._in_value, self._value = "", False, False, ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            row = int(attributes["r"]) - 1 if "r" in attributes else self._place[0] + 1
            self._place = (row, -1)
        elif tag == "c":
            self._place = (
                parse_address(attributes["r"]) if "r" in attributes else (self._place[0], self._place[1] + 1)
            )
            self._kind, self._formula, self._value = attributes.get("t", ""), False, ""
            self._rows = max(self._rows, self._place[0] + 1)
            self._columns = max(self._columns, self._place[1] + 1)
            if self._rows * self._columns > self._limits.most_cells:
                raise _too_many_cells(f"{self._rows:,} rows of {self._columns:,} cells", self._limits)
        elif tag == "f":
            self._formula = True
        self._in_value = tag in ("v", "t")

    def text(self, content: str) -> None:
        if self._in_value:
            self._value += content

    def end(self, tag: str) -> None:
        self._in_value = False
        if tag.rpartition(":")[2] != "c":
            return
        if self._kind == "e":
            self._add(self._value or "#VALUE!")
        elif self._formula and not self._value and self._kind != "str":
            self._add("of a formula that was never worked out")

    def _add(self, error: str) -> None:
        row, column = self._place
        self.errors.setdefault(row, {})[column] = error


def read_ods_errors(file: TableFile, sheet: str, limits: TableLimits) -> ErrorCells:
    """The error cells of a sheet."""
    scan = _OdsScan(sheet, limits)
    with _open_archive(file) as archive:
        _parse_part(archive, "content.xml", limits, scan.start, scan.end, scan.text)
    return scan.errors


class _OdsScan:
    """A parser of the content XML that collects error cells of one table."""

    def __init__(self, sheet: str, limits: TableLimits) -> None:
        self.errors: ErrorCells = {}
        self._limits = limits
        self._sheet, self._inside = sheet, False
        self._row = self._column = self._high = self._wide = 0
        self._rows = self._columns = 1
        self._error, self._content = False, ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "table:table":
            self._inside = attributes.get("table:name") == self._sheet
        elif self._inside and tag == "table:table-row":
            self._rows, self._column = int(attributes.get("table:number-rows-repeated", 1)), 0
        elif self._inside and tag in ("table:table-cell", "table:covered-table-cell"):
            self._columns = int(attributes.get("table:number-columns-repeated", 1))
            self._error, self._content = attributes.get("calcext:value-type") == "error", ""
            if any(name.startswith("office:") for name in attributes):
                self._high = max(self._high, self._row + self._rows)
                self._wide = max(self._wide, self._column + self._columns)
            if self._high * self._wide > self._limits.most_cells:
                raise _too_many_cells(f"{self._high:,} rows of {self._wide:,} cells", self._limits)

    def text(self, content: str) -> None:
        self._content += content if self._error else ""

    def end(self, tag: str) -> None:
        if self._inside and tag in ("table:table-cell", "table:covered-table-cell"):
            if self._error:
                self.errors.setdefault(self._row, {})[self._column] = self._content
            self._error, self._column = False, self._column + self._columns
        elif self._inside and tag == "table:table-row":
            self._row += self._rows


def read_xls_errors(file: TableFile, sheet: str, limits: TableLimits) -> ErrorCells:  # noqa: ARG001 - see above
    """The error cells of a sheet in the old binary format."""
    import xlrd  # only for who brings such a file

    with _open_xls(file) as book:
        found = book.sheet_by_name(sheet)
        errors: ErrorCells = {}
        for row in range(found.nrows):
            for column, kind in enumerate(found.row_types(row)):
                if kind == xlrd.XL_CELL_ERROR:
                    code = found.cell_value(row, column)
                    errors.setdefault(row, {})[column] = xlrd.error_text_from_code.get(code, "#VALUE!")
        return errors


def parse_address(name: str) -> tuple[int, int]:
    """(row, column), from 0, of an address such as `B2`. Raises Invalid if it is none."""
    match = _PLACE.fullmatch(name)
    if match is None:
        raise Invalid(reason("table-broken", f"the workbook has a cell {name!r}"))
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def column_name(column: int) -> str:
    """The letters of a column's number, from 0: `B` of 1."""
    name = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        name, column = chr(65 + letter) + name, column - 1
    return name


def _find_part(archive: zipfile.ZipFile, sheet: str, limits: TableLimits) -> str:
    """The name of the archive's part with the cells of the sheet."""
    parts: dict[str, str] = {}
    ids: list[str] = []

    def relation(tag: str, attributes: Mapping[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship":
            parts[attributes["Id"]] = attributes["Target"]

    def named(tag: str, attributes: Mapping[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet" and attributes.get("name") == sheet:
            ids.extend(value for name, value in attributes.items() if name.rpartition(":")[2] == "id")

    _parse_part(archive, "xl/workbook.xml", limits, named)
    _parse_part(archive, "xl/_rels/workbook.xml.rels", limits, relation)
    target = parts[ids[0]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _parse_part(
    archive: zipfile.ZipFile,
    part: str,
    limits: TableLimits,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    parser: Any = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    read = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            read += len(chunk)
            if read > limits.most_bytes:  # the archive's own index may lie
                raise WorkbookTooLarge(f"more than {limits.most_bytes:,} bytes unpacked")
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _refuse_doctype(*_: object) -> None:
    raise Invalid(reason("table-broken", "the workbook declares a document type, which none has"))
