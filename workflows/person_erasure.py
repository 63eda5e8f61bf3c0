"""Erasure of personal data: of one ticket, or of a value wherever it occurs at a site.

`storage.tickets.erasure` does it; this module adds what depends on the definition: which fields hold free
text, and how the ticket's title is built.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import or_, select, tuple_

from workflows.core.input.field_values import build_title
from workflows.core.ticket import Ticket
from workflows.definitions import Definitions
from workflows.folding import search_fold
from workflows.language.definition import Definition
from workflows.language.forms.field_types import FREE_TEXT_TYPES
from workflows.storage.attachments.name_search import erase_waiting_files, find_tickets_with_file
from workflows.storage.database import Database
from workflows.storage.registers.write import EntryAuthor
from workflows.storage.tables import history, register_entries, tickets
from workflows.storage.tickets.erasure import (
    Erasure,
    RemainingData,
    ShouldErase,
    collect_texts,
    erase,
    find_remaining,
)
from workflows.storage.tickets.store import Store

PAGE = 200  # rows read per query
_T, _E, _H = tickets.c, register_entries.c, history.c


class ErasureHit(NamedTuple):
    """A place where a value was found and erased: a ticket number, `register/key`, or the id of a file that
    no ticket has yet.

    `personal`: personal data was erased, not only free texts. `remaining`: what could not be erased.
    """

    what: str
    personal: bool
    remaining: tuple[RemainingData, ...] = ()


class PersonErasure:
    """Erases personal data and reports what remains."""

    def __init__(self, database: Database, store: Store, definitions: Definitions) -> None:
        self._database, self._store, self._definitions = database, store, definitions

    def erase_ticket(
        self, erasure: Erasure, texts: Collection[int] | None = ()
    ) -> tuple[Ticket, tuple[RemainingData, ...]] | None:
        """Erase a ticket's personal data, and the free texts of the history events `texts` (seqs; None: all).

        Returns the ticket and what remains; None if there is no such ticket. Raises Conflict if it is not at
        `erasure.expected`.
        """
        loaded = self._store.load(erasure.site, erasure.ticket)
        if loaded is None:
            return None
        definition = self._definitions.get(loaded[0].workflow, loaded[0].version)
        if texts is None or texts:
            gone = set() if texts is None else self._collect_texts(erasure, texts, definition)
            erasure = erasure._replace(wanted=_build_text_filter(definition, texts, gone))
        after = erase(self._database, self._store, erasure._replace(title=_build_title_function(definition)))
        assert after is not None, "it was there"
        return after, find_remaining(self._database, after, _list_free_text_fields(definition).__contains__)

    def _collect_texts(self, erasure: Erasure, texts: Collection[int], definition: Definition) -> set[str]:
        """The free texts in these history events; the ticket's own copies of them are erased as well."""
        query = select(_H.data).where(
            _H.site_id == erasure.site, _H.ticket_id == erasure.ticket, _H.seq.in_(texts)
        )
        rows = [orjson.loads(data) for (data,) in self._database.rows(query)]
        return {
            text
            for data in rows
            for name in _list_free_text_fields(definition)
            for text in collect_texts(data.get(name))
        }

    def erase_value(
        self,
        value: str,
        author: EntryAuthor,
        note: str = "",
        progress: Callable[[int], None] = lambda _: None,
    ) -> Iterator[ErasureHit]:
        """Erase a value wherever a site's tickets and registers hold it as personal data or in free texts.

        `progress` is called with the number of rows searched so far.
        """
        folded, seen = search_fold(value.strip()), 0
        for page in self._pages(tickets, (_T.id,), author.site):
            ids = [row.id for row in page]
            mentioning = self._find_in_history(author.site, ids, value)
            called = find_tickets_with_file(self._database, author.site, ids, folded)
            for row in page:
                personal = row.id in called or self._holds_value(
                    row, f"{row.site_id}/{row.id}", "ticket", folded
                )
                if personal or row.id in mentioning or folded in search_fold(f"{row.title}\n{row.data}"):
                    erasure = Erasure(
                        author.site, row.id, author.actor, author.at, note=note, personal=personal
                    )
                    yield self._erase_row(erasure, row, folded)
            seen += len(page)
            progress(seen)
        for page in self._pages(register_entries, (_E.register, _E.key), author.site):
            for row in page:
                if self._holds_value(row, f"{row.site_id}/{row.register}/{row.key}", "entry", folded):
                    self._store.entries.eraser.erase(author, row.register, row.key, note=note)
                    yield ErasureHit(f"{row.register}/{row.key}", personal=True)
            seen += len(page)
            progress(seen)
        for identity in erase_waiting_files(self._database, author.site, folded, author.at):
            yield ErasureHit(identity, personal=True)

    def _erase_row(self, erasure: Erasure, row: Any, folded: str) -> ErasureHit:
        definition = self._definitions.get(row.workflow, row.version)

        def contains_value(_seq: int, _field: str, text: str) -> bool:
            return folded in search_fold(text)

        after = erase(
            self._database,
            self._store,
            erasure._replace(wanted=contains_value, title=_build_title_function(definition)),
        )
        assert after is not None, "it was there"
        remaining = find_remaining(self._database, after, _list_free_text_fields(definition).__contains__)
        return ErasureHit(after.number, erasure.personal, (*remaining, *self._acted(erasure, folded)))

    def _acted(self, erasure: Erasure, folded: str) -> Iterator[RemainingData]:
        """History events whose actor has this name: actors are kept, even if they are also clients."""
        of_ticket = (_H.site_id == erasure.site) & (_H.ticket_id == erasure.ticket)
        query = select(_H.seq, _H.actor_id, _H.actor_name).where(of_ticket).order_by(_H.seq)
        for seq, actor, name in self._database.rows(query):
            if search_fold((name or "").strip()) == folded:
                yield RemainingData("actor", actor, seq)

    def _holds_value(self, row: Any, owner: str, place: str, folded: str) -> bool:
        personal = self._database.cipher.open(row.data_key, owner, place, row.personal)
        return any(search_fold(text.strip()) == folded for text in collect_texts(list(personal.values())))

    def _find_in_history(self, site: str, ids: Sequence[str], value: str) -> set[str]:
        """The tickets whose history contains the value in a note or in data."""
        contains_value = or_(
            _H.note.contains(value, autoescape=True), _H.data.contains(value, autoescape=True)
        )
        query = (
            select(_H.ticket_id).where(_H.site_id == site, _H.ticket_id.in_(ids), contains_value).distinct()
        )
        return {row[0] for row in self._database.rows(query)}

    def _pages(self, table: Any, keys: tuple[Any, ...], site: str) -> Iterator[Sequence[Any]]:
        last: tuple[str, ...] = ()
        while True:
            query = select(table).where(table.c.site_id == site)
            query = query.where(tuple_(*keys) > tuple_(*last)) if last else query
            page = self._database.rows(query.order_by(*keys).limit(PAGE))
            if page:
                yield page
            if len(page) < PAGE:
                return
            last = tuple(getattr(page[-1], key.name) for key in keys)


def _list_free_text_fields(definition: Definition) -> frozenset[str]:
    """The fields of free text that are not personal, and so not encrypted."""
    fields = definition.fields.values()
    return frozenset(each.name for each in fields if each.type in FREE_TEXT_TYPES and not each.personal)


def _build_title_function(definition: Definition) -> Callable[[Any], str]:
    return lambda data: build_title(definition, data)


def _build_text_filter(
    definition: Definition, texts: Collection[int] | None, gone: Collection[str]
) -> ShouldErase:
    free = _list_free_text_fields(definition)

    def wanted(seq: int, field: str, text: str) -> bool:
        if field and field not in free:
            return False
        if texts is None:
            return True
        return text in gone if seq == 0 else seq in texts

    return wanted
