"""Asserts that a change to the sample process is reported at the line of the change."""

from __future__ import annotations

from tests.language.language_desk import COMPLAINT, after, changed

# Findings about something missing are reported elsewhere: so many lines away.
LINES_AWAY = {
    "'at' is missing": 1,
    "'calendar' is missing": 5,
    "unknown key 'fieldz'; did you mean 'fields'?": 1,
    "who may read the personal field 'complainant'?": 1,
    "who is the client?": 42,
    "which field decides?": 1,
    "needs a mapping of its answers": 1,
    "either `within` or `due`": 4,
    "`by` belongs to `within`": 1,
    "`convert` ends the ticket": 3,
    "a text field has no options": 2,
    "a choices field needs options": 1,
}


def short_id(value: str) -> str:
    """The beginning of a parameter, as part of the id of a test."""
    return str(value)[:40]


def assert_finding(old: str, new: str, message: str) -> None:
    """Assert that replacing `old` by `new` gives a finding with this message in the line of the change, or as
    far from it as `LINES_AWAY` says."""
    matching = [each for each in after(old, new) if message in each]
    assert matching, (message, after(old, new))
    line = int(matching[0].split(":")[1])
    assert abs(line - _first_change(old, new)) <= LINES_AWAY.get(message, 0), matching


def _first_change(old: str, new: str) -> int:
    """The first line that differs."""
    before, now = COMPLAINT.splitlines(), changed(old, new).splitlines()
    return next(line for line, (a, b) in enumerate(zip(before, now, strict=False), 1) if a != b)
