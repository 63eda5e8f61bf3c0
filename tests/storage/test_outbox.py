"""A message is claimed by one relay at a time, and never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from storage_samples import NOW, SITE, desk, moving, notice, opened

from workflows.core.step import Message
from workflows.storage.database import Database
from workflows.storage.outbox import Outbox
from workflows.storage.queries import Queries


@pytest.fixture
def outbox(database: Database) -> Outbox:
    """An outbox."""
    return Outbox(database)


def said(database: Database, *messages: Message) -> None:
    """A step has something to say."""
    store = desk(database)
    store.record([moving(opened(store), at=NOW, messages=messages)])


def test_a_claimed_message_is_nobody_elses_until_the_lease_ends(database: Database, outbox: Outbox) -> None:
    said(database, notice("li", text={"en": "new", "zh-Hans": "新工单"}))
    assert outbox.claim(NOW - 1, 10, 60, "a") == ()
    (message,) = outbox.claim(NOW, 10, 60, "a")
    assert (message.recipient, message.attempts) == ("li", 1)
    assert message.text == {"en": "new", "zh-Hans": "新工单"}
    assert outbox.claim(NOW + 59, 10, 60, "b") == ()
    (again,) = outbox.claim(NOW + 60, 10, 60, "b")
    assert (again.id, again.attempts) == (message.id, 2)


def test_urgent_messages_go_first(database: Database, outbox: Outbox) -> None:
    said(database, notice("one"), notice("two", urgent=True), notice("three"))
    assert [each.recipient for each in outbox.claim(NOW, 1, 60, "a")] == ["two"]
    assert len(outbox.claim(NOW, 10, 60, "a")) == 2


def test_what_was_sent_is_done(database: Database, outbox: Outbox) -> None:
    said(database, notice())
    (message,) = outbox.claim(NOW, 10, 60, "a")
    outbox.sent(message.site, message.id, NOW + 3)
    assert outbox.claim(NOW + 999, 10, 60, "a") == ()
    (row,) = Queries(database).messages("sent").messages
    assert (row.status, row.sent_at) == ("sent", NOW + 3)
    assert outbox.waiting() == (0, None)


def test_what_did_not_leave_is_tried_again_later(database: Database, outbox: Outbox) -> None:
    said(database, notice())
    (message,) = outbox.claim(NOW, 10, 60, "a")
    outbox.retry(SITE, message.id, NOW + 30, "timeout")
    assert outbox.waiting() == (1, NOW + 30)
    assert outbox.claim(NOW + 29, 10, 60, "a") == ()
    (again,) = outbox.claim(NOW + 30, 10, 60, "a")
    assert (again.last_error, again.attempts) == ("timeout", 2)


def test_a_dead_message_can_be_taken_up_again(database: Database, outbox: Outbox) -> None:
    said(database, notice())
    (message,) = outbox.claim(NOW, 10, 60, "a")
    assert not outbox.requeue(SITE, message.id, NOW)
    outbox.dead(SITE, message.id, "no such address")
    (row,) = Queries(database).messages("dead").messages
    assert row.last_error == "no such address"
    assert outbox.requeue(SITE, message.id, NOW + 100)
    (again,) = outbox.claim(NOW + 100, 10, 60, "a")
    assert again.attempts == 1


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


def test_old_messages_are_forgotten_once_they_were_sent(database: Database, outbox: Outbox) -> None:
    said(database, notice("a"), notice("b"))
    first, _ = outbox.claim(NOW, 10, 60, "x")
    outbox.sent(SITE, first.id, NOW)
    assert outbox.forget(NOW) == 0
    assert outbox.forget(NOW + 1) == 1
    assert outbox.waiting()[0] == 1
