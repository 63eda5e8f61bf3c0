"""The first answer to a request is the answer to all its repetitions."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from storage_samples import NOW, PATTERN, SITE, desk, moving, opened, opening

from workflows.core.people import Membership, Staff
from workflows.core.ticket import Ticket
from workflows.errors import KeyReused
from workflows.storage.database import Database
from workflows.storage.drivers.session import Session
from workflows.storage.errors import AnsweredMeanwhile, Conflict
from workflows.storage.idempotency import IdempotencyKeys, IdempotentRequest, IdempotentStep
from workflows.storage.people.people import People, Site
from workflows.storage.people.tokens import Tokens
from workflows.storage.queries.queries import Queries


def answer(tickets: Sequence[Ticket]) -> bytes:
    """The answer of the API."""
    return " ".join(f"{each.number}@{each.seq}" for each in tickets).encode()


def receipt(key: str = "k1", digest: str = "d1") -> IdempotentStep:
    """Somebody asked for something."""
    return IdempotentStep(account="li", key=key, digest=digest, render=answer)


def test_a_repeated_step_is_answered_and_not_taken_again(database: Database) -> None:
    store = desk(database)
    ticket = opened(store)
    assert store.stored_answer("li", "k1", "d1") is None
    store.record([moving(ticket)], request=receipt())
    assert store.stored_answer("li", "k1", "d1") == b"TS-2026-00001@2"
    with pytest.raises(AnsweredMeanwhile) as replayed:
        store.record([moving(ticket)], request=receipt())
    assert replayed.value.answer == b"TS-2026-00001@2"


def test_a_repeated_opening_opens_one_ticket(database: Database) -> None:
    store = desk(database)
    first, again = opening(), opening()
    store.record([first], {first.after.id: PATTERN}, receipt())
    with pytest.raises(AnsweredMeanwhile) as replayed:
        store.record([again], {again.after.id: PATTERN}, receipt())
    assert replayed.value.answer == b"TS-2026-00001@1"
    assert store.load(SITE, again.after.id) is None


def test_many_that_are_opened_under_a_key_cost_no_statement_each(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL, where each is a journey to the server; and a repetition opens none of them again."""
    store, asked = desk(database), list[object]()
    run = Session.run

    def counted(self: Session, statement: Any, row: Any = {}) -> Any:  # noqa: B006
        asked.append(statement)
        return run(self, statement, row)

    monkeypatch.setattr(Session, "run", counted)
    steps, again = ([opening() for _ in range(60)] for _ in range(2))
    tickets = store.record(steps, {step.after.id: PATTERN for step in steps}, receipt())
    if database.postgres:
        assert len(asked) < 20
    assert [each.number for each in tickets] == [f"TS-2026-{number:05}" for number in range(1, 61)]
    with pytest.raises(AnsweredMeanwhile) as replayed:
        store.record(again, {step.after.id: PATTERN for step in again}, receipt())
    assert replayed.value.answer == answer(tickets)
    assert [store.load(SITE, step.after.id) is None for step in (*steps, *again)] == [False] * 60 + [
        True
    ] * 60


def test_of_the_same_request_sent_many_times_at_once_one_is_done(database: Database) -> None:
    store = desk(database)

    def attempt(_: int) -> bytes:
        step = opening()
        try:
            return answer(store.record([step], {step.after.id: PATTERN}, receipt()))
        except AnsweredMeanwhile as replayed:
            return replayed.answer

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(attempt, range(8))) == {b"TS-2026-00001@1"}
    assert opened(store).number == "TS-2026-00002"


def test_a_key_that_served_another_request_is_refused(database: Database) -> None:
    store = desk(database)
    ticket = opened(store)
    after = store.record([moving(ticket)], request=receipt())[0]
    with pytest.raises(KeyReused):
        store.stored_answer("li", "k1", "d2")
    with pytest.raises(KeyReused):
        store.record([moving(after)], request=receipt(digest="d2"))
    assert len(Queries(database).history(SITE, ticket.id)) == 2


def test_a_stale_step_leaves_no_receipt(database: Database) -> None:
    store = desk(database)
    ticket = opened(store)
    store.record([moving(ticket)])
    with pytest.raises(Conflict):
        store.record([moving(ticket)], request=receipt())
    assert store.stored_answer("li", "k1", "d1") is None


def test_old_receipts_are_forgotten(database: Database) -> None:
    store = desk(database)
    ticket = opened(store)
    store.record([moving(ticket, at=NOW + 10)], request=receipt())
    assert store.delete_idempotency_keys(NOW + 10) == 0
    assert store.delete_idempotency_keys(NOW + 11) == 1
    assert store.stored_answer("li", "k1", "d1") is None


def asked(digest: str = "d") -> IdempotentRequest:
    """Somebody asked for something that is no step."""
    return IdempotentRequest("li", "k", digest, NOW)


def test_an_answer_about_no_ticket_is_kept_too(database: Database) -> None:
    receipts = IdempotencyKeys(database)
    receipts.run_once(asked(), lambda: b"first")
    with pytest.raises(AnsweredMeanwhile) as replayed:
        receipts.run_once(asked(), lambda: b"second")
    assert replayed.value.answer == receipts.find_answer("li", "k", "d") == b"first"
    with pytest.raises(KeyReused):
        receipts.run_once(asked("other"), lambda: b"third")


def test_what_is_written_beside_an_answer_is_written_with_it_or_not_at_all(database: Database) -> None:
    """Two writes and the answer; the second of them, repeated, undoes nothing and writes nothing."""
    receipts, people = IdempotencyKeys(database), People(database)

    def answering() -> bytes:
        for name in ("east", "west"):
            people.store_site(Site(id=name, name=name, zone="Asia/Shanghai"))
        return str(len(people.sites())).encode()  # what was written is seen at once

    def failing() -> bytes:
        answering()
        raise RuntimeError("before the answer was worded")

    with pytest.raises(RuntimeError):
        receipts.run_once(asked(), failing)
    assert people.sites() == ()
    assert receipts.find_answer("li", "k", "d") is None
    receipts.run_once(asked(), answering)
    assert receipts.find_answer("li", "k", "d") == b"2"


def test_a_part_that_loses_a_race_is_undone_by_itself(database: Database) -> None:
    """The rest of the unit goes on, and the part may be tried again."""
    people, tokens = People(database), Tokens(database)

    def issue(name: str) -> None:
        tokens.issue(id=name, staff_id="li", name=name, digest="d", scopes=(), expires_at=None, at=NOW)

    def answering() -> bytes:
        people.add_staff(Staff(id="li", account="li", name="Li", memberships=()))
        issue("first")
        with pytest.raises(Conflict):
            issue("second")
        return b"done"

    IdempotencyKeys(database).run_once(asked(), answering)
    assert [token.id for token in tokens.list_of("li")] == ["first"]


def test_a_directory_read_in_a_unit_that_was_undone_is_forgotten(database: Database) -> None:
    """Else the next change, which bumps the revision to the same number, would not be seen."""
    people = People(database, max_age=60)
    people.store_site(Site(id="east", name="East", zone="Asia/Shanghai"))

    def failing() -> bytes:
        people.add_staff(Staff(id="x", account="x", name="X", memberships=(Membership("east", "cook"),)))
        assert set(people.directory("east").staff) == {"x"}
        raise RuntimeError("before the answer was worded")

    with pytest.raises(RuntimeError):
        IdempotencyKeys(database).run_once(asked(), failing)
    people.add_staff(Staff(id="y", account="y", name="Y", memberships=(Membership("east", "cook"),)))
    assert set(people.directory("east").staff) == {"y"}


def test_a_receipt_goes_with_several_steps_too(database: Database) -> None:
    store = desk(database)
    first, second = opened(store), opened(store)
    store.record([moving(first), moving(second)], request=receipt())
    assert store.stored_answer("li", "k1", "d1") == b"TS-2026-00001@2 TS-2026-00002@2"
