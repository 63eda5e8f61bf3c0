"""Somebody is away: what a step would give to them goes to their substitute, and the history says so."""

from __future__ import annotations

from dataclasses import replace

from core_desk import MONDAY, SITE, Desk, at, directory, process

from workflows.core.people import Absence

DAY = 86_400
BODY = """
fields:
  worker: {type: staff}
start: {state: new, roles: [clerk], accepts: [worker]}
states:
  new: {owner: {role: clerk}}
  given: {owner: {role: worker}}
  named: {owner: {staff: worker}, due: 1 hour}
  done: {category: closed}
transitions:
  - trigger: give
    from: new
    to: given
    roles: [clerk]
    accepts: [worker]
    effects: [{assign: worker}, {notify: [assignee, chief]}]
  - {trigger: name, from: new, to: named, roles: [clerk], accepts: [worker], effects: [{notify: owner}]}
  - {trigger: work, from: [given, named], to: done, roles: [worker, assignee]}
"""
MATTER = process(BODY)


def away(who: str, substitute: str | None, days: int = 1, begins: int = MONDAY) -> Absence:
    return Absence(
        site=SITE, staff_id=who, from_at=begins, to_at=begins + days * DAY, substitute_id=substitute
    )


def desk(*absences: Absence) -> Desk:
    found: dict[str, tuple[Absence, ...]] = {}
    for each in absences:
        found[each.staff_id] = (*found.get(each.staff_id, ()), each)
    return Desk(MATTER, staff=replace(directory(), absences=found)).open()


def test_without_absences_everybody_gets_what_is_theirs() -> None:
    assert desk().fire("give", worker="wang").here.assignee == "wang"


def test_the_substitute_gets_it_and_the_history_says_so() -> None:
    found = desk(away("wang", "wei")).fire("give", worker="wang")
    assert found.here.assignee == "wei"
    assert found.step.event.note == "Wei stands in for Wang, who is away until 2026-03-03 09:00"


def test_the_substitute_is_told_in_their_place() -> None:
    found = desk(away("wang", "wei")).fire("give", worker="wang")
    assert found.told() == [("wei", "assignee"), ("chen", "chief")]


def test_where_the_form_names_the_person_the_substitute_may_do_what_an_assignee_may() -> None:
    found = desk(away("wang", "wei")).fire("name", worker="wang")
    assert (found.here.assignee, found.here.data["worker"]) == ("wei", "wang")
    assert found.fire("work", "wei").here.state == "done"


def test_before_and_after_the_absence_nothing_happens() -> None:
    for begins in (MONDAY - DAY, MONDAY + 1):
        assert desk(away("wang", "wei", begins=begins)).fire("give", worker="wang").here.assignee == "wang"


def test_without_a_substitute_it_is_theirs_all_the_same() -> None:
    assert desk(away("wang", None)).fire("give", worker="wang").here.assignee == "wang"


def test_a_substitute_who_is_away_has_one_too() -> None:
    both = (away("wang", "wei"), away("wei", "hao"), away("hao", None))
    assert desk(*both[:2]).fire("name", worker="wang").here.assignee == "hao"
    assert desk(*both).fire("name", worker="wang").here.assignee == "wang"


def test_those_who_stand_in_for_each_other_do_not_go_round_for_ever() -> None:
    found = desk(away("wang", "wei"), away("wei", "wang")).fire("give", worker="wang")
    assert found.here.assignee == "wang"


def test_one_who_could_not_do_the_next_step_gets_nothing() -> None:
    """A clerk is no worker; and nobody who has left stands in."""
    assert desk(away("wang", "cleo")).fire("give", worker="wang").here.assignee == "cleo"  # as its assignee
    body = BODY.replace("roles: [worker, assignee]", "roles: [worker]")
    strict = Desk(
        process(body, "strict"), staff=replace(directory(), absences={"wang": (away("wang", "cleo"),)})
    )
    assert strict.open().fire("give", worker="wang").here.assignee == "wang"
    assert desk(away("wang", "gone")).fire("give", worker="wang").here.assignee == "wang"


def test_who_takes_it_with_their_own_hands_is_there() -> None:
    found = desk(away("wang", "wei")).fire("give")
    assert found.claim("wang").here.assignee == "wang"
    assert found.step.event.note == ""


def test_who_gives_it_to_somebody_away_gives_it_to_the_substitute() -> None:
    found = desk(away("wang", "wei")).fire("give").assign("wang", "gu")
    assert found.here.assignee == "wei"


def test_a_step_that_leaves_it_where_it_is_leaves_it_there() -> None:
    found = desk(away("wang", "wei", begins=at("2026-03-02 12:00"))).fire("give", worker="wang")
    found.wait_until("2026-03-02 13:00").note("still here", "cleo")
    assert found.here.assignee == "wang"
