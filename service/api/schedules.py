"""What is opened by itself: schedules, their slots, what was set aside; and the events people announce."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from service.api import receipts
from service.api.answers import Answer, as_json
from service.api.call import Call
from service.api.identifiers import new_id
from service.api.paging import as_page, limit_of, own_cursor
from service.api.routing import Routes
from service.api.showing import when
from service.api.tickets import chosen_site
from service.refusals import reason
from service.schemas import bodies, queries
from service.texts import titled
from workflows.core.scheduling import Occurrence
from workflows.errors import NotFound
from workflows.language.schedule import EventKind, OnEvent, Schedule
from workflows.storage.runs import Event, Run
from workflows.timing.instants import rfc3339
from workflows.timing.problems import CalendarError

routes = Routes("schedules")
_NEXT = 3


@routes.get(
    "/api/schedules",
    "What is opened by itself",
    "Schedules",
    query=queries.SiteQuery(),
    refuses=(404,),
)
def list_schedules(call: Call) -> Answer:
    """Each schedule at each of the asker's sites: its next slots, its last run, and what was set aside.

    `broken` are schedules that cannot be kept as they are, with the reason.
    """
    plan, sites = call.desk.library.plan(), call.wanted_sites()
    last, parked = call.desk.runs.last(sites), call.desk.runs.parked(sites)
    items = [
        _schedule(call, each, site, last.get((site, each.name)), parked)
        for each in plan.schedules.values()
        for site in sites
        if each.at(site)
    ]
    broken = [{"name": name, "reason": why} for name, why in plan.broken.items()]
    return as_json({"items": items, "broken": broken, "at": rfc3339(call.now)}, 200, call.heads)


def _schedule(
    call: Call, schedule: Schedule, site: str, last: Run | None, parked: tuple[Run, ...]
) -> dict[str, Any]:
    set_aside = [
        each for each in parked if (each.occurrence.site, each.occurrence.schedule) == (site, schedule.name)
    ]
    return {
        "name": schedule.name,
        "title": titled(schedule.title, call.language),
        "site": site,
        "opens": schedule.opens,
        "event": schedule.when.event if isinstance(schedule.when, OnEvent) else None,
        "next": [_slot(each) for each in _upcoming(call, schedule, site)],
        "last": _run(last) if last else None,
        "parked": [_run(each) for each in set_aside],
    }


def _upcoming(call: Call, schedule: Schedule, site: str) -> list[Occurrence]:
    try:
        return call.desk.schedules.upcoming(schedule, site, call.now, _NEXT)
    except CalendarError:  # the years its calendar knows are over
        return []


def _slot(occurrence: Occurrence) -> dict[str, Any]:
    return {
        "key": occurrence.key,
        "at": rfc3339(occurrence.at),
        "opens_at": rfc3339(occurrence.opens_at),
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        **_slot(run.occurrence),
        "event": run.occurrence.event,
        "status": run.status,
        "opened": run.opened,
        "reason": run.reason,
        "ran_at": when(run.ran_at),
    }


@routes.post(
    "/api/schedules/{schedule}/retry",
    "Open once more what was set aside",
    "Retried",
    status=200,
    body=bodies.RetryRun(),
    refuses=(403, 404),
)
def retry_run(call: Call, schedule: str) -> Answer:
    """Let the clock open a slot again that could not be opened. What is open already stays one ticket."""
    site, key = call.body["site"], call.body["key"]
    if site not in call.managed_sites() or not call.desk.runs.retry(site, schedule, key):
        raise NotFound(reason("unknown-run", "nothing of this schedule was set aside under this key"))
    return receipts.kept(call, as_json({"schedule": schedule, "site": site, "key": key, "status": "waiting"}))


@routes.get("/api/event-kinds", "Events that can be announced", "EventKinds")
def list_event_kinds(call: Call) -> Answer:
    """What people announce, with the form of it, and at which sites the asker may."""
    items = [_kind(call, each) for each in call.desk.library.plan().events.values()]
    return as_json({"items": items}, 200, call.heads)


def _kind(call: Call, kind: EventKind) -> dict[str, Any]:
    sites = [site for site in call.sites if call.staff.roles(site) & set(kind.roles)]
    return {
        "name": kind.name,
        "title": titled(kind.title, call.language),
        "roles": list(kind.roles),
        "sites": sites,
        "form": kind.form.json_schema(call.language, call.desk.library.organisation),
    }


@routes.get(
    "/api/events",
    "Events that were announced",
    "Events",
    query=queries.PageQuery(),
    refuses=(404, 422),
    linked=True,
)
def list_events(call: Call) -> Answer:
    """What was announced at the asker's sites, newest first."""
    asked = call.query.get("cursor")
    with own_cursor():
        found, following = call.desk.runs.events(call.wanted_sites(), asked, limit_of(call))
    return as_page(call, [_event(call, each) for each in found], following)


@routes.post(
    "/api/events",
    "Announce an event",
    "Event",
    body=bodies.AnnounceEvent(),
    refuses=(403, 404, 409),
)
def announce(call: Call) -> Answer:
    """Announce that something happens at a site; schedules that hang on it open their tickets."""
    body = call.body
    site = chosen_site(call, body.get("site"))
    event = call.desk.announcements.announce(
        body["event"], site, call.actor(site), body["data"], call.now, _event_id(call)
    )
    heads = {**call.heads, "Location": f"/api/events/{event.id}"}
    return receipts.kept(call, as_json(_event(call, event), 201, heads))


def _event_id(call: Call) -> str:
    """The same request under the same key is the same event, also if its first answer got lost."""
    if call.key is None:
        return new_id(call.now)
    told = hashlib.sha256(f"{call.staff.id}\n{call.key}\n{call.digest}".encode()).hexdigest()
    return str(uuid5(NAMESPACE_URL, f"urn:huifang:event:{told}"))


@routes.get("/api/events/{id}", "Look at an event", "Event", query=queries.SiteQuery(), refuses=(404,))
def show_event(call: Call, id: str) -> Answer:
    """An event that was announced at one of the asker's sites."""
    for site in call.wanted_sites():
        found = call.desk.runs.event(site, id)
        if found is not None:
            return as_json(_event(call, found), 200, call.heads)
    raise NotFound(reason("unknown-event", "there is no such event", name=id[:60]))


def _event(call: Call, event: Event) -> dict[str, Any]:
    kind = call.desk.library.plan().events.get(event.name)
    return {
        "id": event.id,
        "site": event.site,
        "name": event.name,
        "title": titled(kind.title, call.language) if kind else event.name,
        "at": rfc3339(event.at),
        "by": event.actor_name,
        "data": dict(event.data),
    }
