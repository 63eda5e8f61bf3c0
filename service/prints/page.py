"""Sheets as one HTML page: A4 or A5, system fonts, no script. All content is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from service.text_width import has_long_word, text_width

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_STYLE = Path(__file__).with_name("sheet.css").read_text("utf-8")
_SIZES: Mapping[str, Mapping[str, str]] = {
    "a4": {
        "width": "210mm",
        "height": "297mm",
        "inner": "264mm",
        "margin": "15mm",
        "font": "11pt",
        "label": "36mm",
        "room": "4.4em",
        "sign": "11mm",
    },
    "a5": {
        "width": "148mm",
        "height": "210mm",
        "inner": "187mm",
        "margin": "10mm",
        "font": "9pt",
        "label": "27mm",
        "room": "3.3em",
        "sign": "9mm",
    },
}
_HALF = {"a4": 23, "a5": 17}  # how many Latin characters stand in half a row beside the label
_FINE = "font: 7pt sans-serif; vertical-align: top;"
_ROW = 72  # … and in the cells of a row of a table that are kept on one line, all together


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintLine:
    """A value under its title. `free`: long text, which gets a row of its own with space for handwriting."""

    title: str
    value: str
    free: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintTable:
    """A table under a heading; its first row holds the column headings.

    `groups` are headings above them, each with the number of columns it spans.
    """

    title: str
    rows: Sequence[Sequence[str]]
    kind: str = "field"
    groups: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSheet:
    """One sheet of paper. `code` is the content of the QR code, `number` the text beside it."""

    title: str
    under: str
    number: str
    code: str
    lines: tuple[PrintLine, ...]
    grids: tuple[PrintTable, ...]
    signatures: tuple[str, ...]
    date: str  # the word before the line for the date
    note: str
    foot: tuple[str, ...]


def render_page(sheets: Iterable[PrintSheet], size: str, language: str) -> bytes:
    """The HTML page; each sheet begins on a new page of paper."""
    found = list(sheets)
    title = f"{found[0].title} {found[0].number}" if found else ""
    body = "\n".join(_render_sheet(each, _HALF[size]) for each in found)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        f"<style>\n{_render_style(size, title, len(found))}{_STYLE}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    ).encode()


def _render_style(size: str, title: str, sheets: int) -> str:
    """The CSS that depends on the paper. `@page` takes no variables; its margin box names the ticket on
    every page."""
    chosen = "".join(f"--{name}: {value}; " for name, value in _SIZES[size].items())
    pages = 'counter(page) " / " counter(pages)' if sheets == 1 else '""'  # passes are one page each
    return (
        f"@page {{ size: {size.upper()}; margin: {_SIZES[size]['margin']};\n"
        f"  @bottom-left {{ content: {_css_string(title)}; {_FINE} }}\n"
        f"  @bottom-right {{ content: {pages}; {_FINE} }} }}\n"
        f":root {{ {chosen}}}\n"
    )


def _css_string(text: str) -> str:
    """A CSS string literal, with everything escaped that could end it."""
    safe = (c if c.isascii() and (c.isalnum() or c in " -") else f"\\{ord(c):x} " for c in text)
    return f'"{"".join(safe)}"'


def _render_sheet(sheet: PrintSheet, half: int) -> str:
    grids = "".join(_render_table(each) for each in sheet.grids)
    signatures = "".join(
        f"<div><span>{escape(each)}</span><span>{escape(sheet.date)}</span></div>"
        for each in sheet.signatures
    )
    return (
        '<section class="sheet">\n'
        f"<header><div><h1>{escape(sheet.title)}</h1><div>{escape(sheet.under)}</div></div>"
        f'<div class="code">{render_code(sheet.code)}{escape(sheet.number)}</div></header>\n'
        f"{_render_lines(sheet.lines, half)}{grids}"
        '<div class="tail">'
        + (f'<p class="note">{escape(sheet.note)}</p>\n' if sheet.note else "")
        + (f'<div class="signatures">{signatures}</div>\n' if signatures else "")
        + f"<footer>{''.join(f'<span>{escape(each)}</span>' for each in sheet.foot)}</footer>"
        "</div>\n</section>"
    )


def _render_lines(lines: Sequence[PrintLine], half: int) -> str:
    rows = "".join(f"<tr>{''.join(_render_row(row))}</tr>\n" for row in _pair_lines(lines, half))
    return f'<table class="lines"><tbody>\n{rows}</tbody></table>\n' if rows else ""


def _pair_lines(lines: Sequence[PrintLine], half: int) -> Iterator[tuple[PrintLine, ...]]:
    """Groups the lines: two short ones in a row."""
    waiting: PrintLine | None = None
    for line in lines:
        short = not line.free and text_width(line.value) <= half
        if waiting and short:
            yield waiting, line
            waiting = None
            continue
        if waiting:
            yield (waiting,)
        waiting = line if short else None
        if not short:
            yield (line,)
    if waiting:
        yield (waiting,)


def _render_row(row: tuple[PrintLine, ...]) -> Iterator[str]:
    span = "" if len(row) > 1 else ' colspan="3"'
    for line in row:
        room = ' class="room"' if line.free and not line.value else ""
        yield f'<th scope="row">{escape(line.title)}</th><td{span}{room}>{escape(line.value)}</td>'


def _render_table(grid: PrintTable) -> str:
    heads, *rows = grid.rows
    narrow = _ROW // len(heads) - 2
    over = "".join(f'<th colspan="{span}">{escape(each)}</th>' for each, span in grid.groups)
    top = (f"<tr>{over}</tr>" if over else "") + f"<tr>{''.join(_render_cells('th', heads, narrow))}</tr>"
    body = "".join(f"<tr>{''.join(_render_cells('td', row, narrow))}</tr>" for row in rows)
    blank = " blank" if not any(any(row[1:]) for row in rows) else ""
    beside = " beside" if grid.groups else ""
    table = f'<table class="{grid.kind}{blank}{beside}"><thead>{top}</thead><tbody>{body}</tbody></table>'
    return f"<h2>{escape(grid.title)}</h2>\n{table}\n"


def _render_cells(tag: str, row: Sequence[str], narrow: int) -> Iterator[str]:
    """The cells of a row as HTML. Short cells do not wrap; only words longer than the column break
    anywhere."""
    for text in row:
        kind = (
            ' class="long"' if has_long_word(text) else ' class="short"' if text_width(text) <= narrow else ""
        )
        yield f"<{tag}{kind if text else ''}>{escape(text)}</{tag}>"


def render_code(text: str) -> str:
    """The QR code as inline SVG."""
    import segno  # only loaded by who prints

    return str(segno.make_qr(text, error="m").svg_inline(border=0, omitsize=True))
