"""Nobody is urged by himself: who has the ticket is passed over where it is escalated, to the next above."""

from __future__ import annotations

from dataclasses import replace

from core_desk import MONDAY, SITE, STAFF, Desk, directory, person, process

from workflows.core.people import Absence, Directory, Staff

DEFINITION = process("""
fields: {dept: {type: department}}
start: {state: new, roles: [clerk, chief, director], accepts: [dept]}
states:
  new: {owner: {role: clerk}, due: 1 working hour, escalation: loud}
  works: {owner: {role: worker, department: dept}, due: 1 working hour, escalation: everybody}
  done: {category: closed}
transitions:
  - {trigger: pass, from: new, to: works, roles: [clerk]}
  - {trigger: finish, from: [new, works], to: done, roles: [clerk, worker, chief, director, dept-head]}
""")


def late(
    staff: Directory, assignee: str, trigger: str | None = None, **data: object
) -> list[tuple[str, str]]:
    """Whom the level tells of a ticket that somebody has."""
    desk = Desk(DEFINITION, staff).open(**data)
    if trigger:
        desk.fire(trigger)
    clock = f"state.{desk.here.state}"
    desk.assign(assignee).wait_until("2026-03-02 11:00").tick(clock)
    return desk.told()


def company(*people: Staff) -> Directory:
    """The staff, these in the place of theirs."""
    named = {each.id: each for each in (*STAFF, *people)}
    return directory(*named.values())


def test_a_superior_who_has_it_himself_is_passed_over():
    """`superior` and `next-superior` of a clerk are chief and director; the chief has it."""
    assert late(company(), "chen") == [("dora", "director")]


def test_a_colleague_in_the_same_post_hears():
    staff = company(person("chan", "chief"))
    assert late(staff, "chen") == [("chan", "chief"), ("dora", "director")]


def test_who_holds_both_posts_above_hears_once_and_then_the_next():
    staff = company(person("chen", "chief", "director"))
    assert late(staff, "cleo") == [("chen", "chief"), ("dora", "director")]


def test_at_the_top_he_hears_himself_for_somebody_must():
    staff = directory(person("cleo", "clerk"), person("dora", "director"))
    assert late(staff, "dora") == [("dora", "director")]


def test_a_superior_who_is_away_and_whose_substitute_has_it_is_passed_over():
    absence = Absence(site=SITE, staff_id="chen", from_at=MONDAY, to_at=MONDAY + 86_400, substitute_id="cleo")
    staff = replace(company(), absences={"chen": (absence,)})
    assert late(staff, "cleo") == [("dora", "director")]


def test_a_head_of_department_who_has_it_himself_is_passed_over():
    told = late(company(), "hao", "pass", dept="repairs")
    assert ("hao", "dept-head") not in told
    assert ("dora", "director") in told


def test_a_named_post_is_passed_over_too():
    """The policy names clerks beside all others: the only one left has it, so the chief hears."""
    staff = directory(*[each for each in STAFF if each.id not in ("carl", "hao", "dora", "wang")])
    told = late(staff, "cleo", "pass", dept="repairs")
    assert ("cleo", "clerk") not in told
    assert ("chen", "chief") in told
