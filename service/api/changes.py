"""The change feed, for programs that follow what happens to tickets."""

from __future__ import annotations

from typing import Any

from service.api.http.paging import page_limit, refuse_bad_cursor
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.refusals import reason
from service.schemas import queries
from workflows.errors import Blocked
from workflows.storage.queries.changes import Change, ChangePage, FeedPosition, FeedRestarted
from workflows.timing.instants import rfc3339

routes = Routes("changes")
NOW = "now"


@routes.get(
    "/api/changes",
    "What has happened since a cursor",
    "ChangePage",
    query=queries.ChangesQuery(),
    refuses=(404, 409, 422),
)
def list_changes(request: ApiRequest) -> ApiResponse:
    """Every step of the tickets that the user may read, in the order in which steps became visible.

    Ask again with `after` = `next`: nothing is left out and nothing comes twice, whoever writes meanwhile.
    `next` is always there, also when there is nothing new. To begin, ask with `after=now` first, then read
    the lists, then follow. A page may have fewer items than `limit`, and `more` all the same.
    """
    limit, after = page_limit(request), request.query.get("after")
    feed = request.desk.changes
    if after == NOW:
        request.requested_sites()
        return _render_page(request, ChangePage((), feed.end(), False))
    with refuse_bad_cursor("after"):
        position = None if after is None else FeedPosition.parse(after)
    try:
        page = feed.page(request.requested_sites(), request.viewer, position, limit)
    except FeedRestarted:
        message = "the cursor is of another database, such as before a restored backup; begin anew"
        raise Blocked(reason("feed-restarted", message, field="after")) from None
    return _render_page(request, page)


def _render_page(request: ApiRequest, page: ChangePage) -> ApiResponse:
    items = [_render_change(each) for each in page.changes]
    shown = {"items": items, "next": page.next.text, "more": page.more}
    return json_response(shown, 200, request.response_headers)


def _render_change(change: Change) -> dict[str, Any]:
    return {
        "site": change.site,
        "id": change.ticket_id,
        "number": change.number,
        "workflow": change.workflow,
        "seq": change.seq,
        "at": rfc3339(change.at),
        "kind": change.kind,
        "actor": {"id": change.actor_id, "name": change.actor_name, "on_behalf": change.on_behalf},
        "trigger": change.trigger,
        "from": change.source,
        "to": change.to,
        "data": change.data,
        "note": change.note,
    }
