"""A table as comma-separated values, as spreadsheets open them."""

from __future__ import annotations

import csv
import io

from service.reports.table import Cell, Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BOM = "\ufeff"  # without it spreadsheets take Chinese for gibberish


def as_csv(table: Table) -> bytes:
    """Headings, rows, total: UTF-8 with BOM, lines ended by CR LF (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (table.heads, *table.rows, table.total):
        writer.writerow([harmless(cell) for cell in row])
    return (_BOM + out.getvalue()).encode()


def harmless(cell: Cell) -> Cell:
    """The cell, if it is a text that a spreadsheet would work out as a formula, marked as a text."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA) else cell
