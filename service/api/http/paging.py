"""Pages of a list, and the Link header with the next one (RFC 8288)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar
from urllib.parse import quote, urlencode

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.refusals import reason
from workflows.errors import Invalid


class _HasSeq(Protocol):
    @property
    def seq(self) -> int: ...


Numbered = TypeVar("Numbered", bound=_HasSeq)


def page_response(request: ApiRequest, items: Sequence[object], following: str | None) -> ApiResponse:
    """A page of a list in the user's language; `following` is the cursor of the next page, None on the
    last."""
    return json_response(
        {"items": items, "next": following},
        200,
        {**request.response_headers, **page_links(request, following)},
    )


def page_links(request: ApiRequest, following: str | None) -> dict[str, str]:
    """The Link header: the first page, and the next one if there is one."""
    parameters = {name: value for name, value in request.request.args.items() if name != "cursor"}
    links = [_link(request, parameters, "first")]
    if following is not None:
        links.append(_link(request, {**parameters, "cursor": following}, "next"))
    return {"Link": ", ".join(links)}


def _link(request: ApiRequest, params: dict[str, str], relation: str) -> str:
    query = f"?{urlencode(params)}" if params else ""
    return f'<{quote(request.request.path)}{query}>; rel="{relation}"'


def page_limit(request: ApiRequest) -> int:
    """The maximum number of items on the page: the query's `limit`, or the default of the settings."""
    return min(request.query.get("limit") or request.settings.api.page, request.settings.api.largest_page)


def seq_cursor(request: ApiRequest) -> int:
    """The sequence number after which the page begins: the cursor is the last one shown, 0 without a
    cursor."""
    cursor = request.query.get("cursor")
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise _bad_cursor()
    return int(cursor)


def seq_page(
    request: ApiRequest, found: Sequence[Numbered], render: Callable[[Numbered], object]
) -> ApiResponse:
    """A page of things that are numbered by `seq`. `found` has one more than the page, if there are more."""
    limit = page_limit(request)
    following = str(found[limit - 1].seq) if len(found) > limit else None
    return page_response(request, [render(each) for each in found[:limit]], following)


@contextmanager
def refuse_bad_cursor(parameter: str = "cursor") -> Iterator[None]:
    """As a context: turns the error of a query that cannot read its cursor into a refusal of that
    parameter."""
    try:
        yield
    except ValueError:
        raise _bad_cursor(parameter) from None


def _bad_cursor(parameter: str = "cursor") -> Invalid:
    return Invalid(reason("bad-cursor", "the cursor is none of this list", field=parameter))
