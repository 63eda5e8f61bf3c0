"""Which part of the definitions meets which requirement: what is said is held against what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.language.language_desk import COMPLAINT, write_folder
from workflows.language.load import read_folder
from workflows.tools.requirements import Requirement, read_requirements

GOOD = """\
R066:
  says: A complaint is taken the moment it is made
  met: [complaint.start.content, complaint.states.registered]
  shown: {complaint: good}
"""
SCENARIO = """\
  - name: good
    at: 2026-03-02 09:00
    steps:
      - {open: {complainant: Li Example, contact: "13800000000", content: dirty lift}, as: desk}
"""


def read_entries(tmp_path: Path, text: str) -> tuple[tuple[Requirement, ...], list[str]]:
    """What an entry file says beside one complaint process, and what is wrong with it."""
    complaint = COMPLAINT[: COMPLAINT.index("scenarios:")] if "scenarios:" in COMPLAINT else COMPLAINT
    home = write_folder(tmp_path, f"{complaint}scenarios:\n{SCENARIO}")
    (home / "requirements").mkdir()
    (home / "requirements" / "all.yaml").write_text(text)
    found, problems = read_requirements(home, read_folder(home))
    return found, [str(problem) for problem in problems]


def test_an_entry_that_is_so_is_listed(tmp_path: Path):
    """With the parts that meet it and the scenario that shows it."""
    found, problems = read_entries(tmp_path, GOOD)
    assert problems == []
    assert [(each.id, each.met, dict(each.shown)) for each in found] == [
        ("R066", ("complaint.start.content", "complaint.states.registered"), {"complaint": "good"})
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("complaint.states.registered", "complaint.states.registred", "no states.registred; did you mean"),
        ("complaint.states.registered", "complant.states.registered", "no process or file 'complant'"),
        ("complaint.states.registered", "organisation.roles.porter", "organisation has no roles.porter"),
        ("complaint: good", "complaint: bad", "'complaint' has no scenario 'bad'"),
        ("  shown: {complaint: good}\n", "", "'shown' is missing"),
        ("  met: [complaint.start.content, complaint.states.registered]\n", "", "'met' is missing"),
        ("  says: A complaint is taken the moment it is made\n", "", "'says' is missing"),
        ("R066", "R67", "'R67' is no name"),
        ("  shown:", "  unmet: no\n  shown:", "either something meets it, or a reason"),
        ("  shown:", "  shwon:", "unknown key 'shwon'"),
    ],
)
def test_an_entry_that_is_not_so_is_refused_with_its_line(tmp_path: Path, old: str, new: str, message: str):
    """What it names must be there."""
    _, problems = read_entries(tmp_path, GOOD.replace(old, new))
    assert any(message in problem for problem in problems), problems
    assert all(".yaml:" in problem for problem in problems)


def test_a_schedule_may_meet_a_requirement_too(tmp_path: Path):
    """Though no ticket is on a version of it."""
    read_entries(tmp_path, "")
    (tmp_path / "schedules.yaml").write_text("morning: {opens: complaint, on: {daily: open}}\n")
    also = GOOD.replace("met: [", "met: [schedules.morning, schedules.evening, ")
    (tmp_path / "requirements" / "all.yaml").write_text(also)
    (problem,) = read_requirements(tmp_path, read_folder(tmp_path))[1]
    assert "schedules has no evening" in str(problem)


def test_the_company_s_files_may_meet_a_requirement_too(tmp_path: Path):
    """A role, a calendar, a schedule."""
    also = GOOD + "R001:\n  says: A desk\n  met: organisation.roles.desk\n  shown: {complaint: good}\n"
    assert read_entries(tmp_path, also)[1] == []


def test_what_nothing_meets_says_why(tmp_path: Path):
    """A stated reason stands for a part."""
    found, problems = read_entries(
        tmp_path, GOOD + "R002:\n  says: A tidy desk\n  unmet: nobody can see it\n"
    )
    assert problems == []
    assert found[0].unmet == "nobody can see it"


def test_a_process_that_covers_what_no_entry_speaks_of_is_found(tmp_path: Path):
    """`covers` alone proves nothing."""
    _, problems = read_entries(tmp_path, "")
    assert any("R066 is covered, but its entry" in problem for problem in problems)


def test_a_part_meets_only_what_its_process_says_it_covers(tmp_path: Path):
    """Both places must say so."""
    _, problems = read_entries(tmp_path, GOOD + GOOD.replace("R066", "R067"))
    assert any("does not say in `covers` that it meets R067" in problem for problem in problems)


def test_one_requirement_has_one_entry(tmp_path: Path):
    """Also over several files."""
    read_entries(tmp_path, GOOD)
    (tmp_path / "requirements" / "more.yaml").write_text(GOOD)
    _, problems = read_requirements(tmp_path, read_folder(tmp_path))
    assert any("in another place already" in str(problem) for problem in problems)


def test_an_invariant_is_named_by_what_it_says(tmp_path: Path):
    """So that taking it away is noticed."""
    named = "complaint.invariants.revisited-before-closed"
    with_it = GOOD.replace("complaint.states.registered", named)
    assert read_entries(tmp_path, with_it)[1] == []
    (process,) = tmp_path.glob("group-0/process.yaml")
    process.write_text(process.read_text().replace("  - {passes: revisited, before: closed}\n", ""))
    _, problems = read_requirements(tmp_path, read_folder(tmp_path))
    assert any("no invariants.revisited-before-closed" in str(problem) for problem in problems)
