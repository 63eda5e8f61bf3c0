"""Somebody is away: what they may do, their substitute may do in their place; the history says for whom."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core_desk import MONDAY, SITE, STAFF, Desk, directory, person, process, refused
from hypothesis import given
from hypothesis import strategies as st

from workflows.core.access import delegation
from workflows.core.access.permissions import SEPARATION_EXEMPT_POST
from workflows.core.commands import Actor
from workflows.core.handlers.available import list_trigger_options
from workflows.core.people import Absence, Directory
from workflows.errors import Refusal

DAY = 86_400
BODY = """
fields: {note: {type: text}, dept: {type: department}, who: {type: staff}}
start: {state: new, roles: [clerk], accepts: [note, dept, who]}
states:
  new: {owner: {role: clerk}}
  asked: {owner: {role: chief}}
  with-department: {owner: {role: dept-head, department: dept}}
  with-person: {owner: {staff: who}, due: 4 working hours, escalation: standard}
  done: {category: closed}
transitions:
  - {trigger: ask, from: new, to: asked, roles: [clerk], effects: [{notify: chief}]}
  - {trigger: to-department, from: new, to: with-department, roles: [clerk]}
  - {trigger: to-person, from: new, to: with-person, roles: [clerk]}
  - {trigger: approve, from: [new, asked], to: done, roles: [chief], requires: [note]}
  - {trigger: check, from: asked, roles: [chief]}
  - {trigger: head-says, from: with-department, to: done, roles: [department-head]}
  - {trigger: work, from: with-person, to: done, roles: [assignee]}
  - {trigger: withdraw, from: open, to: done, roles: [opener]}
  - {trigger: tell, from: open, roles: [clerk, chief], effects: [{notify: [opener, chief]}]}
  - {trigger: not-chen, from: open, roles: [chief], guard: "actor.id != 'chen'"}
  - {trigger: not-carl, from: open, roles: [chief], guard: "actor.id != 'carl'"}
invariants:
  - {separate: [ask, approve]}
"""
MATTER = process(BODY)


def away(who: str, substitute: str | None, begins: int = MONDAY, days: int = 1) -> Absence:
    return Absence(
        site=SITE, staff_id=who, from_at=begins, to_at=begins + days * DAY, substitute_id=substitute
    )


def company(*absences: Absence) -> Directory:
    found: dict[str, tuple[Absence, ...]] = {}
    for each in absences:
        found[each.staff_id] = (*found.get(each.staff_id, ()), each)
    return replace(directory(*STAFF, person("sam", SEPARATION_EXEMPT_POST, "chief")), absences=found)


def desk(*absences: Absence, opener: str = "cleo", **data: object) -> Desk:
    return Desk(MATTER, staff=company(*absences)).open(opener, **data)


def asked(*absences: Absence) -> Desk:
    """A matter that waits for the chief."""
    return desk(*absences).fire("ask")


def by(found: Desk) -> tuple[str, str | None]:
    """Who took the last step, and on whose behalf."""
    return found.step.event.actor.id, found.step.event.actor.on_behalf


def test_the_substitute_takes_the_step_and_the_history_says_on_whose_behalf() -> None:
    found = asked(away("chen", "carl")).fire("approve", "carl", note="fine")
    assert found.here.state == "done"
    assert by(found) == ("carl", "chen")
    assert found.step.event.actor.name == "Carl"


def test_nobody_else_may() -> None:
    assert "role-needed" in refused(asked(away("chen", "carl")).fire, "approve", "cleo", note="fine")
    assert "role-needed" in refused(asked(away("chen", None)).fire, "approve", "carl", note="fine")


@pytest.mark.parametrize("begins", [MONDAY - DAY, MONDAY + 1])
def test_before_it_begins_and_once_it_is_over_he_may_not(begins: int) -> None:
    found = asked(away("chen", "carl", begins=begins))
    assert "role-needed" in refused(found.fire, "approve", "carl", note="fine")


def test_his_own_right_is_preferred() -> None:
    found = asked(away("chen", "sam"), away("dora", "chen")).fire("approve", "sam", note="fine")
    assert by(found) == ("sam", None)


def test_the_departments_of_the_absent_come_with_their_posts() -> None:
    found = desk(away("hao", "wei"), dept="repairs").fire("to-department")
    assert by(found.fire("head-says", "wei")) == ("wei", "hao")
    other = desk(away("hao", "wei"), dept="green").fire("to-department")
    assert "role-needed" in refused(other.fire, "head-says", "wei")


def test_posts_and_departments_of_two_people_are_not_mixed() -> None:
    """A head who stands in for a worker of another department is not that department's head."""
    found = desk(away("gu", "hao"), dept="green").fire("to-department")
    assert "role-needed" in refused(found.fire, "head-says", "hao")


def test_what_the_absent_has_the_substitute_may_do_as_its_assignee() -> None:
    found = desk(who="wang").fire("to-person")
    assert found.here.assignee == "wang"
    found.staff = company(away("wang", "cleo"))
    assert by(found.fire("work", "cleo")) == ("cleo", "wang")


def test_what_the_absent_opened_for_themselves_stays_theirs() -> None:
    found = desk(opener="carl")
    found.staff = company(away("carl", "wei"))
    assert "role-needed" in refused(found.fire, "withdraw", "wei")


def test_a_substitute_of_a_substitute_has_nothing_of_the_first() -> None:
    found = asked(away("chen", "carl"), away("carl", "wei"))
    assert "role-needed" in refused(found.fire, "approve", "wei", note="fine")


def test_nobody_stands_in_for_himself_nor_for_one_who_has_left() -> None:
    found = company(away("chen", "chen"), away("gone", "carl"))
    assert found.find_delegators("chen", MONDAY) == found.find_delegators("carl", MONDAY) == ()
    assert found.substitutes("chen", MONDAY) == ()


def test_he_opens_what_the_absent_could_open() -> None:
    found = Desk(MATTER, staff=company(away("cleo", "wei"))).open("wei")
    assert by(found) == ("wei", "cleo")
    assert found.here.opener == "wei"


def test_he_takes_assigns_and_puts_right_what_the_absent_could() -> None:
    found = desk().fire("ask").assign(None, "dora")
    found.staff = company(away("chen", "wei"))
    assert (by(found.claim("wei")), found.here.assignee) == (("wei", "chen"), "wei")
    assert by(found.amend("wei", note="wrong")) == ("wei", "chen")
    assert by(found.assign("chen", "wei")) == ("wei", "chen")
    assert found.assign("wei", "dora").here.assignee == "wei", "who could do it may be given it"


def test_who_lacks_something_is_told_only_what_is_in_the_way() -> None:
    found = asked(away("chen", "carl"))
    assert list(refused(found.fire, "approve", "carl")) == ["missing-field note"]


def test_what_must_be_kept_apart_counts_who_acts() -> None:
    """He asked; not even in the chief's place does he approve."""
    found = desk(away("chen", "cleo")).fire("ask", "cleo")
    assert "separate" in refused(found.fire, "approve", "cleo", note="fine")


def test_what_must_be_kept_apart_counts_in_whose_place_he_acts() -> None:
    """She asked herself, and then fell ill; or he asked in her place, and she is back."""
    found = desk(away("cleo", "sue")).fire("ask")
    boss = person("boss", "clerk", "chief")
    sue = person("sue", "worker")
    found = Desk(MATTER, staff=directory(*STAFF, boss, sue)).open().fire("ask", "boss")
    found.staff = replace(found.staff, absences={"boss": (away("boss", "sue"),)})
    assert "separate-in-place" in refused(found.fire, "approve", "sue", note="fine")
    found = Desk(MATTER, staff=found.staff).open().fire("ask", "sue")
    assert by(found) == ("sue", "boss")
    for who in ("boss", "sue"):
        assert {"separate"} == set(refused(found.fire, "approve", who, note="fine"))
    assert found.fire("approve", "chen", note="fine").here.state == "done"


def test_the_post_that_is_exempt_from_keeping_apart_is_not_lent() -> None:
    found = desk(away("sam", "cleo")).fire("ask", "cleo")
    assert "separate" in refused(found.fire, "approve", "cleo", note="fine")


def test_a_guard_that_looks_at_the_person_holds_for_both() -> None:
    for trigger in ("not-chen", "not-carl"):
        assert set(refused(desk(away("chen", "carl")).fire, trigger, "carl")) == {"guard"}
    assert by(desk(away("chen", "wei")).fire("not-carl", "wei")) == ("wei", "chen")


def test_the_choices_say_the_same_and_for_whom() -> None:
    found = asked(away("chen", "carl"))
    listed = {
        each.trigger: each for each in list_trigger_options(found.context, found.actor("carl"), found.now)
    }
    assert (listed["check"].reasons, listed["check"].on_behalf) == ((), "chen")
    assert (listed["tell"].reasons, listed["tell"].on_behalf) == ((), None)
    assert [each.code for each in listed["ask"].reasons] == ["not-in-state"]
    assert [each.code for each in listed["not-chen"].reasons] == ["guard"]
    for late in list_trigger_options(found.context, found.actor("carl"), MONDAY + DAY):
        assert late.on_behalf is None


def test_the_substitute_hears_what_the_absent_hears_once() -> None:
    found = desk(away("chen", "carl")).fire("ask")
    assert found.told() == [("chen", "chief"), ("sam", "chief"), ("carl", "chief")]
    found = desk(away("chen", "cleo")).fire("tell")
    assert found.told() == [("cleo", "opener"), ("chen", "chief"), ("sam", "chief")]


def test_the_substitute_hears_of_what_is_late() -> None:
    found = desk(who="wang").fire("to-person").wait_until("2026-03-02 11:00")
    found.staff = company(away("wang", "carl"))
    assert found.tick("state.with-person").told() == [("wang", "assignee"), ("carl", "assignee")]


def test_without_absences_nothing_is_looked_up() -> None:
    assert delegation.find_delegations(desk().actor("carl"), company(), MONDAY) == ()


class TestAnyCompany:
    """Whoever is away and stands in for whom."""

    PEOPLE = ("cleo", "carl", "chen", "dora", "wang", "hao", "sam")
    NAMES = st.sampled_from(PEOPLE)
    ABSENCES = st.lists(
        st.builds(
            away, NAMES, st.none() | NAMES, st.sampled_from([MONDAY, MONDAY - DAY, MONDAY + 1]), st.just(1)
        ),
        max_size=6,
    )
    DEEDS = st.lists(
        st.tuples(st.sampled_from(["ask", "approve", "check", "tell", "withdraw"]), NAMES), max_size=6
    )

    @given(ABSENCES, DEEDS)
    def test_on_behalf_means_that_the_absent_could_and_had_named_him(
        self, absences: list[Absence], deeds: list[tuple[str, str]]
    ) -> None:
        found = desk()
        for trigger, who in deeds:
            alone = {each: self.could(found, trigger, each) for each in self.PEOPLE}
            named = {
                a.staff_id
                for a in absences
                if a.substitute_id == who != a.staff_id and a.from_at <= MONDAY < a.to_at
            }
            present = found.staff
            found.staff = company(*absences)
            try:
                found.fire(trigger, who, note="x") if trigger == "approve" else found.fire(trigger, who)
            except Refusal:
                assert not alone[who], "what one may do by oneself, one may do"
            else:
                on_behalf = found.step.event.actor.on_behalf
                assert (on_behalf is None) == alone[who]
                assert on_behalf is None or (on_behalf in named and alone[on_behalf])
            found.staff = present

    @given(ABSENCES, DEEDS)
    def test_no_one_person_has_both_asked_and_approved(
        self, absences: list[Absence], deeds: list[tuple[str, str]]
    ) -> None:
        found = desk(*absences)
        doers: dict[str, set[str]] = {"ask": set(), "approve": set()}
        for trigger, who in [("ask", "cleo"), *deeds, *(("approve", each) for each in self.PEOPLE)]:
            try:
                found.fire(trigger, who, **({"note": "x"} if trigger == "approve" else {}))
            except Refusal:
                continue
            actor = found.step.event.actor
            exempt = actor.id == "sam" and actor.on_behalf is None
            if trigger in doers and not exempt:
                doers[trigger] |= {actor.id, actor.person}
        assert doers["ask"].isdisjoint(doers["approve"])

    def could(self, found: Desk, trigger: str, who: str) -> bool:
        """Whether somebody may take the step by their own posts."""
        trial = Desk(MATTER, staff=company(), ticket=found.ticket, clocks=found.clocks)
        try:
            trial.fire(trigger, who, **({"note": "x"} if trigger == "approve" else {}))
        except Refusal:
            return False
        return True


def test_the_desk_itself_stands_in_for_nobody() -> None:
    """What a step asks of its relatives names whose step it was, and lends no right of theirs."""
    speaker = Actor(id="system", name="parent", roles=frozenset({"parent"}), on_behalf="wang")
    assert speaker.person == "system"
    found = desk(who="wang").fire("to-person")
    assert "role-needed" in refused(found.fire, "work", speaker)
