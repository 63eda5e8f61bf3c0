"""Does every walk end, is nothing unwatched, do the invariants hold: each finding names a walk that shows it."""

# ruff: noqa: E501  # a table is read by its lines
from __future__ import annotations

from dataclasses import replace

import pytest

from tests.language.language_desk import COMPLAINT, changed, definition, findings, line_of, titles
from workflows.language.checks.check import check
from workflows.language.definition import Definition
from workflows.language.findings import Severity

ATTIC = f"  attic: {{title: {titles('Attic')}, owner: {{role: desk}}, due: 1 day}}\n"
CLOSED = f"  closed: {{title: {titles('Closed')}, category: closed}}"


def test_a_sound_process_has_no_findings():
    """Nothing to say."""
    assert findings("", "") == []


def test_a_state_that_nothing_reaches():
    """With its line."""
    text = changed(CLOSED, ATTIC + CLOSED)
    text = changed("from: open, roles: [assignee]", "from: handled, roles: [assignee]", text)
    assert any(
        str(each).startswith(f"f:{line_of('  attic', text)}:") or "reaches 'attic'" in each.message
        for each in check(definition(text))
    )
    assert findings(CLOSED, ATTIC + CLOSED)[0].startswith(
        f"f.yaml:{line_of('  attic', text)}:3: no walk from 'registered' reaches 'attic'"
    )


def test_a_dead_end_shows_the_walk_into_it():
    """A waiting state that nobody can leave."""
    text = changed("from: waiting, to: handled", "from: registered, to: waiting")
    text = changed(
        "title: " + titles("Give up") + ", from: open",
        "title: " + titles("Give up") + ", from: handled",
        text,
    )
    found = [str(each) for each in check(definition(text))]
    assert any(
        "dead end: from 'waiting' no end can be reached; registered -> classify -> waiting" in each
        for each in found
    )


def test_a_process_without_any_end():
    """It is told once, where a walk comes no further."""
    text = COMPLAINT.replace("category: closed", "category: open, owner: {role: desk}, due: 1 day")
    text = text.replace("category: cancelled", "category: open, owner: {role: desk}, due: 1 day")
    text = text.replace(
        "    effects: [{convert: complaint, with: {content: content, complainant: \"'Li'\", contact: contact}}]\n",
        "",
    )
    assert [each.code for each in check(definition(text))].count("dead-end") == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("owner: {role: desk}, due: 2 working hours, escalation: standard", "due: 2 working hours", "nobody has the next move in 'registered': registered"),
        ("owner: {staff: worker}", "owner: {}", "nobody has the next move in 'revisited': registered -> classify -> handled -> finish -> revisited"),
        ("owner: {role: desk}, due: {at: appointment, grace: 30 minutes}", "owner: {role: desk}", "no clock runs in 'waiting': registered -> classify -> waiting"),
        ("stops: [revisited]", "stops: [handled]", "no clock runs in 'handled'"),
        ("owner: {role: desk}, due: 2", "owner: {role: supervisor}, due: 2", "has no next-superior"),
        ("owner: {role: desk}, due: 2 working hours", "owner: {role: director}, due: 2 working hours", "level 2 of 'standard': 'director', who owns 'registered', has no superior"),
        ("from: open, to: withdrawn, roles: [desk, clock]", "from: open, to: withdrawn, roles: [desk]", "it fires 'give-up', which `clock` has no right to"),
        ("trigger: give-up", "trigger: leave", "it fires 'give-up', which leaves none of registered, handled"),
        ("[department-head, client]", "[department-head]", ""),
        ("roles: [desk], requires: [satisfied], guard: satisfied}", "roles: [desk], requires: [satisfied]}", "'confirm' from 'revisited' never comes to this row"),
        ("from: registered, to: waiting, roles: [desk]", "from: registered, to: closed, roles: [desk]", "'closed' can be reached without passing 'revisited': registered -> classify -> closed"),
        ("    guard: severity == 'high'", "    guard: satisfied", "no step before this one can have filled 'satisfied'"),
        ("  attempts: {", "  unused: {type: text, title: {en: x, zh-Hans: x, zh-Hant: x, es: x}}\n  attempts: {", "no step asks for 'unused'"),
        ("title: " + titles("Handled"), "title: {en: Handled}", "the title lacks zh-Hans, zh-Hant, es"),
        ("title: " + titles("Handled") + ", ", "", "'handled' has no title"),
        ("low: " + titles("Low"), "low: {}", "'low' has no title"),
        ("high: " + titles("High"), "high: {es: Alta}", "lacks zh-Hans, zh-Hant, en"),
        ("{type: text, title: " + titles("What") + "}", "{type: text}", "'what' has no title"),
        ("title: " + titles("Note") + ", ", "", "no title"),
        ("text: " + titles("Look"), "text: {en: Look}", "the text lacks"),
        ("title: " + titles("Resolution") + "\n", "pauses: true\n", "'resolution' has no title"),
        ("title: " + titles("Complaint") + "\n", "title: {en: A}\n", "the title lacks"),
    ],
)  # fmt: skip
def test_findings(old: str, new: str, message: str):
    """One for each thing that would go wrong."""
    found = findings(old, new)
    assert any(message in each for each in found) if message else found == []
    assert all(each.startswith("f.yaml:") and not each.startswith("f.yaml:0") for each in found)


def test_a_clock_that_never_rests_covers_waiting():
    """Only one that rests leaves a waiting state unwatched."""
    text = changed("owner: {role: desk}, due: {at: appointment, grace: 30 minutes}", "owner: {role: desk}")
    assert any("no clock runs in 'waiting'" in each.message for each in check(definition(text)))
    text = changed("    escalation: steep", "    pauses: false\n    escalation: steep", text)
    assert not any("no clock runs in 'waiting'" in each.message for each in check(definition(text)))


def test_a_missing_clock_is_a_warning():
    """A missing owner is not."""
    text = changed("stops: [revisited]", "stops: [handled]")
    assert [each.severity for each in check(definition(text))] == [Severity.WARNING]


def test_auto_rows_that_chase_each_other():
    """The walk round is named."""
    row = '  - {trigger: again, title: %s, from: revisited, to: handled, auto: true, guard: "satisfied == false"}\n'
    text = changed("  - {trigger: note", row % titles("Again") + "  - {trigger: note")
    assert any("could go round for ever" in each.message for each in check(definition(text)))


def test_what_a_ticket_begins_in_is_passed():
    """The start cannot be left out of any walk."""
    assert findings("passes: revisited", "passes: registered") == []


def test_the_client_must_be_somebody():
    """A policy that tells the client needs one."""
    nobody = replace(definition(), client={})
    assert any("it tells the client" in each.message for each in check(nobody))


def test_without_the_text_rows_still_know_their_line():
    """The rest has no place."""
    found = check(
        definition(
            changed(
                "roles: [desk], requires: [satisfied], guard: satisfied}",
                "roles: [desk], requires: [satisfied]}",
            )
        )
    )
    row = definition().transitions[7]
    assert str(found[0]).startswith(f"complaint:{row.line}:1: 'confirm' from 'revisited' never comes")
    lost = replace(
        definition(), scenarios=(replace(definition().scenarios[0], steps=({"expect": {"converted": "x"}},)),)
    )
    assert f":{lost.scenarios[0].line}:1: unknown workflow 'x'" in str(check(lost, {})[0])


def test_what_is_said_of_other_processes():
    """With `known` it is judged, without it is not."""
    known: dict[str, Definition] = {}
    speaking = definition(COMPLAINT)
    assert check(speaking, known) == ()
    text = changed("workflow: complaint", "workflow: repair")
    from tests.language.language_desk import CONTEXT
    from workflows.language.load import read_text

    repair = read_text(text, "f.yaml", CONTEXT).definition
    assert repair is not None
    assert "unknown workflow 'complaint'" in check(repair, {})[0].message
    assert check(repair) == ()
