"""A file waives its warnings by code, with the reason; no error, and nothing that is not found."""

from __future__ import annotations

from workflows.language.files.source import SourceFile
from workflows.language.findings import Finding, Severity, blocking
from workflows.language.waivers import apply_waivers
from workflows.sentence import Sentence


def file(waived: str) -> SourceFile:
    return SourceFile(f"workflow: a\nwaive: {waived}\n", "a.yaml")


def found(code: str, severity: Severity = Severity.WARNING, place: str = "a.yaml") -> Finding:
    return Finding.of(Sentence(code, "something"), place, 9, 1, severity=severity)


def test_a_waived_warning_is_shown_with_its_reason_and_prevents_nothing() -> None:
    (only,) = apply_waivers([found("unclocked")], [file("{unclocked: The archive waits.}")])
    assert str(only) == "a.yaml:9:1: waived: something (The archive waits.) [unclocked]"
    assert blocking([only]) == ()
    assert blocking([found("unclocked")]) == (found("unclocked"),)


def test_a_waiver_is_for_its_own_file() -> None:
    other = found("unclocked", place="b.yaml")
    codes = {each.code for each in blocking(apply_waivers([other], [file("{unclocked: It waits.}")]))}
    assert codes == {"unclocked", "waiver-unused"}


def test_an_error_cannot_be_waived() -> None:
    wrong = found("dead-end", Severity.ERROR)
    after = blocking(apply_waivers([wrong], [file("{dead-end: It ends later.}")]))
    assert [each.code for each in after] == ["dead-end", "waiver-of-an-error"]
    assert (after[1].line, after[1].column) == (2, 9)


def test_a_waiver_that_nothing_needs_is_a_warning() -> None:
    (unused,) = apply_waivers([], [file("{unclocked: It waits.}")])
    assert (unused.code, unused.severity, unused.line) == ("waiver-unused", Severity.WARNING, 2)


def test_while_something_is_wrong_no_waiver_counts_as_unused() -> None:
    wrong = found("dead-end", Severity.ERROR)
    assert apply_waivers([wrong], [file("{unclocked: It waits.}")]) == (wrong,)
