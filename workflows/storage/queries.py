"""The only reader for views: lists, histories, counts. Nothing here changes a row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import CTE, ColumnElement, and_, case, func, select, tuple_

from workflows.core.ticket import Ticket
from workflows.core.visibility import OUTSIDER, Viewer
from workflows.storage import tables
from workflows.storage.cipher import Cipher
from workflows.storage.cursors import Cursor
from workflows.storage.database import Database
from workflows.storage.filters import TicketFilter, conditions
from workflows.storage.outbox import outbox_row
from workflows.storage.sight import hidden, visible
from workflows.storage.ticket_rows import CLOCK, TICKET, clock_from, ticket_from
from workflows.storage.views import MessagePage, Page, Parked, Past, Pressing, Promises, Reading, ReadingPage
from workflows.timing.clock import Clock
from workflows.timing.instants import Instant

Identity = tuple[str, str]  # site and id of a ticket
_TICKET = [tables.tickets.c[name] for name in TICKET]
_CLOCK = [tables.clocks.c[name] for name in CLOCK]


def _below(site: str, parents: Collection[str]) -> CTE:
    """The ids of all tickets below these."""
    t, deeper = tables.tickets.c, tables.tickets.alias("deeper").c
    found = select(t.id).where(t.site_id == site, t.parent.in_(parents)).cte("below", recursive=True)
    return found.union(select(deeper.id).where(deeper.site_id == site, deeper.parent == found.c.id))


class Queries:
    """Questions about tickets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, number: str, sites: Collection[str], viewer: Viewer = OUTSIDER) -> list[tuple[str, str]]:
        """(site, id) of the tickets with this number at these sites, if the viewer may know of them."""
        t = tables.tickets.c
        query = select(t.site_id, t.id).where(t.number == number, t.site_id.in_(sites))
        query = query.where(visible(viewer, self._database.postgres)).order_by(t.site_id)
        return [(row[0], row[1]) for row in self._database.rows(query)]

    def unseen(self, tickets: Collection[Identity], viewer: Viewer) -> frozenset[Identity]:
        """Those of these tickets, each (site, id), that do not exist for the viewer."""
        if not tickets or viewer.everything:
            return frozenset()
        t = tables.tickets.c
        query = select(t.site_id, t.id).where(t.site_id.in_({site for site, _ in tickets}))
        query = query.where(t.id.in_({each for _, each in tickets}), hidden(viewer, self._database.postgres))
        return frozenset((row[0], row[1]) for row in self._database.rows(query)) & set(tickets)

    def most_pressing(self, site: str, children: Collection[str], viewer: Viewer) -> Pressing | None:
        """Of what is open below these children, at any depth, the ticket that is due first."""
        t, below = tables.tickets.c, _below(site, children)
        query = (
            select(t.number, t.workflow, t.title, t.due_at)
            .join(below, and_(t.site_id == site, t.id == below.c.id))
            .where(t.closed_at.is_(None), t.due_at.is_not(None), visible(viewer, self._database.postgres))
            .order_by(t.due_at, t.id)
            .limit(1)
        )
        rows = self._database.rows(query)
        return Pressing(*rows[0]) if rows else None

    def tickets(self, wanted: TicketFilter, cursor: str | None = None, limit: int = 50) -> Page:
        """The tickets that match, newest first; of an overdue list the longest overdue first.

        ValueError if the cursor is not one of this kind of list.
        """
        t = tables.tickets.c
        order = (t.due_at, t.id) if wanted.overdue is not None else (t.opened_at, t.id)
        ascending = wanted.overdue is not None
        query = select(*_TICKET).where(*conditions(wanted, self._database.postgres))
        if cursor is not None:
            after = Cursor.read(cursor, ascending)
            here, there = tuple_(*order), tuple_(after.at, after.id)
            query = query.where(here > there if ascending else here < there)
        rows = self._database.rows(
            query.order_by(*(each if ascending else each.desc() for each in order)).limit(limit + 1)
        )
        found = [ticket_from(row, {}) for row in rows[:limit]]
        last = found[-1] if len(rows) > limit else None
        place = last and Cursor((last.due_at or 0) if ascending else last.opened_at, last.id, ascending)
        return Page(tuple(found), place.text if place else None)

    def history(
        self, site: str, ticket_id: str, after_seq: int = 0, limit: int = 200, *, personal: bool = False
    ) -> tuple[Past, ...]:
        """Entries of a ticket's history after `after_seq`, oldest first.

        `personal` opens their personal values; whoever asks for it records a reading.
        """
        h, t = tables.history.c, tables.tickets.c
        key = select(t.data_key).where(t.site_id == h.site_id, t.id == h.ticket_id).scalar_subquery()
        query = select(tables.history, key.label("data_key")).where(
            h.site_id == site, h.ticket_id == ticket_id, h.seq > after_seq
        )
        cipher = self._database.cipher if personal else None
        return tuple(_past(row, cipher) for row in self._database.rows(query.order_by(h.seq).limit(limit)))

    def clocks(self, site: str, ticket_id: str) -> tuple[Clock, ...]:
        """The clocks of a ticket."""
        c = tables.clocks.c
        query = (
            select(*_CLOCK).where(c.site_id == site, c.ticket_id == ticket_id).order_by(c.started_at, c.name)
        )
        return tuple(map(clock_from, self._database.rows(query)))

    def clocks_of(self, tickets: Sequence[Ticket]) -> dict[str, tuple[Clock, ...]]:
        """The clocks of many tickets, by ticket id: one question for a whole page."""
        c = tables.clocks.c
        found: dict[str, tuple[Clock, ...]] = {ticket.id: () for ticket in tickets}
        sites = {ticket.site for ticket in tickets}
        query = select(c.ticket_id, *_CLOCK).where(c.site_id.in_(sites), c.ticket_id.in_(found))
        for row in self._database.rows(query.order_by(c.started_at, c.name)):
            found[row[0]] += (clock_from(row[1:]),)
        return found

    def promises(
        self,
        sites: Collection[str],
        now: Instant,
        *,
        viewer: Viewer = OUTSIDER,
        workflow: str | None = None,
        clock: str | None = None,
        since: Instant | None = None,
        until: Instant | None = None,
    ) -> Promises:
        """How the promises begun in [since, until) stand; worked out from the instants, never from a mark.

        Those of tickets that do not exist for the viewer are not counted.
        """
        c, t = tables.clocks.c, tables.tickets.c
        query = select(*(func.count(case((holds, 1))) for holds in _standings(now).values()))
        query = query.select_from(tables.clocks).where(c.site_id.in_(sites))
        if workflow is not None:
            query = query.join(tables.tickets, and_(t.site_id == c.site_id, t.id == c.ticket_id))
            query = query.where(t.workflow == workflow)
        if not viewer.everything:
            unseen = select(t.site_id, t.id).where(hidden(viewer, self._database.postgres))
            query = query.where(tuple_(c.site_id, c.ticket_id).not_in(unseen))
        query = query.where(c.name == clock) if clock is not None else query
        query = query.where(c.started_at >= since) if since is not None else query
        query = query.where(c.started_at < until) if until is not None else query
        row = self._database.rows(query)[0]
        return Promises(**dict(zip(_standings(now), row, strict=True)))

    def states(self, wanted: TicketFilter) -> dict[tuple[str, str], int]:
        """How many matching tickets stand in each (workflow, state)."""
        t = tables.tickets.c
        query = select(t.workflow, t.state, func.count()).where(*conditions(wanted, self._database.postgres))
        rows = self._database.rows(query.group_by(t.workflow, t.state))
        return {(workflow, state): count for workflow, state, count in rows}

    def versions(self, workflow: str, viewer: Viewer = OUTSIDER) -> dict[int, int]:
        """How many open tickets of a workflow stand on each of its versions, of those the viewer may know."""
        t = tables.tickets.c
        query = select(t.version, func.count()).where(
            t.workflow == workflow, t.category.in_(("open", "waiting"))
        )
        query = query.where(visible(viewer, self._database.postgres))
        return dict(map(tuple, self._database.rows(query.group_by(t.version))))

    def count(self, wanted: TicketFilter) -> int:
        """How many tickets match."""
        query = select(func.count()).select_from(tables.tickets)
        total: int = self._database.rows(query.where(*conditions(wanted, self._database.postgres)))[0][0]
        return total

    def readings(self, site: str, ticket_id: str, cursor: str | None = None, limit: int = 50) -> ReadingPage:
        """Who read the personal fields of a ticket, newest first."""
        r = tables.readings.c
        query = select(r.at, r.staff_id, r.fields, r.id).where(r.site_id == site, r.ticket_id == ticket_id)
        if cursor is not None:
            after = Cursor.read(cursor, False)
            query = query.where(tuple_(r.at, r.id) < tuple_(after.at, after.id))
        rows = self._database.rows(query.order_by(r.at.desc(), r.id.desc()).limit(limit + 1))
        found = tuple(Reading(at=r[0], staff_id=r[1], fields=tuple(orjson.loads(r[2]))) for r in rows[:limit])
        last = rows[limit - 1] if len(rows) > limit else None
        return ReadingPage(found, Cursor(last[0], last[3], False).text if last else None)

    def messages(
        self,
        status: str,
        cursor: str | None = None,
        limit: int = 50,
        *,
        sites: Collection[str] | None = None,
    ) -> MessagePage:
        """Messages of the outbox in this status, oldest first; of these sites, or of all."""
        o = tables.outbox.c
        query = select(tables.outbox).where(o.status == status)
        if sites is not None:
            query = query.where(o.site_id.in_(sites))
        if cursor is not None:
            after = Cursor.read(cursor, True)
            query = query.where(tuple_(o.created_at, o.id) > tuple_(after.at, after.id))
        rows = self._database.rows(query.order_by(o.created_at, o.id).limit(limit + 1))
        found = tuple(map(outbox_row, rows[:limit]))
        last = found[-1] if len(rows) > limit else None
        return MessagePage(found, Cursor(last.created_at, last.id, True).text if last else None)

    def parked(self) -> tuple[Parked, ...]:
        """The clocks that were set aside."""
        c = tables.clocks.c
        query = select(c.site_id, c.ticket_id, c.name, c.parked).where(c.parked.is_not(None))
        rows = self._database.rows(query.order_by(c.site_id, c.ticket_id, c.name))
        return tuple(Parked(site=r[0], ticket=r[1], clock=r[2], reason=r[3]) for r in rows)


def _standings(now: Instant) -> dict[str, ColumnElement[bool]]:
    """The SQL twin of `Clock.verdict`."""
    c = tables.clocks.c
    stopped, kept = c.stopped_at.is_not(None), c.due_at.is_(None) | (c.stopped_at <= c.due_at)
    return {
        "met": and_(stopped, kept),
        "missed": and_(stopped, c.stopped_at > c.due_at),
        "running": and_(~stopped, c.due_at >= now),
        "overdue": and_(~stopped, c.due_at < now),
        "paused": and_(~stopped, c.due_at.is_(None)),
    }


def _past(row: Any, cipher: Cipher | None) -> Past:
    place = f"{row.site_id}/{row.ticket_id}"
    return Past(
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
        personal=cipher.open(row.data_key, place, str(row.seq), row.personal) if cipher else {},
        sealed=row.personal is not None,
        note=row.note,
        spent=row.spent,
        target=row.target,
        hash=row.hash,
    )
