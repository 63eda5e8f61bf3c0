"""A level has come due: it is fired once, somebody hears, and nothing hangs on what a sweep does not read."""

import pytest
from core_desk import GUEST, Desk, directory, person, process, shown

from workflows.core.access.assignment import NOBODY, build_messages
from workflows.core.clocks.advance import merge_clocks
from workflows.core.commands import CLOCK, Fire, Tick
from workflows.core.handlers.import_silence import silence
from workflows.core.step import Message

DEFINITION = process("""
fields: {dept: {type: department}, who: {type: staff}, name: {type: person}, phone: {type: phone}}
readers: [clerk]
client: {name: name, contact: phone}
start: {state: new, roles: [clerk, guest], accepts: [dept, who]}
states:
  new: {owner: {role: clerk}, due: 2 working hours, escalation: standard}
  loud: {owner: {role: clerk}, due: 2 working hours, escalation: loud}
  all: {owner: {role: worker, department: dept}, due: 2 working hours, escalation: everybody}
  department: {owner: {department: dept}, due: 2 working hours, escalation: loud}
  person: {owner: {staff: who}, due: 2 working hours, escalation: everybody}
  top: {owner: {role: director}, due: 2 working hours, escalation: loud}
  lapsed: {owner: {role: clerk}, due: 1 working hour}
  done: {category: closed}
transitions:
  - {trigger: loud, from: open, to: loud, roles: [clerk]}
  - {trigger: all, from: open, to: all, roles: [clerk]}
  - {trigger: department, from: open, to: department, roles: [clerk]}
  - {trigger: person, from: open, to: person, roles: [clerk]}
  - {trigger: top, from: open, to: top, roles: [clerk]}
  - {trigger: lapse, from: [new, loud], to: lapsed, roles: [clock]}
  - {trigger: finish, from: open, to: done, roles: [clerk]}
  - {trigger: wake, from: lapsed, to: done, auto: true, guard: ticket.priority == 'high'}
clocks:
  pulling: {title: {en: P}, starts: new, stops: done, within: 4 working hours, escalation: pulling}
  rising: {title: {en: R}, starts: lapsed, stops: done, within: 1 working hour, escalation: loud}
""")

NOTICE = Message(kind="notice", recipient="", role="")


def late(trigger: str, moment: str = "2026-03-02 17:00", **data: object) -> Desk:
    found = Desk(DEFINITION).open(**data)
    found.fire(trigger).wait_until(moment)
    return found


def without(*names: str) -> tuple:
    return tuple(member for member in directory().staff.values() if member.id not in names)


class TestLevels:
    def test_each_fires_once_in_order(self):
        found = Desk(DEFINITION).open().claim("cleo").wait_until("2026-03-02 10:00").tick("state.new")
        assert found.step.event.data["level"] == 1
        assert found.told() == [("cleo", "assignee")]
        assert found.tick("state.new").step.event.seq == 3  # not due yet: nothing happened
        found.wait_until("2026-03-02 11:00").tick("state.new")
        assert found.told() == [("chen", "chief")]
        assert found.step.messages[0].urgent
        assert found.clock("state.new").next_level_at is None
        assert len(found.tick("state.new").steps) == 4

    def test_not_again_when_asked_twice(self):
        found = Desk(DEFINITION).open().wait_until("2026-03-02 10:30")
        tick = Tick(site="garden", ticket="t-1", actor=CLOCK, clock="state.new", level=0)
        assert len(found.do(tick).do(tick).steps) == 2

    def test_not_before_their_time_nor_of_a_clock_that_stopped_or_is_unknown(self):
        found = Desk(DEFINITION).open()
        assert len(found.tick("state.new").steps) == 1
        found.fire("loud").wait_until("2026-03-03 11:00").tick("state.new")
        found.do(Tick(site="garden", ticket="t-1", actor=CLOCK, clock="stranger", level=0))
        assert len(found.steps) == 2

    def test_the_history_says_which_clock_and_when_it_was_due(self):
        entry = Desk(DEFINITION).open().wait_until("2026-03-02 10:00").tick("state.new").step.event
        assert (entry.kind, entry.actor.id, entry.source, entry.to) == ("tick", "system", "new", "new")
        assert entry.data["clock"] == "state.new"
        assert shown(entry.data["due_at"]) == "03-02 11:00"

    def test_a_level_may_raise_the_priority(self):
        assert late("loud").tick("state.loud").here.priority == 2

    def test_a_raised_priority_may_ripen_a_row(self):
        found = Desk(DEFINITION).open().fire("lapse", CLOCK).wait_until("2026-03-02 17:00").tick("rising")
        assert [type(c).__name__ for c in found.step.follow_ups] == ["FireAuto"]
        assert found.settle().here.state == "done"

    def test_a_level_pulls_a_trigger(self):
        found = Desk(DEFINITION).open().wait_until("2026-03-02 17:00").tick("pulling")
        (command,) = found.step.follow_ups
        assert isinstance(command, Fire)
        assert found.do(command).here.state == "lapsed"
        assert found.step.event.actor.id == "system"

    def test_where_the_trigger_does_not_leave_the_level_still_tells(self):
        found = late("top").tick("pulling")
        assert found.step.follow_ups == ()
        assert found.step.event.note == "lapse does not leave top"
        assert found.told() == [("dora", "owner")]


class TestWhoHears:
    def test_everybody_once_by_their_first_capacity(self):
        found = late("all", dept="repairs").tick("state.all")
        assert found.told() == [
            ("wang", "owner"),
            ("wei", "owner"),
            ("cleo", "opener"),
            ("hao", "department"),
            ("dora", "director"),
            ("client", "client"),
            ("carl", "clerk"),
        ]

    def test_the_assignee_if_there_is_one(self):
        found = late("all", dept="repairs")
        found.claim("wei").tick("state.all")
        assert found.told()[0] == ("wei", "assignee")

    def test_an_assignee_who_has_left_is_passed_over(self):
        found = late("all", dept="repairs").claim("wei")
        found.staff = directory(*without("wei"))
        assert found.tick("state.all").told()[0] == ("wang", "owner")

    def test_of_an_unassigned_ticket_the_superior_is_that_of_its_owners(self):
        assert late("loud").tick("state.loud").told() == [("chen", "chief"), ("dora", "director")]

    def test_a_vacant_post_is_passed_over(self):
        found = late("loud")
        found.staff = directory(*without("chen"))
        assert found.tick("state.loud").told() == [("dora", "director")]

    def test_where_no_department_has_it_nobody_of_one_is_meant(self):
        people = build_messages(
            ["department", "department-head"], late("loud").context, late("loud").here, NOTICE
        )
        assert people == ()

    def test_but_of_an_escalation_somebody_hears(self):
        found, level = late("loud"), NOTICE._replace(kind="escalation")
        (told,) = build_messages(["department-head"], found.context, found.here, level)
        assert told.recipient == "chen"

    def test_of_a_department_it_is_its_head_and_then_those_above(self):
        found = late("department", dept="green").tick("state.department")
        assert found.told() == [("hu", "dept-head"), ("dora", "director")]

    def test_a_department_without_a_head_turns_to_those_above(self):
        found = late("department", dept="green")
        found.staff = directory(*without("hu"))
        assert found.tick("state.department").told() == [("dora", "director")]

    def test_the_superior_of_a_named_person_is_that_of_the_post(self):
        found = late("person", who="wang", dept="repairs").tick("state.person")
        told = dict(found.told())
        assert told["wang"] == "assignee"
        assert told["dora"] == "director"

    def test_a_named_person_who_has_left_leaves_it_to_those_above(self):
        found = late("person", who="wang", dept="repairs")
        found.staff = directory(*without("wang"))
        found.ticket = found.here._replace(department="repairs")
        assert found.tick("state.person").told()[0] == ("hao", "dept-head")

    def test_at_the_top_it_is_the_one_who_has_nobody_above(self):
        assert late("top").tick("state.top").told() == [(NOBODY, "superior")]

    def test_nobody_at_all_is_said_aloud(self):
        found = late("all")
        found.staff = directory(person("someone", "clerk"))
        told = dict(found.tick("state.all").told())
        assert told[NOBODY] == "superior"
        assert told["someone"] == "clerk"

    def test_an_opener_from_outside_is_nobody_of_the_staff(self):
        found = Desk(DEFINITION).open(GUEST).fire("all").wait_until("2026-03-02 17:00").tick("state.all")
        assert (NOBODY, "opener") in found.told() or (NOBODY, "superior") in found.told()


class TestNarrowly:
    @pytest.mark.parametrize("trigger", ["loud", "all", "department", "person", "top"])
    @pytest.mark.parametrize("assigned", [True, False])
    def test_a_sweep_tells_the_same_people_as_one_who_reads_everything(self, trigger, assigned):
        found = late(trigger, dept="repairs", who="wei")
        if assigned and trigger == "all":
            found.claim("wang")
        narrow = found.narrowly().tick(f"state.{trigger}")
        found.tick(f"state.{trigger}")
        assert narrow.step.messages == found.step.messages
        assert narrow.step.clocks == found.step.clocks
        assert narrow.step.event == found.step.event
        assert narrow.step.follow_ups == found.step.follow_ups


class TestBroughtInAfterwards:
    def test_nobody_is_told_and_what_was_due_counts_as_fired(self):
        found = Desk(DEFINITION).open()
        step = silence(found.step, found.context, found.wait_until("2026-03-02 10:00").now)
        assert step.messages == ()
        clock = next(clock for clock in step.clocks if clock.name == "state.new")
        assert (clock.level, shown(clock.next_level_at)) == (1, "03-02 11:00")

    def test_levels_due_later_stay(self):
        found = Desk(DEFINITION).open()
        step = silence(found.step, found.context, found.now)
        assert merge_clocks((), step.clocks) == found.clocks
