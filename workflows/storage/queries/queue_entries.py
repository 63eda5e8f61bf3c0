"""Reads open tickets by their candidates, the most urgent first, from the entries that triggers keep.

The order: what is due first (and so what is longest overdue), then what has no due; among equals the higher
priority, then the older ticket. A page reads as many entries of each name as it is long.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import orjson

from workflows.core.ticket import Ticket, TicketKey
from workflows.storage.cursors import MAX_INSTANT, decode_opaque, encode_opaque
from workflows.storage.database import Database
from workflows.storage.sql import Row, RowValues, bind_pairs, join_by_key, select_pairs
from workflows.storage.tickets.rows import TICKET_COLUMNS, build_whole_ticket

_NEVER = 2**62  # as in the migration
_BRANCHES_PER_STATEMENT = 100
_ORDER = "due_at, rank, opened_at, ticket_id"
_COLUMNS = ", ".join(f"t.{name}" for name in TICKET_COLUMNS)
_AFTER = f"AND ({_ORDER}) > (:due_at, :rank, :opened_at, :ticket_id)"
_USED = (
    f"SELECT a.site_id, a.name FROM ({select_pairs(postgres=False)}) AS a WHERE EXISTS"
    " (SELECT 1 FROM queue_entries q WHERE q.site_id = a.site_id AND q.name = a.name)"
)
_LATERAL = (
    f"SELECT DISTINCT {_ORDER}, q.site_id FROM ({select_pairs(postgres=True)}) AS a CROSS JOIN LATERAL"
    f" (SELECT {_ORDER}, site_id FROM queue_entries e WHERE e.site_id = a.site_id AND e.name = a.name"
    f" {{beyond}} ORDER BY {_ORDER} LIMIT :limit) AS q ORDER BY {_ORDER}, q.site_id LIMIT :limit"
)
_WITHOUT = (
    "SELECT site_id, id, seq FROM tickets {by} WHERE candidates IS NULL AND closed_at IS NULL"
    " ORDER BY site_id, id LIMIT :limit"
)
_FILL = (
    "UPDATE tickets SET candidates = :candidates"
    " WHERE site_id = :site AND id = :id AND seq = :seq AND candidates IS NULL"
)


SiteName = tuple[str, str]
"""A site, and a name that candidates of its tickets may have."""


class QueuePosition(NamedTuple):
    """The place of a ticket in the queue. `rank` is less for a higher priority."""

    due_at: int
    rank: int
    opened_at: int
    ticket_id: str

    @property
    def text(self) -> str:
        """The position as opaque text for a URL."""
        return encode_opaque(orjson.dumps(["queue", *self]))

    @classmethod
    def of(cls, ticket: Ticket) -> QueuePosition:
        """The position of a ticket."""
        due_at = _NEVER if ticket.due_at is None else ticket.due_at
        return cls(due_at, -ticket.priority, ticket.opened_at, ticket.id)

    @classmethod
    def parse(cls, text: str) -> QueuePosition:
        """The position of a text. ValueError if it is no cursor of the queue."""
        try:
            mark, due_at, rank, opened_at, ticket_id = orjson.loads(decode_opaque(text))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{text[:80]!r} is no cursor") from error
        numbers = (due_at, rank, opened_at)
        whole = all(type(each) is int and -MAX_INSTANT < each <= _NEVER for each in numbers)
        if mark != "queue" or not whole or not isinstance(ticket_id, str) or "\0" in ticket_id:
            raise ValueError(f"{text[:80]!r} is no cursor of the queue")
        return cls(due_at, rank, opened_at, ticket_id)


class QueueReader:
    """Reads the tickets that have one of some candidates."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._used = database.sql(_USED)
        by = "" if database.postgres else "INDEXED BY ix_tickets_without_candidates"
        self._without, self._fill = database.sql(_WITHOUT.format(by=by)), database.sql(_FILL)

    def find_used(self, names: Mapping[str, Collection[str]]) -> list[SiteName]:
        """Those of these names (by site) that tickets have; on PostgreSQL all of them."""
        pairs = [(site, name) for site in sorted(names) for name in sorted(names[site])]
        if self._database.postgres:
            return pairs
        return [(site, name) for site, name in self._database.read(self._used, {"pairs": bind_pairs(pairs)})]

    def tickets(self, names: Sequence[SiteName], after: QueuePosition | None, limit: int) -> list[Ticket]:
        """The first tickets after a position that have one of these names, see `find_used`, with personal
        values."""
        values: RowValues = {"limit": limit, **(after._asdict() if after else {})}
        beyond = _AFTER if after else ""
        if self._database.postgres:
            values["pairs"] = bind_pairs(names)
            rows = self._read(_LATERAL.format(beyond=beyond), values)
        else:
            rows = self._read_branches(names, beyond, values)
        return sorted(self._build(rows), key=QueuePosition.of)[:limit]

    def tickets_by_key(self, keys: Sequence[TicketKey]) -> list[Ticket]:
        """These tickets, in the order of the queue, with personal values."""
        pairs = select_pairs(self._database.postgres)
        rows = self._read(
            f"SELECT site_id, name AS ticket_id FROM ({pairs}) AS p", {"pairs": bind_pairs(keys)}
        )
        return sorted(self._build(rows), key=QueuePosition.of)

    def _read_branches(self, used: Sequence[SiteName], beyond: str, values: RowValues) -> list[Row]:
        """SQLite merges the names that tickets have while it reads them."""
        rows: list[Row] = []
        for begin in range(0, len(used), _BRANCHES_PER_STATEMENT):
            branches = []
            for number, (site, name) in enumerate(used[begin : begin + _BRANCHES_PER_STATEMENT]):
                values |= {f"s{number}": site, f"n{number}": name}
                where = f"site_id = :s{number} AND name = :n{number} {beyond}"
                branches.append(f"SELECT {_ORDER}, site_id FROM queue_entries WHERE {where}")
            keys = f"{' UNION '.join(branches)} ORDER BY {_ORDER}, site_id LIMIT :limit"
            rows += self._read(keys, values)
        return rows

    def _read(self, keys: str, values: RowValues) -> list[Row]:
        """The rows of the tickets whose `site_id` and `ticket_id` a query gives."""
        ticket = join_by_key(
            "tickets", "t", "t.site_id = k.site_id AND t.id = k.ticket_id", postgres=self._database.postgres
        )
        return self._database.read(f"SELECT {_COLUMNS} FROM ({keys}) AS k {ticket}", values)

    def _build(self, rows: Sequence[Row]) -> list[Ticket]:
        """The tickets of rows, each once."""
        return [
            build_whole_ticket(row, self._database.cipher) for row in {row[:2]: row for row in rows}.values()
        ]

    def find_without_candidates(self, limit: int) -> list[tuple[str, str, int]]:
        """(site, id, seq) of open tickets whose candidates have not been worked out yet."""
        rows = self._database.read(self._without, {"limit": limit})
        return [(site, ticket_id, seq) for site, ticket_id, seq in rows]

    def fill_candidates(self, found: Sequence[tuple[TicketKey, int, tuple[str, ...]]]) -> None:
        """Store the candidates of tickets that are still at the step for which they were worked out."""
        rows = [
            {"site": site, "id": ticket_id, "seq": seq, "candidates": orjson.dumps(names).decode()}
            for (site, ticket_id), seq, names in found
        ]
        with self._database.transaction() as session:
            session.run_many(self._fill, rows)
