"""A message is claimed by one relay at a time, and never lost.

Leases are measured by the database's clock, so a test makes them older instead of saying that it is later.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from storage_samples import NOW, SITE, desk, moving, notice, opened

from workflows.core.step import Message
from workflows.storage.database import Database
from workflows.storage.outbox import Outbox
from workflows.storage.queries.queries import Queries


@pytest.fixture
def outbox(database: Database) -> Outbox:
    """An outbox."""
    return Outbox(database)


def said(database: Database, *messages: Message) -> None:
    """A step has something to say."""
    store = desk(database)
    store.record([moving(opened(store), at=NOW, messages=messages)])


def lapse(database: Database, seconds: int) -> None:
    """Let so much of every lease go by."""
    with database.transaction() as session:
        session.run(f"UPDATE outbox SET claimed_until = claimed_until - {seconds}")


def test_a_claimed_message_is_nobody_elses_until_the_lease_ends(database: Database, outbox: Outbox) -> None:
    said(database, notice("li", text={"en": "new", "zh-Hans": "新工单"}))
    assert outbox.claim(NOW - 1, 10, 60, "a") == ()
    (message,) = outbox.claim(NOW, 10, 60, "a")
    assert message.recipient == "li"
    assert message.text == {"en": "new", "zh-Hans": "新工单"}
    lapse(database, 30)
    assert outbox.claim(NOW, 10, 60, "b") == ()
    lapse(database, 31)
    (again,) = outbox.claim(NOW, 10, 60, "b")
    assert again.id == message.id


def test_a_relay_whose_clock_runs_ahead_takes_nothing_from_another(
    database: Database, outbox: Outbox
) -> None:
    said(database, notice())
    assert len(outbox.claim(NOW, 10, 60, "a")) == 1
    assert outbox.claim(NOW + 50 * 365 * 86_400, 10, 60, "b") == ()


def test_claiming_is_no_try_and_beginning_is(database: Database, outbox: Outbox) -> None:
    said(database, notice())
    for _ in range(3):
        (message,) = outbox.claim(NOW, 10, 60, "a")
        lapse(database, 61)
    assert message.attempts == 0
    (message,) = outbox.claim(NOW, 10, 60, "b")
    assert outbox.begin_attempt(message, "b", 60) == 1
    assert outbox.begin_attempt(message, "b", 60) == 2


def test_a_try_begins_with_a_fresh_lease(database: Database, outbox: Outbox) -> None:
    said(database, notice())
    (message,) = outbox.claim(NOW, 10, 60, "a")
    lapse(database, 61)
    outbox.begin_attempt(message, "a", 60)
    assert outbox.claim(NOW, 10, 60, "b") == ()


def test_what_another_has_taken_meanwhile_is_not_begun(database: Database, outbox: Outbox) -> None:
    said(database, notice())
    (message,) = outbox.claim(NOW, 10, 60, "a")
    lapse(database, 61)
    outbox.claim(NOW, 10, 60, "b")
    assert outbox.begin_attempt(message, "a", 60) is None


def test_only_the_claimers_word_counts(database: Database, outbox: Outbox) -> None:
    said(database, notice())
    (message,) = outbox.claim(NOW, 10, 60, "late")
    lapse(database, 61)
    outbox.claim(NOW, 10, 60, "quick")
    assert not outbox.retry(message, "late", NOW + 999, "timeout")
    assert outbox.mark_sent(message, "quick", NOW)
    assert not outbox.mark_dead(message, "late", "no such address")
    assert not outbox.postpone(message, "late", NOW + 999, "away")
    assert not outbox.mark_sent(message, "late", NOW + 999)
    (row,) = Queries(database).messages("sent").messages
    assert (row.sent_at, row.last_error, row.attempts) == (NOW, None, 0)


def test_what_was_not_begun_is_given_back_at_once(database: Database, outbox: Outbox) -> None:
    said(database, *(notice(f"staff-{n}") for n in range(3)))
    rows = outbox.claim(NOW, 10, 60, "a")
    outbox.release(rows[1:], "b")
    assert outbox.claim(NOW, 10, 60, "b") == ()
    outbox.release(rows[1:], "a")
    assert {row.id for row in outbox.claim(NOW, 10, 60, "b")} == {row.id for row in rows[1:]}


def test_what_was_put_off_has_as_many_tries_left(database: Database, outbox: Outbox) -> None:
    said(database, notice())
    (message,) = outbox.claim(NOW, 10, 60, "a")
    outbox.begin_attempt(message, "a", 60)
    assert outbox.postpone(message, "a", NOW + 30, "the channel is away")
    assert outbox.claim(NOW + 29, 10, 60, "a") == ()
    (again,) = outbox.claim(NOW + 30, 10, 60, "a")
    assert (again.last_error, again.attempts) == ("the channel is away", 0)


def test_what_was_queued_while_the_clock_ran_ahead_is_due_at_once(database: Database, outbox: Outbox) -> None:
    said(database, notice("new"), notice("tried"), notice("tried ahead"))
    by_name = {row.recipient: row for row in outbox.claim(NOW, 10, 60, "a")}
    outbox.retry(by_name["tried"], "a", NOW + 60, "timeout")
    outbox.retry(by_name["tried ahead"], "a", NOW + 90_000, "timeout")
    outbox.release([by_name["new"]], "a")
    early = NOW - 1_800  # by the clock that is right
    assert outbox.claim(early, 10, 60, "b") == ()
    assert outbox.correct_times(early, early + 86_400) == 2
    assert {row.recipient for row in outbox.claim(early, 10, 60, "b")} == {"new", "tried ahead"}
    assert outbox.correct_times(early, early + 86_400) == 0


def test_a_claim_made_while_the_databases_clock_ran_ahead_holds_nobody_up(
    database: Database, outbox: Outbox
) -> None:
    said(database, notice())
    outbox.claim(NOW, 10, 60, "a")
    lapse(database, -2 * 86_400)
    assert len(outbox.claim(NOW, 10, 60, "b")) == 1


def test_urgent_messages_go_first(database: Database, outbox: Outbox) -> None:
    said(database, notice("one"), notice("two", urgent=True), notice("three"))
    assert [each.recipient for each in outbox.claim(NOW, 1, 60, "a")] == ["two"]
    assert len(outbox.claim(NOW, 10, 60, "a")) == 2


def test_what_was_sent_is_done(database: Database, outbox: Outbox) -> None:
    said(database, notice())
    (message,) = outbox.claim(NOW, 10, 60, "a")
    outbox.mark_sent(message, "a", NOW + 3)
    assert outbox.claim(NOW + 999, 10, 60, "a") == ()
    (row,) = Queries(database).messages("sent").messages
    assert (row.status, row.sent_at) == ("sent", NOW + 3)
    assert outbox.count_pending() == (0, None)


def test_what_did_not_leave_is_tried_again_later(database: Database, outbox: Outbox) -> None:
    said(database, notice())
    (message,) = outbox.claim(NOW, 10, 60, "a")
    outbox.begin_attempt(message, "a", 60)
    outbox.retry(message, "a", NOW + 30, "timeout")
    assert outbox.count_pending() == (1, NOW + 30)
    assert outbox.claim(NOW + 29, 10, 60, "a") == ()
    (again,) = outbox.claim(NOW + 30, 10, 60, "a")
    assert (again.last_error, again.attempts) == ("timeout", 1)


def test_a_dead_message_can_be_taken_up_again(database: Database, outbox: Outbox) -> None:
    said(database, notice())
    (message,) = outbox.claim(NOW, 10, 60, "a")
    assert not outbox.requeue(SITE, message.id, NOW)
    outbox.begin_attempt(message, "a", 60)
    outbox.mark_dead(message, "a", "no such address")
    assert outbox.count_dead() == 1
    (row,) = Queries(database).messages("dead").messages
    assert row.last_error == "no such address"
    assert outbox.requeue(SITE, message.id, NOW + 100)
    (again,) = outbox.claim(NOW + 100, 10, 60, "a")
    assert again.attempts == 0
    assert outbox.count_dead() == 0


def test_two_relays_at_once_never_get_the_same_message(database: Database, outbox: Outbox) -> None:
    said(database, *(notice(f"staff-{n}") for n in range(40)))

    def work(worker: int) -> list[str]:
        mine: list[str] = []
        for _ in range(20):
            mine += [each.id for each in outbox.claim(NOW, 3, 600, f"relay-{worker}")]
        return mine

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, range(2))
    assert len(first + second) == len(set(first + second)) == 40


def test_a_step_gives_its_messages_the_same_ids_always(database: Database, outbox: Outbox) -> None:
    store = desk(database)
    ticket = opened(store, id="0199f0c0-0000-7000-8000-000000000001")
    store.record([moving(ticket, at=NOW, messages=(notice("a"), notice("b")))])
    assert {each.recipient: each.id for each in outbox.claim(NOW, 10, 60, "x")} == {
        "a": "3aa9a1e9-b45e-5ae1-b36a-052f29f45e7e",
        "b": "2a39296c-2cde-524d-878e-d962a858d633",
    }


def test_messages_are_listed_page_by_page(database: Database) -> None:
    said(database, *(notice(f"staff-{n}") for n in range(5)))
    queries, seen, cursor = Queries(database), [], None
    while True:
        page = queries.messages("pending", cursor, 2)
        seen += [each.recipient for each in page.messages]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == [f"staff-{n}" for n in range(5)]
