"""Who may know that a ticket exists: worked out at each step, kept on the ticket."""

from __future__ import annotations

import pytest
from core_desk import GUEST, SITE, Desk, person, process

from workflows.core.access.permissions import build_actor
from workflows.core.access.visibility import DESK, OUTSIDER, Viewer, collect_audience_names, sees
from workflows.core.commands import CLOCK, Actor

BODY = """
visible: {to: [director], when: kind == 'secret'}
fields:
  kind: {type: choice, options: {plain: {en: P}, secret: {en: S}}}
  department: {type: department}
  worker: {type: staff}
  urgent: {type: boolean}
start: {state: new, roles: [clerk, guest], accepts: [kind, department, worker]}
states:
  new: {owner: {role: clerk}}
  given: {owner: {role: worker, department: department}}
  shared: {owner: {department: department}}
  named: {owner: {staff: worker}}
  loose: {}
  done: {category: closed}
transitions:
  - {trigger: sort, from: open, roles: [clerk], accepts: [kind]}
  - {trigger: give, from: open, to: given, roles: [clerk], accepts: [department]}
  - {trigger: share, from: open, to: shared, roles: [clerk], accepts: [department]}
  - {trigger: name, from: open, to: named, roles: [clerk], accepts: [worker]}
  - {trigger: drop, from: open, to: loose, roles: [clerk]}
  - {trigger: finish, from: open, to: done, roles: [clerk]}
"""
MATTER = process(BODY)
CHIEF = process(BODY.replace("to: [director]", "to: [department-head, department]"), "chief-matter")
ALWAYS = process(BODY.replace(", when: kind == 'secret'", ""), "always")
TOUCHY = process(BODY.replace("kind == 'secret'", "urgent"), "touchy")
PLAIN = process(BODY.replace("visible: {to: [director], when: kind == 'secret'}", ""), "plain")


def who(desk: Desk) -> set[str]:
    """The staff for whom the ticket exists."""
    return {name for name in desk.staff.staff if sees(desk.actor(name), desk.here)}


def test_a_ticket_is_for_everybody_unless_its_process_says_otherwise() -> None:
    assert Desk(PLAIN).open(kind="secret").here.audience is None


def test_a_ticket_is_for_everybody_while_the_condition_does_not_hold() -> None:
    desk = Desk(MATTER).open(kind="plain")
    assert desk.here.audience is None
    assert who(desk) == set(desk.staff.staff)


def test_a_restricted_ticket_is_for_the_posts_named_the_opener_and_those_who_own_it() -> None:
    desk = Desk(MATTER).open("cleo", kind="secret")
    assert who(desk) == {"dora", "cleo", "carl"}


def test_it_is_worked_out_again_at_each_step() -> None:
    desk = Desk(MATTER).open("cleo", kind="plain").fire("sort", kind="secret")
    assert "chen" not in who(desk)
    assert "chen" in who(desk.amend(kind="plain"))


@pytest.mark.parametrize(
    ("trigger", "form", "expected"),
    [
        ("give", {"department": "repairs"}, {"wang", "wei"}),
        ("share", {"department": "green"}, {"gu", "hu"}),
        ("name", {"worker": "gu"}, {"gu"}),
        ("name", {}, set()),
        ("drop", {}, set()),
        ("finish", {}, set()),
        ("give", {}, set()),
    ],
)
def test_who_owns_it_now_is_among_them(trigger: str, form: dict[str, str], expected: set[str]) -> None:
    desk = Desk(MATTER).open(GUEST, kind="secret").fire(trigger, "cleo", **form)
    assert who(desk) == {"dora", *expected}


def test_the_assignee_is_among_them() -> None:
    desk = Desk(MATTER).open(GUEST, kind="secret").fire("give", department="repairs")
    assert "wang" in who(desk.assign("wang", "wang"))


def test_the_heads_and_members_of_its_department_may_be_named() -> None:
    desk = Desk(CHIEF).open(GUEST, kind="secret").fire("give", department="repairs").fire("finish", "cleo")
    assert who(desk) == {"hao", "wang", "wei"}
    assert who(Desk(CHIEF).open(GUEST, kind="secret")) == {"cleo", "carl"}


def test_without_a_condition_every_ticket_is_restricted() -> None:
    assert who(Desk(ALWAYS).open(GUEST)) == {"dora", "cleo", "carl"}


def test_a_condition_that_cannot_be_answered_restricts() -> None:
    """Nobody may see by mistake what should be kept from them."""
    assert who(Desk(TOUCHY).open(GUEST)) == {"dora", "cleo", "carl"}


def test_a_post_is_not_mistaken_for_a_person_or_a_department() -> None:
    stranger = build_actor(person("director", "worker@green"), SITE)
    desk = Desk(MATTER).open(GUEST, kind="secret")
    assert not sees(stranger, desk.here)


def test_a_guest_sees_what_they_opened() -> None:
    desk = Desk(MATTER).open(GUEST, kind="secret")
    assert sees(GUEST, desk.here)
    assert not sees(Actor(id="another", name="A", roles=frozenset({"guest"})), desk.here)


def test_the_clock_is_kept_from_nothing() -> None:
    assert sees(CLOCK, Desk(MATTER).open(GUEST, kind="secret").here)


def test_viewers_are_let_in_by_the_names_they_have_at_the_ticket_s_own_site() -> None:
    viewer = Viewer({"hill": collect_audience_names(build_actor(person("dora", "director"), SITE))})
    assert viewer.sees("hill", ("director",))
    assert not viewer.sees(SITE, ("director",))
    assert OUTSIDER.sees(SITE, None)
    assert not OUTSIDER.sees(SITE, ("director",))
    assert DESK.sees(SITE, ())


def test_a_level_leaves_the_audience_as_it_is() -> None:
    """It is fired on a ticket that was read without its data."""
    body = BODY.replace(
        "new: {owner: {role: clerk}}", "new: {owner: {role: clerk}, due: 1 hour, escalation: loud}"
    )
    desk = Desk(process(body, "late")).open(GUEST, kind="secret")
    before = desk.here.audience
    desk.wait_until("2026-03-02 13:00").narrowly().tick("state.new")
    assert desk.here.audience == before
