"""Calendars of a site: its own hours, holidays and special days."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from itertools import islice
from typing import Any

import orjson

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, format_etag, json_response
from service.api.http.route import Routes
from service.api.sites import stale_error
from service.api.tickets.view import format_instant
from service.refusals import reason
from service.schemas import bodies
from service.texts import localize
from workflows.core.people import Directory
from workflows.errors import Invalid, NotFound, Reason
from workflows.language.schemas.load import SpecError
from workflows.replan import MovedPromise
from workflows.site_calendars import check_calendar, find_statement
from workflows.suggestions import did_you_mean
from workflows.timing.calendars import Calendar
from workflows.timing.instants import to_datetime

routes = Routes("sites")
_HOLDS = ("hours", "make_up_hours", "holidays", "closed", "open", "working_days", "after_hours")
_MAX_SHOWN = 200  # promises of a preview; all are counted


@routes.get(
    "/api/sites/{site}/calendars", "See a site's calendars", "Calendars", refuses=(403, 404), etag=True
)
def show_calendars(request: ApiRequest, site: str) -> ApiResponse:
    """Every calendar of the company, with what the site has set of its own and what is in force there. For
    administrators of the desk there."""
    return _calendars_response(request, request.check_managed_site(site))


@routes.put(
    "/api/sites/{site}/calendars/{calendar}",
    "Say what a site's calendar is",
    "Calendars",
    body=bodies.PutCalendar(),
    writes=True,
)
def put_calendar(request: ApiRequest, site: str, calendar: str) -> ApiResponse:
    """Replace everything the site has set for this calendar; what is left out is as the company has it.
    Open clocks are planned again by the new days and hours within a minute."""
    directory = request.desk.people.directory(request.check_managed_site(site))
    check_statement(request, directory, calendar, request.body["said"])
    before = find_statement(directory, calendar).spec
    if request.seen != calendars_version(directory) or not request.desk.people.change_calendar(
        site, calendar, before, request.body["said"], request.actor_at(site), request.now
    ):
        raise stale_error()
    return _calendars_response(request, site)


@routes.post(
    "/api/sites/{site}/calendars/{calendar}/preview",
    "See which promises another calendar would move",
    "MovedPromises",
    status=200,
    body=bodies.PutCalendar(),
    refuses=(403, 404),
)
def preview_calendar(request: ApiRequest, site: str, calendar: str) -> ApiResponse:
    """What would happen to the open clocks if this were set now. Changes nothing."""
    directory = request.desk.people.directory(request.check_managed_site(site))
    check_statement(request, directory, calendar, request.body["said"])
    found = request.desk.deadlines.preview(site, calendar, request.body["said"], request.now)
    first = list(islice(found, _MAX_SHOWN))
    rest = sum(1 for _ in found)
    seen = [each for each in first if request.viewer.sees(site, each.ticket.audience, each.ticket.assignee)]
    return json_response(
        {"moved": len(first) + rest, "items": [_render_moved(each) for each in seen]},
        200,
        request.response_headers,
    )


def check_statement(request: ApiRequest, directory: Directory, name: str, said: Mapping[str, object]) -> None:
    """Raise Invalid with every reason, if the site cannot have such a calendar."""
    company = request.desk.definitions.company().calendars
    if name not in company:
        shown = name[:60]
        message = f"there is no calendar {shown!r}{did_you_mean(shown, company)}"
        raise NotFound(reason("unknown-calendar", message, field="calendar", name=shown))
    try:
        check_calendar(company[name], said, directory.zone)
    except SpecError as error:
        raise Invalid(
            [
                Reason("bad-value", message, field=".".join(map(str, ("said", *path))))
                for path, message in error.problems
            ]
        ) from None


def _render_moved(each: MovedPromise) -> dict[str, Any]:
    before, after = each.replanned
    return {
        "ticket": each.ticket.id,
        "number": each.ticket.number,
        "clock": before.name,
        "promise": after.promise,
        "before": format_instant(before.due_at),
        "after": format_instant(after.due_at),
    }


def calendars_version(directory: Directory) -> int:
    """The version of everything the site has set for its calendars, for the ETag."""
    serialized = orjson.dumps(directory.calendars, option=orjson.OPT_SORT_KEYS)
    return int.from_bytes(sha256(serialized).digest()[:4]) % 10**9


def _calendars_response(request: ApiRequest, site: str) -> ApiResponse:
    directory = request.desk.people.directory(site)
    items = [
        _render_calendar(request, directory, each)
        for each in request.desk.definitions.company().calendars.values()
    ]
    return json_response(
        {"site": site, "items": items},
        200,
        {**request.response_headers, "ETag": format_etag(calendars_version(directory))},
    )


def _render_calendar(request: ApiRequest, directory: Directory, company: Calendar) -> dict[str, Any]:
    holds = request.desk.engine.calendars.at(directory, company)
    title: Any = company.spec.get("title") or {}
    return {
        "name": company.name,
        "title": localize(title, request.language),
        "zone": holds.zone.key,
        "said": find_statement(directory, company.name).spec,
        "holds": {key: holds.spec[key] for key in _HOLDS if key in holds.spec},
        "warnings": holds.warnings(to_datetime(request.now, holds.zone).date()),
    }
