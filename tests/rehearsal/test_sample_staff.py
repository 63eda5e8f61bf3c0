"""The invented staff."""

from __future__ import annotations

from workflows.language.forms.organisation import Organisation, Role
from workflows.rehearsal import sample_staff
from workflows.rehearsal.staff import is_department_post

ROLES = {
    "desk": Role(name="desk", title={}),
    "dept-head": Role(name="dept-head", title={}),
    "leader": Role(name="leader", title={}, superior="dept-head"),
    "worker": Role(name="worker", title={}, superior="leader"),
    "resident": Role(name="resident", title={}, outside=True),
}
COMPANY = Organisation(roles=ROLES, departments={"lifts": {}, "gardens": {}})


def test_one_for_every_post_and_one_a_department_below_its_head() -> None:
    """Nobody for those outside the company."""
    assert [member.id for member in sample_staff(COMPANY)] == [
        "desk",
        "dept-head@lifts",
        "dept-head@gardens",
        "leader@lifts",
        "leader@gardens",
        "worker@lifts",
        "worker@gardens",
    ]


def test_a_company_without_departments_has_one_of_each() -> None:
    """The head too."""
    company = Organisation(roles=ROLES, departments={})
    assert [member.id for member in sample_staff(company)] == ["desk", "dept-head", "leader", "worker"]


def test_a_line_of_superiors_that_bites_its_tail_ends() -> None:
    """The reader refuses it, but nothing hangs."""
    circle = {
        "a": Role(name="a", title={}, superior="b"),
        "b": Role(name="b", title={}, superior="a"),
    }
    assert not is_department_post("a", Organisation(roles=circle, departments={"lifts": {}}))
