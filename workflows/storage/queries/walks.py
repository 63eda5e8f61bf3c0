"""Reads the tickets that match a filter, from any position of a list on, by merging the list's branches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import NamedTuple, TypeVar

from workflows.storage.database import Database
from workflows.storage.queries.branches import (
    AMONG,
    IN_ORDER,
    BindValues,
    Branch,
    Driver,
    build_branches,
    build_index_ranges,
    list_drivers,
    order_column,
)
from workflows.storage.queries.filters import ListOrder, TicketFilter
from workflows.storage.search_query import SearchQuery, build_condition
from workflows.storage.sql import Row, Sql, bind_list, in_values, join_by_key
from workflows.storage.tickets.rows import TICKET_COLUMNS

_TERMS = "' ' || x.terms || x.notes || ' '"
NARROW_LIMIT = 200
"""If fewer rows than this match in an index, all of them are read."""
LOOK_LIMIT = 200
"""How many tickets that are not shown a page passes over at most, roughly. Then it ends."""
_WATCHED_IDS = f"SELECT ticket_id FROM watchers WHERE {{sites}} AND staff_id = :watcher LIMIT {NARROW_LIMIT}"
_ESCALATED_IDS = (
    "SELECT DISTINCT ticket_id FROM (SELECT ticket_id FROM clocks {by} WHERE {sites} AND level >= :level"
    f" AND level > 0 AND stopped_at IS NULL LIMIT {NARROW_LIMIT}) AS few"
)
_BRANCHES_PER_STATEMENT = 100  # SQLite takes at most five hundred
_PLACES = {name: TICKET_COLUMNS.index(name) for name in ("id", *IN_ORDER)}
_COLUMNS = ", ".join(f"t.{name}" for name in TICKET_COLUMNS)
_VISIBLE, _POSITION_COLUMNS = 2, 3  # of a page's rows: `at, id, visible`, then those of the ticket
Part = TypeVar("Part", str, Branch)
_KEY = "t.site_id = k.site_id AND t.id = k.id"
_TEXTS_KEY = "x.site_id = k.site_id AND x.ticket_id = k.id"


class ListPosition(NamedTuple):
    """Where a ticket is in a list: the instant that the list is ordered by, then the id."""

    at: int
    id: str


class ListReader:
    """Reads lists of tickets, no further than the page needs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        at_sites = f"site_id {in_values('sites', database.postgres)}"
        by = "" if database.postgres else "INDEXED BY ix_clocks_level"
        self._few_ids = (
            (_WATCHED_IDS.format(sites=at_sites), "watcher"),
            (_ESCALATED_IDS.format(by=by, sites=at_sites), "level"),
        )

    def rows(
        self,
        ticket_filter: TicketFilter,
        after: ListPosition | None,
        limit: int,
        driver: Driver | None = None,
        extra_values: BindValues | None = None,
        *,
        terms: bool = False,
    ) -> list[Row]:
        """At most `limit` rows of `TICKET_COLUMNS` that match and come after a position; `q` is not looked
        at.

        `extra_values` are values that a driver given by the caller needs. With `terms`, one more column has
        those that the ticket is found by.
        """
        rows = self._read_branches(
            _build_found_query if terms else _build_rows_query,
            ticket_filter,
            after,
            limit,
            driver or self.choose_driver(ticket_filter),
            extra_values or {},
        )
        return sorted(
            rows,
            key=lambda row: position_of(row, ticket_filter),
            reverse=not ticket_filter.sorted_by.ascending,
        )[:limit]

    def page_rows(
        self, ticket_filter: TicketFilter, after: ListPosition | None, limit: int
    ) -> tuple[list[Row], ListPosition | None]:
        """At most `limit` rows as `rows` gives them, and up to where was looked if that is not the end.

        What the viewer may not see is read with the rest and passed over: most lists hold little of it, and
        where nearly all is hidden a page ends after `LOOK_LIMIT`, with fewer rows or none.
        """
        driver, rows, looked, size = self.choose_driver(ticket_filter), list[Row](), 0, limit
        first: int | None = None
        while True:
            query = _build_places_query if looked else _build_page_query
            found = self._read_branches(query, ticket_filter, after, size, driver, {}, hidden=True)
            found.sort(key=itemgetter(0, 1), reverse=not ticket_filter.sorted_by.ascending)
            shown = [row for row in found[:size] if row[_VISIBLE]]
            if looked and shown:  # of most that are looked through here, nothing else is wanted
                rows += self.rows_among(ticket_filter, [row[1] for row in shown], after, len(shown))
            else:
                rows += [row[_POSITION_COLUMNS:] for row in shown]
            if len(rows) >= limit or len(found) < size:
                return rows[:limit], None
            looked, after = looked + size, ListPosition(*found[size - 1][:2])
            first = found[0][0] if first is None else first
            if looked >= LOOK_LIMIT:
                return end_page(rows, first, after, ticket_filter)
            enough = (limit - len(rows)) * looked // max(1, len(rows)) + 1  # to fill the page
            size = min(enough, LOOK_LIMIT - looked)

    def rows_among(
        self, ticket_filter: TicketFilter, ids: Collection[str], after: ListPosition | None, limit: int
    ) -> list[Row]:
        """At most `limit` rows, of the tickets with these ids, that match and come after a position."""
        return self.rows(ticket_filter, after, limit, AMONG, {"ids": bind_list(ids, self._database.postgres)})

    def match_words(
        self,
        ticket_filter: TicketFilter,
        after: ListPosition | None,
        limit: int,
        driver: Driver,
        query: SearchQuery,
    ) -> list[tuple[ListPosition, str, bool]]:
        """Position and site of the next `limit` tickets, and whether the terms of each fit the query and the
        viewer may see it."""
        holds, values = build_condition(query, _TERMS, self._database.postgres)

        def build_query(keys: str, postgres: bool) -> str:
            return _build_match_query(keys, postgres, holds)

        rows = self._read_branches(build_query, ticket_filter, after, limit, driver, values, hidden=True)
        matches = [(ListPosition(at, ticket_id), site, bool(holds)) for at, ticket_id, site, holds in rows]
        matches.sort(key=lambda match: match[0], reverse=not ticket_filter.sorted_by.ascending)
        return matches[:limit]

    def _read_branches(
        self,
        build_query: Callable[[str, bool], str],
        ticket_filter: TicketFilter,
        after: ListPosition | None,
        limit: int,
        driver: Driver,
        more: BindValues,
        *,
        hidden: bool = False,
    ) -> list[Row]:
        """The rows of a query over keys (`_build_keys_query`); `hidden`: also what the viewer may not see."""
        order, postgres = ticket_filter.sorted_by, self._database.postgres
        ascending = order.ascending
        branches, values = build_branches(
            ticket_filter, driver, postgres, _after_condition(after, order, postgres)
        )
        values |= {"limit": limit, **more, **(after._asdict() if after else {})}
        at = order_column(ticket_filter, driver, postgres)
        rows: list[Row] = []
        for batch in _batch_parts(branches):
            keys = self._build_keys_query(batch, at, ascending, hidden)
            rows += self._read(build_query(keys, postgres), values)
        return rows

    def choose_driver(self, ticket_filter: TicketFilter) -> Driver:
        """The index to read from: the only one that fits, or the one in which the fewest rows match.

        One in another order than the list's is read only if it has few rows, for they must be sorted.
        """
        for query, value in self._few_ids:
            if getattr(ticket_filter, value) is not None:
                ids = self._read_ids(query, ticket_filter)
                if len(ids) < NARROW_LIMIT:
                    return replace(AMONG, ids=(*ids, ""))
        drivers, order = list_drivers(ticket_filter), ticket_filter.sorted_by.column
        if len(drivers) == 1:
            return drivers[0]
        whole = IN_ORDER[order]
        sizes = self._estimate_sizes(ticket_filter, [each for each in drivers if each is not whole])
        least = min(sizes, key=sizes.__getitem__)
        if sizes[least] < NARROW_LIMIT or least.order == order:
            return least
        return next((each for each in sizes if each.order == order), whole)

    def _read_ids(self, query: str, ticket_filter: TicketFilter) -> list[str]:
        """The ids that a query gives, up to `NARROW_LIMIT` of them."""
        values = {
            "sites": bind_list(ticket_filter.sites, self._database.postgres),
            "level": ticket_filter.level,
            "watcher": ticket_filter.watcher,
        }
        return [ticket_id for (ticket_id,) in self._database.read(query, values)]

    def _estimate_sizes(self, ticket_filter: TicketFilter, drivers: Sequence[Driver]) -> dict[Driver, int]:
        """How many rows are in the index ranges of each driver; counting stops at `NARROW_LIMIT`."""
        counts, values = list[str](), BindValues()
        for place, driver in enumerate(drivers):
            ranges, more = build_index_ranges(ticket_filter, driver, self._database.postgres)
            values |= more
            for batch in _batch_parts(ranges):
                rows = " UNION ALL ".join(f"SELECT 1 AS one {part}" for part in batch)
                counts.append(f"SELECT {place}, count(*) FROM ({rows} LIMIT {NARROW_LIMIT}) AS few")
        sizes = dict.fromkeys(drivers, 0)
        for few in _batch_parts(counts):
            for place, count in self._read(" UNION ALL ".join(few), values):
                sizes[drivers[place]] += count
        return sizes

    def _build_keys_query(self, branches: Sequence[Branch], at: str, ascending: bool, hidden: bool) -> str:
        """A query for the first `:limit` rows of all branches together, in order: `site_id, id, at`, and
        `visible` if what is hidden from the viewer is among them.

        SQLite merges the branches while it reads them. PostgreSQL would read and sort them whole, so there
        each branch is limited, too.
        """
        selects = []
        for source, visible in branches:
            if hidden:
                shown = f", CASE WHEN {visible} THEN 1 ELSE 0 END AS visible"
                selects.append(f"SELECT site_id, id, {at} AS at{shown} {source}")
            else:
                selects.append(f"SELECT site_id, id, {at} AS at {source} AND {visible}")
        if self._database.postgres and len(selects) > 1:
            selects = [f"({each} ORDER BY {_order_by('', ascending)} LIMIT :limit)" for each in selects]
        return f"{' UNION ALL '.join(selects)} ORDER BY {_order_by('', ascending)} LIMIT :limit"

    def _read(self, text: str, values: BindValues) -> list[Row]:
        return self._database.read(_prepare(text, self._database.postgres), values)


def end_page(
    rows: list[Row], first: int, last: ListPosition, ticket_filter: TicketFilter
) -> tuple[list[Row], ListPosition]:
    """The rows of a page for which was looked from an instant up to a position, and where the next begins:
    before the last second, for the id that stands there may be hidden. All of one second, it must be told."""
    if first == last.at:
        return rows, last
    remaining = [row for row in rows if position_of(row, ticket_filter).at != last.at]
    return remaining, ListPosition(last.at if ticket_filter.sorted_by.ascending else last.at + 1, "")


@lru_cache(maxsize=512)
def _prepare(text: str, postgres: bool) -> Sql:
    return Sql(text.replace("instr(", "strpos(") if postgres else text, postgres=postgres)


def position_of(row: Row, ticket_filter: TicketFilter) -> ListPosition:
    """The position in the list of a row of `TICKET_COLUMNS`."""
    return ListPosition(row[_PLACES[ticket_filter.sorted_by.column]], row[_PLACES["id"]])


def _build_rows_query(keys: str, postgres: bool) -> str:
    ticket = join_by_key("tickets", "t", _KEY, postgres=postgres)
    return f"SELECT {_COLUMNS} FROM ({keys}) AS k {ticket}"


def _build_found_query(keys: str, postgres: bool) -> str:
    ticket = join_by_key("tickets", "t", _KEY, postgres=postgres)
    texts = join_by_key("texts", "x", _TEXTS_KEY, postgres=postgres, outer=True)
    return f"SELECT {_COLUMNS}, x.terms FROM ({keys}) AS k {ticket} {texts}"


def _build_page_query(keys: str, postgres: bool) -> str:
    ticket = join_by_key("tickets", "t", f"k.visible = 1 AND {_KEY}", postgres=postgres, outer=True)
    columns = f"k.at, k.id, k.visible, {_COLUMNS}"
    return f"SELECT {columns} FROM ({keys}) AS k {ticket}"


def _build_places_query(keys: str, _postgres: bool) -> str:
    return f"SELECT k.at, k.id, k.visible FROM ({keys}) AS k"


def _build_match_query(keys: str, postgres: bool, holds: str) -> str:
    holds = f"k.visible = 1 AND ({holds})"
    return (
        f"SELECT k.at, k.id, k.site_id, CASE WHEN {holds} THEN 1 ELSE 0 END FROM ({keys}) AS k"
        f" {join_by_key('texts', 'x', _TEXTS_KEY, postgres=postgres, outer=True)}"
    )


def _order_by(prefix: str, ascending: bool) -> str:
    direction = "" if ascending else " DESC"
    return f"{prefix}at{direction}, {prefix}id{direction}"


def _after_condition(after: ListPosition | None, order: ListOrder, postgres: bool) -> str:
    """The condition that a row comes after a position.

    PostgreSQL takes a comparison of rows to reject whatever has no value, and so does the bound of what is
    overdue: together they would seem to leave a tenth of a tenth, and all of it would be sorted.
    """
    if after is None:
        return ""
    sign = ">" if order.ascending else "<"
    if postgres and order.column == "due_at":
        return f"due_at {sign}= :at AND (due_at {sign} :at OR id {sign} :id)"
    return f"({order.column}, id) {sign} (:at, :id)"


def _batch_parts(parts: Sequence[Part]) -> Iterator[list[Part]]:
    rest = iter(parts)
    while batch := list(islice(rest, _BRANCHES_PER_STATEMENT)):
        yield batch
