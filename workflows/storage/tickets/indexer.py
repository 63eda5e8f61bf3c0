"""Makes the terms anew by which tickets and entries are found, where they are not of today's edition: made by
older rules of spelling, or hashed by another master key.

There is no queue: each row says its edition. So a run that was stopped goes on where it was, two at once do
nothing twice, and where there is nothing to do a run costs two look-ups. A row that has changed meanwhile is
left to its own step, and what was erased meanwhile is not found again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from workflows.core.ticket import Ticket, TicketKey
from workflows.errors import NotFound
from workflows.storage.blind_index import BlindIndex
from workflows.storage.cipher import CipherError
from workflows.storage.database import Database
from workflows.storage.registers.entries import Entries
from workflows.storage.search import extract_terms, number_terms
from workflows.storage.sql import Row, bind_list, in_values
from workflows.storage.tickets.rows import TICKET_COLUMNS, build_ticket, build_whole_ticket
from workflows.storage.tickets.terms import TicketTerms, note_terms

PAGE = 200
"""Rows in one transaction: nobody waits long for it."""
_TICKETS = f"SELECT {', '.join(TICKET_COLUMNS)} FROM tickets WHERE site_id = :site AND id {{}}"
_NOTES = (
    "SELECT ticket_id, note FROM history WHERE site_id = :site AND ticket_id {} AND note <> ''"
    " ORDER BY ticket_id, seq"
)
_RENEW = (
    "UPDATE texts SET terms = :terms, notes = :notes, edition = :edition WHERE site_id = :site"
    " AND ticket_id = :ticket AND edition = :old AND terms = :old_terms AND notes = :old_notes"
)


class Indexer:
    """Renews the index of words and persons."""

    def __init__(self, database: Database, index: BlindIndex, terms: TicketTerms, entries: Entries) -> None:
        self._database, self._index, self._terms, self._entries = database, index, terms, entries
        listed = in_values("ids", database.postgres)
        self._tickets, self._notes = (
            database.sql(_TICKETS.format(listed)),
            database.sql(_NOTES.format(listed)),
        )
        self._renew = database.sql(_RENEW)

    def count(self) -> int:
        """How many tickets and entries wait to be indexed anew."""
        waiting = 0
        for table in ("texts", "register_entries"):
            query = f"SELECT count(*) FROM {table} WHERE edition < :now OR edition > :now"
            waiting += self._database.read(query, {"now": self._index.edition})[0][0]
        return waiting

    def renew(self, limit: int = PAGE) -> int:
        """Index up to `limit` tickets anew, or entries if no ticket waits; how many were looked at."""
        rows = self._find_stale("texts", "site_id, ticket_id, edition, terms, notes", limit)
        if rows:
            self._renew_tickets(rows)
            return len(rows)
        entries = self._find_stale("register_entries", "site_id, register, key", limit)
        for site, register, key in entries:
            self._entries.renew(site, register, key)
        return len(entries)

    def _find_stale(self, table: str, columns: str, limit: int) -> Sequence[Row]:
        parts = (f"SELECT {columns} FROM {table} WHERE edition {than} :now" for than in "<>")
        query = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS stale LIMIT {limit:d}"
        return self._database.read(query, {"now": self._index.edition})

    def _renew_tickets(self, stale: Sequence[Row]) -> None:
        keys = [(site, ticket_id) for site, ticket_id, *_ in stale]
        tickets, notes = self._load(keys), self._load_notes(keys)
        values = [
            {
                "site": site,
                "ticket": ticket_id,
                "old": edition,
                "old_terms": terms,
                "old_notes": old_notes,
                "edition": self._index.edition,
                "terms": self._build(tickets[site, ticket_id]) if (site, ticket_id) in tickets else terms,
                "notes": notes[site, ticket_id],
            }
            for site, ticket_id, edition, terms, old_notes in stale
        ]
        with self._database.transaction() as session:
            session.run_many(self._renew, sorted(values, key=lambda each: (each["site"], each["ticket"])))

    def _build(self, ticket: Ticket) -> str:
        """The terms; of a ticket whose definition is gone, as in a desk that was emptied, its words alone."""
        try:
            return self._terms.build(ticket)
        except NotFound:
            return extract_terms(ticket) + number_terms(ticket.number)

    def _load(self, keys: Sequence[TicketKey]) -> dict[TicketKey, Ticket]:
        return {
            (row[0], row[1]): self._build_whole(row)
            for site, ids in _by_site(keys)
            for row in self._database.read(self._tickets, self._values(site, ids))
        }

    def _build_whole(self, row: Row) -> Ticket:
        """The ticket of a row; without its personal values if they were tampered with, as the audit tells."""
        try:
            return build_whole_ticket(row, self._database.cipher)
        except CipherError:
            return build_ticket(row, {})

    def _load_notes(self, keys: Sequence[TicketKey]) -> Mapping[TicketKey, str]:
        notes: dict[TicketKey, str] = defaultdict(str)
        for site, ids in _by_site(keys):
            for ticket_id, note in self._database.read(self._notes, self._values(site, ids)):
                notes[site, ticket_id] += note_terms(note)
        return notes

    def _values(self, site: str, ids: Sequence[str]) -> dict[str, object]:
        return {"site": site, "ids": bind_list(ids, self._database.postgres)}


def _by_site(keys: Sequence[TicketKey]) -> list[tuple[str, list[str]]]:
    sites = sorted({site for site, _ in keys})
    return [(site, [ticket_id for found, ticket_id in keys if found == site]) for site in sites]
