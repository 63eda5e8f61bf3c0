"""`huifang schedules` and `announce`: what is opened next, what was set aside, what is announced."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_line import MONDAY, Huifang, desk_in

from service import wallclock
from service.scheduler import open_due
from workflows.core.schedule_slots import Occurrence
from workflows.storage.schedule_runs import ScheduleRun

T = "{en: R, zh-Hans: 巡, zh-Hant: 巡, es: R}"
SCHEDULES = f"""
events:
  flood:
    title: {T}
    roles: [clerk]
    fields:
      depth: {{type: number, title: {T}}}
      where: {{type: text, title: {T}}}
every-hour:
  title: {T}
  opens: errand
  on: {{every: 1 hour}}
  with: {{content: slot_date}}
after-floods:
  title: {T}
  opens: errand
  event: flood
  with: {{content: event.where}}
"""


@pytest.fixture
def planned(office: Huifang, tmp_path: Path) -> Huifang:
    """An office whose errands the clock may open, and where it does."""
    desk = desk_in(tmp_path / "data")
    text = desk.definitions.text("errand", 1)
    assert "roles: [clerk" in text
    desk.definitions.publish_text(
        text.replace("roles: [clerk", "roles: [clock, clerk", 1), "errand", MONDAY, "t"
    )
    desk.definition_store.publish("schedules", "schedules.yaml", "test", SCHEDULES, {}, MONDAY, "t")
    desk.close()
    return office


def test_the_next_slots_are_listed(planned: Huifang) -> None:
    """In the order in which they are opened."""
    said = planned("schedules")
    assert said.code == 0
    lines = said.out.splitlines()
    assert len(lines) == 7 * 24
    assert re.fullmatch(r"\S+Z\toffice\tevery-hour\tfor \S+Z", lines[0])
    assert lines == sorted(lines)
    assert planned("schedules", "next", "--days", "1", "--site", "office").out.count("\n") == 24


def test_an_office_without_schedules_says_so(office: Huifang) -> None:
    said = office("schedules")
    assert (said.code, said.out) == (0, "nothing is opened by itself in that time\n")


def test_a_schedule_that_cannot_be_kept_is_found_something(planned: Huifang, tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "data")
    broken = SCHEDULES.replace("opens: errand", "opens: erand", 1)
    desk.definition_store.publish("schedules", "schedules.yaml", "broken", broken, {}, MONDAY, "t")
    desk.close()
    said = planned("schedules")
    assert said.code == 1
    assert "every-hour cannot be kept: unknown workflow 'erand'; did you mean 'errand'?" in said.err


def test_a_site_that_is_not_there_is_refused(planned: Huifang) -> None:
    said = planned("schedules", "next", "--site", "ofice")
    assert (said.code, said.err) == (1, "huifang: unknown site 'ofice'; did you mean 'office'?\n")


def test_what_was_set_aside_is_listed_and_tried_again(planned: Huifang, tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "data")
    run = ScheduleRun(Occurrence("office", "every-hour", "2026-03-02 09:00", MONDAY, MONDAY))
    desk.runs.add([run])
    desk.runs.record_result(ScheduleRun(run.occurrence, "parked", 0, "no ink", MONDAY))
    desk.close()
    assert planned("schedules", "parked").out == "office\tevery-hour\t2026-03-02 09:00\t0 opened\tno ink\n"
    assert planned("schedules", "retry", "office", "every-hour", "2026-03-02 09:00").code == 0
    assert planned("schedules", "parked").out == ""
    said = planned("schedules", "retry", "office", "every-hour", "2026-03-02 09:00")
    assert (said.code, said.err) == (1, "huifang: nothing is parked there\n")


def test_an_event_is_announced_and_the_clock_opens_its_ticket(planned: Huifang, tmp_path: Path) -> None:
    """A number is a number by the form of the event."""
    said = planned("announce", "flood", "where=cellar", "depth=12.5", "--as", "li")
    assert said.code == 0, said.err
    assert said.out.startswith("announced flood at office (")
    desk = desk_in(tmp_path / "data")
    [event] = desk.runs.events(["office"])[0]
    assert event.data == {"where": "cellar", "depth": 12.5}
    assert open_due(desk, wallclock.now()) == 1
    assert open_due(desk, wallclock.now()) == 0
    desk.close()


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (("flod", "--as", "li"), 1, "there is no event 'flod'; did you mean 'flood'?"),
        (("flood", "--as", "nobody"), 1, "there is no account 'nobody'"),
        (("flood", "where", "--as", "li"), 2, "write field=value"),
        (("flood", "depth=deep", "--as", "li"), 1, "depth"),
        (("flood", "--as", "li", "--site", "x"), 1, "unknown site 'x'"),
    ],
)
def test_an_announcement_that_cannot_be_made_is_refused(
    planned: Huifang, arguments: tuple[str, ...], code: int, complaint: str
) -> None:
    said = planned("announce", *arguments)
    assert said.code == code
    assert complaint in said.err


def test_where_there_are_several_sites_one_must_be_named(planned: Huifang) -> None:
    planned("sites", "add", "harbour", "Harbour")
    said = planned("announce", "flood", "--as", "li")
    assert (said.code, said.err) == (1, "huifang: say --site: harbour, office\n")


def test_the_schema_of_the_schedules_is_printed(huifang: Huifang) -> None:
    assert '"The schedules of Huifang"' in huifang("schema", "schedules").out
    assert '"A process of Huifang"' in huifang("schema").out
    assert '"The calendars of Huifang"' in huifang("schema", "calendars").out
    assert '"The escalations of Huifang"' in huifang("schema", "escalations").out
