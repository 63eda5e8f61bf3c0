"""The head of a process: its name, its numbers, whom it is about and who may read of them."""

from __future__ import annotations

import pytest

from tests.language.finding_assertions import assert_finding, short_id

REFUSALS: list[tuple[str, str, str]] = [
    (
        "purpose: A complaint",
        "porpoise: x\npurpose: A complaint",
        "unknown key 'porpoise'; did you mean 'purpose'?",
    ),
    ("calendar: office\n", "", "'calendar' is missing"),
    ("covers: [R066]", "covers: R066", "a text where a list belongs"),
    ("covers: [R066]", "covers: [~]", "nothing stands here"),
    ("workflow: complaint", "workflow: ~", "nothing stands after the colon"),
    ("workflow: complaint", "workflow: Complaint", "'Complaint' is no name"),
    ("purpose: A complaint, as a closed loop.", "purpose: ' '", "an empty text"),
    ("workflow: complaint", f"workflow: {'x' * 61}", "longer than 60 characters"),
    ("calendar: office", "calendar: offices", "unknown calendar 'offices'; did you mean 'office'?"),
    (
        "readers: [supervisor]",
        "readers: [supervizor]",
        "unknown role 'supervizor'; did you mean 'supervisor'?",
    ),
    ("summary: content", "summary: contents", "unknown field 'contents'; did you mean 'content'?"),
    (
        "contact: contact}\nreaders",
        "contact: conctat}\nreaders",
        "unknown field 'conctat'; did you mean 'contact'?",
    ),
    ("summary: content", "summary: complainant", "'complainant' is personal; it cannot title a ticket"),
    ("summary: content", "summary: defects", "'defects' is a table; it cannot title a ticket"),
    ("readers: [supervisor]\n", "", "who may read the personal field 'complainant'?"),
    ("numbering: TS-{year}-{seq:5}", "numbering: TS-{seq:5}-{year}", "is no numbering"),
    ("numbering: TS-{year}-{seq:5}", "numbering: TS-{month}-{seq:5}", "is no numbering"),
    ("client: {name: complainant, contact: contact}\n", "", "who is the client?"),
]


@pytest.mark.parametrize(("old", "new", "message"), REFUSALS, ids=short_id)
def test_what_is_refused(old: str, new: str, message: str):
    """Each in its place, which is at most a few lines from what was changed, or where it is missing."""
    assert_finding(old, new, message)
