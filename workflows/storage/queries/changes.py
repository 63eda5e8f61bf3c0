"""The change feed: the steps of tickets, in the order in which they became visible, from a cursor on.

On PostgreSQL a row names its transaction. What is read ends before the oldest transaction that is still under
way, so that nothing can appear behind a cursor later; a long transaction delays the feed, and loses nothing.
SQLite has one writer, whose order is that of the commits.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import orjson

from workflows.core.access.visibility import Viewer
from workflows.storage.cursors import decode_opaque, encode_opaque
from workflows.storage.database import Database, Session
from workflows.storage.sql import Row, RowValues, join_by_key
from workflows.storage.tickets.rows import parse_names
from workflows.timing.instants import Instant

_LARGEST = 2**63 - 1
_BRANCHES_PER_STATEMENT = 100
_XMIN = "CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)"
_EVENT = (
    *("at", "kind", "actor_id", "actor_name", "on_behalf"),
    *("trigger", "source", "target_state", "data", "note"),
)
_TICKET = ("number", "workflow", "audience", "assignee")


class FeedRestarted(Exception):  # noqa: N818 - reads as what has happened to the feed
    """The cursor is of another database, such as the one from before a backup was restored."""


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """A place in the feed of the database that `epoch` names. `tx` is 0 on SQLite."""

    epoch: str
    tx: int = 0
    position: int = 0

    @property
    def text(self) -> str:
        """The position as opaque text for a URL."""
        return encode_opaque(orjson.dumps([self.epoch, self.tx, self.position]))

    @classmethod
    def parse(cls, text: str) -> FeedPosition:
        """The position of a text. ValueError if it is none."""
        try:
            epoch, tx, position = orjson.loads(decode_opaque(text))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{text[:80]!r} is no cursor") from error
        numbers = all(type(each) is int and 0 <= each <= _LARGEST for each in (tx, position))
        if not isinstance(epoch, str) or not numbers:
            raise ValueError(f"{text[:80]!r} is no cursor of the feed")
        return cls(epoch, tx, position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step of a ticket, as its history has it, without personal values."""

    site: str
    ticket_id: str
    number: str
    workflow: str
    seq: int
    at: Instant
    kind: str
    actor_id: str
    actor_name: str
    on_behalf: str | None
    trigger: str | None
    source: str | None
    to: str | None
    data: dict[str, object]
    note: str


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes that the viewer may read, and the position after the last one that was looked at. With
    `more` there were further ones already."""

    changes: tuple[Change, ...]
    next: FeedPosition
    more: bool


class ChangeFeed:
    """Reads the feed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, sites: Collection[str], viewer: Viewer, after: FeedPosition | None, limit: int
    ) -> ChangePage:
        """The changes at these sites among the next `limit` after a position, or from the first one on.

        Those of tickets that the viewer may not see are passed over. Raises `FeedRestarted`.
        """
        start = FeedPosition(self._epoch()) if after is None else self._check(after)
        rows = sorted(row for some in _batches(sites) for row in self._rows(some, start, limit))[:limit]
        seen = [
            _build_change(row)
            for row in rows
            if viewer.sees(row[2], parse_names(row[_AUDIENCE]), row[_AUDIENCE + 1])
        ]
        following = FeedPosition(start.epoch, rows[-1][0], rows[-1][1]) if rows else start
        return ChangePage(tuple(seen), following, len(rows) == limit)

    def end(self) -> FeedPosition:
        """The position after all that can be read now."""
        if self._database.postgres:
            ((xmin,),) = self._database.read(f"SELECT {_XMIN}", {})
            return FeedPosition(self._epoch(), int(xmin) - 1, _LARGEST)
        ((position,),) = self._database.read("SELECT coalesce(max(position), 0) FROM changes", {})
        return FeedPosition(self._epoch(), 0, int(position))

    def _check(self, after: FeedPosition) -> FeedPosition:
        if after.epoch != self._epoch():
            raise FeedRestarted
        return after

    def _epoch(self) -> str:
        ((epoch,),) = self._database.read("SELECT id FROM changes_epoch", {})
        return str(epoch)

    def _rows(self, sites: Collection[str], after: FeedPosition, limit: int) -> list[Row]:
        """(tx, position, site, ticket, seq, event, ticket) of the next changes at these sites."""
        postgres = self._database.postgres
        values: RowValues = {"limit": limit, "position": after.position}
        tx, beyond = "0 AS tx", "position > :position"
        if postgres:
            values["tx"] = after.tx
            tx, beyond = "tx", f"(tx, position) > (:tx, :position) AND tx < {_XMIN}"
        branches = []
        limited = "ORDER BY tx, position LIMIT :limit" if postgres and len(sites) > 1 else ""
        for number, site in enumerate(sites):
            values[f"s{number}"] = site
            branch = f"SELECT {tx}, position, site_id, ticket_id, seq FROM changes"
            branch += f" WHERE site_id = :s{number} AND {beyond}"
            branches.append(f"({branch} {limited})" if limited else branch)
        keys = f"{' UNION ALL '.join(branches)} ORDER BY {'tx, ' if postgres else ''}position LIMIT :limit"
        history = join_by_key(
            "history",
            "h",
            "h.site_id = k.site_id AND h.ticket_id = k.ticket_id AND h.seq = k.seq",
            postgres=postgres,
        )
        ticket = join_by_key(
            "tickets", "t", "t.site_id = k.site_id AND t.id = k.ticket_id", postgres=postgres
        )
        columns = [*(f"h.{name}" for name in _EVENT), *(f"t.{name}" for name in _TICKET)]
        named = f"k.tx, k.position, k.site_id, k.ticket_id, k.seq, {', '.join(columns)}"
        return self._database.read(f"SELECT {named} FROM ({keys}) AS k {history} {ticket}", values)


_AUDIENCE = 5 + len(_EVENT) + _TICKET.index("audience")


def restart_feed(session: Session, *, postgres: bool) -> None:
    """Forget the feed, in the transaction that replaces all histories: cursors of before are refused."""
    fresh = "left(md5(random()::text || clock_timestamp()::text), 16)" if postgres else None
    session.run("DELETE FROM changes")
    session.run(f"UPDATE changes_epoch SET id = {fresh or 'lower(hex(randomblob(8)))'}")


def _batches(sites: Collection[str]) -> list[list[str]]:
    ordered = sorted(set(sites))
    return [
        ordered[begin : begin + _BRANCHES_PER_STATEMENT]
        for begin in range(0, len(ordered), _BRANCHES_PER_STATEMENT)
    ]


def _build_change(row: Row) -> Change:
    event = dict(zip(_EVENT, row[5:], strict=False))
    return Change(
        site=row[2],
        ticket_id=row[3],
        number=row[5 + len(_EVENT)],
        workflow=row[6 + len(_EVENT)],
        seq=row[4],
        at=event["at"],
        kind=event["kind"],
        actor_id=event["actor_id"],
        actor_name=event["actor_name"],
        on_behalf=event["on_behalf"],
        trigger=event["trigger"],
        source=event["source"],
        to=event["target_state"],
        data=orjson.loads(event["data"]),
        note=event["note"],
    )
