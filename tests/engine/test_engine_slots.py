"""What a slot opens tickets for: each item, each row; and what is parked when it cannot."""

from __future__ import annotations

from engine_desk import HOUR, MONDAY, SITE, T
from schedule_office import DAY, REPAIR, ROUND, Office

from workflows.core.access.visibility import DESK


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
    office.runs.delete_before(MONDAY + 2 * DAY)
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
    last = office.runs.last_runs([SITE])[SITE, "for-each-repair"]
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
    [parked] = office.runs.parked_runs([SITE])
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
    assert office.runs.parked_runs([SITE]) == ()


def test_the_reason_names_no_ticket_that_is_not_for_all_to_see(office: Office) -> None:
    """Neither its number nor anything that stands in it."""
    guarded = ROUND.replace("requires: [by]", "requires: [by], guard: place == null")
    hidden = REPAIR.replace("readers: [clerk]", "readers: [clerk]\nvisible: {to: [chief]}")
    office.publish(office.named("for-each-repair"), round=guarded, repair=hidden)
    office.desk.open("repair", content="roof")
    list(office.schedules.open_between(MONDAY, MONDAY + 3 * DAY))
    [parked] = office.runs.parked_runs([SITE])
    assert parked.reason == "one that is not for all to see: guard"


def test_a_value_that_cannot_be_worked_out_is_a_reason(office: Office) -> None:
    office.publish(office.named("every-morning").replace('duration("2h")', 'duration("2000000h")'))
    office.schedules.tick(MONDAY)
    office.schedules.tick(MONDAY + DAY)
    assert office.rounds() == []
    [parked] = office.runs.parked_runs([SITE])
    assert "by cannot be worked out" in str(parked.reason)


def test_a_run_whose_schedule_is_gone_is_parked(office: Office) -> None:
    office.announce()
    office.publish("")
    office.schedules.tick(MONDAY + 5 * HOUR)
    reasons = {run.reason for run in office.runs.parked_runs([SITE])}
    assert reasons == {"the schedule cannot be kept: there is no such schedule any more"}
