"""Promises of history: what was kept has reached no level, and what has only a date is done on that date."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from import_desks import SITE, desk_on, written

from service import wallclock
from service.bootstrap import Desk
from service.imports import import_file
from service.imports.case_importer import derive_ticket_id
from workflows.storage.database import Database
from workflows.timing.clock import Clock

HEADER = ["id", "opened", "promised", "looked", "closed"]
MAP = """
name: old
workflow: defect
key: id
zone: Asia/Shanghai
open: {at: opened, as: clerk}
fields: {promised: promised}
steps:
  - {trigger: look, at: looked, when: looked}
  - {trigger: close, at: closed, when: closed}
"""


@pytest.fixture
def defects(database: Database, tmp_path: Path) -> Callable[..., Desk]:
    """Brings rows into a desk of defects, which is made when it is first asked for."""
    made: list[Desk] = []

    def bring(*rows: list[str], calendar: str = "always") -> Desk:
        if not made:
            made.append(
                desk_on(database, str(_company(tmp_path / "company", calendar)), "Asia/Shanghai", tmp_path)
            )
        (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
        path = written(tmp_path / "in.csv", HEADER, rows)
        summary = import_file(made[0], path, tmp_path / "map.yaml", SITE)
        assert summary.rejected == 0, summary.examples
        return made[0]

    return bring


def _company(folder: Path, calendar: str) -> Path:
    title = "{en: T, zh-Hans: 题, zh-Hant: 題, es: T}"
    folder.mkdir()
    texts = {
        "organisation": f"roles: {{clerk: {{superior: chief, title: {title}}}, chief: {{title: {title}}}}}\n"
        f"departments: {{works: {title}}}",
        "calendars": f"""
always: {{title: {title}, zone: Asia/Shanghai, hours: {{mon-sun: ["00:00-24:00"]}}, holidays: none}}
office: {{title: {title}, zone: Asia/Shanghai, hours: {{mon-fri: ["09:00-18:00"]}}, holidays: none}}""",
        "escalations": f"""
three:
  title: {title}
  levels:
    - {{at: 50%, notify: owner}}
    - {{at: 100%, notify: superior}}
    - {{after: 2 days, notify: superior}}""",
        "defect": f"""
workflow: defect
title: {title}
purpose: Something is to be put right by a date.
numbering: 'D-{{seq:4}}'
calendar: {calendar}
fields: {{promised: {{type: date, title: {title}}}}}
start: {{state: new, roles: [clerk], accepts: [promised]}}
states:
  new: {{title: {title}, owner: {{role: clerk}}}}
  seen: {{title: {title}, owner: {{role: clerk}}}}
  done: {{title: {title}, category: closed}}
transitions:
  - {{trigger: look, title: {title}, from: new, to: seen, roles: [clerk]}}
  - {{trigger: close, title: {title}, from: [new, seen], to: done, roles: [clerk]}}
clocks:
  whole: {{title: {title}, starts: new, stops: done, within: 10 days, escalation: three}}
  by-date: {{title: {title}, starts: new, stops: done, due: {{at: promised}}}}""",
    }
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def clock(desk: Desk, key: str, name: str = "whole") -> Clock:
    loaded = desk.store.load(SITE, derive_ticket_id(SITE, "old", key))
    assert loaded is not None
    return next(each for each in loaded[1] if each.name == name)


def test_what_was_closed_in_time_has_reached_no_level(defects: Callable[..., Desk]):
    desk = defects(["1", "2020-01-01 09:00", "", "", "2020-01-03 09:00"])
    assert (clock(desk, "1").status(0), clock(desk, "1").level) == ("met", 0)


def test_levels_are_those_due_before_the_next_deed_also_of_a_clock_that_runs_on(defects: Callable[..., Desk]):
    desk = defects(
        ["warned", "2020-01-01 09:00", "", "2020-01-02 09:00", "2020-01-07 09:00"],
        ["late", "2020-01-01 09:00", "", "2020-01-04 09:00", "2020-01-11 10:00"],
        ["very late", "2020-01-01 09:00", "", "", "2020-02-01 09:00"],
        ["never", "2020-01-01 09:00", "", "2020-01-02 09:00", ""],
    )
    reached = {key: clock(desk, key).level for key in ("warned", "late", "very late", "never")}
    assert reached == {"warned": 1, "late": 2, "very late": 3, "never": 3}
    assert desk.engine.sweep(wallclock.now()) == 0, "the past makes no noise"


def test_a_later_export_that_tells_of_the_closing_puts_the_level_right(defects: Callable[..., Desk]):
    desk = defects(["1", "2020-01-01 09:00", "", "", ""])
    assert clock(desk, "1").level == 3, "as far as anybody knew, it was still open"
    defects(["1", "2020-01-01 09:00", "", "", "2020-01-03 09:00"])
    assert (clock(desk, "1").status(0), clock(desk, "1").level) == ("met", 0)


@pytest.mark.parametrize("calendar", ["always", "office"])
@pytest.mark.parametrize(
    ("promised", "closed", "verdict"),
    [
        ("2020-01-24", "2020-01-24", "met"),
        ("2020-01-24", "2020-01-25", "missed"),
        ("2020-01-25", "2020-01-25", "met"),  # a Saturday
        ("2020-01-25", "2020-01-26", "missed"),
        ("2020-01-25", "2020-01-24", "met"),
    ],
)
def test_what_has_only_a_date_is_done_on_that_date(
    defects: Callable[..., Desk], calendar: str, promised: str, closed: str, verdict: str
):
    desk = defects(["1", "2020-01-01", promised, "", closed], calendar=calendar)
    found = clock(desk, "1", "by-date")
    assert found.status(0) == verdict
    assert found.due_at is not None
    shown = datetime.datetime.fromtimestamp(found.due_at, datetime.timezone(datetime.timedelta(hours=8)))
    assert shown.date().isoformat() == promised, "what is due on a date is shown as due on it"
