"""An escalation that somebody has acknowledged: the next level waits that long, and then fires once."""

from __future__ import annotations

import pytest
from engine_desk import HOUR, MONDAY, SITE, Desk

from workflows.core.commands import Acknowledge, Actor, Fire
from workflows.core.ticket import Ticket
from workflows.errors import Refusal
from workflows.storage.audit.verify import verify

CLOCK = "state.open-job"
SEEN = MONDAY + HOUR  # the first level of the state's clock fires here, the second an hour later
DAY = 24 * HOUR


def sweep(desk: Desk, now: int) -> int:
    count = 0
    while found := desk.engine.sweep(now):
        count += found
    return count


def acknowledge(desk: Desk, ticket: Ticket, until: int, now: int = SEEN, by: Actor | None = None) -> Ticket:
    command = Acknowledge(
        site=SITE, ticket=ticket.id, actor=by or desk.actor(), clock=CLOCK, until=until, note="parts"
    )
    return desk.engine.do(command, now).ticket


def refused(desk: Desk, ticket: Ticket, until: int, now: int = SEEN, by: Actor | None = None) -> list[str]:
    with pytest.raises(Refusal) as caught:
        acknowledge(desk, ticket, until, now, by)
    return [reason.code for reason in caught.value.reasons]


def levels(desk: Desk, ticket: Ticket) -> list[object]:
    return [
        each.data["level"] for each in desk.queries.history(SITE, ticket.id, limit=99) if each.kind == "tick"
    ]


def test_the_next_level_waits_and_then_fires_once(desk: Desk) -> None:
    """Also if it would have been due long before; the history says who, until when and why."""
    ticket = desk.open("repair", content="x").ticket
    sweep(desk, SEEN)
    acknowledge(desk, ticket, MONDAY + 5 * HOUR)
    assert (sweep(desk, MONDAY + 5 * HOUR - 1), levels(desk, ticket)) == (0, [1])
    assert sweep(desk, MONDAY + 5 * HOUR) == 1
    assert sweep(desk, MONDAY + 6 * HOUR) == 0
    assert levels(desk, ticket) == [1, 2]
    (event,) = [each for each in desk.queries.history(SITE, ticket.id) if each.kind == "acknowledge"]
    assert event.data == {"clock": CLOCK, "level": 1, "until": "2026-03-02T06:00:00Z"}
    assert (event.actor_id, event.note) == (desk.actor().id, "parts")
    assert list(verify(desk.database)) == []


def test_repeating_it_gains_no_time(desk: Desk) -> None:
    """The limit counts from the first acknowledgement of the level: a day, where the policy says nothing."""
    ticket = desk.open("repair", content="x").ticket
    sweep(desk, SEEN)
    assert refused(desk, ticket, SEEN + DAY + 1) == ["put-off-too-long"]
    acknowledge(desk, ticket, SEEN + HOUR)
    assert refused(desk, ticket, SEEN + DAY + 1, now=SEEN + HOUR // 2) == ["put-off-too-long"]
    acknowledge(desk, ticket, SEEN + DAY, now=SEEN + HOUR // 2)
    assert sweep(desk, SEEN + DAY - 1) == 0
    assert sweep(desk, SEEN + DAY) >= 1
    assert levels(desk, ticket)[:2] == [1, 2]


def test_a_shorter_one_brings_the_level_forward_again_but_never_before_its_own_time(desk: Desk) -> None:
    """Whoever has put it off may take that back."""
    ticket = desk.open("repair", content="x").ticket
    sweep(desk, SEEN)
    acknowledge(desk, ticket, MONDAY + 6 * HOUR)
    acknowledge(desk, ticket, SEEN + 60)
    assert sweep(desk, MONDAY + 2 * HOUR - 1) == 0
    assert sweep(desk, MONDAY + 2 * HOUR) == 1


def test_a_clock_that_starts_anew_has_levels_of_its_own(desk: Desk) -> None:
    """What was acknowledged before does not hold them back."""
    ticket = desk.open("repair", content="x").ticket
    sweep(desk, SEEN)
    seen = acknowledge(desk, ticket, MONDAY + 8 * HOUR)
    again = Fire(site=SITE, ticket=ticket.id, actor=desk.actor(), trigger="again", expected=seen.seq)
    context = desk.engine.do(again, SEEN + 60)
    (clock,) = [each for each in context.clocks if each.name == CLOCK]
    assert (clock.level, clock.acknowledged) == (0, None)
    assert sweep(desk, SEEN + 60 + HOUR) == 1


def test_there_must_be_something_to_acknowledge(desk: Desk) -> None:
    """A level that has fired, of a clock that still runs, and a moment ahead: every reason at once."""
    ticket = desk.open("repair", content="x").ticket
    assert refused(desk, ticket, MONDAY) == ["nothing-to-acknowledge", "bad-value"]
    sweep(desk, SEEN)
    assert refused(desk, ticket, SEEN) == ["bad-value"]
    desk.fire(ticket.id, "mend", SEEN)
    assert refused(desk, ticket, SEEN + HOUR) == ["nothing-to-acknowledge"]


def test_it_is_for_those_who_were_told_or_may_act(desk: Desk) -> None:
    """The superior who was told of the second level may; somebody without a post may not."""
    ticket = desk.open("repair", content="x").ticket
    sweep(desk, MONDAY + 2 * HOUR)
    stranger = Actor(id="stranger", name="Stranger", roles=frozenset({"nobody"}))
    assert refused(desk, ticket, MONDAY + 9 * HOUR, MONDAY + 2 * HOUR, stranger) == ["role-needed"]
    boss = desk.actor("chen")
    after = acknowledge(desk, ticket, MONDAY + 9 * HOUR, MONDAY + 2 * HOUR, boss)
    assert after.seq == 4
