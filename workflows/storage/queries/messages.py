"""Reads messages: page by page of the outbox, and those of a ticket with the letters as they were sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from workflows.storage.cursors import Cursor
from workflows.storage.database import Database
from workflows.storage.deliveries import WAITING, LetterSeal
from workflows.storage.outbox_messages import MESSAGE_COLUMNS, MessageRow, OutboxMessage, build_message
from workflows.storage.queries.results import MessagePage, TicketMessage, TicketMessagePage

ALL_WAITING = "waiting"
"""Asks for the messages that are still to be sent: pending, held and failed ones."""
_PAGE = (  # the page is cut first: the ticket's key is read for its rows alone
    f"SELECT {', '.join(f'o.{name}' for name in MessageRow._fields)}, o.letter, o.sealed_letter, t.data_key"
    " FROM (SELECT * FROM outbox WHERE site_id = :site AND ticket_id = :ticket AND (seq, id) > (:seq, :id)"
    " AND seq <= :last ORDER BY seq, id LIMIT :limit) o"
    " JOIN tickets t ON t.site_id = o.site_id AND t.id = o.ticket_id ORDER BY o.seq, o.id"
)
_OF_STEPS = (
    f"SELECT {MESSAGE_COLUMNS} FROM outbox WHERE site_id = :site AND ticket_id = :ticket"
    " AND seq >= :first AND seq <= :last ORDER BY seq, id"
)
_THREAD = (
    "SELECT id FROM outbox WHERE site_id = :site AND ticket_id = :ticket AND recipient = :recipient"
    " AND status = 'sent' AND channel = :channel AND (seq, id) < (:seq, :id)"
    " ORDER BY seq{down}, id{down} LIMIT :limit"
)
_LAST_SEQ = 2**62
_THREAD_LENGTH = 10


class MessageQueries:
    """Reads the messages of a desk."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seal = LetterSeal(database.cipher)
        self._page, self._of_steps = database.sql(_PAGE), database.sql(_OF_STEPS)
        self._first, self._latest = (database.sql(_THREAD.format(down=down)) for down in ("", " DESC"))

    def page(
        self, status: str, cursor: str | None, limit: int, sites: Collection[str] | None = None
    ) -> MessagePage:
        """One page of the messages with this status (`waiting`: with one of `WAITING`), oldest first; of
        these sites, or of all if None. ValueError if the cursor belongs to a list in another order."""
        after = Cursor.parse(cursor, True) if cursor is not None else None
        statuses = WAITING if status == ALL_WAITING else (status,)
        found = (build_message(row) for row in self._rows(statuses, after, limit + 1, sites))
        messages = sorted(found, key=lambda each: (each.created_at, each.id))
        last = messages[limit - 1] if len(messages) > limit else None
        following = Cursor(last.created_at, last.id, True).text if last else None
        return MessagePage(tuple(messages[:limit]), following)

    def _rows(
        self, statuses: Collection[str], after: Cursor | None, limit: int, sites: Collection[str] | None
    ) -> Iterator[tuple[object, ...]]:
        if sites is None:
            sites = [site for (site,) in self._database.read("SELECT id FROM sites", {})]
        beyond = " AND (created_at, id) > (:at, :after)" if after else ""
        by = "" if self._database.postgres else "INDEXED BY ix_outbox_status"
        values: dict[str, object] = {"at": after.at, "after": after.id} if after else {}
        one = f"SELECT {MESSAGE_COLUMNS} FROM outbox {by} WHERE site_id = :site AND status = :status{beyond}"
        query = self._database.sql(f"{one} ORDER BY created_at, id LIMIT :limit")
        for site in sorted(set(sites)):
            for status in statuses:
                asked = {**values, "site": site, "status": status, "limit": limit}
                yield from self._database.read(query, asked)

    def of_ticket(
        self, site: str, ticket: str, cursor: str | None = None, limit: int = 50, *, seq: int | None = None
    ) -> TicketMessagePage:
        """One page of what was told about a ticket, oldest first, with the letters; with `seq`, by this step.

        ValueError if the cursor belongs to a list in another order.
        """
        after = Cursor.parse(cursor, True) if cursor is not None else Cursor(seq or 0, "", True)
        values = {"site": site, "ticket": ticket, "seq": after.at, "id": after.id, "limit": limit + 1}
        values["last"] = _LAST_SEQ if seq is None else seq
        rows = self._database.read(self._page, values)
        columns = len(MessageRow._fields)
        found = []
        for row in rows[:limit]:
            message, (letter, sealed, key) = build_message(row[:columns]), row[columns:]
            words = self._seal.read(site, ticket, message.id, key, letter, sealed)
            found.append(TicketMessage(message, words))
        last = found[-1].message if len(rows) > limit else None
        return TicketMessagePage(tuple(found), Cursor(last.seq, last.id, True).text if last else None)

    def of_steps(self, site: str, ticket: str, first: int, last: int) -> dict[int, list[OutboxMessage]]:
        """The messages of the steps `first` to `last` of a ticket, by step."""
        values = {"site": site, "ticket": ticket, "first": first, "last": last}
        found: dict[int, list[OutboxMessage]] = {}
        for row in self._database.read(self._of_steps, values):
            message = build_message(row)
            found.setdefault(message.seq, []).append(message)
        return found

    def thread(self, message: OutboxMessage, channel: str) -> tuple[str, ...]:
        """The ids of the earlier messages about the ticket to the same recipient that this channel took: the
        first one and the latest, oldest first."""
        asked = {
            "site": message.site,
            "ticket": message.ticket,
            "recipient": message.recipient,
            "channel": channel,
            "seq": message.seq,
            "id": message.id,
        }
        latest = self._database.read(self._latest, asked | {"limit": _THREAD_LENGTH})
        ids = [str(row[0]) for row in reversed(latest)]
        if len(ids) == _THREAD_LENGTH:  # there may be more
            ids[0] = str(self._database.read(self._first, asked | {"limit": 1})[0][0])
        return tuple(ids)
