"""Where one begins: what this is, how to get a token, and what the code on a paper leads to.

The page is for anybody, so it looks nothing up: it says how to ask for a ticket, never whether there is one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import quote

from service.texts import say

_NUMBER = re.compile(r"[A-Za-z0-9-]{1,100}")  # what a numbering can make
_SITE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def landing(language: str, here: str, asked: Mapping[str, str]) -> str:
    """The page at the address `here`, for what its query asks.

    `?ticket=<number>&site=<id>` is what the code on a paper says. What can be neither is passed over.
    """
    number, site = asked.get("ticket", ""), asked.get("site", "")
    found = ""
    if _NUMBER.fullmatch(number):
        found = _ticket(language, here, number, site if _SITE.fullmatch(site) else "")
    return _page(language, here, found)


def _ticket(language: str, here: str, number: str, site: str) -> str:
    """How whoever holds the paper gets the ticket."""
    path = f"api/tickets/{quote(number)}" + (f"?site={quote(site)}" if site else "")
    curl = f'curl -s -H "Authorization: Bearer $TOKEN" "{here}{path}"'
    return (
        f'<h2>{_word(language, "ticket")} <span class="number">{escape(number)}</span></h2>'
        f"<p>{_word(language, 'ticket-how')}</p>"
        f"<code>{escape(f'GET /{path}')}</code><code>{escape(curl)}</code>"
        f"<p>{_word(language, 'ticket-printed')}</p>"
    )


def _page(language: str, here: str, found: str) -> str:
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
{found}<ul><li><a href="/api/docs">{word("docs")}</a></li>
<li><a href="/api/openapi.json">OpenAPI 3.1</a></li></ul>
<h2>{word("token")}</h2><p>{word("token-how")}</p><code>{example}</code></main></body></html>
"""


def _word(language: str, key: str) -> str:
    return escape(say(language, "pages", key) or key)
