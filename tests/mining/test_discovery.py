"""What a log shows of its process: states, steps, groups of people, and promises."""

from __future__ import annotations

from pathlib import Path

import pytest
from log_samples import HOUR, LANGUAGES, MONDAY, OFFICE, case, definition_in, discovered, repairs

from workflows.gate.proposal import propose_folder
from workflows.gate.review import review
from workflows.language.definition import Category
from workflows.language.findings import blocking
from workflows.language.load import read_folder
from workflows.mining.discovery import leave_out_rare, name_groups
from workflows.mining.event_log import EventLog, LogEvent
from workflows.mining.outline import choose_names
from workflows.mining.promises import promise_of


def test_what_was_done_last_is_the_state() -> None:
    outline = discovered(repairs())
    assert outline.start == "report"
    assert {each.name for each in outline.states} == {"report", "repair", "check", "step-1"}
    assert {each.name for each in outline.states if each.category is Category.CLOSED} == {"check", "step-1"}


def test_what_follows_leads_on_also_back_from_an_end() -> None:
    steps = {each.trigger: set(each.sources) for each in discovered(repairs()).steps}
    assert steps == {"repair": {"report", "check"}, "check": {"repair"}, "step-1": {"report"}}


def test_cases_that_begin_differently_begin_in_a_state_of_their_own() -> None:
    log = EventLog([*case("a", ("Report", 0), ("Check", 1)), *case("b", ("Repair", 0), ("Check", 1))])
    outline = discovered(log)
    assert outline.start == "opened"
    assert {each.trigger: each.sources for each in outline.steps}["report"] == ("opened",)


def test_an_activity_that_sometimes_ends_a_case_can_be_closed() -> None:
    log = EventLog(
        [
            *case("a", ("Report", 0), ("Repair", 1), ("Check", 2)),
            *case("b", ("Report", 0), ("Repair", 1), ("Check", 2)),
            *case("c", ("Report", 0), ("Repair", 1)),
        ]
    )
    assert ("close", ("repair",)) in [(each.trigger, each.sources) for each in discovered(log).steps]


def test_the_promise_is_what_eighty_of_a_hundred_cases_kept() -> None:
    due = {each.name: str(each.due) for each in discovered(repairs()).states if each.due}
    assert due == {"report": "2 working hours", "repair": "1 working hour"}


@pytest.mark.parametrize(
    ("seconds", "promise"),
    [
        ([0], "5 working minutes"),
        ([61 * 5], "10 working minutes"),
        ([58 * 60], "1 working hour"),
        ([HOUR * 6 + 1], "7 working hours"),
        ([HOUR * 8], "1 working day"),
        ([HOUR * 9], "2 working days"),
        ([60, 120, 180, 240, HOUR * 80], "5 working minutes"),
        ([60, 120, 180, HOUR * 80, HOUR * 90], "10 working days"),
    ],
)
def test_a_promise_is_rounded_up(seconds: list[int], promise: str) -> None:
    assert str(promise_of(seconds, OFFICE)) == promise


def test_waiting_is_counted_by_the_calendar() -> None:
    """From Monday at 16:00 to Tuesday at 10:00 are two hours."""
    log = EventLog(case("a", ("Report", 7), ("Check", 25)))
    assert [str(each.due) for each in discovered(log).states if each.due] == ["2 working hours"]


def test_rare_activities_are_left_out_and_counted() -> None:
    kept, rare = leave_out_rare(repairs(), 0.1)
    assert rare == {"报废": 1}
    assert "报废" not in kept.count_cases()


def test_people_who_do_the_same_are_a_group() -> None:
    assert name_groups(repairs(), {}) == {"group-1": {"Report", "Check"}, "group-2": {"Repair", "报废"}}
    assert name_groups(repairs(), {"group-1": "desk", "": "worker"}).keys() == {"worker", "desk"}


def test_without_people_there_is_one_group() -> None:
    log = EventLog(LogEvent(case="a", activity=name, at=MONDAY) for name in ("Report", "Check"))
    assert name_groups(log, {}) == {"group-1": {"Report", "Check"}}


def test_names_are_of_the_language_and_differ() -> None:
    names = choose_names(["Wait", "wait!", "检查", "复查", "3 calls", "Überprüfung"], "step")
    assert list(names.values()) == ["wait-2", "wait-3", "step-1", "step-2", "n-3-calls", "uberprufung"]


@pytest.mark.parametrize("least", [0.0, 0.1, 1.0])
def test_what_is_written_passes_the_gate(tmp_path: Path, least: float) -> None:
    """Whatever is left out."""
    definition_in(tmp_path, discovered(repairs(), least))
    assert blocking(review(propose_folder(read_folder(tmp_path, languages=LANGUAGES)), MONDAY).findings) == ()
