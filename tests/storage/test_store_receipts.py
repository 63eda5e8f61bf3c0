"""The first answer to a request is the answer to all its repetitions."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from storage_samples import NOW, PATTERN, SITE, desk, moving, opened, opening

from workflows.core.ticket import Ticket
from workflows.errors import KeyReused
from workflows.storage.conflicts import Conflict, Replayed
from workflows.storage.database import Database
from workflows.storage.queries import Queries
from workflows.storage.receipts import Receipt, Receipts


def answer(tickets: Sequence[Ticket]) -> bytes:
    """The answer of the API."""
    return " ".join(f"{each.number}@{each.seq}" for each in tickets).encode()


def receipt(key: str = "k1", digest: str = "d1") -> Receipt:
    """Somebody asked for something."""
    return Receipt(account="li", key=key, digest=digest, render=answer)


def test_a_repeated_step_is_answered_and_not_taken_again(database: Database) -> None:
    store = desk(database)
    ticket = opened(store)
    assert store.receipt_answer("li", "k1", "d1") is None
    store.record([moving(ticket)], receipt=receipt())
    assert store.receipt_answer("li", "k1", "d1") == b"TS-2026-00001@2"
    with pytest.raises(Replayed) as replayed:
        store.record([moving(ticket)], receipt=receipt())
    assert replayed.value.answer == b"TS-2026-00001@2"


def test_a_repeated_opening_opens_one_ticket(database: Database) -> None:
    store = desk(database)
    first, again = opening(), opening()
    store.record([first], {first.after.id: PATTERN}, receipt())
    with pytest.raises(Replayed) as replayed:
        store.record([again], {again.after.id: PATTERN}, receipt())
    assert replayed.value.answer == b"TS-2026-00001@1"
    assert store.load(SITE, again.after.id) is None


def test_of_the_same_request_sent_many_times_at_once_one_is_done(database: Database) -> None:
    store = desk(database)

    def attempt(_: int) -> bytes:
        step = opening()
        try:
            return answer(store.record([step], {step.after.id: PATTERN}, receipt()))
        except Replayed as replayed:
            return replayed.answer

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(attempt, range(8))) == {b"TS-2026-00001@1"}
    assert opened(store).number == "TS-2026-00002"


def test_a_key_that_served_another_request_is_refused(database: Database) -> None:
    store = desk(database)
    ticket = opened(store)
    after = store.record([moving(ticket)], receipt=receipt())[0]
    with pytest.raises(KeyReused):
        store.receipt_answer("li", "k1", "d2")
    with pytest.raises(KeyReused):
        store.record([moving(after)], receipt=receipt(digest="d2"))
    assert len(Queries(database).history(SITE, ticket.id)) == 2


def test_a_stale_step_leaves_no_receipt(database: Database) -> None:
    store = desk(database)
    ticket = opened(store)
    store.record([moving(ticket)])
    with pytest.raises(Conflict):
        store.record([moving(ticket)], receipt=receipt())
    assert store.receipt_answer("li", "k1", "d1") is None


def test_old_receipts_are_forgotten(database: Database) -> None:
    store = desk(database)
    ticket = opened(store)
    store.record([moving(ticket, at=NOW + 10)], receipt=receipt())
    assert store.forget_receipts(NOW + 10) == 0
    assert store.forget_receipts(NOW + 11) == 1
    assert store.receipt_answer("li", "k1", "d1") is None


def test_an_answer_about_no_ticket_is_kept_too(database: Database) -> None:
    receipts = Receipts(database)
    assert receipts.keep("li", "k", "d", b"first", NOW) is None
    assert receipts.keep("li", "k", "d", b"second", NOW) == b"first"
    assert receipts.answer("li", "k", "d") == b"first"
    with pytest.raises(KeyReused):
        receipts.keep("li", "k", "other", b"third", NOW)


def test_a_receipt_goes_with_several_steps_too(database: Database) -> None:
    store = desk(database)
    first, second = opened(store), opened(store)
    store.record([moving(first), moving(second)], receipt=receipt())
    assert store.receipt_answer("li", "k1", "d1") == b"TS-2026-00001@2 TS-2026-00002@2"
