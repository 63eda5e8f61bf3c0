"""A process names the role of a calendar; each site says which hours and days that is."""

from __future__ import annotations

from pathlib import Path

import pytest
from calendar_office import HARBOUR, SITE, Calendars
from engine_desk import REPAIR, Desk

from workflows.errors import Refusal

GENERAL = {"country": "HK", "kinds": ["public", "optional"]}
CASES = [
    ("2026-10-02 10:00", "10-02 12:00"),  # Golden Week, of which Hong Kong keeps the first day only
    ("2026-04-03 10:00", "04-08 11:00"),  # Good Friday; Easter Monday and Ching Ming follow
    ("2026-07-01 10:00", "07-02 11:00"),  # Establishment Day
    ("2026-10-10 10:00", "10-12 11:00"),  # a make-up Saturday elsewhere
]


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Calendars:
    return Calendars.on(desk, tmp_path / "definitions")


@pytest.mark.parametrize(("opened", "due"), CASES)
def test_a_site_keeps_its_own_holidays(office: Calendars, opened: str, due: str):
    office.say(HARBOUR, {"holidays": GENERAL})
    assert office.due(office.open(opened, HARBOUR)) == due


def test_a_site_that_says_nothing_lives_by_the_companys_days_in_its_own_zone(office: Calendars):
    office.desk.people.store_site(
        next(each for each in office.desk.people.sites() if each.id == HARBOUR).__class__(
            id=HARBOUR, name="Harbour", zone="Asia/Tokyo"
        )
    )
    opened = office.open("2026-07-01 10:00", HARBOUR)  # 11:00 in Tokyo
    assert office.due(opened) == "07-01 12:00"
    late = office.open("2026-07-01 16:30", HARBOUR)  # 17:30 in Tokyo, where it closes at 18:00
    assert office.due(late) == "07-02 09:30"


def test_hours_of_its_own_count_at_that_site_alone(office: Calendars):
    office.say(HARBOUR, {"holidays": "HK", "hours": {"mon-sat": ["10:00-14:00"]}})
    assert office.due(office.open("2026-10-10 13:00", HARBOUR)) == "10-12 11:00"
    assert office.due(office.open("2026-10-12 17:00")) == "10-13 10:00"


def test_days_of_the_company_reach_sites_that_keep_its_holidays(office: Calendars):
    office.publish(more="closed: {2026-03-03: 系统检修}")
    office.say(HARBOUR, {"holidays": "HK"})
    assert office.due(office.open("2026-03-02 17:00")) == "03-04 10:00"
    assert office.due(office.open("2026-03-02 17:00", HARBOUR)) == "03-03 10:00"


def test_what_a_site_says_can_be_taken_back(office: Calendars):
    office.say(SITE, {"closed": {"2026-03-03": "water"}})
    assert office.due(office.open("2026-03-02 17:00")) == "03-04 10:00"
    office.say(SITE, {})
    assert office.due(office.open("2026-03-02 17:00")) == "03-03 10:00"


def test_who_said_what_of_a_calendar_stands_in_the_history_of_the_site(office: Calendars):
    office.say(HARBOUR, {"holidays": "HK"}, 77)
    (change,) = office.desk.people.settings_history(HARBOUR)
    assert (change.setting, change.before, change.after) == ("calendar.office", None, {"holidays": "HK"})
    assert (change.actor_name, change.at) == ("clock", 77)


def test_announced_days_make_no_new_versions(office: Calendars):
    published = office.publish(more="closed: {2026-03-03: 系统检修}, open: {2026-03-07: 补班}")
    assert [each.changed for each in published] == [False, False, False]


def test_other_hours_hold_for_a_ticket_that_is_open_already(office: Calendars):
    opened = office.open("2026-03-02 10:00")
    office.publish(more="closed: {2026-03-03: 系统检修}")
    rested = office.fire(opened, "doze", "2026-03-02 11:00")
    assert office.due(rested, "state.dozing") == "03-05 18:00"
    assert rested.ticket is not None
    assert rested.ticket.version == 1


def test_a_version_published_when_calendars_still_belonged_to_it_is_not_published_anew(office: Calendars):
    with office.desk.database.transaction() as session:
        session.run("UPDATE definitions SET digest = 'of an older rule' WHERE kind = 'workflow'")
    assert not any(each.changed for each in office.publish())
    assert [each.changed for each in office.publish(repair=f"{REPAIR}# a word more\n")] == [
        False,
        False,
        True,
    ]


def test_what_no_longer_fits_the_companys_calendar_is_left_aside(office: Calendars):
    with office.desk.people._revision.transaction() as session:
        session.run(
            """UPDATE sites SET calendars = '{"office": {"since": 0, "said": {"holidays": "Nowhere"}}}'"""
        )
    assert office.due(office.open("2026-03-02 17:00")) == "03-03 10:00"


def test_a_step_asks_for_no_more_statements_because_sites_have_calendars(
    office: Calendars, monkeypatch: pytest.MonkeyPatch
):
    office.say(HARBOUR, {"holidays": "HK"})
    opened = office.open("2026-03-02 10:00", HARBOUR)
    asked: list[str] = []
    read = office.desk.database.read
    monkeypatch.setattr(
        office.desk.database, "read", lambda sql, values: [asked.append(str(sql)), read(sql, values)][1]
    )
    monkeypatch.setattr(office.desk.database, "rows", lambda query: pytest.fail(f"asked {query}"))
    office.fire(opened, "doze", "2026-03-02 11:00", HARBOUR)
    assert len(asked) <= 3


def test_a_guard_reads_the_clock_of_the_site_and_its_calendar(office: Calendars):
    guarded = REPAIR.replace(
        "{trigger: mend, ", "{trigger: mend, guard: now.getHours() >= 9 && is_open(now), "
    )
    office.publish(repair=guarded)
    office.say(HARBOUR, {"holidays": GENERAL})
    opened = office.open("2026-10-02 10:00", HARBOUR)
    with pytest.raises(Refusal):
        office.fire(opened, "mend", "2026-10-02 20:00", HARBOUR)
    assert office.fire(opened, "mend", "2026-10-05 10:00", HARBOUR).ticket is not None
    at_home = office.open("2026-10-02 10:00")
    with pytest.raises(Refusal):
        office.fire(at_home, "mend", "2026-10-05 10:00")  # Golden Week


def test_sites_that_say_the_same_share_what_was_worked_out(office: Calendars):
    resolve, directory = office.desk.engine.calendars.at, office.desk.people.directory
    named = office.desk.library.latest("repair").calendar
    office.say(HARBOUR, {"holidays": "HK"})
    before = resolve(directory(HARBOUR), named)
    office.desk.people.update_staff("hana", name="Hana Again")
    assert resolve(directory(HARBOUR), named)._years is before._years
