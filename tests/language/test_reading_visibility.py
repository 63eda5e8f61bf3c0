"""`visible` and `retention`: what may stand there."""

from __future__ import annotations

import pytest
from language_desk import COMPLAINT, after, changed, definition, findings

VISIBLE = "visible: {to: [director, department-head], when: severity == 'high'}\nretention: 3 weeks\nreaders:"
TEXT = changed("readers:", VISIBLE, COMPLAINT)


def test_a_process_says_whom_its_tickets_exist_for() -> None:
    found = definition(TEXT)
    assert found.visible
    assert found.visible.to == ("director", "department-head")
    assert str(found.retention) == "3 weeks"


def test_without_a_word_they_exist_for_all_and_for_ever() -> None:
    assert (definition().visible, definition().retention) == (None, None)


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("visible: {to: [directer]}", "unknown role 'directer'; did you mean 'director'?"),
        ("visible: {to: [assignee]}", "unknown role 'assignee'"),
        ("visible: {to: []}", "for whom? Say `to` with at least one role"),
        ("visible: {when: satisfied}", "'to' is missing"),
        ("visible: {to: [director], when: complainant == 'Li'}", "'complainant' is personal"),
        ("visible: {to: [director], when: ticket.state == 'closed'}", "form's fields only, not at 'ticket'"),
        ("visible: {to: [director], when: now > timestamp('2026-01-01T00:00:00Z')}", "not at 'now'"),
        ('visible: {to: [director], when: visits("closed") > 0}', "not at 'visits'"),
        ("visible: {to: [director], when: severity == 'hi'}", "'hi' is no option of severity"),
        ("visible: {to: [director], when: severity}", "a guard must be yes or no"),
        ("visible: director", "a text where a mapping belongs"),
        ("visible: {for: [director]}", "unknown key 'for'"),
        ("retention: 3", "a number (3) where a duration"),
        ("retention: 8 hours", "8 hours is no time to keep papers"),
        ("retention: 3 working days", "3 working days is no time to keep papers"),
        ("retention: 0 days", "is no length of time"),
    ],
)
def test_what_is_wrong_is_said_in_its_line(rule: str, complaint: str) -> None:
    found = after("readers:", f"{rule}\nreaders:")
    assert any(complaint in each for each in found), found
    assert all(each.startswith("f.yaml:9:") for each in found)


def test_a_post_that_is_told_and_may_not_see_is_pointed_out() -> None:
    found = findings("readers: [supervisor]", "visible: {to: [director]}\nreaders: [supervisor]")
    assert not found
    text = changed("notify: [department-head, client]", "notify: [supervisor, director]", TEXT)
    from workflows.language.checks.check import check

    (message,) = [each.message for each in check(definition(text)) if "may not see" in each.message]
    assert message == "'supervisor' may not see such tickets; its notice will not say what it is about"
