"""Clocks that span states, and every refusal of one."""

from __future__ import annotations

import pytest

from tests.language.finding_assertions import assert_finding, short_id
from tests.language.language_desk import CONTEXT, changed, definition
from workflows.language.load import read_text
from workflows.language.promise import Due
from workflows.timing.durations import Duration


def test_a_clock_promises_by_the_answer_to_a_question():
    """One starting state may stand for a list of one."""
    clock = definition().clocks["resolution"]
    assert (clock.starts, clock.stops, clock.pauses) == (("registered",), ("revisited",), True)
    assert clock.due == Due(
        choices={"high": Duration.parse("1 working day")},
        by="severity",
        otherwise=Duration.parse("3 working days"),
    )


def test_an_answer_may_promise_nothing():
    """`none` is said, not left out."""
    text = changed("{high: 1 working day, otherwise: 3 working days}", "{high: 1 working day, low: none}")
    found = read_text(text, "complaint.yaml", CONTEXT).definition
    assert found is not None
    assert found.clocks["resolution"].due.choices == {"high": Duration.parse("1 working day"), "low": None}


REFUSALS: list[tuple[str, str, str]] = [
    ("starts: registered", "starts: regisered", "unknown state 'regisered'"),
    ("stops: [revisited]", "stops: [revised]", "unknown state 'revised'; did you mean 'revisited'?"),
    ("    by: severity\n", "", "which field decides?"),
    ("by: severity", "by: content", "a choice field is needed here"),
    (
        "{high: 1 working day, otherwise: 3 working days}",
        "{hihg: 1 working day, otherwise: 3 days}",
        "unknown option 'hihg'; did you mean 'high'?",
    ),
    (
        "{high: 1 working day, otherwise: 3 working days}",
        "{high: 1 working day}",
        "no duration for low; add it, or `otherwise`",
    ),
    ("{high: 1 working day, otherwise: 3 working days}", "1 working day", "needs a mapping of its answers"),
    ("    within: {high", "    due: 2 hours\n    within: {high", "either `within` or `due`"),
    (
        "    within: {high: 1 working day, otherwise: 3 working days}",
        "    due: {at: appointment}",
        "`by` belongs to `within`",
    ),
    ("stops: [revisited]", "stops: [~]", "nothing stands here"),
    (
        "{high: 1 working day, otherwise: 3 working days}",
        "{high: 1 working day, otherwise: soon}",
        "'soon' is no duration",
    ),
    (
        "    escalation: steep",
        "    restarts: [clasify]",
        "unknown trigger 'clasify'; did you mean 'classify'?",
    ),
    ("    escalation: steep", "    restarts: [any, classify]", "`any` stands alone"),
    (
        "    within: {high: 1 working day, otherwise: 3 working days}\n    by: severity\n",
        "    restarts: any\n    due: {at: appointment}\n",
        "an agreed moment is not begun anew",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), REFUSALS, ids=short_id)
def test_what_is_refused(old: str, new: str, message: str):
    """Each in its place, which is at most a few lines from what was changed, or where it is missing."""
    assert_finding(old, new, message)
