"""What a difference lists besides the forms: one change for each thing that is otherwise, and no more."""

# YAML as its authors write it
from __future__ import annotations

import pytest
from test_brute_force import process

from workflows.difference.change import Difference
from workflows.difference.difference import find_difference

PROCESS = """
fields:
  content: {type: text, max: 200, title: {en: Content}}
  contact: {type: phone, title: {en: Contact}}
  kind: {type: choice, title: {en: Kind}, options: {a: {en: A}, b: {en: B}}}
  worker: {type: staff, title: {en: Worker}}
start: {state: new, roles: [clerk], requires: [content], accepts: [kind, contact]}
readers: [clerk]
retention: 400 days
states:
  new: {title: {en: New}, owner: {role: clerk}, due: 4 working hours, escalation: standard}
  busy: {title: {en: Busy}, owner: {staff: worker}, due: {by: kind, within: {a: 1 day, otherwise: 2 days}}}
  done: {title: {en: Done}, category: closed}
transitions:
  - trigger: assign
    title: {en: Assign}
    from: new
    to: busy
    roles: [clerk]
    requires: [worker]
    effects: [{assign: worker}, {notify: assignee, text: {en: Yours}}]
  - {trigger: finish, title: {en: Finish}, from: busy, to: done, roles: [assignee]}
"""


def difference_of(*edits: tuple[str, str]) -> Difference:
    text = PROCESS
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    return find_difference(process(PROCESS), process(text))


def codes(difference: Difference) -> list[str]:
    return [change.code for change in difference.changes]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("due: 4 working hours", "due: 2 working hours", ["deadline-shorter"]),
        ("due: 4 working hours", "due: 1 working day", ["deadline-longer"]),
        ("due: 4 working hours", "due: 240 working minutes", []),
        (
            ", due: 4 working hours, escalation: standard",
            "",
            ["deadline-removed", "escalation-hears-not", "escalation-hears-not"],
        ),
        ("a: 1 day,", "a: 3 days,", ["deadline-longer"]),
        (
            "escalation: standard",
            "escalation: loud",
            ["escalation-hears-not", "escalation-calm", "escalation-hears", "escalation-raises"],
        ),
        ("readers: [clerk]", "readers: [clerk, chief]", ["readers-more"]),
        ("retention: 400 days", "retention: 100 days", ["retention-shorter"]),
        ("{type: text, max: 200", "{type: text, personal: true, max: 200", ["field-personal"]),
        ("{notify: assignee,", "{notify: [assignee, chief],", ["notice-more"]),
        ("[{assign: worker}, ", "[", ["effect-removed"]),
        (
            "{en: Kind}, options: {",
            "{en: Kind}, options: {z: {en: Z}, ",
            ["opening-taken", "option-added"],
        ),
        ("roles: [assignee]", "roles: [assignee, chief]", ["role-may"]),
        ("roles: [assignee]", "roles: [chief]", ["role-may-not", "role-may"]),
        (
            "requires: [content], accepts: [kind, contact]",
            "requires: [content, kind], accepts: [contact]",
            ["opening-refused"],
        ),
        ("owner: {role: clerk}, due", "owner: {role: chief}, due", ["state-owner"]),
    ],
)
def test_a_change_is_named_by_what_it_is(before: str, after: str, expected: list[str]) -> None:
    edits = [(before, after)] if before != after else []
    assert codes(difference_of(*edits)) == expected


@pytest.mark.parametrize(
    ("before", "after", "wording"),
    [
        ("title: {en: Busy}", "title: {en: Being done}", ("state:busy",)),
        ("# nothing", "# nothing", ()),
        ("text: {en: Yours}", "text: {en: This is yours}", ("notice:assign",)),
        (
            "roles: [clerk], requires: [content], accepts: [kind, contact]}",
            "accepts: [kind, contact], requires: [content], roles: [clerk]} # in another order",
            (),
        ),
    ],
)
def test_another_text_alone_changes_nothing_that_the_process_does(
    before: str, after: str, wording: tuple[str, ...]
) -> None:
    difference = difference_of((before, after)) if before != after else difference_of()
    assert difference.same
    assert difference.text_changes == wording


def test_a_state_with_another_name_alone_is_a_renamed_one() -> None:
    difference = difference_of(
        ("to: busy", "to: at-work"), ("  busy: {", "  at-work: {"), ("from: busy", "from: at-work")
    )
    assert codes(difference) == ["state-renamed"]
    assert difference.changes[0].facts["now"] == "at-work"


def test_a_field_with_another_name_alone_is_a_renamed_one() -> None:
    difference = difference_of(("content:", "matter:"), ("[content]", "[matter]"))
    assert codes(difference) == ["field-renamed"]
