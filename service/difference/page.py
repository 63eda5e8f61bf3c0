"""A difference as one page of HTML: no script, nothing from elsewhere, all content escaped."""

from __future__ import annotations

from html import escape
from pathlib import Path

from service.difference.sheet import DifferenceSheet, SheetLine, list_besides

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_STYLE = Path(__file__).with_name("page.css").read_text("utf-8")


def render_page(*sheets: DifferenceSheet) -> str:
    """The page of one difference, or of several one below the other."""
    first = sheets[0]
    return (
        f'<!doctype html>\n<html lang="{escape(first.names.language)}"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(first.title)}</title>\n<style>\n{_STYLE}</style></head>\n<body>\n"
        f"{''.join(map(_render_sheet, sheets))}</body></html>\n"
    )


def _render_sheet(sheet: DifferenceSheet) -> str:
    chapters = "".join(
        f"<section><h2>{escape(title)}</h2>\n"
        f"<ul>\n{''.join(_render_line(sheet, each) for each in lines)}</ul></section>\n"
        for _, title, lines in sheet.chapters
    )
    notes = "".join(f"<p>{escape(note)}</p>\n" for note in sheet.notes)
    return (
        f"<main><header><h1>{escape(sheet.title)}</h1><p>{escape(sheet.versions)}</p></header>\n"
        f"{chapters}<footer>{notes}</footer></main>\n"
    )


def _render_line(sheet: DifferenceSheet, line: SheetLine) -> str:
    besides = "".join(
        f'<p class="{"example" if text == line.example else "besides"}">{escape(text)}</p>'
        for text in list_besides(sheet.names, line)
    )
    return f'<li class="{escape(line.change.code)}"><p>{escape(line.sentence)}</p>{besides}</li>\n'
