"""What an opening fixes for residents, as it is read and checked."""

from __future__ import annotations

import pytest

from tests.language.language_desk import COMPLAINT, CONTEXT, titles
from workflows.language.editor_schema import json_schema
from workflows.language.load import read_text
from workflows.language.stored import read_stored

START = "  requires: [complainant, contact, content]\n"
ASKED = """\
  requires: [complainant, contact, content, severity]
  accepts: [department, attempts, worker, defects]
"""


def with_guest(values: str, roles: str = "[desk, guest]") -> str:
    """The complaint with more fields asked at its start, and these values fixed for residents."""
    assert COMPLAINT.count(START) == 1
    text = COMPLAINT.replace(START, f"{ASKED}  guest: {values}\n")
    return text.replace("roles: [desk, guest]", f"roles: {roles}")


def findings(values: str, roles: str = "[desk, guest]") -> list[tuple[str, str]]:
    """Code and sentence of what is found."""
    found = read_text(with_guest(values, roles), "f.yaml", CONTEXT, {}).findings
    return [(each.code, each.sentence) for each in found]


def test_they_are_kept_as_a_form_would_be_and_are_not_asked_of_residents() -> None:
    reading = read_text(with_guest("{severity: low, department: security, attempts: ２}"), "f.yaml", CONTEXT)
    assert reading.definition is not None, reading.findings
    start, theirs = reading.definition.start, reading.definition.guest_start
    assert dict(start.guest) == {"severity": "low", "department": "security", "attempts": 2}
    assert "severity" in start.requires
    assert theirs.requires == ("complainant", "contact", "content")
    assert theirs.accepts == ("worker", "defects")


def test_without_them_residents_are_asked_what_everybody_is() -> None:
    definition = read_text(COMPLAINT, "f.yaml", CONTEXT).definition
    assert definition is not None
    assert definition.guest_start == definition.start


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        ("{severty: low}", "unknown-field", "did you mean 'severity'?"),
        ("{severity: lo}", "type", "severity must be one of low, high"),
        ("{severity: [low]}", "type", "severity"),
        ("{severity: }", "empty", "nothing stands"),
        ("{appointment: 2026-03-02}", "unknown-value", "does not ask for 'appointment'"),
        ("{complainant: 江舟}", "personal-leak", "'complainant' is personal"),
        ("{worker: wang}", "field-type", "'worker' is a staff field"),
        ("{defects: [broken]}", "field-type", "'defects' is a table field"),
        ("{department: secruity}", "unknown-department", "did you mean 'security'?"),
        ("{attempts: -1}", "type", "attempts must be at least 0"),
        ("{severity: {of: low}}", "wrong-kind", "a mapping"),
        ("[severity]", "wrong-kind", "a list"),
    ],
)
def test_what_cannot_be_fixed_is_refused(values: str, code: str, words: str) -> None:
    found = findings(values)
    assert [each for each, _ in found] == [code], found
    assert words in found[0][1]


def test_values_for_nobody_are_refused() -> None:
    """Nothing is opened to residents by them: who may begin is said by the roles alone."""
    ((code, words),) = findings("{severity: low}", "[desk]")
    assert (code, words) == ("misplaced-key", "values for whom? No `guest` is among the `roles`")


def test_editors_know_the_key() -> None:
    start = json_schema()["$defs"]["Start"]["properties"]["guest"]
    assert start["additionalProperties"] == {"type": ["string", "number", "boolean", "array"]}
    assert "guest" not in json_schema()["$defs"]["Transition"]["properties"], "only an opening has it"


def test_a_stored_version_whose_value_fits_no_more_opens_nothing() -> None:
    """Better no ticket than one that says what nobody meant."""
    text = with_guest("{severity: low}").replace(f"      low: {titles('Low')}\n", "")
    stored = read_stored(text, "complaint", 3, CONTEXT)
    assert stored.readable
    assert stored.start.guard is not None
    assert stored.start.fields == ()
