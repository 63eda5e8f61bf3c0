"""By which hours and days a site lives, on the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import ERRANDS, MONDAY, Huifang, desk_in, ticket_id

from service import wallclock
from workflows.core.access.permissions import build_actor
from workflows.core.commands import Open
from workflows.timing.timetable import Timetable

SOON = MONDAY + 600
TICKETS = [ticket_id(number) for number in range(12)]


@pytest.fixture
def early(office: Huifang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Huifang:
    """The desk with twelve errands that are due at eleven, and it is ten past nine."""
    monkeypatch.setattr(wallclock, "now", lambda: SOON)
    desk = desk_in(tmp_path / "data")
    clerk = build_actor(next(iter(desk.people.directory("office").staff.values())), "office")
    for each in TICKETS:
        opening = Open(site="office", id=each, workflow="errand", actor=clerk, data={"content": "取钥匙"})
        desk.engine.do(opening, MONDAY)
    desk.close()
    return office


def dues(data: Path) -> set[int | None]:
    desk = desk_in(data)
    try:
        loaded = [desk.store.load("office", each) for each in TICKETS]
        return {each[0].due_at for each in loaded if each is not None}
    finally:
        desk.close()


def test_a_closure_is_tried_first_and_then_said(early: Huifang, tmp_path: Path):
    closing = ("sites", "close", "office", "2026-03-02", "--reason", "停电", "--calendar", "office")
    tried = early(*closing, "--dry-run")
    assert (tried.code, tried.err) == (0, "")
    assert "state.todo\t2026-03-02 11:00 -> 2026-03-03 11:00" in tried.out
    assert tried.out.endswith("office: 12 promises move\nnothing was changed\n")
    assert dues(tmp_path / "data") == {MONDAY + 7_200}
    said = early(*closing)
    assert said.out.endswith("office: 12 promises move\noffice: office\n")
    assert dues(tmp_path / "data") == {MONDAY + 86_400 + 7_200}
    assert early(*closing).out.endswith("office: 0 promises move\noffice: office\n")


def test_a_day_that_was_closed_is_opened_again(early: Huifang, tmp_path: Path):
    early("sites", "close", "office", "2026-03-02..2026-03-03", "--reason", "停电", "--calendar", "office")
    opened = early("sites", "open", "office", "2026-03-03", "--hours", "10:00-12:00", "--calendar", "office")
    assert opened.code == 0, opened.err
    assert dues(tmp_path / "data") == {MONDAY + 86_400 + 3 * 3_600}
    shown = early("sites", "calendars", "office").out
    assert 'closed: {"2026-03-02":"停电"} *' in shown
    assert 'open: {"2026-03-03":{"hours":["10:00-12:00"]}} *' in shown


def test_hours_and_holidays_of_its_own_are_said_and_taken_back(early: Huifang):
    said = early("sites", "calendar", "office", "office", "holidays=HK", 'hours={"mon-sun": ["08:00-12:00"]}')
    assert said.code == 0, said.err
    assert 'holidays: "HK" *' in early("sites", "calendars", "office").out
    early("sites", "calendar", "office", "office", "holidays=", "hours=")
    assert "*" not in early("sites", "calendars", "office").out
    history = early("sites", "settings", "office", "--history").out
    assert "calendar.office" in history


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("calendar", "office", "offce", "holidays=HK"), 1, "did you mean 'office'"),
        (("calendar", "office", "office", "holiday=HK"), 2, "did you mean 'holidays'"),
        (("calendar", "office", "office", "holidays=Nowhere"), 1, "unknown country"),
        (("close", "office", "2026-02-30", "--reason", "x"), 2, "is no day"),
        (("close", "office", "2026-03-02..2026-03-01", "--reason", "x"), 2, "not a stretch"),
        (("close", "office", "2026-03-02", "--reason", "x"), 1, "say --calendar"),
        (("open", "office", "2026-03-02", "--hours", "9-10", "--calendar", "office"), 1, "is no window"),
    ],
)
def test_what_cannot_be_is_refused(early: Huifang, arguments: tuple[str, ...], code: int, message: str):
    said = early("sites", *arguments)
    assert (said.code, message in said.err) == (code, True), said.err


def test_check_and_publish_name_a_year_whose_days_are_not_known_and_go_on(
    huifang: Huifang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wallclock, "now", lambda: MONDAY)
    monkeypatch.setattr(Timetable, "make_up_days_unknown", lambda _, year: year == 2026)
    folder = shutil.copytree(ERRANDS, tmp_path / "errands")
    where = f"{folder}/calendars.yaml:1:1: note: calendar office: the make-up working days of 2026"
    checked = huifang("check", folder)
    assert (checked.code, checked.out.startswith(where)) == (0, True)
    assert checked.err == "nothing is wrong\n"
    huifang("migrate")
    published = huifang("publish", folder)
    assert (published.code, published.err.startswith(where)) == (0, True)


def test_a_site_keeps_its_zone_when_its_name_is_changed(office: Huifang):
    office("sites", "add", "madrid", "Madrid", "--zone", "Europe/Madrid")
    office("sites", "add", "madrid", "Madrid norte")
    office("sites", "add", "home", "Home")
    assert "madrid\tMadrid norte\tEurope/Madrid\n" in office("sites", "list").out
    assert "home\tHome\tAsia/Shanghai\n" in office("sites", "list").out


def test_a_site_whose_zone_nobody_knows_is_asked_for_it(huifang: Huifang):
    huifang("migrate")
    said = huifang("sites", "add", "home", "Home")
    assert (said.code, "--zone" in said.err) == (1, True)


def test_publishing_other_days_tells_which_promises_move_and_the_clock_moves_them(
    early: Huifang, folder: Path, tmp_path: Path
):
    calendars = folder / "calendars.yaml"
    calendars.write_text(f"{calendars.read_text('utf-8')}  closed: {{2026-03-02: 停电}}\n", encoding="utf-8")
    tried = early("publish", folder, "--dry-run")
    assert tried.code == 0
    assert "12 open promises of 'errand' move" in tried.err
    assert "12 later, 0 earlier; 0 are overdue at once" in tried.err
    assert "published 0 of 1" in early("publish", folder).out
    assert dues(tmp_path / "data") == {MONDAY + 7_200}
    assert early("clock", "--once").code == 0
    assert dues(tmp_path / "data") == {MONDAY + 86_400 + 7_200}
