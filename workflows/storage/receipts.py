"""Idempotency keys: the answer to the first request is the answer to every repetition of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workflows.core.ticket import Ticket
from workflows.errors import KeyReused, Reason
from workflows.storage import tables
from workflows.storage.conflicts import Conflict, Replayed
from workflows.storage.database import Database
from workflows.storage.statements import inserting
from workflows.storage.ticket_rows import Values
from workflows.timing.instants import Instant

_FIND = "SELECT digest, answer FROM idempotency_keys WHERE account_id = :account AND key = :key"
_FORGET = "DELETE FROM idempotency_keys WHERE created_at < :before"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Who asked under which key, the digest of what was asked, and how the answer is worded."""

    account: str
    key: str
    digest: str
    render: Callable[[Sequence[Ticket]], bytes]


class Receipts:
    """The answers given."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._find = database.sql(_FIND)
        self._forget = database.sql(_FORGET)
        self._insert = database.sql(inserting(tables.idempotency_keys))

    def answer(self, account: str, key: str, digest: str) -> bytes | None:
        """What was answered to this request before. KeyReused if the key served another request."""
        for known, answer in self._database.read(self._find, {"account": account, "key": key}):
            if known != digest:
                raise KeyReused(Reason("key-reused", f"The key {key!r} was used for another request."))
            return bytes(answer)
        return None

    def replay(self, receipt: Receipt | None) -> None:
        """Raise Replayed if the request was answered before, KeyReused if the key served another one."""
        answer = self.answer(receipt.account, receipt.key, receipt.digest) if receipt else None
        if answer is not None:
            raise Replayed(answer)

    def keep(self, account: str, key: str, digest: str, answer: bytes, at: Instant) -> bytes | None:
        """Keep an answer that is about no ticket; or the one that was given to another request first."""
        row = {"account_id": account, "key": key, "digest": digest, "answer": answer, "created_at": at}
        try:
            with self._database.transaction() as session:
                session.run(self._insert, row | {"site_id": "", "ticket_id": "", "seq": 0})
        except Conflict:
            return self.answer(account, key, digest)
        return None

    def forget(self, before: Instant) -> int:
        """Forget the keys used before this moment; how many."""
        with self._database.transaction() as session:
            return session.run(self._forget, {"before": before}).rowcount


def receipt_row(receipt: Receipt, tickets: Sequence[Ticket]) -> Values:
    """The row that keeps the answer; `tickets` are those it is about, the one asked for first."""
    first = tickets[0]
    return {
        "account_id": receipt.account,
        "key": receipt.key,
        "digest": receipt.digest,
        "site_id": first.site,
        "ticket_id": first.id,
        "seq": first.seq,
        "answer": receipt.render(tickets),
        "created_at": first.changed_at,
    }
