"""Entries of registers as the queries answer with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from workflows.timing.instants import Instant


class Entry(NamedTuple):
    """One entry. `data` are its open columns, the key among them; `struck_at` is None while in force."""

    site: str
    register: str
    key: str
    seq: int
    data: Mapping[str, object]
    personal: Mapping[str, object]
    data_key: bytes | None
    changed_at: Instant
    struck_at: Instant | None

    @property
    def whose(self) -> str:
        """What its key is called in the cipher."""
        return f"{self.site}/{self.register}/{self.key}"

    @property
    def standing(self) -> Entry | None:
        """The entry, if it is in force."""
        return self if self.struck_at is None else None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries of a list, and the cursor of the next page, if there is one."""

    entries: tuple[Entry, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """What was done to an entry once: `before` and `after` are its open columns."""

    seq: int
    at: Instant
    kind: str  # record | strike | erase
    actor_id: str
    actor_name: str
    surface: str
    ticket: str | None  # whose step it was
    before: Mapping[str, object]
    after: Mapping[str, object]
    sealed: bool  # personal columns have changed
    on_behalf: str | None = None  # staff id
    note: str = ""
