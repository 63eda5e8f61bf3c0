"""Open promises by the calendar that they were last planned by.

An index finds those of one site and calendar that were planned by another seal than the one in force:
promises that are up to date cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from workflows.core.ticket import Ticket
from workflows.storage.database import Database
from workflows.storage.sql import Row
from workflows.storage.tickets.rows import CLOCK_COLUMNS, NARROW_COLUMNS, build_clock, build_narrow_ticket
from workflows.timing.clock import Clock

_READ = (
    f"SELECT {', '.join(f't.{name}' for name in NARROW_COLUMNS)}, t.data,"
    f" {', '.join(f'c.{name}' for name in CLOCK_COLUMNS)}"
    " FROM clocks c JOIN tickets t ON t.site_id = c.site_id AND t.id = c.ticket_id"
    " WHERE c.site_id = :site AND c.calendar = :calendar AND c.stopped_at IS NULL"
)
_OTHERS = (  # two ranges of the index rather than all of it
    f"SELECT * FROM ({_READ} AND c.seal < :seal LIMIT :limit) a"
    f" UNION ALL SELECT * FROM ({_READ} AND c.seal > :seal LIMIT :limit) b LIMIT :limit"
)
_PAGE = f"{_READ} AND (c.ticket_id, c.name) > (:ticket, :name) ORDER BY c.ticket_id, c.name LIMIT :limit"
_STAMP = (
    "UPDATE clocks SET seal = :seal WHERE site_id = :site_id AND ticket_id = :ticket_id AND name = :name"
    " AND seal = :before AND level = :level AND stopped_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class OpenClock:
    """A clock that has not stopped, and its ticket without trail and personal values."""

    ticket: Ticket
    clock: Clock


class OpenClocks:
    """Reads the open promises of a site and calendar, and marks those that need no replanning."""

    def __init__(self, database: Database, discard_cached: Callable[[str, str], None]) -> None:
        self._database = database
        self._discard_cached = discard_cached
        self._others, self._page = database.sql(_OTHERS), database.sql(_PAGE)
        self._stamp = database.sql(_STAMP)

    def planned_by_others(self, site: str, calendar: str, seal: str, limit: int) -> tuple[OpenClock, ...]:
        """Up to `limit` promises that were last planned by a calendar with another seal than this one."""
        values = {"site": site, "calendar": calendar, "seal": seal, "limit": limit}
        return _build_open_clocks(self._database.read(self._others, values))

    def all(self, site: str, calendar: str, page: int = 1_000) -> Iterator[OpenClock]:
        """All open promises of a site and calendar, by ticket and name, read page by page."""
        after = ("", "")
        while True:
            values = {"site": site, "calendar": calendar, "ticket": after[0], "name": after[1], "limit": page}
            open_clocks = _build_open_clocks(self._database.read(self._page, values))
            yield from open_clocks
            if len(open_clocks) < page:
                return
            after = (open_clocks[-1].ticket.id, open_clocks[-1].clock.name)

    def mark_up_to_date(self, site: str, unchanged: Sequence[tuple[OpenClock, Clock]]) -> None:
        """Store the seal of the calendar in force for promises that it does not change.

        No step is taken, since nothing changes that the history speaks of. A promise that has moved on
        meanwhile is not marked, and is found again.
        """
        rows = [
            {
                "site_id": site,
                "ticket_id": promise.ticket.id,
                "name": after.name,
                "before": promise.clock.seal,
                "seal": after.seal,
                "level": after.level,
            }
            for promise, after in unchanged
        ]
        if rows:
            with self._database.transaction() as session:
                session.run_many(self._stamp, rows)
            for row in rows:
                self._discard_cached(site, str(row["ticket_id"]))


def _build_open_clocks(rows: Sequence[Row]) -> tuple[OpenClock, ...]:
    end = len(NARROW_COLUMNS)
    return tuple(
        OpenClock(
            build_narrow_ticket(row[:end])._replace(data=orjson.loads(row[end])), build_clock(row[end + 1 :])
        )
        for row in rows
    )
