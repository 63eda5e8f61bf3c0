"""What schedules open: each slot once, through the one door, whoever looks and whenever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from engine_desk import HOUR, MONDAY, SITE, Desk
from schedule_office import DAY, ROUND, Office

from workflows.core.commands import CLOCK
from workflows.core.people import Membership, Staff
from workflows.errors import Invalid
from workflows.storage.database import Database
from workflows.storage.errors import StorageError
from workflows.storage.people.people import Site
from workflows.storage.schedule_runs import ScheduleRun


def test_a_slot_is_opened_when_it_is_due_and_not_before(office: Office) -> None:
    """Monday nine o'clock: the morning's slot is past, and a new schedule has missed nothing."""
    office.publish(office.named("every-morning"))
    assert office.schedules.tick(MONDAY) == 0
    assert office.schedules.tick(MONDAY + 23 * HOUR) == 0
    assert office.schedules.tick(MONDAY + 23 * HOUR + HOUR // 2) == 1
    [ticket] = office.rounds()
    assert ticket.data == {"by": "2026-03-03T02:30:00Z", "day": "2026-03-03"}
    assert (ticket.state, ticket.opener, ticket.opened_at) == (
        "walking",
        CLOCK.id,
        MONDAY + 23 * HOUR + HOUR // 2,
    )
    past = office.desk.queries.history(SITE, ticket.id)
    assert [(entry.kind, entry.surface, entry.note) for entry in past] == [
        ("open", "clock", "every-morning, 2026-03-03 08:30")
    ]


def test_whoever_looks_again_opens_nothing_again(office: Office) -> None:
    office.publish(office.named("every-morning"))
    office.schedules.tick(MONDAY)
    for _ in range(3):
        office.schedules.tick(MONDAY + DAY)
    assert len(office.rounds()) == 1


def test_a_new_schedule_opens_what_should_have_been_opened_and_still_lies_ahead(office: Office) -> None:
    """The first Friday is four days off, its fifteen days of lead began in February."""
    office.publish(office.named("ahead"))
    assert office.schedules.tick(MONDAY) == 1
    assert [ticket.data["by"] for ticket in office.rounds()] == ["2026-03-06T02:00:00Z"]
    assert office.schedules.tick(MONDAY + 10 * DAY) == 0


@pytest.mark.parametrize(
    ("policy", "opened"),
    [("latest", ["2026-03-07"]), ("all", [f"2026-03-0{n}" for n in range(3, 8)]), ("none", [])],
)
def test_after_a_downtime_the_policy_says_what_is_made_up_for(
    office: Office, policy: str, opened: list[str]
) -> None:
    """Away from Monday to Saturday noon: the slots of five mornings went by."""
    office.publish(office.named("every-morning") + f"  catch_up: {policy}\n")
    office.schedules.tick(MONDAY)
    office.schedules.tick(MONDAY + 5 * DAY + 3 * HOUR)
    assert [ticket.data["day"] for ticket in office.rounds()] == opened
    statuses = office.desk.rows("SELECT status, count(*) FROM schedule_runs GROUP BY status")
    assert dict(statuses) == {
        key: count for key, count in {"opened": len(opened), "missed": 5 - len(opened)}.items() if count
    }


def test_many_clocks_at_once_open_each_slot_once(office: Office) -> None:
    """Four of them, each with a desk of its own, start at the same moment."""
    office.publish(office.named("every-morning") + "  catch_up: all\n")
    office.schedules.tick(MONDAY)
    others = [Office.on(office.desk, office.folder) for _ in range(4)]
    gate = threading.Barrier(4)

    def run(other: Office) -> None:
        gate.wait()
        other.schedules.tick(MONDAY + 8 * DAY)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, others))
    days = [ticket.data["day"] for ticket in office.rounds()]
    assert len(days) == len(set(days)) == 8
    assert dict(office.desk.rows("SELECT status, count(*) FROM schedule_runs GROUP BY status")) == {
        "opened": 8
    }


def test_a_clock_killed_between_opening_and_noting_it_leaves_no_second_ticket(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one finds the ticket open, counts it, and goes on with the items that are left."""
    office.publish(office.named("for-each-repair"))
    for content in ("roof", "door"):
        office.desk.open("repair", content=content)
    office.schedules.tick(MONDAY)
    with monkeypatch.context() as patch:
        patch.setattr(office.runs, "record_result", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            office.schedules.tick(MONDAY + 2 * DAY)
    assert len(office.rounds()) == 2
    assert office.schedules.tick(MONDAY + 2 * DAY + 60) == 1
    assert len(office.rounds()) == 2
    assert office.runs.last_runs([SITE])[SITE, "for-each-repair"].opened == 2


def test_a_database_that_does_not_answer_leaves_the_run_waiting(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.publish(office.named("every-morning"))
    office.schedules.tick(MONDAY)

    def gone(*_: object) -> None:
        raise StorageError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(office.desk.engine, "do", gone)
        with pytest.raises(StorageError):
            office.schedules.tick(MONDAY + DAY)
    assert office.schedules.tick(MONDAY + DAY) == 1
    assert len(office.rounds()) == 1


def test_a_month_is_foretold_and_opened_in_order(office: Office) -> None:
    """For whoever rehearses: what is due, and the same opened, each at its own moment, once."""
    end = MONDAY + 31 * DAY
    foretold = office.schedules.due_between(MONDAY, end)
    assert office.rounds() == []
    opened = list(office.schedules.open_between(MONDAY, end))
    assert [outcome.run.occurrence for outcome in opened] == foretold
    assert [outcome.run.status for outcome in opened] == ["opened"] * len(foretold)
    assert len([each for each in foretold if each.schedule == "every-morning"]) == 31
    assert [t.opened_at for t in office.rounds()] == [
        each.opens_at for each in foretold if each.schedule != "for-each-repair"
    ]
    assert list(office.schedules.open_between(MONDAY, end)) == []


def test_only_the_sites_that_are_named_keep_a_schedule(office: Office) -> None:
    office.desk.people.store_site(Site(id="harbour", name="Harbour", zone="Asia/Shanghai"))
    office.publish(office.named("every-morning") + "  sites: [harbour]\n")
    assert {each.site for each in office.schedules.due_between(MONDAY, MONDAY + DAY)} == {"harbour"}
    assert office.schedules.due_between(MONDAY, MONDAY + DAY, [SITE]) == []
    office.schedules.tick(MONDAY)
    office.schedules.tick(MONDAY + DAY)
    assert office.rounds() == []
    assert {site for site, _ in office.runs.read_marks()} == {"harbour"}


def test_a_process_that_would_break_a_schedule_is_not_published(office: Office) -> None:
    """Its place is where the process begins; what is in force stays."""
    changed = ROUND.replace("roles: [clerk, clock]", "roles: [clerk]")
    with pytest.raises(Invalid, match=r"the schedule 'every-morning' could not be kept: .*let the clock"):
        office.desk.library.publish_text(changed, "round.yaml", MONDAY, "lead")
    assert office.desk.library.latest("round").version == 1
    assert office.desk.library.plan().broken == {}


def test_old_runs_are_forgotten_and_parked_ones_stay(office: Office) -> None:
    list(office.schedules.open_between(MONDAY, MONDAY + 3 * DAY, [SITE]))
    run = ScheduleRun(office.schedules.due_between(MONDAY + 5 * DAY, MONDAY + 6 * DAY)[0])
    office.runs.add([run])
    office.runs.record_result(ScheduleRun(run.occurrence, "parked", 0, "no", MONDAY))
    assert office.runs.delete_before(MONDAY) == 0
    assert office.runs.delete_before(MONDAY + 30 * DAY) == 4
    assert len(office.runs.parked_runs([SITE])) == 1
    assert (
        list(office.schedules.open_between(MONDAY, MONDAY + DAY)) != []
    )  # known no more, but no second ticket
    assert len(office.rounds()) == 3


def test_a_desk_without_schedules_does_nothing(desk: Desk, database: Database) -> None:
    office = Office.on(desk, Path())
    assert office.schedules.tick(MONDAY) == 0
    assert list(office.schedules.open_between(MONDAY, MONDAY + DAY)) == []
    assert desk.library.plan().schedules == {}
    assert isinstance(desk.people.directory(SITE).staff["chen"], Staff)
    assert desk.people.directory(SITE).staff["chen"].memberships == (Membership(SITE, "chief"),)
