"""A table as a workbook."""

from __future__ import annotations

import io

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from service.reports.table import Cell, Table

_STRINGS = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")
_PLAIN = {"in_memory": True, **dict.fromkeys(_STRINGS, False)}
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_WIDEST = 60


def as_xlsx(table: Table) -> bytes:
    """One sheet: what it is, of which time; then headings, rows, total. Texts stay texts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _PLAIN) as book:
        sheet = book.add_worksheet(table.title.translate(_FORBIDDEN)[:31].strip() or None)
        bold = book.add_format({"bold": True})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, table.title, book.add_format({"bold": True, "font_size": 14}))
        for line, (name, said) in enumerate(table.about.items(), start=1):
            sheet.write_string(line, 0, name)
            sheet.write_string(line, 1, said)
        top = len(table.about) + 2
        _line(sheet, top, table.heads, head)
        for line, row in enumerate(table.rows, start=top + 1):
            _line(sheet, line, row)
        _line(sheet, top + 1 + len(table.rows), table.total, bold)
        sheet.freeze_panes(top + 1, table.keys)
        sheet.autofit(_WIDEST * 7)
    return out.getvalue()


def _line(sheet: Worksheet, line: int, row: tuple[Cell, ...], style: Format | None = None) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(line, column, cell, style)
        elif cell is not None:
            sheet.write_number(line, column, cell, style)
