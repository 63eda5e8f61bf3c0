"""What is taken away from a definition must be missed: by a check, by a requirement or by a story."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rehearsal.scenario_texts import COMPANY, ORDER, VISIT
from workflows.errors import Invalid
from workflows.tools.mutation import MutantResult, mutate
from workflows.tools.survivors import read_survivors

SCENARIOS = """
scenarios:
  - name: a good day
    at: 2026-03-02 09:00
    steps:
      - {open: {what: lamp}, as: desk}
      - {give: {department: gardens}, as: desk}
      - {finish: {}, as: worker}
      - {expect: {state: done}}
  - name: who may
    at: 2026-03-02 09:00
    steps:
      - {open: {what: "no"}, as: desk}
      - {expect: {may: {open: [resident], give-up: [clock]}}}
      - {give: {department: gardens}, as: desk}
      - {finish: {}, as: worker, refused: [guard]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A company with two processes; only one tells stories."""
    for name, text in COMPANY.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "visit.yaml").write_text(VISIT, encoding="utf-8")
    order = ORDER + "\ninvariants:\n  - {separate: [give, finish]}" + SCENARIOS
    (tmp_path / "order.yaml").write_text(order, encoding="utf-8")
    return tmp_path


def fates(folder: Path, *names: str) -> dict[str, MutantResult]:
    """By what was taken away."""
    return {fate.mutant.what: fate for fate in mutate(folder, names)}


def test_a_guard_is_missed_by_the_story_that_is_refused_for_it(folder: Path):
    """And the fate says which story it was."""
    assert fates(folder, "order")["the guard of finish from given, named"].by == "order: who may"


def test_a_due_is_missed_by_the_check(folder: Path):
    """A wait without a clock is a warning that was not there before."""
    assert fates(folder, "order")["the due of new"].by == "check"


def test_a_role_is_missed_by_a_story_that_asks_who_may(folder: Path):
    """Without a walk of its own. A row that nobody may take any more is missed by the check."""
    found = fates(folder, "order")
    assert found["resident of start"].by == "order: who may"
    assert found["worker of finish from given, named"].by == "check"


def test_an_auto_row_stands_for_its_guard(folder: Path):
    """Without its guard it could not be read. Nobody tells a story of this one, but a dead end is left."""
    assert fates(folder, "order")["the auto row visited"].by == "check"


def test_what_nobody_misses_survives_with_its_line(folder: Path):
    """So that its author can go and see."""
    fate = fates(folder, "order")["desk of give-up from new"]
    assert fate.survives
    assert str(fate).startswith(f"{folder / 'order.yaml'}:{fate.line}: order without desk of give-up")


def test_an_invariant_is_missed_by_the_requirement_that_names_it(folder: Path):
    """No story can show that something never happens."""
    assert fates(folder, "order")["separate give, finish"].survives
    order = folder / "order.yaml"
    order.write_text(order.read_text("utf-8").replace("purpose:", "covers: [R001]\npurpose:", 1), "utf-8")
    (folder / "requirements").mkdir()
    (folder / "requirements" / "all.yaml").write_text(
        "R001: {says: Two people, met: order.invariants.give-apart-from-finish, shown: {order: a good day}}\n"
    )
    assert fates(folder, "order")["separate give, finish"].by == "coverage"


def test_what_comes_from_a_shape_is_taken_away_as_well(folder: Path):
    """And does not grow back."""
    (folder / "shapes.yaml").write_text("bound: {invariants: [{passes: given, before: named}]}\n")
    order = folder / "order.yaml"
    order.write_text(order.read_text("utf-8").replace("purpose:", "like: bound\npurpose:", 1), "utf-8")
    assert fates(folder, "order")["passes given before named"].survives


def test_mutants_of_a_process_whose_stories_fail_anyway_are_refused(folder: Path):
    """They would all seem to be noticed."""
    order = folder / "order.yaml"
    order.write_text(
        order.read_text("utf-8").replace("{expect: {state: done}}", "{expect: {state: new}}"), "utf-8"
    )
    with pytest.raises(Invalid, match="a good day: goes otherwise"):
        fates(folder, "order")


def test_all_processes_are_taken_in_turn_and_left_as_they_were(folder: Path):
    """A mutant of one is not in force while another is judged."""
    found = list(mutate(folder))
    assert {fate.workflow for fate in found} == {"order", "visit"}
    assert [str(fate) for fate in found] == [str(fate) for fate in mutate(folder)]


def test_survivors_are_listed_with_their_reasons(folder: Path):
    """And without the file there are none."""
    assert read_survivors(folder) == {}
    (folder / "survivors.yaml").write_text("order: {desk of visit from new: nobody else is there}\n")
    assert read_survivors(folder) == {"order": {"desk of visit from new": "nobody else is there"}}


@pytest.mark.parametrize(
    "text", ["order: 3\n", "Order: {a: b}\n", "order: {a: ''}\n", "order: {a: b, a: c}\n"]
)
def test_a_list_of_survivors_that_is_not_well_made_is_refused(folder: Path, text: str):
    """With its line."""
    (folder / "survivors.yaml").write_text(text)
    with pytest.raises(Invalid, match=r"survivors\.yaml:1"):
        read_survivors(folder)
