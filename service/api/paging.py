"""The pages of a list, and the links between them (RFC 8288)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import quote, urlencode

from service.api.answers import Answer, as_json
from service.api.call import Call
from service.refusals import reason
from workflows.errors import Invalid


def as_page(call: Call, items: Sequence[object], following: str | None) -> Answer:
    """A page of a list in the asker's language; `following` is the cursor of the page after it."""
    return as_json({"items": items, "next": following}, 200, {**call.heads, **page_links(call, following)})


def page_links(call: Call, following: str | None) -> dict[str, str]:
    """The Link header: this list from its beginning, and the next page if there is one."""
    asked = {name: value for name, value in call.request.args.items() if name != "cursor"}
    links = [_link(call, asked, "first")]
    if following is not None:
        links.append(_link(call, {**asked, "cursor": following}, "next"))
    return {"Link": ", ".join(links)}


def _link(call: Call, asked: dict[str, str], relation: str) -> str:
    query = f"?{urlencode(asked)}" if asked else ""
    return f'<{quote(call.request.path)}{query}>; rel="{relation}"'


def limit_of(call: Call) -> int:
    """How many the page is to have at most."""
    return min(call.query.get("limit") or call.settings.api.page, call.settings.api.largest_page)


def seq_after(call: Call) -> int:
    """The number behind which a history goes on: its cursor is the last one shown."""
    cursor = call.query.get("cursor")
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise _bad_cursor()
    return int(cursor)


@contextmanager
def own_cursor() -> Iterator[None]:
    """Refuses the cursor when the list that is looked up within cannot read it."""
    try:
        yield
    except ValueError:
        raise _bad_cursor() from None


def _bad_cursor() -> Invalid:
    return Invalid(reason("bad-cursor", "the cursor is none of this list", field="cursor"))
