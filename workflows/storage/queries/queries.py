"""Reads for the API, the command line and the reports: tickets, histories, clocks, readings, messages.

Nothing here changes a row.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import CTE, and_, select, tuple_

from workflows.core.access.visibility import OUTSIDER, Viewer
from workflows.core.ticket import Ticket, TicketKey
from workflows.storage import tables
from workflows.storage.cipher import Cipher
from workflows.storage.cursors import Cursor
from workflows.storage.database import Database
from workflows.storage.queries.duplicates import Duplicates
from workflows.storage.queries.filters import TicketFilter
from workflows.storage.queries.lists import TicketLists
from workflows.storage.queries.messages import MessageQueries
from workflows.storage.queries.owed_reports import OwedReportQueries
from workflows.storage.queries.promise_counts import ClockFilter, count_clocks
from workflows.storage.queries.results import (
    ClockCounts,
    MessagePage,
    ParkedClock,
    ReadingPage,
    RecordedReading,
    StoredHistoryEvent,
    TicketPage,
    UrgentTicket,
)
from workflows.storage.queries.visibility_sql import hidden_condition, visible_condition
from workflows.storage.search_query import SearchQuery
from workflows.storage.sql import bind_list, in_values
from workflows.storage.tickets.rows import (
    CLOCK_COLUMNS,
    NARROW_COLUMNS,
    STILL_RUNS,
    build_clock,
    build_narrow_ticket,
)
from workflows.timing.clock import Clock
from workflows.timing.instants import Instant

_CLOCK = [tables.clocks.c[name] for name in CLOCK_COLUMNS]
_NARROW = [tables.tickets.c[name] for name in NARROW_COLUMNS]
_NEXT_DUE = (
    f"SELECT site_id, ticket_id, {', '.join(CLOCK_COLUMNS)} FROM clocks WHERE site_id {{sites}}"
    f" AND ticket_id {{tickets}} AND due_at IS NOT NULL AND {STILL_RUNS} ORDER BY due_at DESC"
)


def _select_descendants(site: str, parents: Collection[str]) -> CTE:
    """A query for the ids of the children of these tickets, of their children, and so on."""
    t, deeper = tables.tickets.c, tables.tickets.alias("deeper").c
    below = select(t.id).where(t.site_id == site, t.parent.in_(parents)).cte("below", recursive=True)
    return below.union(select(deeper.id).where(deeper.site_id == site, deeper.parent == below.c.id))


class Queries:
    """Reads tickets and what belongs to them. A `viewer` gets nothing of tickets that are hidden from
    them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.duplicates = Duplicates(database)
        self._lists = TicketLists(database)
        self.outgoing = MessageQueries(database)
        self.owed_reports = OwedReportQueries(database)
        sites, named = (in_values(name, database.postgres) for name in ("sites", "tickets"))
        self._next_due = database.sql(_NEXT_DUE.format(sites=sites, tickets=named))

    def find_by_number(
        self, number: str, sites: Collection[str], viewer: Viewer = OUTSIDER
    ) -> list[TicketKey]:
        """The keys of the tickets with this number at these sites that the viewer may see, by site."""
        t = tables.tickets.c
        query = select(t.site_id, t.id).where(t.number == number, t.site_id.in_(sites))
        query = query.where(visible_condition(viewer, self._database.postgres)).order_by(t.site_id)
        return [(site, ticket_id) for site, ticket_id in self._database.rows(query)]

    def find_visible(self, site: str, ids: Collection[str], viewer: Viewer) -> dict[str, Ticket]:
        """Those of these tickets of a site that the viewer may see, by id, without their data."""
        if not ids:
            return {}
        t = tables.tickets.c
        query = select(*_NARROW).where(t.site_id == site, t.id.in_(ids))
        rows = self._database.rows(query.where(visible_condition(viewer, self._database.postgres)))
        return {ticket.id: ticket for ticket in map(build_narrow_ticket, rows)}

    def find_hidden(self, tickets: Collection[TicketKey], viewer: Viewer) -> frozenset[TicketKey]:
        """Those of these tickets that are restricted and that the viewer may not see."""
        if not tickets or viewer.everything:
            return frozenset()
        t = tables.tickets.c
        query = select(t.site_id, t.id).where(t.site_id.in_({site for site, _ in tickets}))
        query = query.where(
            t.id.in_({ticket_id for _, ticket_id in tickets}),
            hidden_condition(viewer, self._database.postgres),
        )
        rows = self._database.rows(query)
        return frozenset((site, ticket_id) for site, ticket_id in rows) & set(tickets)

    def find_most_urgent(self, site: str, children: Collection[str], viewer: Viewer) -> UrgentTicket | None:
        """The open ticket below these children, at any depth, that is due first; None if none has a due time.

        Tickets that the viewer may not see are left out.
        """
        t, below = tables.tickets.c, _select_descendants(site, children)
        query = (
            select(t.number, t.workflow, t.title, t.due_at)
            .join(below, and_(t.site_id == site, t.id == below.c.id))
            .where(
                t.closed_at.is_(None),
                t.due_at.is_not(None),
                visible_condition(viewer, self._database.postgres),
            )
            .order_by(t.due_at, t.id)
            .limit(1)
        )
        rows = self._database.rows(query)
        return UrgentTicket(*rows[0]) if rows else None

    def tickets(self, ticket_filter: TicketFilter, cursor: str | None = None, limit: int = 50) -> TicketPage:
        """One page of the tickets that match: newest first, or longest overdue first if only overdue ones are
        wanted.

        ValueError if the cursor belongs to a list in another order.
        """
        return self._lists.page(ticket_filter, cursor, limit)

    def cursor_after(self, ticket_filter: TicketFilter, ticket: Ticket) -> str:
        """The cursor of the page that begins after this ticket, in a list that is ordered by its opening."""
        return self._lists.cursor_after(ticket_filter, ticket)

    def search(self, ticket_filter: TicketFilter, query: SearchQuery, limit: int) -> TicketPage:
        """The first of the tickets that match and fit a query."""
        return self._lists.search(ticket_filter, query, None, limit)

    def history(
        self, site: str, ticket_id: str, after_seq: int = 0, limit: int = 200, *, personal: bool = False
    ) -> tuple[StoredHistoryEvent, ...]:
        """Up to `limit` entries of a ticket's history after `after_seq`, oldest first.

        With `personal`, their personal values are decrypted; the caller must record that as a reading.
        """
        h, t = tables.history.c, tables.tickets.c
        key = select(t.data_key).where(t.site_id == h.site_id, t.id == h.ticket_id).scalar_subquery()
        query = select(tables.history, key.label("data_key")).where(
            h.site_id == site, h.ticket_id == ticket_id, h.seq > after_seq
        )
        cipher = self._database.cipher if personal else None
        return tuple(
            _build_history_event(row, cipher)
            for row in self._database.rows(query.order_by(h.seq).limit(limit))
        )

    def clocks(self, site: str, ticket_id: str) -> tuple[Clock, ...]:
        """All clocks of a ticket, stopped ones too, in the order in which they were started."""
        c = tables.clocks.c
        query = (
            select(*_CLOCK).where(c.site_id == site, c.ticket_id == ticket_id).order_by(c.started_at, c.name)
        )
        return tuple(map(build_clock, self._database.rows(query)))

    def find_next_due(self, keys: Collection[TicketKey]) -> dict[TicketKey, Clock]:
        """Of each of these tickets the running clock that is due first."""
        if not keys:
            return {}
        sites, tickets = (bind_list(set(each), self._database.postgres) for each in zip(*keys, strict=True))
        rows = self._database.read(self._next_due, {"sites": sites, "tickets": tickets})
        return {(site, ticket): build_clock(clock) for site, ticket, *clock in rows}

    def count_clocks(
        self,
        sites: Collection[str],
        now: Instant,
        *,
        viewer: Viewer = OUTSIDER,
        workflow: str | None = None,
        clock: str | None = None,
        since: Instant | None = None,
        until: Instant | None = None,
    ) -> ClockCounts:
        """How the promises that began in [since, until) stand at `now`, counted from the stored instants.

        Clocks of tickets that the viewer may not see are not counted.
        """
        clock_filter = ClockFilter(
            sites=sites, viewer=viewer, now=now, workflow=workflow, clock=clock, since=since, until=until
        )
        return count_clocks(self._database, clock_filter)

    def readings(self, site: str, ticket_id: str, cursor: str | None = None, limit: int = 50) -> ReadingPage:
        """One page of who read the personal fields of a ticket, newest first.

        ValueError if the cursor belongs to a list in another order.
        """
        r = tables.readings.c
        query = select(r.at, r.staff_id, r.fields, r.id, r.on_behalf).where(
            r.site_id == site, r.ticket_id == ticket_id
        )
        if cursor is not None:
            after = Cursor.parse(cursor, False)
            query = query.where(tuple_(r.at, r.id) < tuple_(after.at, after.id))
        rows = self._database.rows(query.order_by(r.at.desc(), r.id.desc()).limit(limit + 1))
        readings = tuple(
            RecordedReading(
                at=row.at,
                staff_id=row.staff_id,
                fields=tuple(orjson.loads(row.fields)),
                on_behalf=row.on_behalf,
            )
            for row in rows[:limit]
        )
        last = rows[limit - 1] if len(rows) > limit else None
        return ReadingPage(readings, Cursor(last.at, last.id, False).text if last else None)

    def messages(
        self,
        status: str,
        cursor: str | None = None,
        limit: int = 50,
        *,
        sites: Collection[str] | None = None,
    ) -> MessagePage:
        """One page of the outbox's messages with this status, oldest first; see `MessageQueries.page`."""
        return self.outgoing.page(status, cursor, limit, sites)

    def parked_clocks(self, sites: Collection[str] | None = None) -> tuple[ParkedClock, ...]:
        """The clocks whose next level could not be fired and is parked; of these sites, or of all if None."""
        by = "" if self._database.postgres else "INDEXED BY ix_clocks_parked"
        query = f"SELECT site_id, ticket_id, name, parked FROM clocks {by} WHERE parked IS NOT NULL"
        at_these = "" if sites is None else f" AND site_id {in_values('sites', self._database.postgres)}"
        values = {"sites": bind_list(sites or (), self._database.postgres)}
        rows = sorted(self._database.read(query + at_these, values))
        return tuple(
            ParkedClock(site=site, ticket=ticket_id, clock=clock, reason=reason)
            for site, ticket_id, clock, reason in rows
        )

    def count_parked(self) -> int:
        """How many parked clocks there are at all sites."""
        by = "" if self._database.postgres else "INDEXED BY ix_clocks_parked"
        query = f"SELECT count(*) FROM clocks {by} WHERE parked IS NOT NULL"
        ((count,),) = self._database.read(query, {})
        return int(count)


def _build_history_event(row: Any, cipher: Cipher | None) -> StoredHistoryEvent:
    owner = f"{row.site_id}/{row.ticket_id}"
    return StoredHistoryEvent(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        on_behalf=row.on_behalf,
        surface=row.surface,
        trigger=row.trigger,
        source=row.source,
        to=row.target_state,
        data=orjson.loads(row.data),
        personal=cipher.open(row.data_key, owner, str(row.seq), row.personal) if cipher else {},
        sealed=row.personal is not None,
        note=row.note,
        spent=row.spent,
        target=row.target,
        hash=row.hash,
    )
