"""A year whose make-up days nobody has announced is named until they are known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from api_desk import HILL, LAKE
from flask import Flask

from service import wallclock
from service.api import readiness
from service.application import create_app
from service.bootstrap import Desk
from workflows.core.commands import CLOCK
from workflows.timing import timetable
from workflows.timing.instants import parse_rfc3339
from workflows.timing.public_holidays import ObservedHolidays, PublicHolidays, load_public_holidays

NOVEMBER = parse_rfc3339("2026-11-28T10:00:00+08:00")
UNKNOWN = [{"calendar": "office", "year": 2027}]


@pytest.fixture(autouse=True)
def in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is November, and the notice for the next year is not out."""

    def known(observed: ObservedHolidays | None, year: int) -> PublicHolidays:
        found = load_public_holidays(observed, year)
        return PublicHolidays(found.days_off) if year == 2027 else found

    monkeypatch.setattr(readiness, "_PATIENCE", 60)  # whatever else this machine does
    monkeypatch.setattr(wallclock, "now", lambda: NOVEMBER)
    monkeypatch.setattr(timetable, "load_public_holidays", known)


def probe(app: Flask) -> dict[str, object]:
    """What the probe says of the days; that nobody here has an address is another matter."""
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    return {name: said for name, said in answer.json.items() if name != "unreachable"}


def test_the_probe_is_ready_and_names_calendar_and_year(app: Flask) -> None:
    assert probe(app) == {"status": "ok", "make_up_days_unknown": UNKNOWN}


def test_the_metrics_have_a_line_for_each_site_for_those_who_may_see_it(desk: Desk) -> None:
    seeing = replace(desk, settings=replace(desk.settings, metrics_token="a token of the tests"))
    client = create_app(seeing).test_client()
    assert LAKE not in client.get("/metrics").text
    text = client.get("/metrics", headers={"Authorization": "Bearer a token of the tests"}).text
    assert f'huifang_calendar_days_unknown{{calendar="office",site="{LAKE}",year="2027"}} 1.0' in text


def test_a_site_that_lists_its_days_or_keeps_other_holidays_is_not_named(app: Flask, desk: Desk) -> None:
    desk.people.change_calendar(LAKE, "office", {}, {"open": {"2027-02-20": "补班"}}, CLOCK, NOVEMBER)
    desk.people.change_calendar(HILL, "office", {}, {"holidays": "HK"}, CLOCK, NOVEMBER)
    assert probe(app) == {"status": "ok"}


def test_in_spring_the_next_year_is_out_of_reach(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wallclock, "now", lambda: parse_rfc3339("2026-05-04T10:00:00+08:00"))
    assert probe(app) == {"status": "ok"}
