"""What a step makes of a ticket: its fields and title, whose it is, when it ended, what is written down."""

import pytest
from core_desk import MONDAY, Desk, directory, person, process, refused

from workflows.core.input.field_values import TITLE_LENGTH

DEFINITION = process("""
summary: content
fields:
  content: {type: text, multiline: true}
  phone: {type: phone}
  dept: {type: department}
  who: {type: staff}
readers: [clerk]
start: {state: new, roles: [clerk], requires: [content], accepts: [phone, dept, who]}
states:
  new: {owner: {role: clerk}, due: 2 working hours}
  handling: {owner: {role: worker, department: dept}, due: 4 working hours}
  named: {owner: {staff: who}}
  dozing: {category: waiting, owner: {role: chief}}
  done: {category: closed}
  dropped: {category: cancelled}
transitions:
  - {trigger: assign, from: [new, done], to: handling, roles: [clerk], accepts: [dept, content, phone]}
  - {trigger: name, from: new, to: named, roles: [clerk], requires: [who]}
  - {trigger: call, from: new, to: named, roles: [clerk]}
  - {trigger: doze, from: open, to: dozing, roles: [clerk]}
  - {trigger: again, from: handling, to: handling, roles: [clerk, owner]}
  - {trigger: transfer, from: [handling, named], roles: [clerk], accepts: [dept, who]}
  - {trigger: finish, from: [handling, dozing, dropped], to: done, roles: [clerk, owner]}
  - {trigger: drop, from: any, to: dropped, roles: [clerk]}
""")


def desk(**data: object) -> Desk:
    return Desk(DEFINITION).open(**{"content": "The lift is stuck", **data})


class TestFields:
    def test_the_summary_titles_the_ticket_on_one_line(self):
        assert desk(content="  The lift\n is   stuck ").here.title == "The lift is stuck"

    def test_a_long_title_is_cut(self):
        title = desk(content="x" * 1000).here.title
        assert len(title) == TITLE_LENGTH
        assert title.endswith("…")

    def test_a_process_without_a_summary_has_untitled_tickets(self):
        plain = process("start: {state: a, roles: [clerk]}\nstates: {a: {}}\ntransitions: []\n")
        assert Desk(plain).open().here.title == ""

    def test_the_title_follows_its_field(self):
        assert desk().fire("assign", content="The door").here.title == "The door"

    def test_an_empty_value_takes_a_field_away_and_is_written_down(self):
        found = desk(dept="green").fire("assign", dept=None)
        assert "dept" not in found.here.data
        assert found.step.event.data == {"dept": None}

    def test_personal_values_never_stand_among_the_others(self):
        found = desk(phone="13800000000").fire("assign", phone="13900000000")
        assert found.here.personal == {"phone": "13900000000"}
        for step in found.steps:
            assert "phone" not in step.event.data
            assert "phone" in step.event.personal
        assert "phone" not in found.here.data


class TestWhose:
    def test_it_is_the_departments_that_the_owner_names(self):
        assert desk().fire("assign", dept="repairs").here.department == "repairs"

    def test_the_department_stays_while_the_next_owner_names_none(self):
        assert desk().fire("assign", dept="repairs").fire("doze").here.department == "repairs"

    def test_the_only_one_who_can_be_meant_gets_it(self):
        assert desk().fire("assign", dept="green").here.assignee == "gu"

    def test_of_several_nobody_gets_it(self):
        assert desk().fire("assign", dept="repairs").here.assignee is None

    def test_whoever_has_it_keeps_it_while_still_an_owner(self):
        found = desk().fire("assign", dept="repairs").claim("wei")
        assert found.fire("again", "wei").here.assignee == "wei"

    def test_the_named_person_gets_it(self):
        assert desk().fire("name", who="wang").here.assignee == "wang"

    def test_a_named_person_who_has_left_does_not(self):
        found = desk(who="wang")
        found.staff = directory(person("cleo", "clerk"))
        assert found.fire("call").here.assignee is None

    def test_without_a_department_it_is_nobodys(self):
        found = desk().fire("assign")
        assert (found.here.department, found.here.assignee) == (None, None)

    def test_a_step_that_stays_hands_it_over_when_it_rewrites_the_owner(self):
        found = desk().fire("assign", dept="repairs").claim("wei").fire("transfer", dept="green")
        assert (found.here.department, found.here.assignee) == ("green", "gu")

    def test_and_leaves_it_where_it_is_otherwise(self):
        found = desk().fire("assign", dept="repairs").claim("wei").fire("transfer", dept="repairs")
        assert (found.here.department, found.here.assignee) == ("repairs", "wei")

    def test_putting_the_owner_right_hands_it_over_too(self):
        found = desk(who="wang").fire("name", who="wang").amend("wang", who="wei")
        assert found.here.assignee == "wei"

    def test_an_ended_ticket_is_nobodys(self):
        assert desk().fire("assign", dept="green").fire("finish").here.assignee is None


class TestEnds:
    def test_an_end_is_dated(self):
        found = desk().fire("assign").wait_until("2026-03-02 10:00").fire("finish")
        assert (found.here.category, found.here.closed_at) == ("closed", MONDAY + 3600)

    def test_going_on_from_one_end_to_another_keeps_the_date(self):
        found = desk().fire("drop").wait_until("2026-03-02 10:00").fire("finish")
        assert (found.here.category, found.here.closed_at) == ("closed", MONDAY)

    def test_reopening_takes_the_date_away(self):
        found = desk().fire("assign").fire("finish").fire("assign", dept="green")
        assert (found.here.category, found.here.closed_at) == ("open", None)

    def test_every_entry_of_a_state_is_counted_also_from_itself(self):
        found = desk().fire("assign").fire("again")
        assert found.here.trail.visits == {"new": 1, "handling": 2}

    def test_staying_is_not_entering(self):
        found = desk().fire("assign", dept="green").wait_until("2026-03-02 10:00").fire("transfer")
        assert found.here.entered_at == MONDAY
        assert found.here.trail.visits["handling"] == 1


class TestHistory:
    def test_every_step_is_one_entry_and_one_seq(self):
        found = desk().fire("assign").fire("again").note("seen")
        assert [step.event.seq for step in found.steps] == [1, 2, 3, 4]
        assert [step.after.seq for step in found.steps] == [1, 2, 3, 4]

    def test_an_entry_measures_the_state_that_was_left_in_opening_time(self):
        found = desk().wait_until("2026-03-02 14:00").fire("assign")
        entry = found.step.event
        assert (entry.source, entry.to, entry.spent, entry.target) == ("new", "handling", 3.5 * 3600, 7200)

    def test_entering_anew_measures_too(self):
        found = desk().fire("assign").wait_until("2026-03-02 10:00").fire("again")
        assert (found.step.event.spent, found.step.event.target) == (3600, 4 * 3600)

    def test_staying_measures_nothing(self):
        found = desk().fire("assign").wait_until("2026-03-02 10:00").fire("transfer")
        assert (found.step.event.spent, found.step.event.target) == (None, None)

    def test_time_never_runs_backwards(self):
        found = (
            desk().wait_until("2026-03-02 10:00").fire("assign").wait_until("2026-03-02 09:30").fire("again")
        )
        assert found.step.event.at == MONDAY + 3600
        assert found.here.changed_at == MONDAY + 3600

    @pytest.mark.parametrize("trigger", ["again", "finish"])
    def test_a_step_refused_by_the_state_leaves_no_entry(self, trigger):
        found = desk()
        refused(found.fire, trigger)
        assert len(found.steps) == 1
