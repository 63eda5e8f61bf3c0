"""Rosters: who has signed in, whose turn it is and why, and what people report of themselves."""

from __future__ import annotations

import re
from collections.abc import Collection

from service.api import receipts
from service.api.answers import Answer, as_json
from service.api.call import Call
from service.api.places import place_of
from service.api.roster_showing import Reader, assignment, line, whole
from service.api.routing import Routes
from service.refusals import reason
from service.schemas import bodies, queries
from workflows.core.rights import actor_of
from workflows.core.turns.happenings import Happening
from workflows.core.turns.rota import Kept
from workflows.errors import Invalid
from workflows.language.building.turns import ASSIGNMENT
from workflows.rostering import Report
from workflows.storage.views import Past
from workflows.timing.instants import to_datetime

routes = Routes("rosters")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PAGE = 200  # entries of a history that are read at a time


@routes.get(
    "/api/rosters", "List the rosters of my sites", "Rosters", query=queries.SiteQuery(), refuses=(404, 409)
)
def list_rosters(call: Call) -> Answer:
    """The rosters that the processes in force keep, at each of the asker's sites."""
    items = [
        line(site, spec, call.language)
        for site in call.wanted_sites()
        for spec, _ in call.desk.library.rosters().values()
    ]
    return as_json({"items": items}, 200, call.heads)


@routes.get(
    "/api/rosters/{site}/{roster}",
    "See a roster, today or on a day",
    "Roster",
    query=queries.DayQuery(),
    refuses=(404, 409, 422),
)
def show_roster(call: Call, site: str, roster: str) -> Answer:
    """The sign-in book with everybody's turns, who would receive now and why, and what happened that day."""
    return _shown(call, call.site_named(site), roster, call.query.get("date"))


@routes.post(
    "/api/rosters/{site}/{roster}/entries",
    "Sign in, leave, come back …",
    "Roster",
    body=bodies.RosterEntry(),
    refuses=(403, 404, 409, 412),
)
def report(call: Call, site: str, roster: str) -> Answer:
    """Report something of oneself; who keeps or leads the roster, of anybody. It then stands like this."""
    body, place = call.body, call.site_named(site)
    what = Happening(
        kind=body["mark"],
        person=_staff(call, place, body.get("person") or call.staff.id),
        leave=body.get("leave") or "private",
        substitute=_staff(call, place, body["substitute"]) if body.get("substitute") else None,
        ability=body.get("ability"),
        rests=frozenset(body["rests"]) if body.get("rests") is not None else None,
        off_shift=body["off_shift"],
    )
    actor = actor_of(call.staff, place)
    call.desk.engine.rosters.report(Report(site=place, roster=roster, actor=actor, what=what), call.now)
    return receipts.kept(call, _shown(call, place, roster, None, 201))


@routes.get(
    "/api/tickets/{number}/assignment",
    "See why somebody has the ticket",
    "Assignment",
    query=queries.SiteQuery(),
    refuses=(404, 409),
)
def show_assignment(call: Call, number: str) -> Answer:
    """The last choice that a strategy made for the ticket: who, by which rule, and why nobody else."""
    site, ticket_id = place_of(call, number)
    ticket = call.look(site, ticket_id).ticket
    assert ticket is not None, "what is looked at exists"
    return as_json(
        assignment(ticket, _last_choice(call, site, ticket_id), _reader(call, site)), 200, call.heads
    )


def _last_choice(call: Call, site: str, ticket_id: str) -> Past | None:
    """The newest entry of the history in which somebody was chosen."""
    found: Past | None = None
    after = 0
    while page := call.desk.queries.history(site, ticket_id, after, _PAGE):
        found = next((past for past in reversed(page) if ASSIGNMENT in past.data), found)
        after = page[-1].seq
    return found


def _shown(call: Call, site: str, name: str, date: str | None, status: int = 200) -> Answer:
    kept = call.desk.engine.rosters.kept(site, name)
    today = to_datetime(call.now, kept.calendar.zone).date().isoformat()
    day = _day(date) if date is not None else today
    rosters = call.desk.store.rosters
    standing = kept.today(call.now) if day == today else rosters.on(site, name, day)
    spec, _ = call.desk.library.rosters()[name]
    roster, log = standing or kept.roster.on(day), rosters.log(site, name, day)
    shown = whole(
        Kept(roster=roster, rules=kept.rules, calendar=kept.calendar),
        spec,
        log,
        _reader(call, site, {entry.ticket for entry in log if entry.ticket}),
        call.now if day == today else None,
    )
    return as_json(shown, status, call.heads)


def _day(text: str) -> str:
    if not _DAY.fullmatch(text):
        raise Invalid(reason("bad-value", f"{text[:20]!r} is no day such as 2026-03-02", field="date"))
    return text


def _staff(call: Call, site: str, named: str) -> str:
    """The id of a member of staff named by id or account; what nobody is called goes on as it is."""
    staff = call.desk.people.directory(site).staff
    return next((each.id for each in staff.values() if named in (each.id, each.account)), named)


def _reader(call: Call, site: str, spoken_of: Collection[str] = ()) -> Reader:
    """The asker, who may not know of all tickets that are spoken of."""
    around = {(site, ticket) for ticket in spoken_of}
    unseen = call.desk.queries.unseen(around, call.viewer) if around else frozenset()
    return Reader(
        language=call.language,
        directory=call.desk.people.directory(site),
        unseen=frozenset(ticket for _, ticket in unseen),
    )
