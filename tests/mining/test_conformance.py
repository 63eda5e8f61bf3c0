"""Where a log differs from a process, how often, and in which cases first."""

from __future__ import annotations

from pathlib import Path

import pytest
from log_samples import case, definition_in, definition_of, discovered, repairs

from workflows.language.definition import Definition
from workflows.mining.conformance import conform
from workflows.mining.event_log import EventLog
from workflows.mining.outline_text import write_outline


@pytest.fixture
def process(tmp_path: Path) -> Definition:
    """The process of the sample log: reported, repaired, checked; or scrapped."""
    return definition_in(tmp_path, discovered(repairs()))


def deviations(log: EventLog, process: Definition) -> list[tuple[str, str, str, int]]:
    found = conform(log, process).deviations
    return [(str(each.kind), each.activity, each.state, each.count) for each in found]


def test_the_log_of_a_process_takes_only_its_steps(process: Definition) -> None:
    found = conform(repairs(), process)
    assert (found.fit, found.cases, found.unused) == (12, 12, ())
    assert found.deviations == ()


def test_a_step_that_the_process_does_not_have_is_told(process: Definition) -> None:
    who = dict.fromkeys(("Report", "Paint", "Repair", "Check"), "ann")
    log = EventLog(case("a", ("Report", 0), ("Paint", 0.1), ("Repair", 0.2), ("Check", 0.3), who=who))
    assert deviations(log, process) == [("unknown-step", "Paint", "", 1)]
    assert conform(log, process).fit == 0


def test_a_step_from_a_wrong_state_is_told_once_and_the_walk_goes_on(process: Definition) -> None:
    log = EventLog(case("a", ("Report", 0), ("Check", 0.1), ("Repair", 0.2), ("Check", 0.3)))
    assert deviations(log, process) == [("not-allowed", "Check", "report", 1)]


def test_a_step_after_the_deadline_is_told(process: Definition) -> None:
    log = EventLog(case("a", ("Report", 0), ("Repair", 3), ("Check", 3.5)))
    assert deviations(log, process) == [("late", "Repair", "report", 1)]


def test_a_case_that_has_not_come_to_an_end_is_told(process: Definition) -> None:
    log = EventLog(case("a", ("Report", 0), ("Repair", 1)))
    assert deviations(log, process) == [("not-ended", "", "repair", 1)]
    assert conform(log, process).unused == ("check", "step-1")


def test_examples_are_the_first_three(process: Definition) -> None:
    log = EventLog(
        event for number in range(5) for event in case(f"c{number}", ("Report", 0), ("Check", 0.1))
    )
    (found, *_) = conform(log, process).deviations
    assert (found.count, [each.case for each in found.examples]) == (5, ["c0", "c1", "c2"])


def test_activities_may_be_called_as_the_log_has_them(process: Definition) -> None:
    who = {"REPORT": "ann", "fixed": "bob", "check": "ann"}
    log = EventLog(case("a", ("REPORT", 0), ("fixed", 0.5), ("check", 1), who=who))
    told = [("unknown-step", "fixed", "", 1), ("not-allowed", "check", "report", 1)]
    assert deviations(log, process) == told
    assert conform(log, process, {"fixed": "repair"}).deviations == ()


def test_a_row_that_a_guard_may_refuse_allows_the_step(tmp_path: Path) -> None:
    """What was on the form is not in the log: of two rows either may have been taken."""
    text = write_outline(discovered(repairs()), ("en", "zh-Hans"))
    guarded = "    guard: subject == 'x'\n    because: {en: X only., zh-Hans: 只限}\n"
    begin, end = text.index("  - trigger: check"), text.index("  - trigger: step-1")
    row = text[begin:end]
    other = row.replace("to: check", "to: step-1") + guarded
    process = definition_of(tmp_path, text[:begin] + other + text[begin:])
    log = EventLog(case("a", ("Report", 0), ("Repair", 1), ("Check", 1.5), ("Repair", 2), ("Check", 2.5)))
    assert deviations(log, process) == []
