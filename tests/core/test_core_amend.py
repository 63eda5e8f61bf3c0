"""What is done to a ticket without moving it: who has it, what is noted, what is put right."""

import pytest
from core_desk import GUEST, Desk, process, refused

from workflows.core.commands import Actor
from workflows.errors import Blocked, Forbidden, Invalid

DEFINITION = process("""
summary: content
fields:
  content: {type: text}
  extra: {type: text}
  phone: {type: phone}
  dept: {type: department}
readers: [clerk]
start: {state: new, roles: [clerk, guest], requires: [content], accepts: [dept, phone]}
states:
  new: {owner: {role: clerk}}
  handling: {owner: {role: worker, department: dept}}
  department: {owner: {department: dept}}
  done: {category: closed}
transitions:
  - {trigger: assign, from: new, to: handling, roles: [clerk]}
  - {trigger: hand, from: new, to: department, roles: [clerk]}
  - {trigger: greet, from: new, roles: [guest]}
  - {trigger: solve, from: handling, to: done, roles: [owner, director]}
  - {trigger: drop, from: open, to: done, roles: [director]}
""")


@pytest.fixture
def desk() -> Desk:
    return Desk(DEFINITION).open(content="The lift", dept="repairs")


class TestAssigning:
    def test_an_owner_may_give_it_to_another_owner(self, desk):
        desk.fire("assign").assign("wei", "wang")
        assert desk.here.assignee == "wei"
        assert (desk.step.event.kind, desk.step.event.data) == ("assign", {"assignee": "wei"})

    def test_and_back_to_nobody(self, desk):
        assert desk.assign("carl").assign(None).here.assignee is None

    def test_those_above_may_too(self, desk):
        assert desk.assign("carl", "chen").assign("cleo", "dora").here.assignee == "cleo"
        assert desk.fire("assign").assign("wei", "hao").here.assignee == "wei"

    def test_but_not_another_departments_head(self, desk):
        assert set(refused(desk.fire("assign").assign, "wei", "hu")) == {"role-needed"}

    def test_those_above_a_department_are_above_its_head(self, desk):
        desk.fire("hand")
        assert desk.assign("wei", "hao").assign("wang", "dora").here.assignee == "wang"
        assert "role-needed" in refused(desk.assign, "wei", "chen")

    def test_nobody_gets_what_could_not_be_done_then(self, desk):
        found = refused(desk.fire("assign").assign, "gu", "wang")
        assert found["bad-value assignee"].who == ("director", "owner", "worker")

    def test_nor_does_a_stranger(self, desk):
        reason = refused(desk.assign, "x" * 10_000)["bad-value assignee"]
        assert len(str(reason.saw)) <= 60

    def test_everything_is_said_at_once(self, desk):
        desk.fire("drop", "dora")
        assert set(refused(desk.assign, "stranger", "gu")) == {"closed", "bad-value assignee"}


class TestClaiming:
    def test_an_owner_takes_what_nobody_has(self, desk):
        assert desk.claim("carl").here.assignee == "carl"
        assert desk.step.event.kind == "claim"

    def test_not_what_somebody_has(self, desk):
        found = refused(desk.claim("carl").claim, "cleo")
        assert found["claimed assignee"].saw == "carl"

    def test_not_what_is_none_of_ones_business(self, desk):
        assert set(refused(desk.claim, "gu")) == {"role-needed"}

    def test_not_what_has_ended(self, desk):
        assert set(refused(desk.fire("drop", "dora").claim, "cleo")) == {"closed"}

    def test_a_guest_may_act_but_never_has_a_ticket(self, desk):
        assert set(refused(desk.claim, GUEST)) == {"not-a-member"}


class TestNoting:
    def test_who_has_a_post_in_the_process_may(self, desk):
        desk.note("The key is at the desk", "gu")
        entry = desk.step.event
        assert (entry.kind, entry.note, entry.data, entry.source) == (
            "note",
            "The key is at the desk",
            {},
            "new",
        )

    def test_also_when_it_has_ended(self, desk):
        assert desk.fire("drop", "dora").note("thanks").here.seq == 3

    def test_but_not_a_blank_one(self, desk):
        with pytest.raises(Invalid):
            desk.note("  \n")

    def test_and_not_who_has_no_part_in_it(self, desk):
        """A note moves the ticket on: whoever has the next move would have to look again."""
        assert set(refused(desk.note, "hello", "hu")) == {"role-needed"}

    def test_who_stands_above_or_works_in_its_department_may(self, desk):
        assert desk.note("above", "chen").fire("hand").note("in it", "hao").here.seq == 4

    def test_and_nobody_from_outside(self, desk):
        with pytest.raises(Forbidden):
            desk.note("hello", Actor(id="x", name="X"))


class TestPuttingRight:
    def test_an_owner_those_above_and_the_opener_may(self, desk):
        for who in ("carl", "chen", "cleo"):
            desk.fire("assign") if who == "cleo" else None
            desk.amend(who, content=f"by {who}")
        assert desk.here.title == "by cleo"
        assert desk.step.event.kind == "amend"
        assert desk.step.event.data == {"content": "by cleo"}

    def test_others_may_not(self, desk):
        assert set(refused(desk.amend, "gu", content="x")) == {"role-needed"}

    def test_what_it_was_opened_with_may_be_corrected_never_emptied(self, desk):
        assert set(refused(desk.amend, content="")) == {"missing-field content"}
        assert "extra" not in desk.amend(extra="x").amend(extra=None).here.data

    def test_personal_values_stay_apart(self, desk):
        desk.amend(phone="13800000000")
        assert desk.step.event.data == {}
        assert desk.step.event.personal == {"phone": "13800000000"}

    def test_something_must_be_said(self, desk):
        assert set(refused(desk.amend)) == {"missing-field data"}

    def test_everything_is_said_at_once(self, desk):
        desk.fire("drop", "dora")
        found = refused(desk.amend, "gu", content="", stranger=1, phone="x")
        assert set(found) == {
            "closed",
            "missing-field content",
            "unknown-field stranger",
            "bad-value phone",
        }

    def test_an_ended_ticket_stays_as_it_was(self, desk):
        desk.fire("drop", "dora")
        with pytest.raises(Blocked):
            desk.amend("cleo", content="x")
