"""Guards that may refuse a step to people say in words what they want."""

from __future__ import annotations

import pytest

from tests.language.language_desk import CONTEXT, titles
from workflows.language.checks.check import check
from workflows.language.checks.guard_reasons import find_unexplained_guards
from workflows.language.definition import Definition, SeparationInvariant
from workflows.language.findings import Severity
from workflows.language.load import Folder, ParsedWorkflow, read_text
from workflows.language.stored import read_stored

PROCESS = f"""\
workflow: matter
title: {titles("Matter")}
purpose: A test.
numbering: M-{{seq}}
calendar: office
fields:
  kind: {{type: choice, title: {titles("Kind")}, options: {{one: {titles("One")}, two: {titles("Two")}}}}}
  well: {{type: boolean, title: {titles("Well")}}}
  fee: {{type: money, title: {titles("Fee")}}}
start: {{state: new, roles: [desk], accepts: [kind, well, fee]}}
states:
  new: {{title: {titles("New")}, owner: {{role: desk}}, due: 1 day}}
  done: {{title: {titles("Done")}, category: closed}}
transitions:
"""
FINISH = f"trigger: finish, title: {titles('Finish')}, from: new"
REASON = f"because: {titles('Look')}"


def reading(*rows: str, more: str = "") -> ParsedWorkflow:
    return read_text(
        PROCESS + "".join(f"  - {{{FINISH}, {row}}}\n" for row in rows) + more, "f.yaml", CONTEXT, {}
    )


def lines(*rows: str, more: str = "") -> list[int]:
    """The lines, among the rows, at which `because` is asked for."""
    found = reading(*rows, more=more)
    assert found.definition, [str(each) for each in found.findings]
    asked = [each for each in check(found.definition, source=found.source) if "because" in each.message]
    assert all(each.severity is Severity.WARNING and each.column > 1 for each in asked)
    return [each.line - PROCESS.count("\n") for each in asked]


class TestWhereItIsAsked:
    def test_where_the_only_row_may_refuse(self) -> None:
        assert lines("to: done, roles: [desk], guard: fee > 3") == [1]

    def test_not_where_it_is_said(self) -> None:
        assert lines(f"to: done, roles: [desk], guard: fee > 3, {REASON}") == []

    def test_not_where_another_row_of_the_same_role_has_no_guard(self) -> None:
        assert lines("to: done, roles: [desk], guard: fee > 3", "roles: [desk]") == []
        assert lines("to: done, roles: [desk, worker], guard: fee > 3", "roles: [desk]") == [1]

    def test_not_where_every_answer_has_its_row(self) -> None:
        assert (
            lines(
                "to: done, roles: [desk], requires: [well], guard: well",
                "roles: [desk], requires: [well], guard: '!well'",
            )
            == []
        )
        assert (
            lines(
                "to: done, roles: [desk], requires: [kind], guard: kind == 'one'",
                "roles: [desk], requires: [kind], guard: kind == 'two'",
            )
            == []
        )

    def test_but_where_an_answer_may_be_missing(self) -> None:
        assert lines(
            "to: done, roles: [desk], accepts: [well], guard: well",
            "roles: [desk], accepts: [well], guard: '!well'",
        ) == [1, 2]

    def test_not_where_only_the_desk_itself_or_a_parent_comes(self) -> None:
        assert (
            lines(
                "to: done, roles: [clock, parent], guard: fee > 3",
                "to: done, roles: [desk], guard: 'true', " + REASON,
            )
            == []
        )

    def test_of_the_start(self) -> None:
        text = PROCESS.replace("accepts: [kind, well, fee]", "accepts: [kind, well, fee], guard: fee > 3")
        found = read_text(text + f"  - {{{FINISH}, to: done, roles: [desk]}}\n", "f.yaml", CONTEXT, {})
        assert found.definition
        [asked] = [each for each in check(found.definition, source=found.source) if "because" in each.message]
        assert (asked.path, asked.line) == ("start/guard", 10)

    def test_of_a_paper(self) -> None:
        paper = f"prints: {{slip: {{title: {titles('Slip')}, fields: [fee], when: fee > 3}}}}\n"
        row = f"  - {{{FINISH}, to: done, roles: [desk]}}\n"
        found = read_text(PROCESS.replace("start:", paper + "start:") + row, "f.yaml", CONTEXT, {})
        assert found.definition
        [asked] = [each for each in check(found.definition, source=found.source) if "because" in each.message]
        assert asked.path == "prints/slip/when"


class TestWhatIsRead:
    def test_each_language_is_asked_for(self) -> None:
        found = reading("to: done, roles: [desk], guard: well, because: {en: Be well}")
        assert found.definition
        assert [each.message for each in check(found.definition, source=found.source)] == [
            "the because lacks zh-Hans, zh-Hant, es; write it, or say in `languages` in which ones the"
            " company writes"
        ]

    def test_it_stands_beside_a_guard_only(self) -> None:
        [finding] = reading(f"to: done, roles: [desk], {REASON}").findings
        assert "no guard" in finding.message

    def test_a_separation_may_say_it(self) -> None:
        rows = (
            "to: done, roles: [desk]",
            f"roles: [desk]}}\n  - {{trigger: look, title: {titles('Look')}, from: new, roles: [desk]",
        )
        found = reading(*rows, more=f"invariants: [{{separate: [finish, look], {REASON}}}]\n")
        assert found.definition, [str(each) for each in found.findings]
        [rule] = found.definition.invariants
        assert isinstance(rule, SeparationInvariant)
        assert rule.because["en"] == "Look"


def test_a_stored_version_without_it_is_read_as_ever() -> None:
    """It was published when nobody asked for it."""
    text = PROCESS + f"  - {{{FINISH}, to: done, roles: [desk], guard: fee > 3}}\n"
    made: Definition = read_stored(text, "matter", 1, CONTEXT)
    assert (made.objections, made.transitions[0].because) == ((), {})


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant", "es"])
def test_no_shipped_sentence_is_an_expression(ours: Folder, language: str) -> None:
    """They are read by residents and receptionists."""
    signs = ("==", "&&", "||", "!=", "null", ".all(", "duration(")
    said = [
        row.because.get(language, "")
        for each in ours.definitions.values()
        for row in (each.start, *each.transitions)
    ]
    assert not [each for each in said if any(sign in each for sign in signs)]


def test_every_shipped_guard_that_may_refuse_says_what_it_wants(ours: Folder) -> None:
    """In all processes and shapes."""
    silent = {
        name: paths
        for name, each in ours.definitions.items()
        if (paths := [path for path, _ in find_unexplained_guards(each)])
    }
    assert silent == {}
