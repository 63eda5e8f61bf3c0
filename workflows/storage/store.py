"""The only writer of tickets. One call of `record` is one transaction: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import orjson

from workflows.core.step import Step
from workflows.core.ticket import NOTHING, Child, Ticket
from workflows.storage.conflicts import Conflict, Dropped
from workflows.storage.counting import Counters
from workflows.storage.database import Database, Session
from workflows.storage.entries import Entries
from workflows.storage.loading import Loading
from workflows.storage.preparing import Identity, Preparation, Prepared, Words
from workflows.storage.receipts import Receipt, Receipts, receipt_row
from workflows.storage.remembering import Loaded
from workflows.storage.rosters import Rosters
from workflows.storage.search import terms
from workflows.storage.sql import Row
from workflows.storage.sweeping import Batch, Sweeper
from workflows.storage.ticket_rows import audience_from
from workflows.storage.writers import writer
from workflows.timing.instants import Instant

_CHILD = "id, number, workflow, link, state, category, version, round, audience, title, due_at, assignee"
# A plus before opened_at, or SQLite goes through all tickets of the site in order rather than sort a few.
_IN_ORDER = "ORDER BY +opened_at, coalesce(round, 0), id"
_OF_PARENT = f"FROM tickets WHERE site_id = :site AND parent = :id {_IN_ORDER}"
_CHILDREN, _CHILDREN_WHOLE = f"SELECT {_CHILD} {_OF_PARENT}", f"SELECT {_CHILD}, data {_OF_PARENT}"
_SUCCESSOR = (
    f"SELECT {_CHILD} FROM tickets"
    " WHERE site_id = :site AND origin = :id ORDER BY +opened_at DESC, id DESC LIMIT 1"
)
_KEY = "SELECT data_key FROM tickets WHERE site_id = :site AND id = :id"
_HEAD = "SELECT head FROM tickets WHERE site_id = :site AND id = :id"


class Store:
    """Loads what a decision needs and records what was decided.

    `words` gives the terms to find a ticket by; by default the words of its title and open fields.
    """

    def __init__(self, database: Database, words: Words = terms) -> None:
        self._database = database
        self._words = words
        self._writer = writer(database)
        self._counters = Counters(database)
        self._receipts = Receipts(database)
        self._sweeper = Sweeper(database)
        self._loading = Loading(database)
        self.rosters = Rosters(database)
        self.entries = Entries(database)
        self._children, self._children_whole = database.sql(_CHILDREN), database.sql(_CHILDREN_WHOLE)
        self._successor = database.sql(_SUCCESSOR)
        self._key, self._head = database.sql(_KEY), database.sql(_HEAD)

    def load(self, site: str, ticket_id: str, seen: int | None = None) -> Loaded | None:
        """A ticket and its clocks; None if the site has no such ticket. `seen` is the seq the actor saw."""
        return self._loading.load(site, ticket_id, seen)

    def children(self, site: str, ticket_id: str, *, whole: bool = False) -> tuple[Child, ...]:
        """The tickets that were opened from this one, oldest first; with their open fields if `whole`."""
        sql = self._children_whole if whole else self._children
        return tuple(map(_child, self._database.read(sql, {"site": site, "id": ticket_id})))

    def successor(self, site: str, ticket_id: str) -> Child | None:
        """The ticket that this one was converted into."""
        rows = self._database.read(self._successor, {"site": site, "id": ticket_id})
        return _child(rows[0]) if rows else None

    def receipt_answer(self, account: str, key: str, digest: str) -> bytes | None:
        """What was answered to this request before. KeyReused if the key served another request."""
        return self._receipts.answer(account, key, digest)

    def keep_answer(self, account: str, key: str, digest: str, answer: bytes, at: Instant) -> bytes | None:
        """Keep an answer that is about no ticket; the first one, if another request was quicker."""
        return self._receipts.keep(account, key, digest, answer, at)

    def forget_receipts(self, before: Instant) -> int:
        """Forget the idempotency keys used before this moment; how many."""
        return self._receipts.forget(before)

    def record(
        self, steps: Sequence[Step], patterns: Mapping[str, str] | None = None, receipt: Receipt | None = None
    ) -> tuple[Ticket, ...]:
        """Write the steps, in order, in one transaction; the tickets as they stand after each.

        `patterns` gives each new ticket (by id) the pattern of its number. Conflict if any ticket has moved
        on or is there already; Replayed or KeyReused if the receipt's key was used before.
        """
        prepared = self._prepare(steps)
        try:
            if (
                self._database.postgres
                and len(steps) == 1
                and steps[0].before is not None
                and not steps[0].moves
                and not steps[0].filings
            ):
                tickets = self._record_at_once(prepared[0], receipt)
            else:
                tickets = self._record_together(prepared, patterns or {}, receipt)
        except Conflict:
            self._receipts.replay(receipt)
            raise
        for step, after in zip(steps, tickets, strict=True):
            self._loading.remembered.recorded(step, after)
        return tickets

    def _prepare(self, steps: Sequence[Step]) -> list[Prepared]:
        for step in steps:
            if step.before is None:
                self._counters.know(step.after.site)
        preparation = Preparation(self._database.cipher, self._key_of, self._words)
        return [preparation.prepare(step) for step in steps]

    def _key_of(self, whose: Identity) -> bytes | None:
        rows = self._database.read(self._key, {"site": whose[0], "id": whose[1]})
        return rows[0][0] if rows else None

    def _record_together(
        self, prepared: Sequence[Prepared], patterns: Mapping[str, str], receipt: Receipt | None
    ) -> tuple[Ticket, ...]:
        with self._database.transaction() as session:
            self._give_numbers(session, prepared, patterns)
            tickets = tuple(step.after for step in prepared)
            row = receipt_row(receipt, tickets) if receipt else None
            for step in prepared:
                self._writer.write(session, step, row if step is prepared[-1] else None)
                self.rosters.write(session, step.step.moves)
                if step.step.filings:
                    self.entries.follow(session, step.step)
        return tickets

    def _give_numbers(
        self, session: Session, prepared: Sequence[Prepared], patterns: Mapping[str, str]
    ) -> None:
        """New tickets get their numbers; later steps of the same ticket have the same."""
        numbers: dict[Identity, str] = {}
        for each in prepared:
            after = each.step.after
            if each.step.before is None:
                numbers[after.site, after.id] = self._counters.number(session, patterns[after.id], after)
            each.ticket["number"] = numbers.get((after.site, after.id)) or each.ticket["number"]

    def _record_at_once(self, step: Prepared, receipt: Receipt | None) -> tuple[Ticket, ...]:
        """One statement. If the connection is cut meanwhile, the history's head says what became of it."""
        tickets = (step.after,)
        row = receipt_row(receipt, tickets) if receipt else None
        try:
            with self._database.connect() as session:
                self._writer.write(session, step, row)
        except Dropped:
            self._write_after_cut(step, row)
        return tickets

    def _write_after_cut(self, step: Prepared, row: dict[str, object] | None) -> None:
        try:
            with self._database.connect() as session:
                self._writer.write(session, step, row)
        except Conflict:
            if not self._stands(step.after):
                raise

    def _stands(self, ticket: Ticket) -> bool:
        rows = self._database.read(self._head, {"site": ticket.site, "id": ticket.id})
        return bool(rows) and rows[0][0] == ticket.head

    @contextmanager
    def sweep(self, now: Instant, limit: int = 500) -> Iterator[Batch]:
        """The levels that are due, for this worker alone; see `Batch`."""
        with self._sweeper.sweep(now, limit) as batch:
            yield batch

    def park(self, site: str, ticket_id: str, clock: str, reason: str) -> None:
        """Set a clock aside that cannot be worked on, so that the sweep goes on without it."""
        self._sweeper.park(site, ticket_id, clock, reason)
        self._loading.remembered.forget(site, ticket_id)

    def unpark(self, site: str, ticket_id: str, clock: str) -> None:
        """Take a parked clock up again."""
        self._sweeper.park(site, ticket_id, clock, None)
        self._loading.remembered.forget(site, ticket_id)


def _child(row: Row) -> Child:
    return Child(
        id=row[0],
        number=row[1],
        workflow=row[2],
        link=row[3] or "",
        state=row[4],
        category=row[5],
        version=row[6],
        round=row[7],
        audience=audience_from(row[8]),
        title=row[9],
        due_at=row[10],
        assignee=row[11],
        data=orjson.loads(row[12]) if len(row) > 12 else NOTHING,
    )
