"""The rows that were refused, with line and reasons, in a file that can be mended and brought in again."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

EXAMPLES = 20


class Rejects:
    """Writes `line`, `reason` and the columns as they were, encoded as the file is. No path: it counts."""

    def __init__(self, path: Path | None, encoding: str, delimiter: str, header: tuple[str, ...]) -> None:
        self.count = 0
        self.examples: list[str] = []
        self._encoding = encoding
        # UTF-8 is marked as such, for spreadsheets. Bytes that are no text go out as they came in.
        self._stream = path and path.open("w", encoding=encoding, errors="surrogateescape", newline="")
        self._writer = csv.writer(self._stream, delimiter=delimiter) if self._stream else None
        self._row((_free("line", header), _free("reason", header), *header))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream:
            self._stream.close()

    def add(self, line: int, cells: Iterable[str], reasons: Iterable[str]) -> None:
        """One refused row."""
        reason = "; ".join(reasons)
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"line {line}: {reason}")
        self._row((str(line), self._writable(reason), *cells))

    def _writable(self, text: str) -> str:
        return text.encode(self._encoding, "backslashreplace").decode(self._encoding)

    def _row(self, cells: tuple[str, ...]) -> None:
        if self._writer:
            self._writer.writerow(cells)


def _free(name: str, header: tuple[str, ...]) -> str:
    """A column name that the file does not use itself: a file of rejects may be brought in once more."""
    number = 1
    while name in header:
        number += 1
        name = f"{name.rstrip('0123456789_')}_{number}"
    return name
