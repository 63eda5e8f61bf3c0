"""Rosters: who has signed in and in which order, who is next and why nobody else; signing in, leaving, and
whoever stands in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from babel.dates import format_skeleton
from flask import Response

from service.api import rosters
from service.api.http.time_parameters import site_zone
from service.console.api_answer import read_answer
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.layout.moments import write_instant
from service.console.site_choice import choose_one_site, list_site_choices
from service.problems import render_reason
from service.refusals import Malformed, reason
from service.schemas import bodies
from service.schemas.load import read_body
from workflows.core.people import Staff
from workflows.core.turns.events import LEADER_ONLY, SELF_REPORTED
from workflows.errors import Refusal
from workflows.language.reception_rulebooks import LEAVE_KINDS
from workflows.language.roster_spec import RosterSpec
from workflows.timing.instants import parse_day
from workflows.value_texts import read_locale

pages = Pages()
PATH = "/rosters"
MARKS = ("sign-in", "leave", "return", "step-back", "shift-over", "sign-out", "permit", "grant")
Shown = Mapping[str, Any]


@pages.get(PATH)
def list_rosters(call: ConsoleRequest) -> Response:
    """The rosters of the user's sites."""
    site = choose_one_site(call)
    call.query = {"site": site}
    found = read_answer(rosters.list_rosters(call))["items"]
    return call.page(
        "rosters/list.html",
        call.text("rosters", "title"),
        rosters=[{**each, "path": _path(site, each["name"])} for each in found],
        sites=list_site_choices(call, site, call.sites),
    )


def _path(site: str, roster: str) -> str:
    return f"{PATH}/{quote(site, safe='')}/{quote(roster, safe='')}"


@pages.get(f"{PATH}/<site>/<roster>")
def show_roster(call: ConsoleRequest, site: str, roster: str) -> Response:
    """A roster today, or on the day of the query."""
    return _roster_page(call, site, roster)


def _roster_page(call: ConsoleRequest, site: str, roster: str, refused: Refusal | None = None) -> Response:
    """The page; `refused` says why something was not reported."""
    call.query = {"date": _read_day(call)}
    shown = read_answer(rosters.show_roster(call, site, roster))
    spec, _ = call.desk.definitions.rosters()[roster]
    today = call.query["date"] is None
    zone = site_zone(call, site)
    return call.page(
        "rosters/roster.html",
        shown["title"],
        refused.status if refused else 200,
        roster=shown,
        substitutes=_name_substitutes(call, site, shown),
        path=_path(site, roster),
        today=today,
        days=_list_days(call, shown["date"]),
        mine=_read_presence(shown, call.staff.id),
        marks=_list_marks(call, site, spec) if today else [],
        people=_list_people(call, site, spec),
        leaves=LEAVE_KINDS,
        me=call.staff,
        reasons=_describe(call, refused) if refused else [],
        at=partial(write_instant, call.language, zone, call.now),
    )


def _read_day(call: ConsoleRequest) -> date | None:
    text = call.request.args.get("date")
    try:
        return parse_day(text) if text else None
    except ValueError as error:
        raise Malformed(reason("bad-parameter", f"date: {error}", field="date")) from None


def _list_days(call: ConsoleRequest, shown: str) -> list[tuple[str, str, bool]]:
    """(day, in words, whether it is shown) of the week that the day is in."""
    day, locale = date.fromisoformat(shown), read_locale(call.language)
    monday = day - timedelta(days=day.weekday())
    week = (monday + timedelta(days=number) for number in range(7))
    return [(each.isoformat(), format_skeleton("MMMEd", each, locale=locale), each == day) for each in week]


def _read_presence(shown: Shown, person: str) -> str:
    """Where somebody is, as the roster knows it; empty for one who has not signed in."""
    return next((each["presence"] for each in shown["places"] if each["person"] == person), "")


def _name_substitutes(call: ConsoleRequest, site: str, shown: Shown) -> dict[str, str]:
    """Who stands in for whom, by the id of whoever is away."""
    staff = call.desk.people.directory(site).staff
    found = {each["person"]: staff.get(each["substitute"] or "") for each in shown["places"]}
    return {person: member.name for person, member in found.items() if member}


def _list_marks(call: ConsoleRequest, site: str, spec: RosterSpec) -> list[str]:
    """What the user may report: of oneself, of anybody as a keeper of the roster, or as who leads it."""
    roles = call.staff.roles(site)
    leads, keeps = roles & {*spec.led_by}, roles & {*spec.kept_by, *spec.led_by}
    if not keeps and spec.members not in roles:
        return []
    return [mark for mark in MARKS if mark in SELF_REPORTED or (leads if mark in LEADER_ONLY else keeps)]


def _list_people(call: ConsoleRequest, site: str, spec: RosterSpec) -> list[Staff]:
    """Of whom the user may report: everybody who takes turns for a keeper, else oneself."""
    roles = call.staff.roles(site)
    keeps = bool(roles & {*spec.kept_by, *spec.led_by})
    members = call.desk.people.directory(site).staff.values()
    takers = (each for each in members if spec.members in each.roles(site))
    return sorted((each for each in takers if keeps or each.id == call.staff.id), key=lambda each: each.name)


def _describe(call: ConsoleRequest, refused: Refusal) -> list[str]:
    return [str(render_reason(each, call.language, None)["message"]) for each in refused.reasons]


@pages.post(f"{PATH}/<site>/<roster>")
def report(call: ConsoleRequest, site: str, roster: str) -> Response:
    """Report of oneself, or of somebody else as a keeper: signing in, leaving, coming back …"""
    form = call.request.form
    given = {name: form[name] for name in ("mark", "person", "leave", "substitute") if form.get(name)}
    if given.get("mark") != "leave":
        given = {name: value for name, value in given.items() if name in ("mark", "person")}

    def act() -> None:
        call.body = read_body(bodies.RosterEntry(), {**given, "off_shift": bool(form.get("off_shift"))})
        rosters.report(call, site, roster)

    try:
        return call.act_once(_path(site, roster), act, call.text("rosters", "reported"))
    except Refusal as refused:
        if refused.status == 404:
            raise
        return _roster_page(call, site, roster, refused)
