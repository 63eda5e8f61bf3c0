"""Computed fields as they are read and checked."""

# YAML as its authors write it

from __future__ import annotations

import pytest

from tests.language.language_desk import COMPLAINT, after, changed, complaints, definition, findings, titles

ATTEMPTS = "  attempts: {type: number,"


def field(name: str, kind: str, value: str, more: str = "") -> str:
    """A computed field as a line of YAML."""
    return f"  {name}: {{type: {kind}, {more}title: {titles('Sum')}, value: {value}}}\n"


def with_fields(*lines: str) -> str:
    return changed(ATTEMPTS, "".join(lines) + ATTEMPTS)


def test_they_stand_in_their_order_and_are_never_asked_for():
    made = definition(
        with_fields(field("doubled", "number", "attempts * 2"), field("more", "number", "doubled + 1"))
    )
    assert [each.name for each in made.computed_fields] == ["doubled", "more"]
    assert "doubled" not in made.input_fields
    assert [
        each
        for each in findings(ATTEMPTS, field("doubled", "number", "attempts * 2") + ATTEMPTS)
        if "doubled" in each
    ] == []


def test_a_guard_may_hang_on_one_that_no_step_asks_for():
    text = field("doubled", "number", "attempts * 2") + ATTEMPTS
    found = findings(ATTEMPTS, text)
    assert not any("no step" in each and "doubled" in each for each in found)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (field("more", "number", "attemps * 2"), "there is no 'attemps' here; did you mean 'attempts'?"),
        (field("more", "number", "more + 1"), "'more' is worked out later"),
        (field("more", "number", "most + 1") + field("most", "number", "1"), "'most' is worked out later"),
        (field("more", "number", "content"), "'more' is a number field; this is a text"),
        (field("more", "date", "1"), "'more' is a date field; this is a number"),
        (field("more", "datetime", "severity"), "'more' is a datetime field; this is a text"),
        (field("more", "number", "children.rework"), "'more' is a number field; this is a list"),
    ],
)
def test_a_value_must_be_possible(line: str, message: str):
    found = after(ATTEMPTS, line + ATTEMPTS)
    assert any(message in each for each in found), found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("requires: [severity, department, worker]", "requires: [severity, department, worker, more]"),
        ("accepts: [appointment, defects]", "accepts: [appointment, defects, more]"),
        ("- set: attempts", "- set: more"),
    ],
)
def test_nothing_else_writes_it(old: str, new: str):
    text = with_fields(field("more", "number", "1"))
    assert any(
        "'more' is worked out; nothing else is written into it" in each
        for each in complaints(text.replace(old, new))
    )


def test_a_column_is_not_worked_out():
    found = after("what: {type: text,", "what: {type: text, value: content,")
    assert any("only a field of the process itself is worked out" in each for each in found)


def test_what_leans_on_personal_fields_is_personal_unless_it_is_said_not_to_be():
    made = definition(
        with_fields(
            field("whose", "text", "complainant + '!'"),
            field("known", "boolean", "contact != null", "personal: false, "),
        )
    )
    assert made.fields["whose"].personal
    assert not made.fields["known"].personal


def test_a_deadline_hangs_on_an_open_one_only():
    line = field("late", "datetime", "appointment + duration('1h')")
    text = COMPLAINT.replace("{at: appointment, grace: 30 minutes}", "{at: late}").replace(
        ATTEMPTS, line + ATTEMPTS
    )
    assert definition(text).states["waiting"].due.at == "late"  # type: ignore[union-attr]
