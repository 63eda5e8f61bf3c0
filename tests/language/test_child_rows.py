"""Rows of an `open`, as they are read and judged against the child."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.language.language_desk import CONTEXT, titles, write_folder
from workflows.language.effect import OpenChildEffect
from workflows.language.load import read_folder, read_text

TASK = f"""\
workflow: task
title: {titles("Task")}
purpose: Something to be done.
numbering: T-{{seq}}
calendar: office
fields:
  what: {{type: text, title: {titles("What")}}}
  department: {{type: department, title: {titles("Department")}}}
  lead: {{type: choice, title: {titles("Lead")}, options: {{day: {titles("Day")}, hour: {titles("Hour")}}}}}
  minutes: {{type: number, max: 90, title: {titles("Minutes")}}}
  fee: {{type: money, title: {titles("Fee")}}}
  later: {{type: text, title: {titles("Later")}}}
start: {{state: new, requires: [what, department], accepts: [lead, minutes, fee]}}
states:
  new: {{title: {titles("New")}, owner: {{role: desk}}}}
  done: {{title: {titles("Done")}, category: closed}}
transitions:
  - {{trigger: end, title: {titles("End")}, from: new, to: done, roles: [desk], accepts: [later]}}
"""
TOUR = f"""\
workflow: tour
title: {titles("Tour")}
purpose: Guests are shown round.
numbering: R-{{seq}}
calendar: office
fields:
  vip: {{type: boolean, title: {titles("Vip")}}}
start: {{state: new, roles: [desk], accepts: [vip]}}
states:
  new: {{title: {titles("New")}, owner: {{role: desk}}}}
  done: {{title: {titles("Done")}, category: closed}}
transitions:
  - trigger: plan
    title: {titles("Plan")}
    from: new
    to: done
    roles: [desk]
    effects:
      - open: task
        rows:
          - {{what: plants, lead: day}}
          - {{what: carpet, minutes: 30, fee: 12.50, when: vip}}
        with: {{department: "'security'"}}
        as: tasks
"""


def problems(tmp_path: Path, old: str, new: str) -> list[str]:
    """What the folder says when one passage of the tour is changed."""
    assert TOUR.count(old) == 1
    folder = read_folder(write_folder(tmp_path, TASK, TOUR.replace(old, new)))
    return [str(each).partition("process.yaml:")[2] for each in folder.findings]


def test_they_are_understood(tmp_path: Path):
    folder = read_folder(write_folder(tmp_path, TASK, TOUR))
    assert folder.findings == ()
    [opening] = folder.definitions["tour"].transitions[0].effects
    assert isinstance(opening, OpenChildEffect)
    assert [dict(row.values) for row in opening.rows] == [
        {"what": "plants", "lead": "day"},
        {"what": "carpet", "minutes": 30, "fee": 12.5},
    ]
    assert [row.when.source if row.when else None for row in opening.rows] == [None, "vip"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("lead: day", "lead: days", "21:34: lead must be one of day, hour"),
        (
            "lead: day",
            "leed: day",
            "21:28: 'task' does not ask for 'leed' when it is opened; did you mean 'lead'?",
        ),
        ("lead: day", "later: soon", "'task' does not ask for 'later'"),
        ("minutes: 30", "minutes: 300", "minutes must be at most 90"),
        ("minutes: 30", "minutes: half", "minutes must be a number"),
        ("lead: day", "department: engineering", "'department' is given in `with` too"),
        ("what: plants, lead", "lead", "'task' cannot begin without what; give it in the row or in `with`"),
        ("lead: day", "lead: ~", "nothing stands after the colon"),
        ("lead: day", "Lead: day", "'Lead' is no name of a field"),
        ("when: vip", "when: vop", "there is no 'vop' here; did you mean 'vip'?"),
        ("        as: tasks", '        each: "[1]"', "`rows` are written out and `each` are found"),
        ("- {what: plants, lead: day}", "- plants", "a text where a mapping belongs"),
    ],
)
def test_what_does_not_fit_is_shown_in_its_place(tmp_path: Path, old: str, new: str, message: str):
    found = problems(tmp_path, old, new)
    assert any(message in each for each in found), found


def test_an_unknown_department_is_noticed(tmp_path: Path):
    old = "with: {department: \"'security'\"}"
    found = problems(tmp_path, old, "with: {}")
    assert sum("cannot begin without department" in each for each in found) == 2
    text = TOUR.replace(old, "with: {}").replace("lead: day", "department: securty")
    (tmp_path / "group-1" / "process.yaml").write_text(text)
    assert any(
        "unknown department 'securty'; did you mean 'security'?" in str(each)
        for each in read_folder(tmp_path).findings
    )


def test_no_row_opens_nothing():
    text = TOUR.split("        rows:")[0] + "        rows: []\n"
    assert any(
        "no row; nothing would be opened" in str(each) for each in read_text(text, "f.yaml", CONTEXT).findings
    )
