"""Which row is taken, and everything that is said when none is: mending exactly that makes it succeed."""

from dataclasses import replace

import pytest
from core_desk import Desk, person, process, refused

from workflows.core.commands import CLOCK, Actor, Fire
from workflows.core.decision import decide
from workflows.core.handlers.available import list_trigger_options
from workflows.errors import Blocked, Forbidden, Invalid, Refusal, Stale

DEFINITION = process("""
fields:
  nature: {type: choice, options: {valid: {en: Valid}, venting: {en: Venting}}}
  amount: {type: number}
  remark: {type: text}
  phone: {type: phone}
  handler: {type: staff, personal: true}
  round: {type: checklist, items: {roof: {en: Roof}, door: {en: Door}}}
readers: [clerk]
start: {state: new, roles: [clerk], requires: [remark], accepts: [amount, phone], guard: amount != 13}
states:
  new: {owner: {role: clerk}}
  classified: {owner: {role: clerk}}
  talked: {owner: {role: clerk}}
  checked: {owner: {role: clerk}}
  done: {category: closed}
transitions:
  - trigger: classify
    from: new
    to: classified
    roles: [clerk]
    requires: [nature, amount]
    guard: nature == 'valid'
  - {trigger: classify, from: new, to: talked, roles: [clerk], requires: [nature], guard: nature == 'venting'}
  - {trigger: escalate, from: new, to: classified, roles: [clerk], requires: [amount], guard: amount > 100}
  - {trigger: escalate, from: new, to: talked, roles: [clerk, chief], requires: [amount, remark]}
  - {trigger: weigh, from: new, to: talked, roles: [chief], requires: [remark], guard: amount > 5}
  - {trigger: weigh, from: new, to: talked, roles: [chief], guard: "remark == 'please'"}
  - {trigger: call, from: new, to: talked, roles: [clerk], guard: phone == '13900000000'}
  - trigger: greet
    from: new
    to: talked
    roles: [clerk]
    guard: amount > 5
    because: {en: the clerk must be greeted first}
  - {trigger: ring, from: new, to: talked, roles: [clerk], guard: "{'a': true}[phone]"}
  - {trigger: hand, from: new, to: talked, roles: [clerk], requires: [handler]}
  - {trigger: inspect, from: new, to: checked, roles: [clerk], requires: [round]}
  - {trigger: mine, from: classified, to: done, roles: [assignee]}
  - {trigger: finish, from: [classified, talked], to: done, roles: [clerk]}
  - {trigger: confirm, from: done, to: new, roles: [clerk, chief, clock]}
  - {trigger: handle, from: new, roles: [clerk, chief, clock]}
invariants: [{separate: [handle, confirm]}]
""")


@pytest.fixture
def desk() -> Desk:
    return Desk(DEFINITION).open(remark="x")


class TestTheRowThatIsTaken:
    def test_it_is_the_first_whose_guard_holds(self, desk):
        assert desk.fire("classify", nature="venting").here.state == "talked"

    def test_rows_for_other_roles_are_passed_over(self, desk):
        assert desk.fire("escalate", "chen", amount=200, remark="y").here.state == "talked"

    def test_what_is_sent_counts_for_the_guard(self, desk):
        assert desk.fire("escalate", amount=101).here.state == "classified"

    def test_fields_of_all_rows_are_accepted(self, desk):
        desk.fire("classify", nature="venting", amount=3)
        assert desk.here.data["amount"] == 3

    def test_required_means_sent_with_this_step(self, desk):
        found = refused(desk.fire, "escalate", amount=1)
        assert set(found) == {"missing-field remark"}  # although the ticket has one


class TestEverythingAtOnce:
    def test_the_guard_says_what_it_saw_and_what_is_missing(self, desk):
        found = refused(desk.fire, "classify")
        assert set(found) == {"guard", "missing-field nature", "missing-field amount"}
        assert found["guard"].saw == {"nature": None}
        assert [each.fields for each in found["guard"].conditions] == [("nature",), ("nature",)]
        assert [each.missing for each in found["guard"].conditions] == [("nature", "amount"), ("nature",)]

    def test_the_guard_is_told_in_the_words_of_the_definition_and_never_as_an_expression(self, desk):
        assert refused(desk.fire, "greet")["guard"].message == "the clerk must be greeted first"
        assert (
            refused(desk.fire, "call")["guard"].message == "what is given does not allow it; look at: phone"
        )
        assert "==" not in str(refused(desk.fire, "classify")["guard"])

    def test_mending_exactly_those_makes_it_succeed(self, desk):
        assert desk.fire("classify", nature="valid", amount=1).here.state == "classified"

    def test_a_field_that_may_turn_the_guard_asks_for_what_the_other_row_requires_too(self, desk):
        assert set(refused(desk.fire, "escalate")) == {"missing-field amount", "missing-field remark"}

    def test_one_without_the_right_hears_also_what_else_is_in_the_way(self, desk):
        found = refused(desk.fire, "weigh")
        assert set(found) == {"role-needed", "guard", "missing-field remark"}
        assert found["role-needed"].who == ("chief",)

    def test_a_guard_that_holds_is_no_reason(self, desk):
        assert set(refused(desk.fire, "escalate", amount=101, stranger=1)) == {"unknown-field stranger"}

    def test_a_bad_value_is_not_called_missing(self, desk):
        found = refused(desk.fire, "escalate", "chen", amount="lots", remark="r", stranger=1)
        assert set(found) == {"bad-value amount", "unknown-field stranger"}

    def test_a_list_of_checks_must_be_gone_through(self, desk):
        found = refused(desk.fire, "inspect", round=[{"item": "roof", "result": "pass"}])
        assert "door" in found["bad-value round"].message
        whole = [{"item": item, "result": "pass"} for item in ("roof", "door")]
        assert desk.fire("inspect", round=whole).here.state == "checked"

    def test_an_unknown_member_of_staff_is_refused_without_being_shown(self, desk):
        found = refused(desk.fire, "hand", handler="nobody-at-all")
        assert set(found) == {"bad-value handler"}
        assert found["bad-value handler"].saw is None

    def test_a_guard_never_shows_a_personal_value(self):
        found = refused(Desk(DEFINITION).open(remark="x", phone="13800000000").fire, "call")
        assert found["guard"].saw == {"phone": "***"}
        assert "13800000000" not in found["guard"].message

    def test_nor_does_why_it_failed(self):
        desk = Desk(DEFINITION).open(remark="x", phone="13800000000")
        found = refused(desk.fire, "ring")["guard"]
        assert "13800000000" not in found.message

    def test_an_opening_says_everything_at_once(self):
        found = refused(Desk(DEFINITION).open, "wang", amount=13, phone="x")
        assert set(found) == {"role-needed", "guard", "bad-value phone", "missing-field remark"}


class TestOtherStates:
    def test_a_trigger_of_another_state_names_the_states_it_leaves(self, desk):
        found = refused(desk.fire, "finish")
        assert set(found) == {"not-in-state"}
        assert found["not-in-state"].facts == {"state": "new", "needed": "classified, talked"}

    def test_the_right_is_judged_with_it(self, desk):
        assert set(refused(desk.fire, "finish", "wang")) == {"not-in-state", "role-needed"}

    def test_but_not_a_right_that_depends_on_the_ticket_by_then(self, desk):
        assert set(refused(desk.fire, "mine", "wang")) == {"not-in-state"}

    def test_an_ended_ticket_is_closed(self, desk):
        desk.fire("escalate", amount=101).fire("finish")
        assert set(refused(desk.fire, "finish")) == {"closed"}

    def test_an_unknown_trigger_says_what_was_probably_meant(self, desk):
        assert "did you mean finish?" in refused(desk.fire, "finnish")["unknown-trigger"].message


class TestSeparation:
    def test_what_one_has_done_another_must_confirm(self, desk):
        desk.fire("handle").fire("escalate", amount=101).fire("finish")
        found = refused(desk.fire, "confirm")
        assert found["separate"].facts == {"trigger": "confirm", "done": "handle"}
        assert desk.fire("confirm", "carl").here.state == "new"

    def test_it_is_remembered_of_everybody_not_of_the_last_one_only(self, desk):
        desk.fire("handle").fire("handle", "carl").fire("escalate", amount=101).fire("finish")
        assert "separate" in refused(desk.fire, "confirm", "cleo")
        assert "separate" in refused(desk.fire, "confirm", "carl")
        assert desk.fire("confirm", "chen").here.state == "new"

    def test_it_holds_in_either_order(self, desk):
        desk.fire("escalate", amount=101).fire("finish").fire("confirm")
        assert "separate" in refused(desk.fire, "handle")

    def test_a_stand_in_may_do_both(self, desk):
        desk.fire("handle").fire("escalate", amount=101).fire("finish")
        alone = replace(desk.actor("cleo"), roles=frozenset({"clerk", "stand-in"}))
        assert desk.fire("confirm", alone).here.state == "new"

    def test_the_clock_is_nobody(self, desk):
        desk.fire("handle", CLOCK).fire("escalate", amount=101).fire("finish")
        assert desk.fire("confirm", CLOCK).here.state == "new"

    def test_only_what_must_be_kept_apart_is_remembered(self, desk):
        desk.fire("handle").fire("handle").fire("escalate", amount=101)
        assert desk.here.trail.acted == {"handle": ("cleo",)}


class TestChoices:
    def test_what_may_be_done_has_no_reasons(self, desk):
        found = {
            each.trigger: each for each in list_trigger_options(desk.context, desk.actor("cleo"), desk.now)
        }
        assert list(found) == list(dict.fromkeys(row.trigger for row in DEFINITION.transitions))
        assert not found["classify"].reasons  # its guard hangs on what is still to be filled in
        assert len(found["classify"].transitions) == 2

    def test_what_may_not_says_why_and_who_could(self, desk):
        found = {
            each.trigger: each for each in list_trigger_options(desk.context, desk.actor("cleo"), desk.now)
        }
        assert [reason.code for reason in found["finish"].reasons] == ["not-in-state"]
        assert [reason.code for reason in found["call"].reasons] == ["guard"]
        assert found["weigh"].who == ("chief",)
        assert [reason.code for reason in found["weigh"].reasons] == ["role-needed"]

    def test_a_guard_that_holds_is_no_reason(self):
        desk = Desk(DEFINITION).open(remark="x", phone="13900000000")
        found = {
            each.trigger: each for each in list_trigger_options(desk.context, desk.actor("cleo"), desk.now)
        }
        assert not found["call"].reasons

    def test_one_who_must_not_do_both_is_told(self, desk):
        desk.fire("handle").fire("escalate", amount=101).fire("finish")
        found = {
            each.trigger: each for each in list_trigger_options(desk.context, desk.actor("cleo"), desk.now)
        }
        assert [reason.code for reason in found["confirm"].reasons] == ["separate"]


class TestHowGrave:
    def test_rights_come_before_state_before_form(self, desk):
        cases = (("weigh", "cleo", Forbidden), ("finish", "cleo", Blocked), ("hand", "cleo", Invalid))
        for trigger, who, kind in cases:
            with pytest.raises(kind):
                desk.fire(trigger, who)

    def test_a_ticket_that_has_moved_on_is_stale(self, desk):
        command = Fire(site="garden", ticket="t-1", actor=desk.actor("cleo"), trigger="handle", expected=7)
        with pytest.raises(Stale) as caught:
            decide(desk.context, command, desk.now)
        assert caught.value.reasons[0].facts == {"seen": "7", "now": "1"}


class TestHostileInput:
    @pytest.mark.parametrize("trigger", ["x" * 1_000_000, "\ud800", "\x00", ""])
    def test_a_strange_trigger_is_shown_shortly(self, desk, trigger):
        reason = refused(desk.fire, trigger)["unknown-trigger"]
        assert len(reason.message) < 300
        assert str(reason.saw).encode() == reason.facts["trigger"].encode()

    @pytest.mark.parametrize("note", ["x" * 100_000, "\ud800", "a\x00b"])
    def test_a_note_that_cannot_be_kept_is_refused(self, desk, note):
        assert set(refused(desk.note, note)) == {"bad-value note"}

    @pytest.mark.parametrize(
        "value", ["x" * 1_000_000, ["x"] * 10_000, {"a": {"b": []}}, 10**400, float("nan"), True, None, ""]
    )
    def test_a_strange_value_is_a_refusal_and_never_an_error(self, desk, value):
        for name in DEFINITION.fields:
            with pytest.raises(Refusal):
                desk.amend(**{"stranger": 1, name: value})

    def test_nothing_changes_by_a_refusal(self, desk):
        before = (desk.ticket, desk.clocks)
        refused(desk.fire, "classify")
        assert (desk.ticket, desk.clocks) == before

    def test_an_actor_nobody_knows_may_do_nothing(self, desk):
        stranger = Actor(id=person("x").id, name="X")
        assert "role-needed" in refused(desk.fire, "handle", stranger)
