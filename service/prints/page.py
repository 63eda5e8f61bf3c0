"""Sheets as one HTML page: A4 or A5, fonts of the system, no script. What is written into it is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import segno

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_STYLE = Path(__file__).with_name("sheet.css").read_text("utf-8")
_SIZES: Mapping[str, Mapping[str, str]] = {
    "a4": {"width": "210mm", "height": "297mm", "inner": "264mm", "margin": "15mm", "font": "11pt"},
    "a5": {"width": "148mm", "height": "210mm", "inner": "187mm", "margin": "10mm", "font": "9pt"},
}
_LABEL = {"a4": "42mm", "a5": "32mm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table under a heading; its first row are the headings of its columns."""

    title: str
    rows: Sequence[Sequence[str]]
    kind: str = "field"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet of paper. `code` is what the square code says, `number` what people read beside it."""

    title: str
    under: str
    number: str
    code: str
    lines: tuple[tuple[str, str], ...]
    grids: tuple[Grid, ...]
    signatures: tuple[str, ...]
    date: str  # the word before the line for the date
    note: str
    foot: tuple[str, ...]


def page(sheets: Iterable[Sheet], size: str, language: str) -> bytes:
    """The sheets, each on paper of its own."""
    found = list(sheets)
    title = f"{found[0].title} {found[0].number}" if found else ""
    body = "\n".join(_sheet(each) for each in found)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        f"<style>\n{_style(size)}{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    ).encode()


def _style(size: str) -> str:
    """What hangs on the paper; `@page` takes no variables."""
    chosen = "".join(
        f"--{name}: {value}; " for name, value in {**_SIZES[size], "label": _LABEL[size]}.items()
    )
    return f"@page {{ size: {size.upper()}; margin: {_SIZES[size]['margin']}; }}\n:root {{ {chosen}}}\n"


def _sheet(sheet: Sheet) -> str:
    grids = "".join(_grid(each) for each in sheet.grids)
    signatures = "".join(
        f"<div><span>{escape(each)}</span><span>{escape(sheet.date)}</span></div>"
        for each in sheet.signatures
    )
    return (
        '<section class="sheet">\n'
        f"<header><div><h1>{escape(sheet.title)}</h1><div>{escape(sheet.under)}</div></div>"
        f'<div class="code">{_code(sheet.code)}{escape(sheet.number)}</div></header>\n'
        f"{_lines(sheet.lines)}{grids}"
        + (f'<p class="note">{escape(sheet.note)}</p>\n' if sheet.note else "")
        + (f'<div class="signatures">{signatures}</div>\n' if signatures else "")
        + f"<footer>{''.join(f'<span>{escape(each)}</span>' for each in sheet.foot)}</footer>\n</section>"
    )


def _lines(lines: Iterable[tuple[str, str]]) -> str:
    found = "".join(f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>" for name, said in lines)
    return f"<dl>{found}</dl>\n" if found else ""


def _grid(grid: Grid) -> str:
    heads, *rows = grid.rows
    top = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(each)}</td>" for each in row) + "</tr>" for row in rows)
    table = f'<table class="{grid.kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'
    return f"<h2>{escape(grid.title)}</h2>\n{table}\n"


def _code(said: str) -> str:
    """The square code, drawn into the page."""
    return str(segno.make_qr(said, error="m").svg_inline(border=0, omitsize=True))
