"""Links between the pages of a list (RFC 8288)."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from service.api.call import Call


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
