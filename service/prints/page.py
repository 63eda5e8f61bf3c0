"""Sheets as one HTML page: A4 or A5, fonts of the system, no script. What is written into it is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import segno

from service.widths import has_long_word, width

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
class Line:
    """An answer under its title. `free`: sentences, which have a row of their own and room to be written."""

    title: str
    said: str
    free: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table under a heading; its first row are the headings of its columns.

    `groups` stand over them, each with how many columns it spans.
    """

    title: str
    rows: Sequence[Sequence[str]]
    kind: str = "field"
    groups: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet of paper. `code` is what the square code says, `number` what people read beside it."""

    title: str
    under: str
    number: str
    code: str
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...]
    signatures: tuple[str, ...]
    date: str  # the word before the line for the date
    note: str
    foot: tuple[str, ...]


def page(sheets: Iterable[Sheet], size: str, language: str) -> bytes:
    """The sheets, each on paper of its own."""
    found = list(sheets)
    title = f"{found[0].title} {found[0].number}" if found else ""
    body = "\n".join(_sheet(each, _HALF[size]) for each in found)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        f"<style>\n{_style(size, title, len(found))}{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    ).encode()


def _style(size: str, title: str, sheets: int) -> str:
    """What hangs on the paper. `@page` takes no variables; its margin says on every page whose it is."""
    chosen = "".join(f"--{name}: {value}; " for name, value in _SIZES[size].items())
    pages = 'counter(page) " / " counter(pages)' if sheets == 1 else '""'  # passes are one page each
    return (
        f"@page {{ size: {size.upper()}; margin: {_SIZES[size]['margin']};\n"
        f"  @bottom-left {{ content: {_quoted(title)}; {_FINE} }}\n"
        f"  @bottom-right {{ content: {pages}; {_FINE} }} }}\n"
        f":root {{ {chosen}}}\n"
    )


def _quoted(text: str) -> str:
    """A string of CSS, with nothing in it that could end it."""
    safe = (c if c.isascii() and (c.isalnum() or c in " -") else f"\\{ord(c):x} " for c in text)
    return f'"{"".join(safe)}"'


def _sheet(sheet: Sheet, half: int) -> str:
    grids = "".join(_grid(each) for each in sheet.grids)
    signatures = "".join(
        f"<div><span>{escape(each)}</span><span>{escape(sheet.date)}</span></div>"
        for each in sheet.signatures
    )
    return (
        '<section class="sheet">\n'
        f"<header><div><h1>{escape(sheet.title)}</h1><div>{escape(sheet.under)}</div></div>"
        f'<div class="code">{_code(sheet.code)}{escape(sheet.number)}</div></header>\n'
        f"{_lines(sheet.lines, half)}{grids}"
        '<div class="tail">'
        + (f'<p class="note">{escape(sheet.note)}</p>\n' if sheet.note else "")
        + (f'<div class="signatures">{signatures}</div>\n' if signatures else "")
        + f"<footer>{''.join(f'<span>{escape(each)}</span>' for each in sheet.foot)}</footer>"
        "</div>\n</section>"
    )


def _lines(lines: Sequence[Line], half: int) -> str:
    rows = "".join(f"<tr>{''.join(_answers(row))}</tr>\n" for row in _paired(lines, half))
    return f'<table class="lines"><tbody>\n{rows}</tbody></table>\n' if rows else ""


def _paired(lines: Sequence[Line], half: int) -> Iterator[tuple[Line, ...]]:
    """Short answers stand two in a row."""
    waiting: Line | None = None
    for line in lines:
        short = not line.free and width(line.said) <= half
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


def _answers(row: tuple[Line, ...]) -> Iterator[str]:
    span = "" if len(row) > 1 else ' colspan="3"'
    for line in row:
        room = ' class="room"' if line.free and not line.said else ""
        yield f'<th scope="row">{escape(line.title)}</th><td{span}{room}>{escape(line.said)}</td>'


def _grid(grid: Grid) -> str:
    heads, *rows = grid.rows
    narrow = _ROW // len(heads) - 2
    over = "".join(f'<th colspan="{span}">{escape(each)}</th>' for each, span in grid.groups)
    top = (f"<tr>{over}</tr>" if over else "") + f"<tr>{''.join(_cells('th', heads, narrow))}</tr>"
    body = "".join(f"<tr>{''.join(_cells('td', row, narrow))}</tr>" for row in rows)
    blank = " blank" if not any(any(row[1:]) for row in rows) else ""
    beside = " beside" if grid.groups else ""
    table = f'<table class="{grid.kind}{blank}{beside}"><thead>{top}</thead><tbody>{body}</tbody></table>'
    return f"<h2>{escape(grid.title)}</h2>\n{table}\n"


def _cells(tag: str, row: Sequence[str], narrow: int) -> Iterator[str]:
    """Short cells stay on one line; only what is longer than any word is broken anywhere."""
    for said in row:
        kind = ' class="long"' if has_long_word(said) else ' class="short"' if width(said) <= narrow else ""
        yield f"<{tag}{kind if said else ''}>{escape(said)}</{tag}>"


def _code(said: str) -> str:
    """The square code, drawn into the page."""
    return str(segno.make_qr(said, error="m").svg_inline(border=0, omitsize=True))
