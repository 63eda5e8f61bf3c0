"""A table as a workbook."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from service.reports.table import Cell, Table
from service.widths import width

_STRINGS = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")
_PLAIN = {"in_memory": True, **dict.fromkeys(_STRINGS, False)}
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_WIDEST = 60  # characters of a column
_LINE, _HIGHEST = 15, 409  # points of a line, and of a row
_A4 = 9  # as a workbook calls it
_LEFT = {"valign": "top", "text_wrap": True}
_RIGHT = {"valign": "top", "align": "right"}
_LOOKS: Mapping[str, Mapping[str, Any]] = {
    "group": _LEFT,
    "numbers": _LEFT | {"align": "left", "indent": 1},  # of tickets
    "count": _RIGHT | {"num_format": "#,##0"},
    "share": _RIGHT | {"num_format": "0.0"},
}


def as_xlsx(table: Table) -> bytes:
    """One sheet: what it is, of which time; then headings, rows, total. Texts stay texts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _PLAIN) as book:
        sheet = book.add_worksheet(table.title.translate(_FORBIDDEN)[:31].strip() or None)
        sheet.write_string(0, 0, table.title, book.add_format({"bold": True, "font_size": 14}))
        for line, (name, said) in enumerate(table.about.items(), start=1):
            sheet.write_string(line, 0, name)
            sheet.write_string(line, 1, said)
        plain, head, last = (
            [book.add_format({**_LOOKS.get(kind, _RIGHT), **more}) for kind in table.kinds]
            for more in ({}, {"bold": True, "bottom": 1, "text_wrap": True}, {"bold": True, "top": 1})
        )
        top = len(table.about) + 2
        widths = _widths(table)
        for column, wide in enumerate(widths):
            sheet.set_column(column, column, wide)
        _line(sheet, top, table.heads, head, widths)
        for line, row in enumerate(table.rows, start=top + 1):
            _line(sheet, line, row, plain, widths)
        _line(sheet, top + 1 + len(table.rows), table.total, last, widths)
        sheet.freeze_panes(top + 1, table.keys)
        _for_paper(sheet, top)
    return out.getvalue()


def _widths(table: Table) -> list[int]:
    """Of the columns, in characters; the library's own guess takes Chinese for Latin."""
    lines = (table.heads, *table.rows, table.total, *((name,) for name in table.about))
    return [
        min(_WIDEST, 3 + max(width(_said(line[column])) for line in lines if column < len(line)))
        for column in range(len(table.heads))
    ]


def _said(cell: Cell) -> str:
    return "" if cell is None else cell if isinstance(cell, str) else f"{cell:,}"


def _for_paper(sheet: Worksheet, heads: int) -> None:
    """A4 across, as wide as it is, its headings on every page, each page counted."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(heads)
    sheet.set_footer("&L&A&R&P / &N")


def _line(
    sheet: Worksheet, line: int, row: Sequence[Cell], styles: Sequence[Format], widths: Sequence[int]
) -> None:
    """One row, as high as its longest text needs."""
    lines = max(ceil(1.1 * width(_said(cell)) / wide) for cell, wide in zip(row, widths, strict=True))
    if lines > 1:
        sheet.set_row(line, min(_HIGHEST, lines * _LINE))
    for column, (cell, style) in enumerate(zip(row, styles, strict=True)):
        if isinstance(cell, str):
            sheet.write_string(line, column, cell, style)
        elif cell is None:
            sheet.write_blank(line, column, None, style)
        else:
            sheet.write_number(line, column, cell, style)
