"""Idempotency keys: the answer to the first request is stored, and given to every repetition of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workflows.core.ticket import Ticket
from workflows.errors import KeyReused, Reason
from workflows.storage import tables
from workflows.storage.database import Database, Session
from workflows.storage.errors import AnsweredMeanwhile, Conflict
from workflows.storage.insert_statements import build_insert
from workflows.storage.sql import RowValues, bind_list, in_values
from workflows.timing.instants import Instant

_FIND = "SELECT digest, answer FROM idempotency_keys WHERE account_id = :account AND key = :key"
_FIND_MANY = "SELECT key, digest, answer FROM idempotency_keys WHERE account_id = :account AND key {among}"
_CLAIM = (
    "INSERT INTO idempotency_keys (account_id, key, digest, site_id, ticket_id, seq, answer, created_at)"
    " VALUES (:account, :key, :digest, '', '', 0, :answer, :at) ON CONFLICT DO NOTHING"
)
_STORE = "UPDATE idempotency_keys SET answer = :answer WHERE account_id = :account AND key = :key"
_DELETE = (
    "DELETE FROM idempotency_keys WHERE (account_id, key) IN (SELECT account_id, key FROM idempotency_keys"
    " WHERE created_at < :before ORDER BY created_at LIMIT 1000)"
)


@dataclass(frozen=True, slots=True)
class IdempotentStep:
    """A request that takes steps: its account, key, digest, and how the answer is made of the resulting
    tickets."""

    account: str
    key: str
    digest: str
    render: Callable[[Sequence[Ticket]], bytes]


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """A request that takes no single step: its account, key, digest, and the instant of the request."""

    account: str
    key: str
    digest: str
    at: Instant


class _KeyTaken(Exception):  # noqa: N818 - reads as what has happened to the key
    """Another request has inserted the key before."""


class IdempotencyKeys:
    """Stores and finds the answers to requests with an idempotency key."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._find = database.sql(_FIND)
        self._find_many = database.sql(_FIND_MANY.format(among=in_values("keys", database.postgres)))
        self._claim, self._store = database.sql(_CLAIM), database.sql(_STORE)
        self._delete = database.sql(_DELETE)
        self._insert = database.sql(build_insert(tables.idempotency_keys))

    def find_answer(self, account: str, key: str, digest: str) -> bytes | None:
        """The stored answer to this request; None if there is none. KeyReused if the key belongs to
        another request."""
        for known, answer in self._database.read(self._find, {"account": account, "key": key}):
            if known != digest:
                raise KeyReused(Reason("key-reused", f"The key {key!r} was used for another request."))
            return bytes(answer)
        return None

    def find_answers(self, account: str, keys: Sequence[str], digest: str) -> dict[str, bytes]:
        """The stored answers under those of the keys that were used. KeyReused if one of them belongs to
        another request."""
        values = {"account": account, "keys": bind_list(keys, self._database.postgres)}
        rows = self._database.read(self._find_many, values)
        for key, known, _ in rows:
            if known != digest:
                raise KeyReused(Reason("key-reused", f"The key {key!r} was used for another request."))
        return {key: bytes(answer) for key, _, answer in rows}

    def raise_if_answered(self, request: IdempotentStep | None) -> None:
        """Raise AnsweredMeanwhile if the request was answered before, KeyReused if its key belongs to
        another one."""
        answer = self.find_answer(request.account, request.key, request.digest) if request else None
        if answer is not None:
            raise AnsweredMeanwhile(answer)

    def run_once(self, request: IdempotentRequest, work: Callable[[], bytes]) -> None:
        """Do `work` and store the answer that it returns, in one transaction: both, or neither.

        The key is claimed before the first write, so that of two requests at once the second waits for the
        first. AnsweredMeanwhile or KeyReused, with nothing done, if the key was used before. Work that writes
        nothing holds no lock.
        """
        row = {"account": request.account, "key": request.key, "digest": request.digest, "at": request.at}
        try:
            with self._database.unit_of_work(lambda session: self._claim_key(session, row)) as unit:
                answer = work()
                if unit.session is not None:
                    unit.session.run(self._store, row | {"answer": answer})
            if unit.session is None:
                with self._database.transaction() as session:
                    self._claim_key(session, row | {"answer": answer})
        except _KeyTaken:
            stored = self.find_answer(request.account, request.key, request.digest)
            if stored is None:  # deleted in between
                raise Conflict("the key was in use") from None
            raise AnsweredMeanwhile(stored) from None

    def _claim_key(self, session: Session, row: RowValues) -> None:
        if session.run(self._claim, {"answer": b"", **row}).rowcount != 1:
            raise _KeyTaken

    def delete_before(self, before: Instant) -> int:
        """Delete some of the keys that were used before this instant, oldest first; how many there were."""
        with self._database.transaction() as session:
            return session.run(self._delete, {"before": before}).rowcount


def build_answer_row(request: IdempotentStep, tickets: Sequence[Ticket]) -> RowValues:
    """The row that stores the answer. `tickets` are those that it is about, the requested one first."""
    first = tickets[0]
    return {
        "account_id": request.account,
        "key": request.key,
        "digest": request.digest,
        "site_id": first.site,
        "ticket_id": first.id,
        "seq": first.seq,
        "answer": request.render(tickets),
        "created_at": first.changed_at,
    }
