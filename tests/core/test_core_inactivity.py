"""Clocks that whatever is done begins anew: a week in which nothing happens."""

import pytest
from core_desk import CLOCK, MONDAY, Desk, at, process, shown

from workflows.core.commands import Amend, Fire

DEFINITION = process(
    """
fields: {content: {type: text}, pace: {type: choice, options: {slow: {en: S}, fast: {en: F}}}}
start: {state: talking, roles: [clerk], accepts: [content, pace]}
states:
  talking: {owner: {role: clerk}}
  waiting: {category: waiting, owner: {role: clerk}}
  done: {category: closed}
transitions:
  - {trigger: follow, from: talking, roles: [clerk, clock]}
  - {trigger: look, from: talking, roles: [clerk, clock]}
  - {trigger: wait, from: talking, to: waiting, roles: [clerk]}
  - {trigger: resume, from: waiting, to: talking, roles: [clerk, clock]}
  - {trigger: finish, from: talking, to: done, roles: [clerk]}
  - {trigger: reopen, from: done, to: talking, roles: [clerk]}
  - {trigger: hasten, from: talking, to: waiting, auto: true, guard: content == 'hurry'}
clocks:
  silence: {starts: talking, within: 7 days, restarts: any, escalation: standard}
  unfollowed: {starts: talking, within: 7 days, restarts: [follow, hasten]}
  paced: {starts: talking, within: {slow: 9 days, fast: 2 days}, by: pace, restarts: any}
  patient: {starts: talking, within: 7 days}
""".replace("trigger: wait", "trigger: put-off")
)


def desk() -> Desk:
    return Desk(DEFINITION).open(pace="slow")


def dues(found: Desk) -> list[str | None]:
    return [shown(found.clock(name).due_at) for name in ("silence", "unfollowed", "patient")]


ACTS = {
    "a step": lambda found: found.fire("look"),
    "a note": lambda found: found.note("She called"),
    "an amendment": lambda found: found.amend(content="a lamp"),
    "an assignment": lambda found: found.assign("carl"),
}


@pytest.mark.parametrize("act", ACTS)
def test_whatever_a_person_does_breaks_the_silence(act):
    found = desk().wait_until("2026-03-05 09:00")
    ACTS[act](found)
    assert dues(found) == ["03-12 09:00", "03-09 09:00", "03-09 09:00"]
    assert found.here.due_at == at("2026-03-09 09:00")


def test_the_first_opening_begins_it():
    assert dues(desk()) == ["03-09 09:00"] * 3


def test_what_the_clock_does_does_not():
    found = desk().wait_until("2026-03-05 09:00").fire("look", CLOCK).tick("silence")
    found.do(Fire(site="garden", ticket="t-1", actor=CLOCK, trigger="nothing", by_relative=True))
    assert dues(found) == ["03-09 09:00"] * 3


def test_nor_does_a_relative():
    found = desk().wait_until("2026-03-05 09:00")
    found.do(Amend(site="garden", ticket="t-1", actor=CLOCK, data={"content": "x"}, by_relative=True))
    assert (found.here.data["content"], dues(found)) == ("x", ["03-09 09:00"] * 3)


def test_where_triggers_are_named_only_those_do_whoever_fires_them():
    found = desk().wait_until("2026-03-05 09:00").fire("follow", CLOCK)
    assert dues(found) == ["03-09 09:00", "03-12 09:00", "03-09 09:00"]


def test_also_when_it_fires_by_itself():
    found = desk().wait_until("2026-03-05 09:00").amend(content="hurry").settle()
    assert found.clock("unfollowed").ledger[-2:] == ((found.now, "restart"), (found.now, "pause"))


def test_its_levels_come_anew():
    found = desk().wait_until("2026-03-06 09:00").tick("silence")
    assert found.clock("silence").level == 1
    found.note("She called")
    silence = found.clock("silence")
    assert (silence.level, shown(silence.next_level_at)) == (0, "03-09 21:00")


def test_while_the_ticket_waits_it_rests_and_is_whole_afterwards():
    found = desk().wait_until("2026-03-05 09:00").fire("put-off")
    found.wait_until("2026-03-06 09:00").note("Nothing yet")
    assert found.clock("silence").paused
    assert found.wait_until("2026-03-20 09:00").fire("resume", CLOCK).clock("silence").due_at == at(
        "2026-03-27 09:00"
    )


def test_another_answer_counts_from_the_act_that_gave_it():
    found = desk().wait_until("2026-03-05 09:00").amend(pace="fast")
    assert shown(found.clock("paced").due_at) == "03-07 09:00"


def test_it_stops_with_the_ticket_and_a_reopening_is_an_act():
    found = desk().wait_until("2026-03-05 09:00").fire("finish")
    assert found.clock("silence").stopped
    assert found.clock("silence").ledger == ((MONDAY, "start"), (found.now, "stop"))
    found.wait_until("2026-03-10 09:00").fire("reopen")
    assert shown(found.clock("silence").due_at) == "03-17 09:00"
