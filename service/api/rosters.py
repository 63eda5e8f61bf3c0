"""Rosters: who has signed in, whose turn it is and why, and reports of the staff."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.api.roster_view import RosterViewer, render_assignment, render_roster, render_roster_line
from service.api.tickets.lookup import find_ticket_key
from service.schemas import bodies, queries
from workflows.core.access.permissions import build_actor
from workflows.core.turns.events import RosterEvent
from workflows.core.turns.selection_context import RosterWithRules
from workflows.language.builder.rosters import ASSIGNMENT
from workflows.rosters import RosterCommand
from workflows.storage.queries.results import StoredHistoryEvent
from workflows.timing.instants import to_datetime

routes = Routes("rosters")
_PAGE = 200  # entries of a history that are read at a time


@routes.get(
    "/api/rosters", "List the rosters of my sites", "Rosters", query=queries.SiteQuery(), refuses=(404, 409)
)
def list_rosters(request: ApiRequest) -> ApiResponse:
    """The rosters of the processes in force, at each of the user's sites."""
    items = [
        render_roster_line(site, spec, request.language)
        for site in request.requested_sites()
        for spec, _ in request.desk.definitions.rosters().values()
    ]
    return json_response({"items": items}, 200, request.response_headers)


@routes.get(
    "/api/rosters/{site}/{roster}",
    "See a roster, today or on a day",
    "Roster",
    query=queries.DayQuery(),
    refuses=(404, 409, 422),
)
def show_roster(request: ApiRequest, site: str, roster: str) -> ApiResponse:
    """The roster of a day with everybody's turns, who would receive now and why, and the log of that day."""
    return _roster_response(request, request.check_site(site), roster, request.query.get("date"))


@routes.post(
    "/api/rosters/{site}/{roster}/entries",
    "Sign in, leave, come back …",
    "Roster",
    body=bodies.RosterEntry(),
    refuses=(403, 404, 409, 412),
)
def report(request: ApiRequest, site: str, roster: str) -> ApiResponse:
    """Report an event of oneself to the roster; its keepers may report for anybody. Returns the roster
    after it."""
    body, place = request.body, request.check_site(site)
    what = RosterEvent(
        kind=body["mark"],
        person=_find_staff_id(request, place, body.get("person") or request.staff.id),
        leave=body.get("leave") or "private",
        substitute=_find_staff_id(request, place, body["substitute"]) if body.get("substitute") else None,
        ability=body.get("ability"),
        rests=frozenset(body["rests"]) if body.get("rests") is not None else None,
        off_shift=body["off_shift"],
    )
    actor = build_actor(request.staff, place)
    request.desk.engine.rosters.apply(
        RosterCommand(site=place, roster=roster, actor=actor, event=what), request.now
    )
    return _roster_response(request, place, roster, None, 201)


@routes.get(
    "/api/tickets/{number}/assignment",
    "See why somebody has the ticket",
    "Assignment",
    query=queries.SiteQuery(),
    refuses=(404, 409),
)
def show_assignment(request: ApiRequest, number: str) -> ApiResponse:
    """The last choice that an assignment strategy made for the ticket: who, by which rule, and why nobody
    else."""
    site, ticket_id = find_ticket_key(request, number)
    ticket = request.load_ticket(site, ticket_id).ticket
    return json_response(
        render_assignment(ticket, _find_last_choice(request, site, ticket_id), _build_viewer(request, site)),
        200,
        request.response_headers,
    )


def _find_last_choice(request: ApiRequest, site: str, ticket_id: str) -> StoredHistoryEvent | None:
    """The newest history event in which a strategy chose somebody."""
    found: StoredHistoryEvent | None = None
    after = 0
    while page := request.desk.queries.history(site, ticket_id, after, _PAGE):
        found = next((past for past in reversed(page) if ASSIGNMENT in past.data), found)
        after = page[-1].seq
    return found


def _roster_response(
    request: ApiRequest, site: str, name: str, requested: date | None, status: int = 200
) -> ApiResponse:
    loaded = request.desk.engine.rosters.find(site, name)
    today = to_datetime(request.now, loaded.calendar.zone).date().isoformat()
    day = today if requested is None else requested.isoformat()
    rosters = request.desk.store.rosters
    stored = loaded.today(request.now) if day == today else rosters.load_day(site, name, day)
    spec, _ = request.desk.definitions.rosters()[name]
    roster, log = stored or loaded.roster.for_day(day), rosters.read_log(site, name, day)
    shown = render_roster(
        RosterWithRules(roster=roster, rules=loaded.rules, calendar=loaded.calendar),
        spec,
        log,
        _build_viewer(request, site, {entry.ticket for entry in log if entry.ticket}),
        request.now if day == today else None,
    )
    return json_response(shown, status, request.response_headers)


def _find_staff_id(request: ApiRequest, site: str, named: str) -> str:
    """The id of the member of staff with this id or account; unchanged if there is none: the engine
    refuses it."""
    found = request.desk.people.directory(site).find(named)
    return found.id if found else named


def _build_viewer(request: ApiRequest, site: str, spoken_of: Collection[str] = ()) -> RosterViewer:
    """The user as a viewer of the roster; tickets of `spoken_of` that they may not see are hidden."""
    around = {(site, ticket) for ticket in spoken_of}
    unseen = request.desk.queries.find_hidden(around, request.viewer) if around else frozenset()
    return RosterViewer(
        language=request.language,
        directory=request.desk.people.directory(site),
        hidden=frozenset(ticket for _, ticket in unseen),
    )
