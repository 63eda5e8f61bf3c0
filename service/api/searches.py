"""Who looked for people at a site."""

from __future__ import annotations

from service.api.http.paging import page_limit, page_response, refuse_bad_cursor
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse
from service.api.http.route import Routes
from service.api.tickets.history_view import render_reading
from service.schemas import queries
from workflows.storage.tickets.readings import SEARCH

routes = Routes("sites")


@routes.get(
    "/api/sites/{site}/searches",
    "See who looked for people",
    "ReadingPage",
    query=queries.HistoryQuery(),
    refuses=(403, 404, 422),
    linked=True,
)
def show_searches(request: ApiRequest, site: str) -> ApiResponse:
    """Who looked for somebody by a personal value and when, newest first; `fields` says by what kind of
    value, and nothing says by which. What a search found is among the readings of each ticket.

    For administrators of the desk there.
    """
    request.check_managed_site(site)
    with refuse_bad_cursor():
        cursor = request.query.get("cursor")
        page = request.desk.queries.readings(site, SEARCH, cursor, page_limit(request))
    directory = request.desk.people.directory(site)
    return page_response(request, [render_reading(each, directory) for each in page.readings], page.next)
