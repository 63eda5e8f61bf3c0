"""Text → definition: what is understood of the whole file, and how what is wrong is said."""

from __future__ import annotations

from typing import Any

import pytest

from tests.language.language_desk import COMPLAINT, CONTEXT, changed, complaints, definition, line_of
from workflows.language.definition import PassesInvariant, SeparationInvariant
from workflows.language.files.source import SourceFile
from workflows.language.findings import Finding, Findings, Severity
from workflows.language.load import read_text
from workflows.sentence import Sentence


def test_the_whole_file_is_understood():
    """Section by section."""
    found = definition()
    assert (found.name, found.numbering, found.calendar.name) == ("complaint", "TS-{year}-{seq:5}", "office")
    assert found.covers == ("R066",)
    assert found.client == {"name": "complainant", "contact": "contact"}
    assert found.personal_fields == {"complainant", "contact"}
    assert found.start.state == "registered"
    assert list(found.policies) == ["standard", "steep"] or set(found.policies) == {"standard", "steep"}
    assert found.invariants == (
        PassesInvariant(passes="revisited", before="closed"),
        SeparationInvariant(triggers=("classify", "confirm")),
    )
    assert found.scenarios[0].line == line_of("- name: a good day")


def test_the_digest_tells_texts_and_what_they_lean_on_apart():
    """One blank more is another version; and so is another organisation."""
    again = read_text(COMPLAINT, "elsewhere.yaml", CONTEXT)
    assert again.definition is not None
    assert again.definition.digest == definition().digest
    assert definition(COMPLAINT + "\n").digest != definition().digest
    digests = {**CONTEXT.digests, "escalation:steep": "other"}
    moved = type(CONTEXT)(
        organisation=CONTEXT.organisation,
        calendars=CONTEXT.calendars,
        policies=CONTEXT.policies,
        digests=digests,
    )
    other = read_text(COMPLAINT, "f.yaml", moved)
    assert other.definition is not None
    assert other.definition.digest != definition().digest


def test_a_definition_answers_what_the_desk_asks():
    """Which triggers there are, who must not do both, whether there are children."""
    found = definition()
    assert found.triggers >= {"classify", "note", "give-up"}
    assert found.separations == {"classify": {"confirm"}, "confirm": {"classify"}}
    assert found.has_children


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("  registered: {title", "  registered: {colour: red, title", "colour"),
        ("roles: [desk, guest]", "roles: [desc, guest]", "desc"),
        ("guard: severity == 'high'", "guard: severty == 'high'", "severty"),
        ("guard: severity == 'high'", "guard: 'severity == \"high\" && atempts > 1'", "atempts"),
        ("due: 2 working hours", "due: soon", "soon"),
        ("to: handled\n", "to: true\n", "true\n    roles: [desk]\n    requires"),
        ("to: handled\n", "to: [handled]\n", "[handled]\n"),
    ],
)
def test_the_place_is_exact(old: str, new: str, place: str):
    """Line and column of the very word."""
    text = changed(old, new)
    at = text.index(place)
    line, column = text[:at].count("\n") + 1, at - text.rfind("\n", 0, at)
    assert complaints(text)[0].startswith(f"f.yaml:{line}:{column}: "), complaints(text)


def test_all_problems_come_at_once():
    """A wrong key does not hide a wrong name."""
    text = changed("due: 2 working hours", "colour: red")
    text = changed("to: handled\n", "to: handeld\n", text)
    text = changed("guard: severity == 'high'", "guard: severty == 'high'", text)
    text = changed("link: rework", "link: reworks", text)
    assert len(complaints(text)) == 5  # the escalation has nothing to escalate, too


def test_what_only_follows_is_not_complained_about():
    """A list of states that is no list does not make every name unknown."""
    assert complaints(changed("states:\n", "states: x\nstatez:\n"))[0].startswith("f.yaml:")
    found = complaints(changed("to: handled\n", "to: [handled]\n"))
    assert len(found) == 1


def test_a_file_that_is_no_mapping():
    """It says what is needed."""
    assert complaints("- a\n- b\n") == ["f.yaml:1:1: a list where a mapping belongs [wrong-kind]"]
    assert complaints("") == ["f.yaml:1:1: nothing where a mapping belongs [wrong-kind]"]


def test_without_the_others_a_text_is_not_judged_by_them():
    """`known` is what may be spoken of; None is "I do not know"."""
    text = changed("{open: complaint", "{open: repair")
    assert read_text(text, "f.yaml", CONTEXT).definition is not None


def test_a_problem_is_one_line():
    """file:line:column: message [code], with a word for warnings."""
    found: dict[str, Any] = {"file": "f.yaml", "line": 3, "column": 5, "message": "too late", "code": "late"}
    assert str(Finding(**found)) == "f.yaml:3:5: too late [late]"
    assert str(Finding(**found, severity=Severity.WARNING)) == "f.yaml:3:5: warning: too late [late]"


def test_nobody_reads_more_than_500_problems():
    """A report stops there."""
    report = Findings(SourceFile("a: b", "f.yaml"))
    for number in range(600):
        report.add((), Sentence("late", "problem {number}", number=number))
    assert len(report.in_file_order) == 500
