"""A ticket keeps its personal data as long after its end as its process says, and no longer."""

from __future__ import annotations

from typing import Any

import clock_desk
import pytest
from clock_desk import MONDAY, SITE
from sqlalchemy import select

from service.bootstrap import Desk
from service.scheduler import clean_up
from workflows.storage import tables
from workflows.storage.audit.verify import verify
from workflows.storage.errors import Conflict
from workflows.storage.queries.results import StoredHistoryEvent

DAY = 86_400
CALLER = {"caller": "王秘密", "phone": "13800000001"}


def keep_for(desk: Desk, length: str) -> None:
    """From now on errands say how long they keep what is personal."""
    text = (clock_desk.ERRANDS / "errand.yaml").read_text("utf-8")
    text = text.replace("readers:", f"retention: {length}\nreaders:")
    desk.definitions.publish_text(text, "errand.yaml", MONDAY, "tests")


def closed(desk: Desk, number: int = 1) -> str:
    """An errand that was done on Monday."""
    ticket = clock_desk.open_errand(desk, number, **CALLER)
    clock_desk.fire(desk, ticket, "do", MONDAY)
    return ticket


def personal(desk: Desk, ticket: str) -> dict[str, object]:
    """What is still known of the caller: on the ticket, and in its history."""
    found = dict(desk.engine.look(SITE, ticket, None).ticket.personal)
    for entry in history(desk, ticket):
        found |= entry.personal
    return found


def history(desk: Desk, ticket: str) -> tuple[StoredHistoryEvent, ...]:
    return desk.queries.history(SITE, ticket, personal=True)


def test_when_the_time_is_over_the_people_are_forgotten(desk: Desk) -> None:
    """The history says so, its chain still verifies, and it is done once."""
    keep_for(desk, "30 days")
    ticket = closed(desk)
    assert clean_up(desk, MONDAY + 30 * DAY) == 0
    assert personal(desk, ticket) == CALLER
    assert clean_up(desk, MONDAY + 30 * DAY + 1) == 1
    assert personal(desk, ticket) == {}
    last = history(desk, ticket)[-1]
    assert (last.kind, last.actor_id, last.note) == ("erase", "system", "kept for 30 days after its end")
    assert clean_up(desk, MONDAY + 31 * DAY) == 0
    assert list(verify(desk.database)) == []


def test_the_key_is_gone_from_the_database(desk: Desk) -> None:
    """So that not even somebody with the master key can read it."""
    keep_for(desk, "1 week")
    closed(desk)
    clean_up(desk, MONDAY + 8 * DAY)
    (row,) = desk.database.rows(select(tables.tickets.c.personal, tables.tickets.c.data_key))
    assert tuple(row) == (None, None)


def test_what_is_open_or_was_opened_again_keeps_them(desk: Desk) -> None:
    """The time begins with the end."""
    keep_for(desk, "1 week")
    ticket = clock_desk.open_errand(desk, **CALLER)
    assert clean_up(desk, MONDAY + 400 * DAY) == 0
    assert personal(desk, ticket) == CALLER


def test_a_process_that_says_nothing_keeps_them(desk: Desk) -> None:
    """For ever, as before."""
    ticket = closed(desk)
    assert clean_up(desk, MONDAY + 10_000 * DAY) == 0
    assert personal(desk, ticket) == CALLER


def test_what_the_process_says_now_holds_for_older_tickets_too(desk: Desk) -> None:
    """A company that begins to forget does not go on remembering what it had."""
    ticket = closed(desk)
    keep_for(desk, "10 days")
    assert clean_up(desk, MONDAY + 11 * DAY) == 1
    assert personal(desk, ticket) == {}


def test_many_are_erased_in_batches(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until none is left."""
    keep_for(desk, "1 week")
    tickets = [closed(desk, number) for number in range(3)]
    found = desk.privacy.find_expired
    monkeypatch.setattr(desk.privacy, "find_expired", lambda name, before: found(name, before, 2))
    assert clean_up(desk, MONDAY + 8 * DAY) == 3
    assert [personal(desk, ticket) for ticket in tickets] == [{}, {}, {}]


def test_one_that_moves_at_this_moment_waits_for_the_next_round(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And keeps nobody else waiting."""
    keep_for(desk, "1 week")
    first, second = closed(desk, 1), closed(desk, 2)
    erase = desk.privacy.erase

    def busy(site: str, ticket: str, *more: Any) -> Any:
        if ticket == first:
            raise Conflict("somebody is quicker")
        return erase(site, ticket, *more)

    monkeypatch.setattr(desk.privacy, "erase", busy)
    assert clean_up(desk, MONDAY + 8 * DAY) == 1
    assert (personal(desk, first), personal(desk, second)) == (CALLER, {})
