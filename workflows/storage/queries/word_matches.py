"""Finds tickets by words, in the order of a list: first by scanning the newest, then in the full-text index.

A word that many tickets contain is found among the newest few hundred. A word that is not found there is rare
enough to ask the full-text index. SQLite's index gives the newest first; PostgreSQL's gives all at once, so
if there are too many, the scan goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial

from workflows.core.ticket import TicketKey
from workflows.storage import search
from workflows.storage.blind_index import MARK, BlindIndex
from workflows.storage.database import Database
from workflows.storage.queries.branches import AMONG, AMONG_OR_NUMBER
from workflows.storage.queries.filters import NEWEST_FIRST, TicketFilter
from workflows.storage.queries.results import NO_PERSON, PersonSearch
from workflows.storage.queries.walks import ListPosition, ListReader, end_page, position_of
from workflows.storage.search_query import (
    QueryPart,
    SearchQuery,
    build_terms,
    hash_query,
    keep_words,
    list_hashes,
    list_kinds,
    parse_query,
)
from workflows.storage.sql import Row, bind_list

SCAN_LIMIT = 80
"""How many tickets are scanned before the full-text index is asked."""
SCAN_FURTHER_LIMIT = 300
"""How many tickets at most are scanned at a time after that. If fewer are likely to fill the page, the word
is common, and the index would give a long list."""
SCAN_LIMIT_OF_PAGE = SCAN_LIMIT + 2 * SCAN_FURTHER_LIMIT
"""A page ends after so many tickets were scanned, with fewer rows than it might have."""
MAX_INDEXED = 1_000
"""With more tickets than this from the index, the scan is the cheaper way."""
_MAX_SITES = 16  # of more sites than this, the full-text query does not name the sites
_CANDIDATES = "SELECT find_texts(CAST(:terms AS tsquery), :limit)"  # a function of the schema
_NEWEST_DOCS = (
    "SELECT x.doc, x.ticket_id FROM (SELECT rowid AS doc FROM texts_index WHERE texts_index MATCH :terms"
    " AND rowid < :upper ORDER BY rowid DESC LIMIT :limit) AS f JOIN texts x ON x.doc = f.doc"
    " ORDER BY x.doc DESC"
)

Rows = list[Row]
"""Rows of `TICKET_COLUMNS`, and the terms that each ticket is found by."""


class WordSearch:
    """Finds tickets by the words of their title, open fields and notes, by their number or unit, and by the
    personal values that the viewer may read."""

    def __init__(self, database: Database, reader: ListReader) -> None:
        self._database, self._reader, self._index = database, reader, BlindIndex(database)
        self._candidates = database.sql(_CANDIDATES if database.postgres else _NEWEST_DOCS)

    def page_rows(
        self, ticket_filter: TicketFilter, query: SearchQuery, after: ListPosition | None, limit: int
    ) -> tuple[Rows, ListPosition | None]:
        """At most `limit` rows that match the query or have the number `q`, and come after a position; and up
        to where was looked if that is not the end."""
        if not query:
            return [], None
        at_once = self._find_at_once(ticket_filter, query, after)
        words = query if at_once is None else keep_words(query)

        def read(ids: Collection[str]) -> Rows:
            return self._read_found(ticket_filter, (*ids, *(at_once or ())), after, limit, numbered=True)

        if not words:
            return read(()), None
        return self._find_by_words(ticket_filter, words, after, limit, read)

    def _read_found(
        self,
        ticket_filter: TicketFilter,
        ids: Collection[str],
        after: ListPosition | None,
        limit: int,
        *,
        numbered: bool = False,
    ) -> Rows:
        """The rows of the tickets with these ids, and perhaps of the one that has the number `q`."""
        named = numbered and bool(ticket_filter.q) and ticket_filter.unit is None
        values = {"ids": bind_list(ids, self._database.postgres), "number": (ticket_filter.q or "").strip()}
        driver = AMONG_OR_NUMBER if named else AMONG
        return self._reader.rows(ticket_filter, after, limit, driver, values, terms=True)

    def read_query(self, ticket_filter: TicketFilter) -> tuple[SearchQuery, PersonSearch]:
        """What is searched, with the hashes of what the viewer may find of somebody; empty without a word.

        Whoever may read nothing personal asks the database what they would ask if it held nothing personal.
        """
        query, roles = _parse_filter(ticket_filter), ticket_filter.readers
        if not query or not roles:
            return hash_query(query, None), NO_PERSON
        places = self._index.list_places({site: roles.get(site, ()) for site in ticket_filter.sites})
        if not places:
            return hash_query(query, None), NO_PERSON
        every = [place for found in places.values() for place in found]
        searched = PersonSearch(places, list_kinds(query), list_kinds(query, certain=True))
        return hash_query(query, partial(self._index.hash_question, every)), searched

    def find_personal(self, query: SearchQuery, rows: Rows) -> frozenset[TicketKey]:
        """Those of the rows whose personal values are among what is searched."""
        hashes = {each for each in list_hashes(query) if each.startswith(MARK)}
        return frozenset(row[:2] for row in rows if not hashes.isdisjoint((row[-1] or "").split()))

    def _find_at_once(
        self, ticket_filter: TicketFilter, query: SearchQuery, after: ListPosition | None
    ) -> list[str] | None:
        """The ids of what the index finds by whole terms (a number, a unit, personal values) with the words
        beside them. None if that is more than `MAX_INDEXED`, as of a frequent name: then the scan looks at
        them, too.

        What is found and may not be seen takes the same statements as what is not there.
        """
        hashes = list_hashes(query)
        if not hashes:
            return []
        any_of: SearchQuery = ((QueryPart((), tuple(hashes)),),)
        ids = self._find_candidates(build_terms(any_of, self._database.postgres))
        if any(len(reading) > 1 for reading in query):  # else the hashes alone decide
            if len(ids) > MAX_INDEXED:
                terms = build_terms(query, self._database.postgres, self._search_sites(ticket_filter), hashes)
                ids = self._find_candidates(terms)
            else:  # frequent words beside few hashes need not be read
                few = replace(AMONG, ids=(*ids, ""))
                matches = self._reader.match_words(ticket_filter, after, MAX_INDEXED, few, query)
                ids = [match.id for match, _, holds in matches if holds]
        return None if len(ids) > MAX_INDEXED else ids

    def _find_by_words(
        self,
        ticket_filter: TicketFilter,
        query: SearchQuery,
        after: ListPosition | None,
        limit: int,
        read: Callable[[Collection[str]], Rows],
    ) -> tuple[Rows, ListPosition | None]:
        """What the words find, beside what `read` gives with the rows of ids."""
        if ticket_filter.unit is not None:  # rare enough for the index at once
            found = self._find_by_index(ticket_filter, query, after, limit)
            if found is not None:
                return _merge(ticket_filter, limit, read(()), *found)
        driver = self._reader.choose_driver(ticket_filter)
        ids: list[str] = []
        first: int | None = None
        scanned, position, indexed, size = 0, after, False, SCAN_LIMIT
        while True:
            matches = self._reader.match_words(ticket_filter, position, size, driver, query)
            ids += [match.id for match, _, holds in matches if holds]
            scanned += len(matches)
            if len(matches) < size or len(ids) >= limit:
                return read(ids), None
            position = matches[-1][0]
            first = matches[0][0].at if first is None else first
            if scanned >= SCAN_LIMIT_OF_PAGE:
                rows, _ = _merge(ticket_filter, limit, read(ids), [], position)
                return end_page(rows, first, position, ticket_filter)
            enough = scanned * limit // len(ids) if ids else SCAN_FURTHER_LIMIT  # tickets to fill the page
            if not indexed and enough >= SCAN_FURTHER_LIMIT:
                indexed, rest = True, self._find_by_index(ticket_filter, query, position, limit - len(ids))
                if rest is not None:
                    return _merge(ticket_filter, limit, read(ids), *rest)
            size = min(max(size, enough - scanned), SCAN_FURTHER_LIMIT)

    def _find_by_index(
        self,
        ticket_filter: TicketFilter,
        query: SearchQuery,
        after: ListPosition | None,
        limit: int,
    ) -> tuple[Rows, ListPosition | None] | None:
        """What the full-text index finds after a position, and up to where was looked if that is not the end;
        None if it finds more than `MAX_INDEXED`."""
        newest_first = ticket_filter.sorted_by == NEWEST_FIRST and not self._database.postgres
        if newest_first and after is not None:
            return self._find_newest(ticket_filter, query, after, limit)
        ids = self._find_candidates(
            build_terms(query, self._database.postgres, self._search_sites(ticket_filter))
        )
        if len(ids) > MAX_INDEXED:
            return None
        return self._read_found(ticket_filter, ids, after, limit), None

    def _find_candidates(self, terms: str) -> list[str]:
        """The ids of up to `MAX_INDEXED` tickets that the index finds, and of one more."""
        values = {"terms": terms, "upper": _LAST_DOC, "limit": MAX_INDEXED + 1}
        return [str(row[-1]) for row in self._database.read(self._candidates, values)]

    def _find_newest(
        self, ticket_filter: TicketFilter, query: SearchQuery, after: ListPosition, limit: int
    ) -> tuple[Rows, ListPosition | None]:
        """The index gives documents in the order of their seconds; within one second in any order."""
        rows, looked = Rows(), 0
        upper, size = search.first_doc(after.at + 1), 2 * limit
        terms = build_terms(query, False, self._search_sites(ticket_filter))
        while True:
            docs = self._database.read(self._candidates, {"terms": terms, "upper": upper, "limit": size})
            ids = [ticket_id for _, ticket_id in docs]
            rows += self._read_found(ticket_filter, ids, after, len(docs) or 1)
            rows.sort(key=lambda row: position_of(row, ticket_filter), reverse=True)
            if len(docs) < size:
                return rows[:limit], None
            upper, looked = docs[-1][0], looked + size
            complete = [row for row in rows if search.first_doc(position_of(row, ticket_filter).at) > upper]
            if len(complete) >= limit:  # of the last second others may follow that stand before these
                return complete[:limit], None
            second = upper // search.DOCS_PER_SECOND
            if looked >= SCAN_LIMIT_OF_PAGE and second < after.at:
                return complete, ListPosition(second + 1, "")
            size = min(size * 2, SCAN_LIMIT_OF_PAGE - looked if looked < SCAN_LIMIT_OF_PAGE else 2_000)

    def _search_sites(self, ticket_filter: TicketFilter) -> list[str]:
        return sorted(set(ticket_filter.sites)) if len(ticket_filter.sites) <= _MAX_SITES else []


def _merge(
    ticket_filter: TicketFilter, limit: int, beside: Rows, rows: Rows, until: ListPosition | None
) -> tuple[Rows, ListPosition | None]:
    """The rows together with those beside them, as far as was looked."""
    ascending = ticket_filter.sorted_by.ascending
    if until is not None:
        places = [(position_of(row, ticket_filter), row) for row in beside]
        beside = [row for place, row in places if (place <= until if ascending else place >= until)]
    found = {row[:2]: row for row in (*rows, *beside)}.values()  # one for each site and id
    ordered = sorted(found, key=lambda row: position_of(row, ticket_filter), reverse=not ascending)
    return ordered[:limit], until


def _parse_filter(ticket_filter: TicketFilter) -> SearchQuery:
    """The readings of `q`, each together with the unit, if one is asked for."""
    query = parse_query(ticket_filter.q or "")
    if ticket_filter.unit is None:
        return query
    unit = QueryPart(((search.exact_term(ticket_filter.unit), False),))
    if not (ticket_filter.q or "").strip():
        return ((unit,),)
    return tuple((*reading, unit) for reading in query)


_LAST_DOC = 2**62  # after every document
