"""Hours in expressions are those of the clock on the wall at the site, and one can ask whether it is open."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.language.expression_desk import FULL, SCOPE, holds, refused
from workflows.language.forms.values import Values
from workflows.language.reports.scope import ReportScope
from workflows.language.schemas.calendars import read_calendar

OFFICE = read_calendar(
    "office", {"zone": "Asia/Shanghai", "hours": {"mon-fri": ["09:00-18:00"]}, "closed": ["2026-03-03"]}
)


def at(text: str, zone: str = "Asia/Shanghai") -> Values:
    now = int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())
    return FULL._replace(now=now, zone=zone, is_open=OFFICE.is_open)


@pytest.mark.parametrize(
    ("source", "true"),
    [
        ("now.getHours() == 7", True),
        ("now.getHours('UTC') == 23", True),
        ("now.getDate() == 2 && now.getMonth() == 2 && now.getFullYear() == 2026", True),
        ("now.getDayOfWeek() == 1", True),
        ("now.getDayOfYear() != now.getDayOfYear('UTC')", True),
        ("(now + duration('20h')).getHours() == 3", True),
        ("duration('150m').getHours() == 2", True),
        ("(now - ticket.opened_at).getMinutes() > 60 ? true : now.getMinutes() == 30", True),
    ],
)
def test_parts_of_an_instant_are_the_sites_own(source: str, true: bool):
    assert holds(source, at("2026-03-02 07:30")) is true


def test_the_same_guard_reads_another_clock_at_another_site():
    source = "now.getHours() >= 9 && now.getHours() < 18"
    assert holds(source, at("2026-03-02 10:00"))
    assert not holds(source, at("2026-03-02 20:00"))
    assert holds(source, at("2026-03-02 20:00", "Europe/Madrid"))


@pytest.mark.parametrize(
    ("moment", "opened"),
    [("2026-03-02 10:00", True), ("2026-03-02 18:00", False), ("2026-03-03 10:00", False)],
)
def test_an_expression_asks_whether_the_office_is_open(moment: str, opened: bool):
    assert holds("is_open(now)", at(moment)) is opened
    assert holds("!is_open(now)", at(moment)) is not opened


def test_an_empty_instant_is_no_time_at_which_it_is_open():
    verdict = SCOPE.check("is_open(at)", "bool").holds(FULL._replace(fields={}))
    assert (verdict.holds, verdict.reason) == (False, "at is empty")


@pytest.mark.parametrize("source", ["is_open('now')", "is_open()", "is_open(day)", "is_opn(now)"])
def test_what_is_no_instant_is_refused_when_it_is_checked(source: str):
    refused(source)


def test_a_report_has_no_calendar_to_ask():
    refused("is_open(ticket.opened_at)", scope=ReportScope({}, "tickets"))
    ReportScope({}, "tickets").check("ticket.opened_at.getHours() >= 9", "bool")
