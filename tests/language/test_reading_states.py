"""States with their owners and deadlines, and every refusal of one."""

from __future__ import annotations

import pytest

from tests.language.finding_assertions import assert_finding, short_id
from tests.language.language_desk import after, definition
from workflows.language.definition import Category, Owner
from workflows.language.promise import Due
from workflows.timing.durations import Duration


def test_states_know_their_owners_and_dues():
    """All four kinds of owner, and what is due when."""
    states = definition().states
    assert states["registered"].owner == Owner(role="desk")
    assert states["handled"].owner == Owner(role="worker", department="department")
    assert states["revisited"].owner == Owner(staff="worker")
    assert states["waiting"].category is Category.WAITING
    assert states["registered"].due == Due(within=Duration.parse("2 working hours"))
    assert states["waiting"].due == Due(at="appointment", grace=Duration.parse("30 minutes"))
    assert states["revisited"].due == Due(at="appointment", before=Duration.parse("1 hour"))


@pytest.mark.parametrize(("field", "kind"), [("worker", "staff"), ("appointment", "datetime")])
def test_owners_and_deadlines_hang_on_open_fields_only(field: str, kind: str):
    """Else the one or the other would show what is kept secret."""
    found = after(f"{field}: {{type: {kind},", f"{field}: {{personal: true, type: {kind},")
    assert all(f"{field!r} is personal" in each for each in found)
    assert found


REFUSALS: list[tuple[str, str, str]] = [
    ("due: 2 working hours", "colour: red", "unknown key 'colour'"),
    ("due: 2 working hours", "due: 2", "a number (2) where a duration"),
    ("due: 2 working hours", "due: P1D", "the unit must be spelled"),
    ("due: 2 working hours", "due: 2 hour hands", "unknown unit"),
    ("due: 2 working hours", "due: [2 hours]", "a list where a duration"),
    (
        "category: closed",
        "category: close",
        "'close' is none of open, waiting, closed, cancelled; did you mean",
    ),
    ("owner: {role: desk}, due: 2", "owner: desk, due: 2", "a text where a mapping belongs"),
    (
        "escalation: standard",
        "escalation: standart",
        "unknown escalation 'standart'; did you mean 'standard'?",
    ),
    (
        "department: department}}",
        "department: departement}}",
        "unknown field 'departement'; did you mean 'department'?",
    ),
    (
        "{at: appointment, grace: 30 minutes}",
        "{at: content}",
        "'content' is a text field; a date or datetime field is needed",
    ),
    ("{at: appointment, grace: 30 minutes}", "{grace: 30 minutes}", "say one of `within`, `at` and `before`"),
    ("{at: appointment, grace: 30 minutes}", "{at: appointment, before: appointment}", "say one of"),
    ("{at: appointment, grace: 30 minutes}", "{at: appointment, by: 1 hour}", "`by` belongs to"),
    ("{before: appointment, by: 1 hour}", "{before: appointment}", "say by how much before"),
    ("{before: appointment, by: 1 hour}", "{before: appointment, by: soon}", "'soon' is no duration"),
    (
        "{before: appointment, by: 1 hour}",
        "{before: appointment, by: 1 hour, grace: 1 hour}",
        "`grace` belongs to `at`",
    ),
    ("department: department}}", "department: content}}", "a department field is needed here"),
    ("{staff: worker}", "{staff: content}", "a staff field is needed here"),
    ("{staff: worker}", "{staff: worker, role: desk}", "`staff` alone"),
    ("due: 2 working hours, escalation: standard", "escalation: standard", "nothing falls due here"),
    ("  waiting: {title", "  open: {title", "'open' means several states"),
    ("{at: appointment, grace: 30 minutes}", "{at: Appointment}", "'Appointment' is no name"),
    ("by: 1 hour}", "by: {low: 1 hour, high: 2 hours}}", "which field decides? Say `per: <a choice field>`"),
    ("by: 1 hour}", "by: {low: 1 hour}, per: severity}", "no duration for high; add it, or `otherwise`"),
    (
        "by: 1 hour}",
        "by: {lo: 1 hour, otherwise: 1 day}, per: severity}",
        "unknown option 'lo'",
    ),
    ("by: 1 hour}", "by: {low: soon, otherwise: 1 day}, per: severity}", "'soon' is no duration"),
    ("by: 1 hour}", "by: {low: 1 hour, otherwise: 1 day}, per: content}", "a choice field is needed here"),
    ("by: 1 hour}", "by: 1 hour, per: severity}", "`per` needs a mapping of its answers in `by`"),
    ("by: 1 hour}", "by: 1 working hour}", "only time on the wall can be counted backwards"),
    (
        "by: 1 hour}",
        "by: {low: 1 hour, otherwise: 2 working days}, per: severity}",
        "and '2 working days' is working time",
    ),
    ("grace: 30 minutes", "grace: {low: 1 hour}", "which field decides? Say `per: <a choice field>`"),
    ("grace: 30 minutes", "per: severity", "`per` needs a mapping of its answers in `grace`"),
    ("due: 2 working hours", "due: {within: 2 hours, per: severity}", "beside `within` it is `by`"),
    (
        "due: 2 working hours",
        "due: {within: {low: 1 day}, by: {low: 1 day}}",
        "a mapping where a field belongs",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), REFUSALS, ids=short_id)
def test_what_is_refused(old: str, new: str, message: str):
    """Each in its place, which is at most a few lines from what was changed, or where it is missing."""
    assert_finding(old, new, message)
