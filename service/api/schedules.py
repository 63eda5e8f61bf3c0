"""Schedules, their slots and parked runs; and the events that staff announce."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from service.api.http.ids import new_id
from service.api.http.paging import page_limit, page_response, refuse_bad_cursor
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.api.tickets.collection import choose_site
from service.api.tickets.view import format_instant
from service.refusals import reason
from service.schemas import bodies, queries
from service.texts import localize
from workflows.core.schedule_slots import Occurrence
from workflows.errors import NotFound
from workflows.language.forms.examples import with_coming_examples
from workflows.language.schedule_spec import EventKind, EventTrigger, Schedule
from workflows.storage.schedule_runs import Event, ScheduleRun
from workflows.timing.calendars import CalendarError
from workflows.timing.instants import rfc3339, to_datetime

routes = Routes("schedules")
_NEXT = 3


@routes.get(
    "/api/schedules",
    "What is opened by itself",
    "Schedules",
    query=queries.SiteQuery(),
    refuses=(404,),
)
def list_schedules(request: ApiRequest) -> ApiResponse:
    """Each schedule at each of the user's sites: its next slots, its last run, and parked slots.

    `broken` are schedules that cannot be evaluated, with the reason.
    """
    plan, sites = request.desk.definitions.plan(), request.requested_sites()
    last, parked = request.desk.runs.last_runs(sites), request.desk.runs.parked_runs(sites)
    items = [
        _render_schedule(request, each, site, last.get((site, each.name)), parked)
        for each in plan.schedules.values()
        for site in sites
        if each.applies_at(site)
    ]
    broken = [{"name": name, "reason": why} for name, why in plan.broken.items()]
    return json_response(
        {"items": items, "broken": broken, "at": rfc3339(request.now)}, 200, request.response_headers
    )


def _render_schedule(
    request: ApiRequest,
    schedule: Schedule,
    site: str,
    last: ScheduleRun | None,
    parked: tuple[ScheduleRun, ...],
) -> dict[str, Any]:
    set_aside = [
        each for each in parked if (each.occurrence.site, each.occurrence.schedule) == (site, schedule.name)
    ]
    return {
        "name": schedule.name,
        "title": localize(schedule.title, request.language),
        "site": site,
        "opens": schedule.opens,
        "event": schedule.when.event if isinstance(schedule.when, EventTrigger) else None,
        "next": [_render_slot(each) for each in _upcoming_slots(request, schedule, site)],
        "last": _render_run(last) if last else None,
        "parked": [_render_run(each) for each in set_aside],
    }


def _upcoming_slots(request: ApiRequest, schedule: Schedule, site: str) -> list[Occurrence]:
    try:
        return request.desk.schedules.upcoming(schedule, site, request.now, _NEXT)
    except CalendarError:  # the years its calendar knows are over
        return []


def _render_slot(occurrence: Occurrence) -> dict[str, Any]:
    return {
        "key": occurrence.key,
        "at": rfc3339(occurrence.at),
        "opens_at": rfc3339(occurrence.opens_at),
    }


def _render_run(run: ScheduleRun) -> dict[str, Any]:
    return {
        **_render_slot(run.occurrence),
        "event": run.occurrence.event,
        "status": run.status,
        "opened": run.opened,
        "reason": run.reason,
        "ran_at": format_instant(run.ran_at),
    }


@routes.post(
    "/api/schedules/{schedule}/retry",
    "Open once more what was set aside",
    "Retried",
    status=200,
    body=bodies.RetryRun(),
    refuses=(403, 404),
)
def retry_run(request: ApiRequest, schedule: str) -> ApiResponse:
    """Let the clock process try again to open a parked slot. A ticket that is open already is not opened
    twice."""
    site, key = request.body["site"], request.body["key"]
    if site not in request.managed_sites() or not request.desk.runs.retry(site, schedule, key):
        raise NotFound(reason("unknown-run", "nothing of this schedule was set aside under this key"))
    return json_response({"schedule": schedule, "site": site, "key": key, "status": "waiting"})


@routes.get("/api/event-kinds", "Events that can be announced", "EventKinds")
def list_event_kinds(request: ApiRequest) -> ApiResponse:
    """The kinds of events that can be announced, with their forms, and at which sites the user may."""
    items = [_render_event_kind(request, each) for each in request.desk.definitions.plan().events.values()]
    return json_response({"items": items}, 200, request.response_headers)


def _render_event_kind(request: ApiRequest, kind: EventKind) -> dict[str, Any]:
    sites = [site for site in request.sites if request.staff.roles(site) & set(kind.roles)]
    form = kind.form.json_schema(request.language, request.desk.definitions.organisation)
    return {
        "name": kind.name,
        "title": localize(kind.title, request.language),
        "roles": list(kind.roles),
        "sites": sites,
        "form": with_coming_examples(form, to_datetime(request.now, ZoneInfo("UTC"))),
    }


@routes.get(
    "/api/events",
    "Events that were announced",
    "Events",
    query=queries.PageQuery(),
    refuses=(404, 422),
    linked=True,
)
def list_events(request: ApiRequest) -> ApiResponse:
    """Events announced at the user's sites, newest first."""
    cursor = request.query.get("cursor")
    with refuse_bad_cursor():
        found, following = request.desk.runs.events(request.requested_sites(), cursor, page_limit(request))
    return page_response(request, [_render_event(request, each) for each in found], following)


@routes.post(
    "/api/events",
    "Announce an event",
    "Event",
    body=bodies.AnnounceEvent(),
    refuses=(403, 404, 409),
)
def announce(request: ApiRequest) -> ApiResponse:
    """Announce an event at a site; schedules that depend on it open their tickets."""
    body = request.body
    site = choose_site(request, body.get("site"))
    event = request.desk.announcements.announce(
        body["event"], site, request.actor_at(site), body["data"], request.now, _event_id(request)
    )
    heads = {**request.response_headers, "Location": f"/api/events/{event.id}"}
    return json_response(_render_event(request, event), 201, heads)


def _event_id(request: ApiRequest) -> str:
    """An id that is the same for a repeated request with the same key, so that the event is stored once."""
    if request.key is None:
        return new_id(request.now)
    digest = hashlib.sha256(
        f"{request.staff.id}\n{request.key}\n{request.request_digest}".encode()
    ).hexdigest()
    return str(uuid5(NAMESPACE_URL, f"urn:huifang:event:{digest}"))


@routes.get("/api/events/{id}", "Look at an event", "Event", query=queries.SiteQuery(), refuses=(404,))
def show_event(request: ApiRequest, id: str) -> ApiResponse:
    """An event announced at one of the user's sites."""
    for site in request.requested_sites():
        found = request.desk.runs.event(site, id)
        if found is not None:
            return json_response(_render_event(request, found), 200, request.response_headers)
    raise NotFound(reason("unknown-event", "there is no such event", name=id[:60]))


def _render_event(request: ApiRequest, event: Event) -> dict[str, Any]:
    kind = request.desk.definitions.plan().events.get(event.name)
    return {
        "id": event.id,
        "site": event.site,
        "name": event.name,
        "title": localize(kind.title, request.language) if kind else event.name,
        "at": rfc3339(event.at),
        "by": event.actor_name,
        "data": dict(event.data),
    }
