"""Opens a table in a text file, which may be gzipped, or in a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from service.imports.csv_rows import CsvRows, TableRow, count_lines, open_text, read_beginning
from service.imports.encodings import SAMPLE_SIZE, detect_encoding
from service.imports.layout import ColumnNames, Layout, detect_delimiter, find_header_row, parse_first_rows
from service.imports.table_file import LIMITS, TableFile, TableLimits, is_workbook
from workflows.folding import identity


class TableRows(Protocol):
    """The header, the rows under it, and their estimated number."""

    header: tuple[str, ...]
    expected: int

    def __iter__(self) -> Iterator[TableRow]: ...


@contextmanager
def open_table(
    file: TableFile, layout_hint: Layout, names: ColumnNames, limits: TableLimits = LIMITS
) -> Iterator[tuple[TableRows, Layout]]:
    """The rows of a file and the layout used: as given by `layout_hint`, the rest detected by the column
    `names`.

    Raises `Invalid` if there is no usable header, or the file is ambiguous.
    """
    if is_workbook(file):
        from service.imports.sheets import Workbook  # its library is loaded when somebody first brings one

        with Workbook(file, limits) as book:
            yield book.read_sheet(layout_hint, names)
        return
    layout = _detect_layout(file, layout_hint, names)
    with open_text(file, layout.encoding or "utf-8-sig") as stream:
        records = CsvRows(stream, layout.delimiter or ",", layout.header or 1)
        records.expected = max(count_lines(file) - (layout.header or 1), 0)
        yield records, layout


def normalize_header(header: tuple[str, ...], columns: Iterable[str]) -> tuple[str, ...]:
    """The header with its cells spelled as in `columns`: blanks, width and case are ignored."""
    exact = set(header)
    spelling = {identity(column): column for column in columns if column not in exact}
    return tuple(cell if not cell else spelling.get(identity(cell), cell) for cell in header)


def _detect_layout(file: TableFile, layout_hint: Layout, names: ColumnNames) -> Layout:
    sample = read_beginning(file, SAMPLE_SIZE)
    encoding = layout_hint.encoding or detect_encoding(sample, names)
    text = sample.decode(encoding, "replace")
    delimiter = layout_hint.delimiter or detect_delimiter(text, names)
    return replace(
        layout_hint,
        encoding=encoding,
        delimiter=delimiter,
        header=layout_hint.header or _find_header_line(text, delimiter, names),
    )


def _find_header_line(text: str, delimiter: str, names: ColumnNames) -> int:
    """The line in which the header begins: cells before it may contain line breaks."""
    rows = parse_first_rows(text, delimiter)
    index, _ = find_header_row(rows, names)
    return 1 + sum(1 + sum(cell.count("\n") for cell in row) for row in rows[:index])
