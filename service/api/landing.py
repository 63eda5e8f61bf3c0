"""The start page: what this is, the way to the console, how to get a token, and where the code on a printed
ticket leads.

The page is public, so it looks nothing up: it says how to request a ticket, never whether it exists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import quote

from service.texts import say

_NUMBER = re.compile(r"[A-Za-z0-9-]{1,100}")  # what a numbering can make
_SITE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def render_landing(language: str, here: str, query: Mapping[str, str]) -> str:
    """The HTML page at the address `here`, for the query parameters `query`.

    `?ticket=<number>&site=<id>` is what the code on a print says. Values that cannot be a number or a site
    are ignored.
    """
    number, site = query.get("ticket", ""), query.get("site", "")
    found = ""
    if _NUMBER.fullmatch(number):
        found = _render_ticket(language, here, number, site if _SITE.fullmatch(site) else "")
    return _render_page(language, here, found)


def _render_ticket(language: str, here: str, number: str, site: str) -> str:
    """How the holder of the print gets the ticket through the API."""
    path = f"api/tickets/{quote(number)}" + (f"?site={quote(site)}" if site else "")
    curl = f'curl -s -H "Authorization: Bearer $TOKEN" "{here}{path}"'
    page = f"/tickets/{quote(number)}" + (f"?site={quote(site)}" if site else "")
    return (
        f'<h2>{_word(language, "ticket")} <a class="number" href="{escape(page)}">{escape(number)}</a></h2>'
        f"<p>{_word(language, 'ticket-how')}</p>"
        f"<code>{escape(f'GET /{path}')}</code><code>{escape(curl)}</code>"
        f"<p>{_word(language, 'ticket-printed')}</p>"
    )


def _render_page(language: str, here: str, found: str) -> str:
    def word(key: str) -> str:
        return _word(language, key)

    example = escape(
        'curl -H "Content-Type: application/json" '
        f'-d \'{{"account": "…", "password": "…", "name": "my script"}}\' {here}api/tokens'
    )
    return f"""<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{word("title")}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:1rem/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}}
code{{background:#f2f2f2;padding:.2rem .4rem;margin:.3rem 0;display:block;overflow-wrap:anywhere}}
.number{{white-space:nowrap}}</style></head>
<body><main><h1>{word("title")}</h1><p>{word("what")}</p>
<p><a href="/desk"><strong>{word("console")}</strong></a></p>
{found}<ul><li><a href="/api/docs">{word("docs")}</a></li>
<li><a href="/api/openapi.json">OpenAPI 3.1</a></li></ul>
<h2>{word("token")}</h2><p>{word("token-how")}</p><code>{example}</code></main></body></html>
"""


def _word(language: str, key: str) -> str:
    return escape(say(language, "pages", key) or key)
