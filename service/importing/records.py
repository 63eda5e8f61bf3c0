"""The rows of a CSV file, each with the line it begins in; what is no row says so and is passed by.

A row may be spoilt in many ways (bytes that are no text, a NUL, a quotation mark that never closes); none of
them may cost the rows around it. After a row that cannot be parsed, the line after its first is the next.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from workflows.errors import Invalid, Reason

LONGEST_CELL = 100_000  # characters
LONGEST_LINE = 5_000_000
_MOST_LINES = 2_000  # of one row: more, and a quotation mark was left open


@dataclass(frozen=True, slots=True)
class Record:
    """A row as read. `fault` says why it cannot be one; then `cells` are what there is of it."""

    line: int
    cells: tuple[str, ...]
    fault: str | None = None


class Records:
    """The rows of an opened file."""

    def __init__(self, stream: TextIO, delimiter: str) -> None:
        self._lines = _Lines(stream)
        self._delimiter = delimiter
        first = next(self._parsed(), None)
        if first is None or first.fault is not None:
            raise Invalid(Reason("file", f"the file has no header row{_why(first)}"))
        self.header = header_of(first.cells)

    def __iter__(self) -> Iterator[Record]:
        for record in self._parsed():
            if record.fault is None and record.cells in ((), ("",)) and len(self.header) > 1:
                continue  # an empty line is no row
            yield record if record.fault else judged(record, len(self.header))

    def _parsed(self) -> Iterator[Record]:
        while True:
            self._lines.begin()
            parser = csv.reader(self._lines, delimiter=self._delimiter, strict=True)
            try:
                cells = next(parser)
            except StopIteration:
                break
            except csv.Error as error:
                first = self._lines.back_to_second()
                yield Record(self._lines.began, (first,), f"no row: {error}")
            else:
                yield Record(self._lines.began, tuple(cells))
        if self._lines.broken:
            yield Record(self._lines.began, (), self._lines.broken)


def header_of(cells: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the columns. `Invalid` if there are none, or one stands there twice."""
    if not any(cells):
        raise Invalid(Reason("file", "the file has no header row"))
    twice = {name for name in cells if cells.count(name) > 1}
    if twice:
        names = ", ".join(map(repr, sorted(twice)))
        raise Invalid(Reason("file", f"the header names a column twice: {names}"))
    return cells


def judged(record: Record, width: int) -> Record:
    """The row, with a fault where it is spoilt or does not fit under a header of `width` columns."""
    fault = _spoilt(record.cells)
    if fault is None and len(record.cells) != width:
        fault = f"{len(record.cells)} cells where the header has {width}"
    return Record(record.line, record.cells, fault)


class _Lines:
    """The physical lines of a file, some of which may be given back."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []
        self._number = 0
        self.began = 1
        self.broken: str | None = None

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._read()
        if not line:
            raise StopIteration
        if len(self._taken) >= _MOST_LINES:
            self._waiting.appendleft(line)
            raise csv.Error(f"a quoted cell goes on for more than {_MOST_LINES:,} lines")
        self._number += 1
        self._taken.append(line)
        return line

    def _read(self) -> str:
        try:
            return self._stream.readline(LONGEST_LINE)
        except (OSError, EOFError, zlib.error, UnicodeError) as error:
            self.broken = f"the file breaks off here: {error}"
            return ""

    def begin(self) -> None:
        """A new row begins with the next line."""
        self._taken = []
        self.began = self._number + 1

    def back_to_second(self) -> str:
        """Give back all lines of this row but its first, which is returned."""
        first, *others = self._taken or [""]
        self._waiting.extendleft(reversed(others))
        self._number -= len(others)
        return first.rstrip("\r\n")


def _why(first: Record | None) -> str:
    return f": {first.fault}" if first is not None and first.fault else ""


def _spoilt(cells: tuple[str, ...]) -> str | None:
    for cell in cells:
        if len(cell) > LONGEST_CELL:
            return f"a cell of {len(cell):,} characters; the most is {LONGEST_CELL:,}"
        if "\0" in cell:
            return "a NUL byte in the row"
        if not cell.isascii() and any("\ud800" <= letter <= "\udfff" for letter in cell):
            return "bytes in the row that are no text in the file's encoding"
    return None


@contextmanager
def opened(path: Path, encoding: str) -> Iterator[TextIO]:
    """The file as text, unpacked if it is gzipped. Bytes that are no text become lone surrogates."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    opener = gzip.open if packed else open
    with opener(path, "rt", encoding=encoding, errors="surrogateescape", newline="") as stream:
        yield stream
