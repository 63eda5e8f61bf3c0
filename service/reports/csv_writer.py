"""Report tables as CSV for spreadsheets."""

from __future__ import annotations

import csv
import io

from service.reports.table import Cell, ReportTable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BOM = "\ufeff"  # without it spreadsheets take Chinese for gibberish


def render_csv(table: ReportTable) -> bytes:
    """Headings, rows, total: UTF-8 with BOM, lines end with CR LF (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (table.heads, *table.rows, *([table.total] if table.total else [])):
        writer.writerow([escape_formula(cell) for cell in row])
    return (_BOM + out.getvalue()).encode()


def escape_formula(cell: Cell) -> Cell:
    """The cell; a text that a spreadsheet would run as a formula is marked as text."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA) else cell
