"""What is searched in a list of entries: words of the open columns and, for readers, people in the others."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, or_, select, true

from workflows.folding import search_fold
from workflows.storage.registers.results import RegisterEntry
from workflows.storage.registers.terms import EntryTerms
from workflows.storage.search_query import spell_person
from workflows.storage.tables import entry_terms, register_entries

_E, _T = register_entries.c, entry_terms.c


class EntrySearch:
    """A search in one register of a site. Without `personal`, nothing personal is looked at."""

    def __init__(self, terms: EntryTerms, site: str, register: str, q: str, personal: bool) -> None:
        self._terms, self._site, self._register = terms, site, register
        self._words = {word: self._hash(word) if personal else [] for word in search_fold(q).split()}
        self._whole = (
            self._hash(q) if personal and len(self._words) > 1 else []
        )  # figures with blanks between

    def _hash(self, text: str) -> list[str]:
        return self._terms.hash_question(self._site, [self._register], sorted(spell_person(text)))

    @property
    def condition(self) -> ColumnElement[bool]:
        """Each word is found, or all of them together are somebody's number."""
        if not self._words:
            return true()
        words = [
            or_(_E.words.contains(word, autoescape=True), *self._has_any(hashes))
            for word, hashes in self._words.items()
        ]
        return or_(and_(*words), *self._has_any(self._whole))

    def _has_any(self, hashes: Collection[str]) -> list[ColumnElement[bool]]:
        if not hashes:
            return []
        same = (_T.site_id == self._site) & (_T.register == self._register) & _T.term.in_(hashes)
        return [_E.key.in_(select(_T.key).where(same))]

    def found_person(self, entry: RegisterEntry) -> bool:
        """Whether an entry holds a personal value that was looked for."""
        hashes = {each for found in (*self._words.values(), self._whole) for each in found}
        return bool(hashes) and not hashes.isdisjoint(self._terms.build(entry))
