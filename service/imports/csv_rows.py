"""Rows of a CSV file, each with the number of its first line; a damaged row is yielded with its fault.

A row can be damaged in many ways (invalid bytes, NUL, a quotation mark that never closes); the rows around it
must not be lost. After a row that cannot be parsed, reading continues with the line after its first.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import BinaryIO, TextIO, cast

from service.imports.table_file import TableFile
from service.refusals import reason
from workflows.errors import Invalid, Reason

MAX_CELL_LENGTH = 100_000  # characters
MAX_LINE_LENGTH = 5_000_000
MAX_CHARACTERS = 4_000_000_000  # of a file: more is a packed bomb
_MAX_LINES = 2_000  # of one row: more, and a quotation mark was left open


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row as read. `damage` says why it cannot be read whole; then `cells` are what could be read."""

    line: int
    cells: tuple[str, ...]
    damage: Reason | None = None

    @property
    def fault(self) -> str | None:
        """The damage in words."""
        return None if self.damage is None else self.damage.message


class CsvRows:
    """The rows of an opened file, under the header that begins in line `header`."""

    def __init__(self, stream: TextIO, delimiter: str, header: int = 1) -> None:
        self._lines = _Lines(stream)
        self._delimiter = delimiter
        first = next((record for record in self._parse_rows() if record.line >= header), None)
        if first is None or first.fault is not None:
            raise _no_header(_format_fault(first))
        self.header = parse_header(first.cells)
        self.expected = 0

    def __iter__(self) -> Iterator[TableRow]:
        for record in self._parse_rows():
            if record.damage is not None:
                yield record
            elif any(cell.strip() for cell in record.cells):  # what is empty is no row
                yield check_row(record, len(self.header))

    def _parse_rows(self) -> Iterator[TableRow]:
        while True:
            self._lines.begin()
            parser = csv.reader(self._lines, delimiter=self._delimiter, strict=True)
            try:
                cells = next(parser)
            except StopIteration:
                break
            except csv.Error as error:
                first = self._lines.push_back_rest()
                yield TableRow(self._lines.first_line, (first,), reason("row-unparsed", f"no row: {error}"))
            else:
                yield TableRow(self._lines.first_line, tuple(cells))
        if self._lines.error:
            yield TableRow(self._lines.first_line, (), reason("row-broken-off", self._lines.error))


def parse_header(cells: tuple[str, ...]) -> tuple[str, ...]:
    """The column names, without empty ones at the right. Raises Invalid if there are none, or one occurs
    twice."""
    cells = trim_cells(cells)
    if not cells:
        raise _no_header()
    twice = {name for name in cells if name and cells.count(name) > 1}
    if twice:
        names = ", ".join(map(repr, sorted(twice)))
        message = f"the header names a column twice: {names}"
        raise Invalid(reason("table-column-twice", message, names=names))
    return cells


def check_row(row: TableRow, width: int) -> TableRow:
    """The row, with a fault if it is damaged or does not fit a header of `width` columns.

    Empty cells to the right of the header are dropped.
    """
    cells = row.cells
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    damage = _find_damage(cells)
    if damage is None and len(cells) != width:
        message = f"{len(cells)} cells where the header has {width}"
        damage = reason("row-width", message, count=len(cells), width=width)
    return TableRow(row.line, cells, damage)


def trim_cells(cells: tuple[str, ...]) -> tuple[str, ...]:
    """The cells without empty ones at the right."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


class _Lines:
    """The physical lines of a file; lines can be pushed back."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._pushed_back: deque[str] = deque()
        self._taken: list[str] = []
        self._number = self._characters = 0
        self.first_line = 1
        self.error: str | None = None

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._pushed_back.popleft() if self._pushed_back else self._read()
        if not line:
            raise StopIteration
        if len(self._taken) >= _MAX_LINES:
            self._pushed_back.appendleft(line)
            raise csv.Error(f"a quoted cell goes on for more than {_MAX_LINES:,} lines")
        self._number += 1
        self._taken.append(line)
        return line

    def _read(self) -> str:
        try:
            line = self._stream.readline(MAX_LINE_LENGTH)
        except (OSError, EOFError, zlib.error, UnicodeError) as error:
            self.error = f"the file breaks off here: {error}"
            return ""
        self._characters += len(line)
        if self._characters > MAX_CHARACTERS:
            self.error = f"no more is read of a file than {MAX_CHARACTERS:,} characters"
            return ""
        return line

    def begin(self) -> None:
        """Start a new row with the next line."""
        self._taken = []
        self.first_line = self._number + 1

    def push_back_rest(self) -> str:
        """Push back all lines of this row except the first, which is returned."""
        first, *others = self._taken or [""]
        self._pushed_back.extendleft(reversed(others))
        self._number -= len(others)
        return first.rstrip("\r\n")


def _no_header(why: str = "") -> Invalid:
    return Invalid(reason("table-header", f"the file has no header row{why}"))


def _format_fault(first: TableRow | None) -> str:
    return f": {first.fault}" if first is not None and first.fault else ""


def _find_damage(cells: tuple[str, ...]) -> Reason | None:
    for cell in cells:
        if len(cell) > MAX_CELL_LENGTH:
            message = f"a cell of {len(cell):,} characters; the most is {MAX_CELL_LENGTH:,}"
            return reason("row-cell-length", message, most=MAX_CELL_LENGTH)
        if "\0" in cell:
            return reason("row-nul", "a NUL byte in the row")
        if not cell.isascii() and any("\ud800" <= letter <= "\udfff" for letter in cell):
            return reason("row-encoding", "bytes in the row that are no text in the file's encoding")
    return None


@contextmanager
def open_text(file: TableFile, encoding: str) -> Iterator[TextIO]:
    """The file as text, decompressed if it is gzipped. Invalid bytes become lone surrogates."""
    with _open_bytes(file) as raw:
        yield io.TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline="")


def read_beginning(file: TableFile, size: int) -> bytes:
    """The first `size` bytes of the file, decompressed if it is gzipped."""
    try:
        with _open_bytes(file) as stream:
            return bytes(stream.read(size))
    except (OSError, EOFError, zlib.error):
        return b""  # whoever reads the rows says how far the file is whole


def count_lines(file: TableFile) -> int:
    """About how many lines the file has: as far as it can be read, and up to the maximum number of rows."""
    lines = read = 0
    try:
        with _open_bytes(file) as stream:
            while (chunk := stream.read(1 << 20)) and read < MAX_CHARACTERS:
                lines, read = lines + chunk.count(b"\n"), read + len(chunk)
    except (OSError, EOFError, zlib.error):
        pass
    return lines


@contextmanager
def _open_bytes(file: TableFile) -> Iterator[BinaryIO]:
    with ExitStack() as opened:
        raw = opened.enter_context(file.open("rb"))
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        yield cast("BinaryIO", opened.enter_context(gzip.open(raw))) if packed else raw
