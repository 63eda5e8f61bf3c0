"""Who follows which tickets.

A row for each ticket and person; the ids stand on the ticket's own row as well, so that a step knows them
without another query. Following is no step: neither `seq` nor the history changes. A step that was decided
before somebody began to follow is a conflict, and is decided again (see `statements.build_update`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from workflows.core.step import Step
from workflows.core.ticket import Ticket
from workflows.storage.database import Database, Session
from workflows.storage.errors import Conflict
from workflows.storage.sql import Sql
from workflows.storage.tickets.rows import serialize_watchers
from workflows.timing.instants import Instant

_ON_TICKET = (
    "UPDATE tickets SET watchers = :watchers"
    " WHERE site_id = :site AND id = :ticket AND coalesce(watchers, '') = :seen"
)
_ADD = (
    "INSERT INTO watchers (site_id, ticket_id, staff_id, since_at, opened_at)"
    " VALUES (:site, :ticket, :staff, :at, :opened_at)"
)
_REMOVE = "DELETE FROM watchers WHERE site_id = :site AND ticket_id = :ticket AND staff_id = :staff"
_OF_TICKET = (
    "SELECT staff_id, since_at FROM watchers WHERE site_id = :site AND ticket_id = :ticket"
    " ORDER BY since_at, staff_id"
)


class Watcher(NamedTuple):
    """Somebody who follows a ticket, and since when."""

    staff_id: str
    since_at: Instant


class Watchers:
    """Reads and changes who follows a ticket. The caller checks the right to do so."""

    def __init__(self, database: Database, discard_cached: Callable[[str, str], None]) -> None:
        self._database = database
        self._discard_cached = discard_cached
        self._on_ticket, self._of_ticket = database.sql(_ON_TICKET), database.sql(_OF_TICKET)
        self._add, self._remove = database.sql(_ADD), database.sql(_REMOVE)

    def of(self, site: str, ticket_id: str) -> tuple[Watcher, ...]:
        """Those who follow the ticket, the first first."""
        rows = self._database.read(self._of_ticket, {"site": site, "ticket": ticket_id})
        return tuple(Watcher(*row) for row in rows)

    def add(self, ticket: Ticket, staff_id: str, at: Instant) -> None:
        """Let somebody follow the ticket who does not yet. Conflict if others began or ended meanwhile."""
        values = {"staff": staff_id, "at": at, "opened_at": ticket.opened_at}
        self._change(ticket, (*ticket.watchers, staff_id), self._add, values)

    def remove(self, ticket: Ticket, staff_id: str) -> None:
        """End somebody's following of the ticket. Conflict as for `add`."""
        remaining = tuple(each for each in ticket.watchers if each != staff_id)
        self._change(ticket, remaining, self._remove, {"staff": staff_id})

    def write_step(self, session: Session, step: Step) -> None:
        """Add the rows of those who follow the ticket since this step, in its transaction."""
        before, after = step.before, step.after
        new = [each for each in after.watchers if before is None or each not in before.watchers]
        place = {"site": after.site, "ticket": after.id, "at": step.event.at, "opened_at": after.opened_at}
        session.run_many(self._add, [{**place, "staff": each} for each in new])

    def _change(self, ticket: Ticket, after: tuple[str, ...], sql: Sql, values: dict[str, object]) -> None:
        place = {"site": ticket.site, "ticket": ticket.id}
        seen = serialize_watchers(ticket.watchers) or ""
        try:
            with self._database.transaction() as session:
                on_ticket = {**place, "watchers": serialize_watchers(after), "seen": seen}
                if session.run(self._on_ticket, on_ticket).rowcount != 1:
                    raise Conflict(f"others began or ended to follow ticket {ticket.id}")
                session.run(sql, {**place, **values})
        finally:
            self._discard_cached(ticket.site, ticket.id)
