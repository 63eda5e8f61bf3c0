"""Report tables as workbooks (XLSX)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from service.reports.table import Cell, ReportTable
from service.text_width import text_width

_STRINGS = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")
_PLAIN = {"in_memory": True, **dict.fromkeys(_STRINGS, False)}
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_WIDEST = 60  # characters of a column
_LINE, _HIGHEST = 15, 409  # points of a line, and of a row
_A4 = 9  # as a workbook calls it
_LEFT = {"valign": "top", "text_wrap": True}
_RIGHT = {"valign": "top", "align": "right"}
_FORMATS: Mapping[str, Mapping[str, Any]] = {
    "group": _LEFT,
    "numbers": _LEFT | {"align": "left", "indent": 1},  # of tickets
    "count": _RIGHT | {"num_format": "#,##0"},
    "share": _RIGHT | {"num_format": "0.0"},
}


def render_xlsx(table: ReportTable) -> bytes:
    """One sheet: title and period; then headings, rows, total. Texts stay texts."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _PLAIN) as book:
        sheet = book.add_worksheet(table.title.translate(_FORBIDDEN)[:31].strip() or None)
        sheet.write_string(0, 0, table.title, book.add_format({"bold": True, "font_size": 14}))
        for line, (name, text) in enumerate(table.about.items(), start=1):
            sheet.write_string(line, 0, name)
            sheet.write_string(line, 1, text)
        plain, head, last = (
            [book.add_format({**_FORMATS.get(kind, _RIGHT), **more}) for kind in table.kinds]
            for more in ({}, {"bold": True, "bottom": 1, "text_wrap": True}, {"bold": True, "top": 1})
        )
        top = len(table.about) + 2
        widths = _column_widths(table)
        for column, wide in enumerate(widths):
            sheet.set_column(column, column, wide)
        _write_line(sheet, top, table.heads, head, widths)
        for line, row in enumerate(table.rows, start=top + 1):
            _write_line(sheet, line, row, plain, widths)
        if table.total:
            _write_line(sheet, top + 1 + len(table.rows), table.total, last, widths)
        sheet.freeze_panes(top + 1, table.keys)
        _set_page_layout(sheet, top)
    return out.getvalue()


def _column_widths(table: ReportTable) -> list[int]:
    """The widths of the columns, in characters; the library's own estimate counts Chinese as Latin."""
    lines = (table.heads, *table.rows, table.total, *((name,) for name in table.about))
    return [
        min(_WIDEST, 3 + max(text_width(_display_text(line[column])) for line in lines if column < len(line)))
        for column in range(len(table.heads))
    ]


def _display_text(cell: Cell) -> str:
    return "" if cell is None else cell if isinstance(cell, str) else f"{cell:,}"


def _set_page_layout(sheet: Worksheet, heads: int) -> None:
    """A4 landscape, fit to width, headings repeated on every page, pages numbered."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(heads)
    sheet.set_footer("&L&A&R&P / &N")


def _write_line(
    sheet: Worksheet, line: int, row: Sequence[Cell], styles: Sequence[Format], widths: Sequence[int]
) -> None:
    """Write one row, as high as its longest text needs."""
    lines = max(
        ceil(1.1 * text_width(_display_text(cell)) / wide) for cell, wide in zip(row, widths, strict=True)
    )
    if lines > 1:
        sheet.set_row(line, min(_HIGHEST, lines * _LINE))
    for column, (cell, style) in enumerate(zip(row, styles, strict=True)):
        if isinstance(cell, str):
            sheet.write_string(line, column, cell, style)
        elif cell is None:
            sheet.write_blank(line, column, None, style)
        else:
            sheet.write_number(line, column, cell, style)
