"""The start and the rows of a process, and every refusal of one."""

from __future__ import annotations

import pytest

from tests.language.finding_assertions import assert_finding, short_id
from tests.language.language_desk import changed, definition, line_of


def test_rows_know_their_line_and_the_title_of_their_trigger():
    """The title is written once per trigger."""
    first, second = definition().transitions[:2]
    assert first.title == second.title == dict.fromkeys(("en", "zh-Hans", "zh-Hant", "es"), "Classify")
    assert first.line == line_of("- trigger: classify")
    assert second.line == line_of("- {trigger: classify")
    assert first.requires == ("severity", "department", "worker")
    assert first.guard is not None
    assert first.guard.source == "severity == 'high'"


def test_open_and_any_are_spelled_out():
    """`open` is every state neither closed nor cancelled."""
    rows = definition().transitions
    assert rows[3].sources == ("registered", "handled", "waiting", "revisited")
    every = definition(changed("from: open, to: withdrawn", "from: any, to: withdrawn"))
    assert set(every.transitions[8].sources) == set(every.states)


REFUSALS: list[tuple[str, str, str]] = [
    ("roles: [desk, guest]", "roles: [desc, guest]", "unknown role 'desc'; did you mean 'desk'?"),
    ("roles: [desk, guest]", "roles: [desk, assignee]", "unknown role 'assignee'"),
    (
        "state: registered\n  roles",
        "state: registred\n  roles",
        "unknown state 'registred'; did you mean 'registered'?",
    ),
    ("state: registered\n  roles", "state: closed\n  roles", "a ticket cannot begin where it ends"),
    ("to: handled\n", "to: true\n", "a boolean (true) where a name belongs"),
    ("from: registered\n", "from: 12\n", "a number (12) where a name belongs"),
    ("auto: true", "auto: yes", "true or false belongs here"),
    ("    accepts: [appointment, defects]", "    accepts: appointment", "a text where a list belongs"),
    ("roles: [assignee]", "roles: [asignee]", "unknown role 'asignee'; did you mean 'assignee'?"),
    ("to: handled\n", "to: handeld\n", "unknown state 'handeld'; did you mean 'handled'?"),
    (
        "from: registered\n",
        "from: [registered, handlet]\n",
        "unknown state 'handlet'; did you mean 'handled'?",
    ),
    (
        "requires: [severity, department, worker]",
        "requires: [severety]",
        "unknown field 'severety'; did you mean 'severity'?",
    ),
    ("guard: severity == 'high'", "guard: severty == 'high'", "severty"),
    ("guard: severity == 'high'", "guard: severity == 'hihg'", "hihg"),
    (
        "guard: severity == 'high'",
        "guard: visits('handlet') > 1",
        "unknown state 'handlet'; did you mean 'handled'?",
    ),
    ("guard: severity == 'high'", "guard: attempts", "must be yes or no"),
    ("guard: severity == 'high'", "guard: 12", "a number (12) where an expression belongs"),
    ("from: open, roles", "from: [open, registered], roles", "'open' stands alone"),
    ("from: open, roles", "from: [handled, handled], roles", "'handled' is listed twice"),
    ("from: open, roles", "from: [], roles", "from which state?"),
    ("from: open, roles: [assignee]", "from: open", "nobody may take this step"),
    ("accepts: [appointment, defects]", "accepts: [severity]", "'severity' is asked for twice"),
    ('auto: true, guard: "children.rework.all(c, c.closed)"', "auto: true", "needs a guard"),
    ("auto: true, guard", "auto: true, roles: [desk], guard", "it has no roles"),
    ("to: revisited, auto: true", "to: handled, auto: true", "leads to another state"),
    ("to: revisited, auto: true", "auto: true", "leads to another state"),
    (
        "from: [registered, handled]\n    to: withdrawn",
        "from: [registered]\n    to: handled",
        "`convert` ends the ticket",
    ),
    ("trigger: note", "trigger: wait", "'wait' is a word of the scenarios"),
    ("from: open, roles", "from: [~], roles", "nothing stands here"),
    ("roles: [desk], accepts: [appointment]", "roles: [parrent]", "unknown role 'parrent'; did you mean"),
]


@pytest.mark.parametrize(("old", "new", "message"), REFUSALS, ids=short_id)
def test_what_is_refused(old: str, new: str, message: str):
    """Each in its place, which is at most a few lines from what was changed, or where it is missing."""
    assert_finding(old, new, message)
