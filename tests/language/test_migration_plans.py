"""A plan is read with every problem, each at its line and with its code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workflows.language.definition import Definition
from workflows.language.load import Folder
from workflows.language.migrations.load import KnownVersions, read_plan

PLAN = """process: repair
from: 1
to: 2
because: a better version
"""


def read(ours: Folder, text: str, standing: dict[str, int] | None = None) -> list[tuple[int, str]]:
    """Line and code of each finding; the second version of the repair has lost a state, and opened a field
    that was personal."""
    first = replace(ours.definitions["repair"], version=1)
    second = changed(first)
    known = KnownVersions(
        versions={"repair": (1, 2)},
        definition=lambda _, version: first if version == 1 else second,
        standing=lambda *_: standing or {},
    )
    plan, findings = read_plan(text, "plan.yaml", known)
    assert (plan is None) == bool(findings)
    return [(each.line, each.code) for each in findings]


def changed(first: Definition) -> Definition:
    lost = next(name for name, each in first.states.items() if name != first.start.state)
    personal = next(iter(first.personal_fields))
    opened = replace(first.fields[personal], personal=False)
    return replace(
        first,
        version=2,
        states={name: each for name, each in first.states.items() if name != lost},
        fields={**first.fields, personal: opened},
    )


def names(ours: Folder) -> tuple[str, str]:
    first = ours.definitions["repair"]
    lost = next(name for name in first.states if name != first.start.state)
    return lost, next(iter(first.personal_fields))


def test_a_sound_plan_has_no_findings(ours: Folder) -> None:
    assert read(ours, PLAN) == []


@pytest.mark.parametrize(
    ("more", "line", "code"),
    [
        ("states: {dispatchedd: registered}", 5, "unknown-state"),
        ("fields:\n  feee: drop", 6, "unknown-field"),
        ("fields: {content: contentt}", 5, "unknown-field"),
        ("clocks: {nothing: keep}", 5, "unknown-clock"),
        ("roles: {cs-officer: nobody-at-all}", 5, "unknown-role"),
        ("clocks: {nothing: stop}", 5, "unknown-word"),
        ("fields: {content: {to: content, convert: number}}", 5, "conversion-misfit"),
        ("also: [{process: repair, from: 1, to: 2}]", 5, "moved-twice"),
        ("also: [{process: repairs, from: 1, to: 2}]", 5, "unknown-process"),
        ("colour: red", 5, "unknown-key"),
    ],
)
def test_a_mistake_is_found_where_it_stands(ours: Folder, more: str, line: int, code: str) -> None:
    assert read(ours, PLAN + more + "\n") == [(line, code)]


def test_a_state_in_which_tickets_stand_needs_a_place(ours: Folder) -> None:
    lost, _ = names(ours)
    assert "state-without-place" in {code for _, code in read(ours, PLAN, {lost: 3})}
    assert read(ours, PLAN + f"states: {{{lost}: {ours.definitions['repair'].start.state}}}\n") == []


def test_what_is_personal_does_not_become_open(ours: Folder) -> None:
    _, personal = names(ours)
    found = read(ours, PLAN + f"fields: {{{personal}: {{to: {personal}}}}}\n")
    assert found == [(5, "personal-to-open")]
    assert read(ours, PLAN + f"fields: {{{personal}: drop}}\n") == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("from: 7\nto: 2", "unknown-version"),
        ("from: 2\nto: 2", "same-version"),
        ("from: 1\nto: 9", "unknown-version"),
    ],
)
def test_versions_are_those_that_there_are(ours: Folder, said: str, code: str) -> None:
    assert [each for _, each in read(ours, f"process: repair\n{said}\nbecause: x\n")] == [code]


@pytest.mark.parametrize("text", ["", "[]", "process: repair", "process: [", "\tx: 1"])
def test_what_is_no_plan_is_refused(ours: Folder, text: str) -> None:
    assert read(ours, text) != []
