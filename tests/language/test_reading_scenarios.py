"""Invariants and scenarios, and every refusal of one."""

from __future__ import annotations

import pytest

from tests.language.finding_assertions import assert_finding, short_id

REFUSALS: list[tuple[str, str, str]] = [
    ("{passes: revisited, before: closed}", "{passed: revisited}", "no invariant"),
    ("passes: revisited", "passes: revisted", "unknown state 'revisted'"),
    (
        "separate: [classify, confirm]",
        "separate: [clasify, confirm]",
        "unknown trigger 'clasify'; did you mean",
    ),
    ("separate: [classify, confirm]", "separate: [classify]", "two different triggers"),
    ("    at: 2026-03-02 09:00\n", "", "'at' is missing"),
    ("escalated_to: [superior]", "escalated_to: [~]", "nothing stands here"),
    ("link: rework, ", "", "'link' is missing"),
    ("at: 2026-03-02 09:00", "at: 2026-03-02", "is no moment; write it as 2026-03-02 09:00"),
    ("wait_until: 2026-03-02 16:00", "wait_until: tomorrow", "is no moment"),
    ("{wait: 3 working hours}", "{wait: 3}", "a bare number has no unit"),
    ("{wait: 3 working hours}", "{wiat: {}}", "unknown trigger 'wiat'; did you mean 'wait'?"),
    ("{wait: 3 working hours}", "{wait: 3 hours, as: desk}", "'as' does not belong to 'wait'"),
    ("{wait: 3 working hours}", "{wait: 3 hours, classify: {}}", "a step does one thing"),
    ("{wait: 3 working hours}", "wait", "a text where a mapping belongs"),
    ("{wait: 3 working hours}", "{classify: severity}", "a text where the form's fields belong"),
    ("content: dirty}, as: desk", "content: dirty}, as: desc", "unknown role 'desc'; did you mean 'desk'?"),
    ("content: dirty}, as: desk", "content: dirty}, as: 12", "a number where a role belongs"),
    ("content: dirty}, as", "contents: dirty}, as", "unknown field 'contents'; did you mean 'content'?"),
    ("refused: [missing-field]", "refused: missing-field", "a list of codes is needed"),
    (
        "{expect: {state: registered",
        "{expect: {status: registered",
        "unknown key 'status'; did you mean 'state'?",
    ),
    ("{expect: {state: registered", "{expect: {state: registred", "unknown state 'registred'"),
    ("overdue: true", "data: {contents: x}", "unknown field 'contents'; did you mean 'content'?"),
    ("overdue: true", "data: content", "a text where a mapping belongs"),
    ("overdue: true", "told: [desc]", "unknown role 'desc'; did you mean 'desk'?"),
    ("{wait: 3 working hours}", "{assign: desc, as: desk}", "unknown role 'desc'; did you mean 'desk'?"),
    ("{wait: 3 working hours}", "{assign: {}, as: desk}", "unknown trigger 'assign'; did you mean"),
    ("{wait: 3 working hours}", "{amend: {contents: x}, as: desk}", "unknown field 'contents'; did you mean"),
    ("{wait: 3 working hours}", "{amend: content, as: desk}", "a text where the form's fields belong"),
    ("overdue: true", "overdue: often", "a text where true or false belongs"),
    ("overdue: true", "converted: complant", "unknown workflow 'complant'; did you mean 'complaint'?"),
    (
        "escalated_to: [superior]",
        "escalated_to: [superiour]",
        "unknown role 'superiour'; did you mean 'superior'?",
    ),
    ("visits: {registered: 1}", "visits: {registred: 1}", "unknown state 'registred'"),
    ("link: rework", "link: reworks", "unknown link 'reworks'; did you mean 'rework'?"),
    ("index: 0}, steps: [", "index: 0}, stepz: [", "a step does one thing"),
    (
        "steps: [{expect: {state: anything}}",
        "steps: [x, {expect: {state: anything}}",
        "a text where a step belongs",
    ),
    (
        "steps: [{expect: {state: anything}}, {solve: {}, as: desk}]",
        "steps: x",
        "a text where a list of steps belongs",
    ),
    (", steps: [{expect: {state: anything}}, {solve: {}, as: desk}]", "", "'steps' is missing"),
]


@pytest.mark.parametrize(("old", "new", "message"), REFUSALS, ids=short_id)
def test_what_is_refused(old: str, new: str, message: str):
    """Each in its place, which is at most a few lines from what was changed, or where it is missing."""
    assert_finding(old, new, message)
