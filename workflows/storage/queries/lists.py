"""Pages of lists of tickets. The cost of a page depends on its length, not on how many tickets there are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import orjson

from workflows.core.ticket import PRIORITIES, Ticket
from workflows.storage.cursors import MAX_INSTANT, decode_opaque, encode_opaque
from workflows.storage.database import Database
from workflows.storage.queries.filters import ListOrder, TicketFilter
from workflows.storage.queries.results import NO_PERSON, PersonSearch, TicketPage
from workflows.storage.queries.walks import ListPosition, ListReader, position_of
from workflows.storage.queries.word_matches import WordSearch
from workflows.storage.search_query import SearchQuery
from workflows.storage.sql import Row
from workflows.storage.tickets.rows import build_ticket


@dataclass(frozen=True, slots=True)
class ListCursor:
    """The next page begins after a position in one of the parts of a list (see `_split_list`)."""

    part: int
    after: ListPosition
    order: ListOrder

    @property
    def text(self) -> str:
        """The cursor as opaque text for a URL."""
        return encode_opaque(orjson.dumps([self.part, *self.after, *self.order]))

    @classmethod
    def parse(cls, text: str, order: ListOrder, parts: int) -> ListCursor:
        """The cursor of a text. ValueError if it is none, or belongs to a list in another order."""
        try:
            part, at, ticket_id, *said = orjson.loads(decode_opaque(text))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{text[:80]!r} is no cursor") from error
        whole = type(at) is int and -MAX_INSTANT < at < MAX_INSTANT and type(part) is int
        if not (whole and 0 <= part < parts and said == [*order] and type(said[1]) is bool):
            raise ValueError(f"{text[:80]!r} is no cursor of this list")
        if not isinstance(ticket_id, str) or "\0" in ticket_id:
            raise ValueError(f"{text[:80]!r} is no cursor of this list")
        return cls(part, ListPosition(at, ticket_id), order)


class TicketLists:
    """Reads lists of tickets page by page, by filter and by words."""

    def __init__(self, database: Database) -> None:
        self._reader = ListReader(database)
        self._words = WordSearch(database, self._reader)

    def page(self, ticket_filter: TicketFilter, cursor: str | None, limit: int) -> TicketPage:
        """One page of the tickets that match, in the filter's order (`sorted_by`). A page that has a next one
        may be shorter than `limit`, or empty (see `ListReader.page_rows`).

        ValueError if the cursor belongs to a list in another order.
        """
        query, person = self._words.read_query(ticket_filter)
        return self.search(ticket_filter, query, cursor, limit, person)

    @staticmethod
    def cursor_after(ticket_filter: TicketFilter, ticket: Ticket) -> str:
        """The cursor of the page that begins after this ticket, in a list that is ordered by its opening."""
        assert ticket_filter.sorted_by.column == "opened_at", "a list of another order has other positions"
        return ListCursor(0, ListPosition(ticket.opened_at, ticket.id), ticket_filter.sorted_by).text

    def search(
        self,
        ticket_filter: TicketFilter,
        query: SearchQuery,
        cursor: str | None,
        limit: int,
        person: PersonSearch = NO_PERSON,
    ) -> TicketPage:
        """The same of those that fit a query as well; `q` of the filter is another way to say it."""
        order, parts = ticket_filter.sorted_by, _split_list(ticket_filter)
        start = ListCursor.parse(cursor, order, len(parts)) if cursor is not None else None
        searched = bool(query) or bool((ticket_filter.q or "").strip())
        found: list[tuple[int, Row]] = []
        following: ListCursor | None = None
        for part in range(start.part if start else 0, len(parts)):
            after, missing = start.after if start and start.part == part else None, limit + 1 - len(found)
            if searched:
                rows, until = self._words.page_rows(parts[part], query, after, missing)
            else:
                rows, until = self._reader.page_rows(parts[part], after, missing)
            found += [(part, row) for row in rows]
            if len(found) > limit:
                last, row = found[limit - 1]
                following = ListCursor(last, position_of(row, parts[last]), order)
                break
            if until is not None:
                following = ListCursor(part, until, order)
                break
        shown = [row for _, row in found[:limit]]
        tickets = tuple(build_ticket(row, {}) for row in shown)
        personal = self._words.find_personal(query, shown)
        return TicketPage(tickets, following.text if following else None, personal, person)


def _split_list(ticket_filter: TicketFilter) -> list[TicketFilter]:
    """The parts of a list, one after another: of each priority if that is its order; else, if only some
    tickets have the instant that it is ordered by, those first, then the others, newest first."""
    order = ticket_filter.order
    if order is not None and order.column == "priority":
        by_opening, wanted = ListOrder("opened_at", order.ascending), ticket_filter.priority
        every = range(len(PRIORITIES)) if order.ascending else range(len(PRIORITIES) - 1, -1, -1)
        return [
            replace(ticket_filter, order=by_opening, priority=each)
            for each in every
            if wanted is None or each == wanted
        ]
    bounds = {
        "due_at": (ticket_filter.due_after, ticket_filter.due_before, ticket_filter.overdue),
        "closed_at": (ticket_filter.closed_after, ticket_filter.closed_before),
    }
    if order is None or any(each is not None for each in bounds.get(order.column, (0,))):
        return [ticket_filter]
    return [ticket_filter, replace(ticket_filter, order=ListOrder("opened_at"), undated=order.column)]
