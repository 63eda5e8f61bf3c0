"""The file of refused rows, with line and reasons; it can be corrected and imported again."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from service.imports.layout import Layout

EXAMPLES = 20


class Rejects:
    """Writes `line`, `reason` and the original columns, in the encoding of the file. Without a path it
    only counts."""

    def __init__(self, path: Path | None, layout: Layout, header: tuple[str, ...]) -> None:
        encoding = layout.encoding or "utf-8-sig"
        self.count = 0
        self.examples: list[str] = []
        self._encoding = encoding
        # UTF-8 is marked as such, for spreadsheets. Bytes that are no text go out as they came in.
        self._stream = path and path.open("w", encoding=encoding, errors="surrogateescape", newline="")
        self._writer = csv.writer(self._stream, delimiter=layout.delimiter or ",") if self._stream else None
        self._write_row((_find_free_name("line", header), _find_free_name("reason", header), *header))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream:
            self._stream.close()

    def add(self, line: int, cells: Iterable[str], reasons: Iterable[str]) -> None:
        """Write one refused row."""
        reason = "; ".join(reasons)
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"line {line}: {reason}")
        self._write_row((str(line), self._encodable(reason), *cells))

    def _encodable(self, text: str) -> str:
        return text.encode(self._encoding, "backslashreplace").decode(self._encoding)

    def _write_row(self, cells: tuple[str, ...]) -> None:
        if self._writer:
            self._writer.writerow(cells)


def _find_free_name(name: str, header: tuple[str, ...]) -> str:
    """A column name that the file does not use: a file of rejects may be imported again."""
    number = 1
    while name in header:
        number += 1
        name = f"{name.rstrip('0123456789_')}_{number}"
    return name
