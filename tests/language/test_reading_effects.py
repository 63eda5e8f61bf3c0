"""What a row brings about, here and in other processes, and every refusal of it."""

from __future__ import annotations

import pytest

from tests.language.finding_assertions import assert_finding, short_id
from tests.language.language_desk import changed, definition
from workflows.language.effect import (
    AssignEffect,
    ConvertEffect,
    LowerPriorityEffect,
    NotifyEffect,
    OpenChildEffect,
    RaisePriorityEffect,
    SetFieldEffect,
)


def test_effects_are_understood():
    """All six kinds."""
    rows = definition().transitions
    assert [type(effect) for effect in rows[0].effects] == [
        AssignEffect,
        NotifyEffect,
        RaisePriorityEffect,
        SetFieldEffect,
    ]
    notify = rows[0].effects[1]
    assert isinstance(notify, NotifyEffect)
    assert notify.to == ("department-head", "client")
    assert notify.urgent
    opened, converted = rows[4].effects[0], rows[9].effects[0]
    assert isinstance(opened, OpenChildEffect)
    assert isinstance(converted, ConvertEffect)
    assert (opened.workflow, opened.link) == ("complaint", "rework")
    assert opened.each is not None
    assert opened.values["content"].source == "item.what"
    written = rows[0].effects[3]
    assert isinstance(written, SetFieldEffect)
    assert (written.field, written.value.source) == ("attempts", "0")


def test_a_priority_is_raised_or_lowered():
    """The same word behind either."""
    lowered = definition(changed("- raise: priority", "- lower: priority"))
    assert isinstance(lowered.transitions[0].effects[2], LowerPriorityEffect)


def test_a_link_is_called_after_the_workflow_when_it_has_no_name():
    """With underscores, because expressions speak of it."""
    text = (
        changed(", as: rework}", "}")
        .replace("children.rework", "children.complaint")
        .replace("link: rework", "link: complaint")
    )
    opened = definition(text).transitions[4].effects[0]
    assert isinstance(opened, OpenChildEffect)
    assert opened.link == "complaint"


REFUSALS: list[tuple[str, str, str]] = [
    ("- raise: priority", "- rise: priority", "no effect; one of the keys assign, notify"),
    ("- raise: priority", "- raise: level", "'level' is none of priority"),
    ("- raise: priority", "- lower: level", "'level' is none of priority"),
    ("- raise: priority", "- {lower: priority, raise: priority}", "unknown key 'lower'"),
    ("- raise: priority", "- raise", "a text where a mapping belongs"),
    ("value: 0", "value: [0]", "a list where an expression belongs"),
    ("- assign: worker", "- assign: wroker", "unknown field 'wroker'; did you mean 'worker'?"),
    (
        "[department-head, client]",
        "[departement-head, client]",
        "unknown recipient 'departement-head'; did you mean",
    ),
    ("item.what", "item.waht", "waht"),
    ("each: defects", "each: severity", ""),
    ("each: defects", 'each: "[1, 2]"', "one table, checklist or `choices`"),
    ("value: 0", "value: content", "'attempts' is a number field; this is a text"),
    ("set: attempts", "set: atempts", "unknown field 'atempts'; did you mean 'attempts'?"),
    ("- assign: worker", "- assign: content", "a staff field is needed here"),
    (
        "  requires: [complainant, contact, content]\n",
        "  effects: [{convert: complaint}]\n",
        "cannot be converted while it is opened",
    ),
    ("{open: complaint", "{open: complant", "unknown workflow 'complant'; did you mean 'complaint'?"),
    (
        "{content: item.what, complainant",
        "{contents: item.what, complainant",
        "'complaint' has no field 'contents'; did you mean 'content'?",
    ),
    (
        "{content: item.what, complainant",
        "{severity: item.what, complainant",
        "does not ask for 'severity' when it is opened",
    ),
    ("{content: item.what, complainant", "{complainant", "cannot begin without content"),
    ("{content: item.what, complainant", "{content: 12, complainant", "is a text field; this is a number"),
    ("{open: complaint", "{opens: complaint", "no effect"),
    ("- raise: priority", "- raise: priority\n        when: severty == 'high'", "there is no 'severty' here"),
    ("- raise: priority", "- raise: priority\n        when: severity", "must be yes or no"),
    (
        "  requires: [complainant, contact, content]",
        "  effects: [{open: complant}]",
        "unknown workflow 'complant'",
    ),
    ("as: rework}", "as: rework, in: order}", "'order' is none of sequence, parallel"),
    ("each: defects, with", "in: sequence, with", "one child is no sequence; say `each` or `rows`"),
    ("- raise: priority", "- {fire: resume, on: reworks}", "unknown link 'reworks'; did you mean 'rework'?"),
    ("- raise: priority", "- {fire: resume}", "'on' is missing"),
    ("- raise: priority", "- {fire: resume, on: parent, with: {reason: x}}", "there is no 'x' here"),
    ("- raise: priority", "- {amend: reworks, with: {content: content}}", "unknown link 'reworks'"),
    ("- raise: priority", "- {amend: rework}", "'with' is missing"),
    ("as: rework}", "as: parent}", "no link is called 'parent'"),
]


@pytest.mark.parametrize(("old", "new", "message"), REFUSALS, ids=short_id)
def test_what_is_refused(old: str, new: str, message: str):
    """Each in its place, which is at most a few lines from what was changed, or where it is missing."""
    assert_finding(old, new, message)
