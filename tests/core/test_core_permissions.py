"""Who may take a step: denied by default, read in the light of the ticket."""

import pytest
from core_desk import GUEST, SITE, Desk, person, process, refused

from workflows.core.access import permissions
from workflows.core.commands import CLOCK, Actor

DEFINITION = process("""
fields: {dept: {type: department}, who: {type: staff}}
start: {state: new, roles: [clerk, guest], accepts: [dept, who]}
states:
  new: {owner: {role: clerk}}
  with-department: {owner: {department: dept}}
  with-worker: {owner: {role: worker, department: dept}}
  with-person: {owner: {staff: who}}
  done: {category: closed}
transitions:
  - {trigger: to-department, from: new, to: with-department, roles: [clerk]}
  - {trigger: to-worker, from: new, to: with-worker, roles: [clerk]}
  - {trigger: to-person, from: new, to: with-person, roles: [clerk]}
  - {trigger: by-assignee, from: open, roles: [assignee]}
  - {trigger: by-owner, from: open, roles: [owner]}
  - {trigger: by-opener, from: open, roles: [opener]}
  - {trigger: by-department, from: open, roles: [department]}
  - {trigger: by-head, from: open, roles: [department-head]}
  - {trigger: by-clock, from: open, roles: [clock]}
  - {trigger: by-guest, from: open, roles: [guest]}
  - {trigger: finish, from: open, to: done, roles: [chief]}
""")


def desk(*triggers: str, **data: object) -> Desk:
    found = Desk(DEFINITION).open(**data)
    for trigger in triggers:
        found.fire(trigger)
    return found


@pytest.mark.parametrize(
    ("trigger", "may", "may_not"),
    [
        ("by-owner", "cleo", "wang"),
        ("by-opener", "cleo", "carl"),
        ("finish", "chen", "cleo"),
    ],
)
def test_a_step_is_for_its_roles_and_nobody_else(trigger, may, may_not):
    assert set(refused(desk().fire, trigger, may_not)) == {"role-needed"}
    assert desk().fire(trigger, may).step.event.trigger == trigger


def test_the_department_is_that_of_the_ticket():
    found = desk("to-department", dept="repairs")
    assert found.here.department == "repairs"
    found.fire("by-department", "wang").fire("by-owner", "wang").fire("by-head", "hao")
    for trigger in ("by-department", "by-owner"):
        assert "role-needed" in refused(found.fire, trigger, "gu")
    assert "role-needed" in refused(found.fire, "by-head", "hu")
    assert "role-needed" in refused(found.fire, "by-head", "wang")


def test_without_a_department_nobody_is_of_the_department():
    found = desk("to-department")
    for trigger in ("by-department", "by-owner", "by-head"):
        assert "role-needed" in refused(found.fire, trigger, "wang")


def test_role_and_department_together_mean_both():
    found = desk("to-worker", dept="green").fire("by-owner", "gu")
    assert "role-needed" in refused(found.fire, "by-owner", "wang")
    assert "role-needed" in refused(found.fire, "by-owner", "hu")


def test_a_named_person_owns_the_ticket_and_has_it():
    found = desk("to-person", who="wei").fire("by-owner", "wei").fire("by-assignee", "wei")
    assert "role-needed" in refused(found.fire, "by-owner", "wang")


def test_the_clock_and_a_guest_act_where_they_are_named():
    found = Desk(DEFINITION).open(GUEST)
    found.fire("by-clock", CLOCK).fire("by-guest", GUEST)
    assert "role-needed" in refused(found.fire, "by-guest", "cleo")
    assert "role-needed" in refused(found.fire, "finish", CLOCK)


@pytest.mark.parametrize("word", ["assignee", "owner", "opener", "department", "department-head"])
def test_a_post_that_is_called_like_a_role_of_the_ticket_gives_no_right(word):
    impostor = Actor(id="x", name="X", roles=frozenset({word}))
    trigger = {"department-head": "by-head"}.get(word, f"by-{word}")
    assert "role-needed" in refused(desk("to-department", dept="repairs").fire, trigger, impostor)


def test_opening_is_a_right_too():
    refusal = refused(Desk(DEFINITION).open, "wang")
    assert refusal["role-needed"].who == ("clerk", "guest")


def test_nobody_owns_where_there_is_no_owner_and_a_ticket_to_be_opened_is_nobodys():
    actor = permissions.build_actor(person("cleo", "clerk"), SITE)
    assert not permissions.is_owner(None, actor, desk().here)
    assert not permissions.has_any_role(("owner", "assignee", "opener"), actor, DEFINITION, None)


def test_who_could_never_names_the_clock():
    assert "clock" not in permissions.list_roles_in_charge(desk().context)
