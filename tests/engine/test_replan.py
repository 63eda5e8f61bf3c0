"""Days are announced while tickets are open: their promises are planned anew, and the history says why."""

from __future__ import annotations

from pathlib import Path

import pytest
from calendar_office import HARBOUR, SITE, Calendars
from engine_desk import REPAIR, Desk, T

from workflows.core.commands import Amend
from workflows.core.ticket import StepContext
from workflows.replan import Replanner
from workflows.storage.audit.verify import verify
from workflows.timing.clock_operations import explain

DATED = (
    REPAIR.replace("readers: [clerk]", f"  until: {{type: date, title: {T}}}\nreaders: [clerk]")
    .replace("accepts: [phone]", "accepts: [phone, until]")
    .replace("due: 2 working hours, escalation", "due: {at: until}, escalation")
)
CLOSED = {"closed": {"2026-03-03": "typhoon"}}


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Calendars:
    return Calendars.on(desk, tmp_path / "definitions")


def deadlines(office: Calendars) -> Replanner:
    desk = office.desk
    return Replanner(desk.engine, desk.library, desk.people, desk.store, desk.engine.calendars)


def announced(office: Calendars, said: dict[str, object], at: str, site: str = SITE) -> int:
    """Say it, and let the clock go round until there is nothing left to look at; how many it looked at."""
    now = office.moment(at)
    office.say(site, said, now)
    kept, total = deadlines(office), 0
    while found := kept.replan(now):
        total += found
    return total


def steps(office: Calendars, context: StepContext, kind: str = "replan") -> list[tuple[str, str]]:
    assert context.ticket is not None
    where = f"ticket_id = '{context.ticket.id}' AND kind = '{kind}'"
    return [(row[0], row[1]) for row in office.desk.rows(f"SELECT note, data FROM history WHERE {where}")]


def test_a_closure_moves_what_is_open_and_the_history_says_why(office: Calendars):
    opened = office.open("2026-03-02 17:00")
    assert office.due(opened) == "03-03 10:00"
    announced(office, CLOSED, "2026-03-02 17:30")
    assert office.due(opened) == "03-04 10:00"
    ((note, data),) = steps(office, opened)
    assert note == "office: 2026-03-03 closed (typhoon) (clock, 2026-03-02T09:30:00Z)"
    assert '"before":"2026-03-03T02:00:00Z"' in data
    assert office.desk.now_of(opened.ticket.id if opened.ticket else "").due_at == office.moment(
        "2026-03-04 10:00"
    )


def test_the_explanation_names_the_closure_and_adds_up(office: Calendars):
    opened = office.open("2026-03-02 17:00")
    announced(office, CLOSED, "2026-03-02 17:30")
    clock = office.clock(opened)
    calendar = office.desk.engine.calendars.at(office.desk.people.directory(SITE), opened.definition.calendar)
    found = explain(clock, calendar, clock.due_at or 0)
    assert ("closed", "typhoon") in {(each.reason, each.rule) for each in found}
    assert sum(each.end - each.start for each in found if each.counted) == clock.budget == 7200


def test_the_same_days_published_by_the_company_move_it_too(office: Calendars):
    opened = office.open("2026-03-02 17:00")
    office.publish(more="closed: {2026-03-03: typhoon}")
    deadlines(office).replan(office.moment("2026-03-02 17:30"))
    assert office.due(opened) == "03-04 10:00"
    ((note, _),) = steps(office, opened)
    assert note == "office: the company's days and hours were published anew"


def test_what_the_company_has_changed_is_explained_with_who_and_why(office: Calendars):
    opened = office.open("2026-03-02 17:00")
    at = office.moment("2026-03-02 17:20")
    office.publish(more="closed: {2026-03-03: typhoon}", at=at, reason="the office stays shut")
    deadlines(office).replan(office.moment("2026-03-02 17:30"))
    ((note, _),) = steps(office, opened)
    assert note == "office: 2026-03-03 closed (typhoon) (lead, 2026-03-02T09:20:00Z: the office stays shut)"


def test_a_make_up_day_and_other_hours_move_it_as_well(office: Calendars):
    opened = office.open("2026-03-06 17:00")
    assert office.due(opened) == "03-09 10:00"
    announced(office, {"open": {"2026-03-07": "补班"}}, "2026-03-06 17:10")
    assert office.due(opened) == "03-07 10:00"
    announced(office, {"hours": {"mon-fri": ["13:00-18:00"]}}, "2026-03-06 17:20")
    assert office.due(opened) == "03-09 14:00"


def test_another_sites_promises_stay_as_they_are(office: Calendars):
    opened = office.open("2026-03-02 17:00", HARBOUR)
    announced(office, CLOSED, "2026-03-02 17:30")
    assert office.due(opened) == "03-03 10:00"


def test_what_was_judged_stays_judged(office: Calendars):
    """One that has fallen due before the announcement is overdue, and one that was settled is settled."""
    late = office.open("2026-03-02 09:00")
    met = office.fire(office.open("2026-03-02 09:00"), "mend", "2026-03-02 10:00")
    announced(office, {"closed": {"2026-03-02": "power cut"}}, "2026-03-02 11:30")
    assert office.due(late) == "03-02 11:00"
    assert steps(office, met) == []
    assert office.clock(met).status(office.moment("2026-03-02 12:00")) == "met"
    assert office.due(late, "whole") == "03-05 18:00"


def test_what_fell_due_after_the_announcement_is_moved_though_the_clock_came_late(office: Calendars):
    opened = office.open("2026-03-02 17:00")
    office.say(SITE, CLOSED, office.moment("2026-03-02 17:30"))
    deadlines(office).replan(office.moment("2026-03-03 12:00"))
    assert office.due(opened) == "03-04 10:00"


def test_no_level_fires_by_days_that_hold_no_more(office: Calendars):
    opened = office.open("2026-03-02 17:00")
    office.say(SITE, CLOSED, office.moment("2026-03-02 17:30"))
    office.desk.engine.sweep(office.moment("2026-03-03 12:00"))
    assert office.due(opened) == "03-04 10:00"
    clock = office.clock(opened)
    assert office.desk.rows("SELECT count(*) FROM outbox WHERE kind = 'escalation'")[0][0] <= 1
    assert (clock.level, office.shown(clock.next_level_at)) in {(1, "03-04 10:00"), (0, "03-02 18:00")}


def test_a_promise_that_rests_has_the_new_days_when_it_goes_on(office: Calendars):
    opened = office.open("2026-03-02 17:00")
    resting = office.fire(opened, "doze", "2026-03-02 17:30")
    announced(office, {"closed": {"2026-03-04": "water"}}, "2026-03-02 17:40")
    woken = office.fire(resting, "wake", "2026-03-03 09:00")
    assert office.due(woken, "whole") == "03-09 09:30"  # half an hour of Monday was still left


def test_levels_to_come_after_a_missed_deadline_go_by_the_new_days(office: Calendars):
    office.publish(repair=REPAIR.replace("escalation: pulling", "escalation: follow"))
    late = office.open("2026-03-02 09:00")
    while office.desk.engine.sweep(office.moment("2026-03-05 18:00")):
        pass
    assert office.shown(office.clock(late, "whole").next_level_at) == "03-06 18:00"
    announced(office, {"closed": {"2026-03-06": "typhoon"}}, "2026-03-05 19:00")
    assert office.due(late, "whole") == "03-05 18:00"
    assert office.shown(office.clock(late, "whole").next_level_at) == "03-09 18:00"
    assert len(steps(office, late)) == 1


def test_the_record_still_verifies_when_promises_were_looked_at(office: Calendars):
    office.open("2026-03-02 17:00")
    office.open("2026-03-05 09:00")
    announced(office, CLOSED, "2026-03-02 17:30")
    assert list(verify(office.desk.database)) == []


def test_a_deadline_at_the_close_of_a_day_moves_with_that_days_hours(office: Calendars):
    office.publish(repair=DATED)
    opened = office.open("2026-03-02 09:00", content="lift", until="2026-03-03")
    assert office.due(opened) == "03-03 18:00"
    announced(office, {"open": {"2026-03-03": ["09:00-12:00"]}}, "2026-03-02 10:00")
    assert office.due(opened) == "03-03 12:00"


@pytest.mark.parametrize("first", ["the day", "the hours"])
def test_a_day_that_is_moved_in_the_second_in_which_its_hours_change_is_one_promise(
    office: Calendars, first: str
):
    """Whichever comes first, it falls due by both, and each level fires once."""
    office.publish(repair=DATED)
    opened = office.open("2026-03-02 09:00", content="lift", until="2026-03-03")
    assert opened.ticket is not None
    said = {"open": {"2026-03-05": ["09:00-12:00"]}}
    moved = Amend(site=SITE, ticket=opened.ticket.id, actor=office.actor(), data={"until": "2026-03-05"})
    if first == "the day":
        office.desk.engine.do(moved, office.moment("2026-03-02 10:00"))
        announced(office, said, "2026-03-02 10:00")
    else:
        announced(office, said, "2026-03-02 10:00")
        office.desk.engine.do(moved, office.moment("2026-03-02 10:00"))
    assert deadlines(office).replan(office.moment("2026-03-02 10:00")) == 0
    assert office.due(opened) == "03-05 12:00"
    for _ in range(2):
        while office.desk.engine.sweep(office.moment("2026-03-20 10:00")):
            pass
    levels = [data for _, data in steps(office, opened, "tick")]
    assert levels
    assert len(levels) == len(set(levels))
    assert list(verify(office.desk.database)) == []


def test_a_preview_says_what_would_move_and_moves_nothing(office: Calendars):
    opened = office.open("2026-03-02 17:00")
    office.open("2026-03-02 09:00")
    found = list(deadlines(office).preview(SITE, "office", CLOSED, office.moment("2026-03-02 17:30")))
    moved = {
        (each.ticket.number, each.replanned.before.name, office.shown(each.replanned.after.due_at))
        for each in found
    }
    assert opened.ticket is not None
    assert (opened.ticket.number, "state.open-job", "03-04 10:00") in moved
    assert len(moved) == 3  # the other's first promise has fallen due by then
    assert office.due(opened) == "03-03 10:00"
    assert deadlines(office).replan(office.moment("2026-03-02 17:30")) == 0


def test_a_round_that_is_cut_off_goes_on_and_moves_each_once(
    office: Calendars, monkeypatch: pytest.MonkeyPatch
):
    opened = [office.open("2026-03-02 17:00") for _ in range(5)]
    now = office.moment("2026-03-02 17:30")
    office.say(SITE, CLOSED, now)
    done = 0
    real = office.desk.engine.do

    def killed(*args: object, **more: object) -> object:
        nonlocal done
        done += 1
        if done == 3:
            raise KeyboardInterrupt
        return real(*args, **more)

    monkeypatch.setattr(office.desk.engine, "do", killed)
    with pytest.raises(KeyboardInterrupt):
        deadlines(office).replan(now)
    monkeypatch.setattr(office.desk.engine, "do", real)
    assert sum(len(steps(office, each)) for each in opened) == 2
    again = deadlines(office)
    while again.replan(now, 3):
        pass
    assert [len(steps(office, each)) for each in opened] == [1] * 5
    assert {office.due(each) for each in opened} == {"03-04 10:00"}


def test_nothing_is_read_of_promises_that_are_planned_already(
    office: Calendars, monkeypatch: pytest.MonkeyPatch
):
    for _ in range(3):
        office.open("2026-03-02 17:00")
    kept, now = deadlines(office), office.moment("2026-03-02 17:30")
    assert kept.replan(now) == 0
    monkeypatch.setattr(
        office.desk.store.open_clocks, "planned_by_others", lambda *_: pytest.fail("it has looked again")
    )
    assert kept.replan(now + 10) == 0


def test_promises_from_before_calendars_belonged_to_sites_are_looked_at_once(office: Calendars):
    opened = office.open("2026-03-02 17:00")
    with office.desk.database.transaction() as session:
        session.run("UPDATE clocks SET seal = ''")
    office.desk.store._loader.cache.clear()
    now = office.moment("2026-03-02 17:30")
    assert deadlines(office).replan(now) == 2
    assert deadlines(office).replan(now) == 0
    assert steps(office, opened) == []
    assert office.due(opened) == "03-03 10:00"


def test_days_by_which_nothing_can_be_planned_set_the_promise_aside_and_no_other(office: Calendars):
    last = office.open("2200-12-26 09:00")  # after that year there is no calendar
    other = office.open("2200-12-26 17:00")
    assert office.due(last, "whole") == "12-31 18:00"
    announced(office, {"closed": ["2200-12-31", "2200-12-29"]}, "2200-12-26 17:30")
    assert "no deadline can be worked out" in str(office.clock(last, "whole").parked)
    assert office.due(other) == "12-30 10:00"


def test_a_clock_that_goes_behind_the_tickets_own_time_ends_all_the_same(office: Calendars):
    opened = office.open("2026-03-02 17:00")
    office.fire(opened, "again", "2026-03-04 12:00")
    office.say(SITE, CLOSED, office.moment("2026-03-02 17:30"))
    kept, looks = deadlines(office), 0
    while kept.replan(office.moment("2026-03-02 17:30")):
        looks += 1
    assert looks <= 2
