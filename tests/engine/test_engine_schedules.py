"""What schedules open: each slot once, through the one door, whoever looks and whenever."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from engine_desk import HOUR, MONDAY, PROCESSES, SITE, Desk, T, folder_of

from workflows.core.commands import CLOCK
from workflows.core.people import Membership, Staff
from workflows.core.ticket import Ticket
from workflows.core.visibility import DESK
from workflows.errors import Forbidden, Invalid, NotFound
from workflows.scheduling import Announcements, Opener, Schedules
from workflows.storage.conflicts import StorageError
from workflows.storage.database import Database
from workflows.storage.filters import TicketFilter
from workflows.storage.people import Site
from workflows.storage.runs import Run, Runs

DAY = 24 * HOUR
ROUND = f"""
workflow: round
title: {T}
purpose: A round that is walked again and again.
numbering: 'RD-{{year}}-{{seq:4}}'
calendar: office
summary: place
fields:
  place: {{type: text, title: {T}}}
  by: {{type: datetime, title: {T}}}
  day: {{type: date, title: {T}}}
start: {{state: walking, roles: [clerk, clock], requires: [by], accepts: [place, day]}}
states:
  walking: {{title: {T}, owner: {{role: clerk}}, due: {{at: by}}, escalation: standard}}
  done: {{title: {T}, category: closed}}
transitions:
  - {{trigger: finish, title: {T}, from: walking, to: done, roles: [clerk]}}
"""
SCHEDULES = f"""
events:
  heavy-rain:
    title: {T}
    roles: [chief]
    fields: {{expected: {{type: datetime, title: {T}}}}}
    requires: [expected]
every-morning:
  title: {T}
  opens: round
  on: {{daily: ["08:30"]}}
  with: {{by: slot + duration("2h"), day: slot_date}}
ahead:
  title: {T}
  opens: round
  on: {{monthly: first friday, at: "10:00"}}
  lead: 15 days
  with: {{by: slot, place: "'hall'"}}
for-each-repair:
  title: {T}
  opens: round
  on: {{weekly: wed, at: "09:00"}}
  each: {{workflow: repair, state: open-job, where: item.content != 'skip me'}}
  as: rounds
  with: {{by: slot, place: item.number}}
before-the-rain:
  title: {T}
  opens: round
  event: heavy-rain
  due: expected
  lead: 2 hours
  with: {{by: event.expected, place: "'before'"}}
after-the-rain:
  title: {T}
  opens: round
  event: heavy-rain
  delay: 3 hours
  due: 1 hour
  with: {{by: slot, place: "'after'"}}
"""
REPAIR = PROCESSES["repair"].replace("readers: [clerk]", "readers: [clerk]\nchildren: [rounds]")


@dataclass
class Office:
    """A desk whose schedules are kept."""

    desk: Desk
    folder: Path
    runs: Runs
    schedules: Schedules
    events: Announcements

    @classmethod
    def on(cls, desk: Desk, folder: Path) -> Office:
        runs = Runs(desk.database)
        opener = Opener(desk.engine, desk.library, desk.people, desk.store, desk.queries, runs)
        schedules = Schedules(desk.library, desk.people, runs, opener)
        return cls(desk, folder, runs, schedules, Announcements(desk.library, runs))

    def publish(self, schedules: str, **more: str) -> None:
        (self.folder / "schedules.yaml").write_text(schedules, encoding="utf-8")
        found = folder_of(self.folder, **{"round": ROUND, "repair": REPAIR, **more})
        self.desk.library.publish(found, MONDAY, "lead")

    def rounds(self) -> list[Ticket]:
        page = self.desk.queries.tickets(TicketFilter(sites=(SITE,), workflow="round"), None, 1_000)
        return sorted(page.tickets, key=lambda ticket: (ticket.opened_at, ticket.number))

    def named(self, schedule: str) -> str:
        """Only this one of the schedules."""
        entries = re.split(r"\n(?=\S)", SCHEDULES.strip())
        return "\n".join(each for each in entries if each.startswith(("events:", f"{schedule}:"))) + "\n"

    def announce(self, id: str = "rain-1", now: int = MONDAY) -> None:
        expected = "2026-03-02T08:00:00Z"  # 16:00 here
        self.events.announce("heavy-rain", SITE, self.desk.actor("chen"), {"expected": expected}, now, id)


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Office:
    office = Office.on(desk, tmp_path / "definitions")
    office.publish(SCHEDULES)
    return office


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
        patch.setattr(office.runs, "dealt", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            office.schedules.tick(MONDAY + 2 * DAY)
    assert len(office.rounds()) == 2
    assert office.schedules.tick(MONDAY + 2 * DAY + 60) == 1
    assert len(office.rounds()) == 2
    assert office.runs.last([SITE])[SITE, "for-each-repair"].opened == 2


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


def test_one_ticket_for_each_item_each_the_child_of_its_ticket(office: Office) -> None:
    """Those in another state and those that `where` leaves out have none; the parent sees its child end."""
    office.publish(office.named("for-each-repair"))
    roof = office.desk.open("repair", content="roof").ticket
    dozing = office.desk.open("repair", content="gate").ticket
    assert roof is not None
    assert dozing is not None
    office.desk.open("repair", content="skip me")
    office.desk.fire(dozing, "doze")
    office.schedules.tick(MONDAY)
    office.schedules.tick(MONDAY + 2 * DAY)
    [ticket] = office.rounds()
    assert (ticket.data["place"], ticket.parent, ticket.link) == (roof.number, roof.id, "rounds")
    assert [child.number for child in office.desk.engine.look(SITE, roof.id, DESK).children] == [
        ticket.number
    ]
    office.desk.fire(ticket, "finish", MONDAY + 2 * DAY)
    assert office.desk.queries.history(SITE, roof.id)[-1].kind == "settle"


def test_one_ticket_for_each_row(office: Office) -> None:
    """Whatever order the rows are written in, each keeps its ticket."""
    rows = "  each: {rows: [{post: gate}, {post: lobby}]}\n"
    one = office.named("every-morning").replace("day: slot_date", "place: item.post") + rows
    office.publish(one)
    list(office.schedules.open_between(MONDAY, MONDAY + DAY))
    assert [ticket.data["place"] for ticket in office.rounds()] == ["gate", "lobby"]
    office.runs.forget(MONDAY + 2 * DAY)
    office.publish(one.replace("{post: gate}, {post: lobby}", "{post: lobby}, {post: gate}"))
    list(office.schedules.open_between(MONDAY, MONDAY + DAY))
    assert len(office.rounds()) == 2


def test_what_is_personal_is_handed_on_and_stays_sealed(office: Office) -> None:
    """Neither the open fields of the ticket, nor its title, nor the history show it."""
    called = ROUND.replace("  place:", f"  who: {{type: phone, title: {T}}}\n  place:")
    called = called.replace("accepts: [place, day]", "accepts: [place, day, who]")
    called = called.replace("summary: place", "summary: place\nreaders: [chief]")
    one = office.named("for-each-repair").replace("place: item.number", "who: item.phone")
    office.publish(one, round=called)
    for content, phone in (("roof", "13800000001"), ("door", None)):
        office.desk.open("repair", content=content, **({"phone": phone} if phone else {}))
    list(office.schedules.open_between(MONDAY, MONDAY + 3 * DAY))
    found = [office.desk.now_of(ticket) for ticket in office.rounds()]
    assert sorted(str(ticket.personal.get("who")) for ticket in found) == ["13800000001", "None"]
    kept = office.desk.rows("SELECT data FROM tickets") + office.desk.rows("SELECT data FROM history")
    assert not any("13800000001" in row[0] for row in kept)


def test_nothing_to_open_a_ticket_for_is_no_failure(office: Office) -> None:
    office.publish(office.named("for-each-repair"))
    office.schedules.tick(MONDAY)
    assert office.schedules.tick(MONDAY + 2 * DAY) == 1
    last = office.runs.last([SITE])[SITE, "for-each-repair"]
    assert (last.status, last.opened, last.reason) == ("opened", 0, None)


def test_what_is_refused_is_parked_with_its_reason_and_opened_when_it_is_tried_again(office: Office) -> None:
    """The others of the same moment are opened all the same."""
    guarded = ROUND.replace("requires: [by]", "requires: [by], guard: place != 'A-1'")
    guarded = guarded.replace("guard: place != 'A-1'", "guard: place == null || !place.endsWith('1')")
    office.publish(office.named("for-each-repair"), round=guarded)
    for content in ("roof", "door"):
        office.desk.open("repair", content=content)
    office.schedules.tick(MONDAY)
    office.schedules.tick(MONDAY + 2 * DAY)
    assert [ticket.data["place"] for ticket in office.rounds()] == ["R-2026-0002"]
    [parked] = office.runs.parked([SITE])
    assert parked.opened == 1
    assert parked.reason is not None
    assert parked.reason.startswith("R-2026-0001: ")
    assert office.schedules.tick(MONDAY + 2 * DAY + HOUR) == 0
    office.publish(office.named("for-each-repair"))
    key = parked.occurrence.key
    assert not office.runs.retry(SITE, "for-each-repair", "another")
    assert office.runs.retry(SITE, "for-each-repair", key)
    assert not office.runs.retry(SITE, "for-each-repair", key)
    assert office.schedules.tick(MONDAY + 2 * DAY + HOUR) == 1
    assert len(office.rounds()) == 2
    assert office.runs.parked([SITE]) == ()


def test_the_reason_names_no_ticket_that_is_not_for_all_to_see(office: Office) -> None:
    """Neither its number nor anything that stands in it."""
    guarded = ROUND.replace("requires: [by]", "requires: [by], guard: place == null")
    hidden = REPAIR.replace("readers: [clerk]", "readers: [clerk]\nvisible: {to: [chief]}")
    office.publish(office.named("for-each-repair"), round=guarded, repair=hidden)
    office.desk.open("repair", content="roof")
    list(office.schedules.open_between(MONDAY, MONDAY + 3 * DAY))
    [parked] = office.runs.parked([SITE])
    assert parked.reason == "one that is not for all to see: guard"


def test_a_value_that_cannot_be_worked_out_is_a_reason(office: Office) -> None:
    office.publish(office.named("every-morning").replace('duration("2h")', 'duration("2000000h")'))
    office.schedules.tick(MONDAY)
    office.schedules.tick(MONDAY + DAY)
    assert office.rounds() == []
    [parked] = office.runs.parked([SITE])
    assert "by cannot be worked out" in str(parked.reason)


def test_a_run_whose_schedule_is_gone_is_parked(office: Office) -> None:
    office.announce()
    office.publish("")
    office.schedules.tick(MONDAY + 5 * HOUR)
    reasons = {run.reason for run in office.runs.parked([SITE])}
    assert reasons == {"the schedule cannot be kept: there is no such schedule any more"}


def test_an_event_opens_what_hangs_on_it_each_at_its_time(office: Office) -> None:
    """Rain at 16:00: the round before it is opened at 14:00, the one after it at 12:00, for 13:00."""
    office.announce()
    assert office.schedules.tick(MONDAY) == 1  # the first Friday's, which is ahead
    office.schedules.tick(MONDAY + 3 * HOUR)
    office.schedules.tick(MONDAY + 5 * HOUR)
    found = {ticket.data["place"]: ticket for ticket in office.rounds()}
    assert found["before"].opened_at == MONDAY + 5 * HOUR
    assert found["before"].data["by"] == "2026-03-02T08:00:00Z"
    assert found["after"].opened_at == MONDAY + 3 * HOUR
    assert found["after"].data["by"] == "2026-03-02T05:00:00Z"


def test_an_event_that_leaves_no_time_is_acted_on_at_once(office: Office) -> None:
    """Announced at 15:30 for 16:00: the two hours of lead are past."""
    office.announce(now=MONDAY + 6 * HOUR + HOUR // 2)
    office.schedules.tick(MONDAY + 6 * HOUR + HOUR // 2)
    assert "before" in [ticket.data["place"] for ticket in office.rounds()]


def test_the_same_announcement_twice_is_one_event(office: Office) -> None:
    office.announce()
    office.announce(now=MONDAY + 60)
    events, following = office.runs.events([SITE])
    assert [(event.id, event.at, event.actor_name) for event in events] == [("rain-1", MONDAY, "chen")]
    assert following is None
    assert len(office.runs.waiting(MONDAY + DAY)) == 2


def test_events_are_listed_newest_first_page_by_page(office: Office) -> None:
    for number in range(5):
        office.announce(f"rain-{number}", MONDAY + number)
    first, cursor = office.runs.events([SITE], None, 3)
    rest, end = office.runs.events([SITE], cursor, 3)
    assert [event.id for event in (*first, *rest)] == [f"rain-{number}" for number in (4, 3, 2, 1, 0)]
    assert end is None


def test_an_announcement_is_refused_with_every_reason(office: Office) -> None:
    chief, clerk = office.desk.actor("chen"), office.desk.actor("cleo")
    with pytest.raises(Forbidden, match="this is for: chief"):
        office.events.announce("heavy-rain", SITE, clerk, {}, MONDAY, "x")
    with pytest.raises(NotFound, match="did you mean 'heavy-rain'"):
        office.events.announce("heavy-rian", SITE, chief, {}, MONDAY, "x")
    with pytest.raises(Invalid) as refused:
        office.events.announce("heavy-rain", SITE, chief, {"expcted": "soon"}, MONDAY, "x")
    assert {reason.code for reason in refused.value.reasons} == {"unknown-field", "missing-field"}
    assert office.runs.events([SITE]) == ((), None)


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
    office.desk.people.put_site(Site(id="harbour", name="Harbour", zone="Asia/Shanghai"))
    office.publish(office.named("every-morning") + "  sites: [harbour]\n")
    assert {each.site for each in office.schedules.due_between(MONDAY, MONDAY + DAY)} == {"harbour"}
    assert office.schedules.due_between(MONDAY, MONDAY + DAY, [SITE]) == []
    office.schedules.tick(MONDAY)
    office.schedules.tick(MONDAY + DAY)
    assert office.rounds() == []
    assert {site for site, _ in office.runs.marks()} == {"harbour"}


def test_a_process_that_would_break_a_schedule_is_not_published(office: Office) -> None:
    """Its place is where the process begins; what is in force stays."""
    changed = ROUND.replace("roles: [clerk, clock]", "roles: [clerk]")
    with pytest.raises(Invalid, match=r"the schedule 'every-morning' could not be kept: .*let the clock"):
        office.desk.library.publish_text(changed, "round.yaml", MONDAY, "lead")
    assert office.desk.library.latest("round").version == 1
    assert office.desk.library.plan().broken == {}


def test_old_runs_are_forgotten_and_parked_ones_stay(office: Office) -> None:
    list(office.schedules.open_between(MONDAY, MONDAY + 3 * DAY, [SITE]))
    run = Run(office.schedules.due_between(MONDAY + 5 * DAY, MONDAY + 6 * DAY)[0])
    office.runs.add([run])
    office.runs.dealt(Run(run.occurrence, "parked", 0, "no", MONDAY))
    assert office.runs.forget(MONDAY) == 0
    assert office.runs.forget(MONDAY + 30 * DAY) == 4
    assert len(office.runs.parked([SITE])) == 1
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
