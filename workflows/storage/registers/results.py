"""The result types of registers: an entry, a page of entries, a change of an entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from workflows.timing.instants import Instant


class RegisterEntry(NamedTuple):
    """One entry of a register. `data` holds the open columns, the key among them; `struck_at` is None
    while the entry is in force."""

    site: str
    register: str
    key: str
    seq: int
    data: Mapping[str, object]
    personal: Mapping[str, object]
    data_key: bytes | None
    changed_at: Instant
    struck_at: Instant | None
    head: str | None = None  # the hash of its last change
    edition: int = 0  # of what it is found by

    @property
    def key_owner(self) -> str:
        """The name under which the cipher knows the entry's data key."""
        return f"{self.site}/{self.register}/{self.key}"

    @property
    def if_in_force(self) -> RegisterEntry | None:
        """The entry itself, or None if it was struck."""
        return self if self.struck_at is None else None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries of a list, and the cursor of the next page, if there is one. `personal` are those in which a
    personal value was found."""

    entries: tuple[RegisterEntry, ...]
    next: str | None
    personal: tuple[RegisterEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """One change of an entry: who made it, when, and its open columns `before` and `after`."""

    seq: int
    at: Instant
    kind: str  # record | strike | erase
    actor_id: str
    actor_name: str
    surface: str
    ticket: str | None  # the id of the ticket whose step made it; None if it was made by hand
    before: Mapping[str, object]
    after: Mapping[str, object]
    sealed: bool  # whether personal columns have changed, too
    on_behalf: str | None = None  # staff id
    note: str = ""
