"""The only writer of tickets. One call of `record` is one transaction: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson

from workflows.core.attachments import AttachmentReader
from workflows.core.step import Step
from workflows.core.ticket import Child, Ticket, TicketKey
from workflows.storage.attachments.attachments import AttachmentsOfSite
from workflows.storage.attachments.binder import AttachmentBinder, write_uses
from workflows.storage.audit.key import load_audit_key
from workflows.storage.blind_index import BlindIndex, FieldSource
from workflows.storage.database import Database, Session
from workflows.storage.errors import Conflict, ConnectionLost
from workflows.storage.idempotency import IdempotencyKeys, IdempotentRequest, IdempotentStep, build_answer_row
from workflows.storage.registers.entries import Entries
from workflows.storage.rosters import Rosters
from workflows.storage.row_builder import RowBuilder
from workflows.storage.search import number_terms
from workflows.storage.sql import Sql, bind_pairs, join_by_key, select_pairs
from workflows.storage.tickets.batch_writer import FEWEST, BatchWriter
from workflows.storage.tickets.cache import TicketWithClocks
from workflows.storage.tickets.counters import Counters
from workflows.storage.tickets.indexer import Indexer
from workflows.storage.tickets.load import TicketLoader
from workflows.storage.tickets.migrations import Migrations, migrates
from workflows.storage.tickets.planned_clocks import OpenClocks
from workflows.storage.tickets.prepare import PreparedStep, StepPreparer, chain_steps
from workflows.storage.tickets.rows import parse_names
from workflows.storage.tickets.sweep import Batch, Sweeper
from workflows.storage.tickets.terms import TicketTerms
from workflows.storage.tickets.watchers import Watchers
from workflows.storage.tickets.writers import create_writer
from workflows.timing.instants import Instant

_CHILD_COLUMNS = tuple(name for name in Child._fields if name != "data")
_CHILD = ", ".join(_CHILD_COLUMNS)
_PARSERS: Mapping[str, Callable[[Any], object]] = {
    "link": lambda link: link or "",
    "audience": parse_names,
    "data": orjson.loads,
}
_ROWS: RowBuilder[Child] = RowBuilder(Child, _CHILD_COLUMNS, _PARSERS)
_WHOLE_ROWS: RowBuilder[Child] = RowBuilder(Child, (*_CHILD_COLUMNS, "data"), _PARSERS)
# Without the plus, SQLite would read all tickets of the site in order rather than sort a few.
_IN_ORDER = "ORDER BY +opened_at, coalesce(round, 0), id"
_OF_PARENT = f"FROM tickets WHERE site_id = :site AND parent = :id {_IN_ORDER}"
_CHILDREN, _CHILDREN_WHOLE = f"SELECT {_CHILD} {_OF_PARENT}", f"SELECT {_CHILD}, data {_OF_PARENT}"
_CHILDREN_OF = f"SELECT p.site_id, parent, {_CHILD}, data FROM ({{pairs}}) AS p {{child}} {_IN_ORDER}"
_SUCCESSOR = (
    f"SELECT {_CHILD} FROM tickets"
    " WHERE site_id = :site AND origin = :id ORDER BY +opened_at DESC, id DESC LIMIT 1"
)
_KEY = "SELECT data_key FROM tickets WHERE site_id = :site AND id = :id"
_HEAD = "SELECT head FROM tickets WHERE site_id = :site AND id = :id"


class Store:
    """Loads what a decision needs, and records what was decided. By `source` it knows which personal values
    are found by whom; without it, none is."""

    def __init__(self, database: Database, source: FieldSource | None = None) -> None:
        self.database = self._database = database
        self.blind_index = BlindIndex(database)
        self._terms = TicketTerms(self.blind_index, source)
        self._writer = create_writer(database)
        self._batch = BatchWriter(database) if database.postgres else None
        self._counters = Counters(database)
        self._idempotency = IdempotencyKeys(database)
        self._sweeper = Sweeper(database)
        self._loader = TicketLoader(database)
        database.rollback_listeners.append(self._loader.cache.clear)
        self.rosters = Rosters(database)
        self.entries = Entries(database, self.blind_index, source)
        self.indexer = Indexer(database, self.blind_index, self._terms, self.entries)
        self.watchers = Watchers(database, self._loader.cache.discard)
        self.open_clocks = OpenClocks(database, self._loader.cache.discard)
        self._children, self._children_whole = database.sql(_CHILDREN), database.sql(_CHILDREN_WHOLE)
        self._children_of = self._prepare_children_of()
        self.migrations = Migrations(database)
        self._successor = database.sql(_SUCCESSOR)
        self._key, self._head = database.sql(_KEY), database.sql(_HEAD)

    def load(self, site: str, ticket_id: str, seen_seq: int | None = None) -> TicketWithClocks | None:
        """A ticket and its clocks; None if the site has no such ticket. `seen_seq` is the seq that the
        actor saw."""
        return self._loader.load(site, ticket_id, seen_seq)

    def children(self, site: str, ticket_id: str, *, whole: bool = False) -> tuple[Child, ...]:
        """The tickets that were opened from this one, oldest first; with their open fields if `whole`."""
        sql, rows = (self._children_whole, _WHOLE_ROWS) if whole else (self._children, _ROWS)
        return tuple(map(rows.build, self._database.read(sql, {"site": site, "id": ticket_id})))

    def children_of(self, parents: Collection[TicketKey]) -> dict[TicketKey, tuple[Child, ...]]:
        """The children of each of these tickets that has any, oldest first, with their open fields."""
        if not parents:
            return {}
        found: dict[TicketKey, tuple[Child, ...]] = {}
        for site, parent, *row in self._database.read(self._children_of, {"pairs": bind_pairs(parents)}):
            found[site, parent] = (*found.get((site, parent), ()), _WHOLE_ROWS.build(row))
        return found

    def _prepare_children_of(self) -> Sql:
        postgres = self._database.postgres
        by = "" if postgres else "INDEXED BY ix_tickets_parent"
        child = join_by_key(
            "tickets", f"t {by}", "t.site_id = p.site_id AND t.parent = p.name", postgres=postgres
        )
        return self._database.sql(_CHILDREN_OF.format(pairs=select_pairs(postgres), child=child))

    def successor(self, site: str, ticket_id: str) -> Child | None:
        """The ticket that this one was converted into; None if it was not converted."""
        rows = self._database.read(self._successor, {"site": site, "id": ticket_id})
        return _ROWS.build(rows[0]) if rows else None

    def uploaded_files(self, site: str, now: Instant) -> AttachmentReader:
        """What a decision at a site, at an instant, sees of uploaded files."""
        return AttachmentsOfSite(self._database, site, now)

    def stored_answer(self, account: str, key: str, digest: str) -> bytes | None:
        """The stored answer to this request; None if there is none. KeyReused if the key belongs to
        another request."""
        return self._idempotency.find_answer(account, key, digest)

    def stored_answers(self, account: str, keys: Sequence[str], digest: str) -> dict[str, bytes]:
        """The stored answers under those of the keys that were used. KeyReused if one of them belongs to
        another request."""
        return self._idempotency.find_answers(account, keys, digest)

    def run_once(self, request: IdempotentRequest, work: Callable[[], bytes]) -> None:
        """Do `work` and store its answer, both or neither. AnsweredMeanwhile or KeyReused if the key was
        used before."""
        self._idempotency.run_once(request, work)

    def delete_idempotency_keys(self, before: Instant) -> int:
        """Delete some of the idempotency keys that were used before this instant; how many there were."""
        return self._idempotency.delete_before(before)

    def record(
        self,
        steps: Sequence[Step],
        patterns: Mapping[str, str] | None = None,
        request: IdempotentStep | None = None,
    ) -> tuple[Ticket, ...]:
        """Write the steps, in order, in one transaction; the tickets as they are after each.

        `patterns` gives each new ticket, by id, the pattern of its number. Conflict if any ticket has moved
        on or exists already; AnsweredMeanwhile or KeyReused if the idempotency key was used before.
        """
        prepared = self._prepare(steps)
        try:
            if (
                self._database.postgres
                and not self._database.in_unit_of_work
                and len(steps) == 1
                and steps[0].before is not None
                and not steps[0].roster_changes
                and not steps[0].entry_writes
                and not steps[0].attachments
                and not migrates(steps)
            ):
                tickets = self._record_single(prepared[0], request)
            else:
                tickets = self._record_batch(prepared, patterns or {}, request)
        except Conflict:
            for step in steps:  # another process may have written them: read them anew the next time
                self._loader.cache.discard(step.after.site, step.after.id)
            self._idempotency.raise_if_answered(request)
            raise
        for step, after in zip(steps, tickets, strict=True):
            self._loader.cache.update(step, after)
        return tickets

    def _prepare(self, steps: Sequence[Step]) -> list[PreparedStep]:
        for step in steps:
            if step.before is None:
                self._counters.load_zone(step.after.site)
        preparation = StepPreparer(
            self._database.cipher, self._read_data_key, self._terms.build, self.blind_index.edition
        )
        prepared = [preparation.prepare(step) for step in steps]
        for each in prepared if migrates(steps) else ():
            each.replaced = self.migrations.prepare(each.step, preparation.find_data_key)
        if any(step.attachments for step in steps):
            binder = AttachmentBinder(self._database, preparation.find_data_key)
            for each, writes in zip(prepared, binder.prepare(steps), strict=True):
                each.attachments = writes
        chain_steps(prepared, load_audit_key(self._database))
        return prepared

    def _read_data_key(self, ticket_key: TicketKey) -> bytes | None:
        rows = self._database.read(self._key, {"site": ticket_key[0], "id": ticket_key[1]})
        return rows[0][0] if rows else None

    def _record_batch(
        self, prepared: Sequence[PreparedStep], patterns: Mapping[str, str], request: IdempotentStep | None
    ) -> tuple[Ticket, ...]:
        with self._database.transaction(shared=_counters_of(prepared)) as session:
            if patterns:
                self._assign_numbers(session, prepared, patterns)
            tickets = tuple(step.after for step in prepared)
            row = build_answer_row(request, tickets) if request else None
            if self._batch is not None and _plain(prepared):
                whole = len(prepared) if row is None else -1  # the last one brings the answer
                self._batch.write(session, prepared[:whole])
                prepared = prepared[whole:]
            for step in prepared:
                self._writer.write(session, step, row if step is prepared[-1] else None)
                if step.step.roster_changes:
                    self.rosters.write(session, step.step.roster_changes)
                if _adds_watchers(step.step):
                    self.watchers.write_step(session, step.step)
                if step.step.entry_writes:
                    self.entries.write_step(session, step.step)
                if migrates((step.step,)):
                    self.migrations.write_step(session, step.step, step.replaced)
                if step.attachments:
                    write_uses(session, step.attachments)
        return tickets

    def _assign_numbers(
        self, session: Session, prepared: Sequence[PreparedStep], patterns: Mapping[str, str]
    ) -> None:
        """New tickets get their numbers; later steps of the same ticket have the same."""
        opened = [each.step.after for each in prepared if each.step.before is None]
        given = self._counters.numbers(session, [(patterns[each.id], each) for each in opened])
        numbers: dict[TicketKey, str] = {
            (each.site, each.id): number for each, number in zip(opened, given, strict=True)
        }
        for each in prepared:
            ticket_key = (each.step.after.site, each.step.after.id)
            if number := numbers.get(ticket_key):
                each.ticket["number"] = number
                if each.terms is not None:
                    each.terms += number_terms(number)
        chain_steps(prepared, load_audit_key(self._database))  # numbers are part of what is hashed

    def _record_single(self, step: PreparedStep, request: IdempotentStep | None) -> tuple[Ticket, ...]:
        """Write one step as one statement. If the connection is cut meanwhile, the head of the history
        tells whether it was written."""
        tickets = (step.after,)
        row = build_answer_row(request, tickets) if request else None
        try:
            with self._database.connect() as session:
                self._writer.write(session, step, row)
        except ConnectionLost:
            self._write_after_cut(step, row)
        return tickets

    def _write_after_cut(self, step: PreparedStep, row: dict[str, object] | None) -> None:
        try:
            with self._database.connect() as session:
                self._writer.write(session, step, row)
        except Conflict:
            if not self._is_stored(step.after):
                raise

    def _is_stored(self, ticket: Ticket) -> bool:
        rows = self._database.read(self._head, {"site": ticket.site, "id": ticket.id})
        return bool(rows) and rows[0][0] == ticket.head

    @contextmanager
    def sweep(self, now: Instant, limit: int = 500) -> Iterator[Batch]:
        """The levels that are due, for this worker alone; see `Batch`."""
        with self._sweeper.sweep(now, limit) as batch:
            yield batch

    def oldest_due_level(self) -> Instant | None:
        """When the level that is to fire first, of all tickets, is due; None if there is none."""
        return self._sweeper.oldest_due_level()

    def park(self, site: str, ticket_id: str, clock: str, reason: str) -> None:
        """Put a clock aside that cannot be worked on, so that sweeps go on without it."""
        self._sweeper.park(site, ticket_id, clock, reason)
        self._loader.cache.discard(site, ticket_id)

    def refresh(self, site: str, ticket_id: str) -> bool:
        """Whether this process's cached copy of a ticket, if it has one, is as the ticket is stored. One that
        is not is dropped."""
        return self._loader.refresh(site, ticket_id)

    def discard_cached(self, site: str, ticket_id: str) -> None:
        """Drop this process's cached copy of a ticket, so that the ticket is read the next time."""
        self._loader.cache.discard(site, ticket_id)


def _adds_watchers(step: Step) -> bool:
    """Whether others follow the ticket since the step: it has taken over those of a merged one."""
    return bool(step.after.watchers) and (step.before is None or step.before.watchers != step.after.watchers)


def _plain(steps: Sequence[PreparedStep]) -> bool:
    """Whether the steps are many, change neither rosters nor registers, and name no files."""
    return (
        len(steps) >= FEWEST
        and not any(
            each.step.roster_changes
            or each.step.entry_writes
            or each.attachments
            or _adds_watchers(each.step)
            for each in steps
        )
        and not migrates([each.step for each in steps])
    )


def _counters_of(prepared: Sequence[PreparedStep]) -> str:
    """The site whose counters the steps need first; "" if they open no ticket."""
    return next((each.step.after.site for each in prepared if each.step.before is None), "")
