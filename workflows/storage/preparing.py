"""From a decided step to the rows that say so. All that is slow is done here, before anything is locked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid5

from workflows.core.step import Step
from workflows.core.ticket import Ticket
from workflows.storage.chain import digest
from workflows.storage.cipher import Cipher
from workflows.storage.search import terms
from workflows.storage.ticket_rows import Values, clock_row, history_row, message_row, ticket_row

_MESSAGES = UUID("6e1f0c6a-54c5-4c55-9d0c-3f4f4a2d7c10")
ERASE = "erase"
"""The kind of a history entry that destroys the ticket's data key."""
_ALWAYS = ("seq", "head", "changed_at")
_COLUMNS = (
    "version",
    "title",
    "state",
    "category",
    "assignee",
    "department",
    "priority",
    "entered_at",
    "closed_at",
    "due_at",
    "trail",
    "data",
    "audience",
)
_VALUES = attrgetter(*_COLUMNS)
_OPEN = tuple(name for name in Ticket._fields if name not in ("site", "personal"))

Identity = tuple[str, str]
Words = Callable[[Ticket], str]


@dataclass(slots=True)
class Prepared:
    """The rows of one step. `changed` names the ticket's columns to write; it is empty for a new ticket."""

    step: Step
    ticket: Values
    changed: tuple[str, ...]
    history: Values
    clocks: list[Values]
    messages: list[Values]
    terms: str | None

    @property
    def after(self) -> Ticket:
        """The ticket as it will stand, with its number and the head of its history."""
        return self.step.after._replace(number=self.ticket["number"], head=self.ticket["head"])


@dataclass(slots=True)
class Preparation:
    """Prepares steps in order; several may be of one ticket, each going on from the one before.

    `key_of` reads the wrapped data key of a ticket.
    """

    cipher: Cipher
    key_of: Callable[[Identity], bytes | None]
    words: Words = terms
    _heads: dict[Identity, str] = field(default_factory=dict)
    _keys: dict[Identity, bytes | None] = field(default_factory=dict)

    def prepare(self, step: Step) -> Prepared:
        """The rows of the step. The number of a new ticket is still to be given."""
        before, after = step.before, step.after
        whose = (after.site, after.id)
        prev = self._heads.get(whose, before.head if before else "")
        sealed, note = self._seal(step, whose)
        history = history_row(after, step.entry, note, prev)
        history["hash"] = self._heads[whose] = digest(history)
        changed = _changed(before, after) if before else _OPEN
        ticket = ticket_row(after, before.number if before else "", history["hash"], changed) | sealed
        if before is not None:
            ticket["before"] = before.seq
        return Prepared(
            step=step,
            ticket=ticket,
            changed=(*changed, *sealed) if before else (),
            history=history,
            clocks=[clock_row(after.site, after.id, clock) for clock in step.clocks],
            messages=_messages(step),
            terms=self._terms(before, after),
        )

    def _seal(self, step: Step, whose: Identity) -> tuple[Values, bytes | None]:
        """The ticket's sealed columns, as far as they change, and the sealed values of the entry."""
        if step.entry.kind == ERASE:
            self._keys[whose] = None
            return {"personal": None, "data_key": None}, None
        fresh = step.before is None
        held = step.before.personal if step.before else {}
        changed = step.after.personal is not held and step.after.personal != held
        columns: Values = {"personal": None, "data_key": None} if fresh else {}
        if not (changed or step.entry.personal):
            return columns, None
        name = "/".join(whose)
        key = self._key(whose, fresh)
        if key is None:
            key = self._keys[whose] = columns["data_key"] = self.cipher.new_key(name)
        if changed:
            columns["personal"] = self.cipher.seal(key, name, "ticket", step.after.personal)
        if not step.entry.personal:
            return columns, None
        return columns, self.cipher.seal(key, name, str(step.entry.seq), step.entry.personal)

    def _key(self, whose: Identity, fresh: bool) -> bytes | None:
        if whose not in self._keys:
            self._keys[whose] = None if fresh else self.key_of(whose)
        return self._keys[whose]

    def _terms(self, before: Ticket | None, after: Ticket) -> str | None:
        """The terms to find the ticket by, if they have changed."""
        if before is not None and before.title == after.title and before.data == after.data:
            return None
        now = self.words(after)
        return now if before is None or now != self.words(before) else None


def _changed(before: Ticket, after: Ticket) -> tuple[str, ...]:
    """The columns to write: only what differs, so that no index is touched in vain."""
    pairs = zip(_COLUMNS, _VALUES(before), _VALUES(after), strict=True)
    return (*_ALWAYS, *[name for name, old, new in pairs if old is not new and old != new])


def _messages(step: Step) -> list[Values]:
    """The messages, each under an id that the same step always gives it."""
    if not step.messages:
        return []
    place = f"{step.after.site}/{step.after.id}/{step.entry.seq}"
    return [
        message_row(step, str(uuid5(_MESSAGES, f"{place}/{index}")), message)
        for index, message in enumerate(step.messages)
    ]


def prefixed(prefix: str, row: Mapping[str, Any]) -> Values:
    """The row's values, their names prefixed."""
    return {prefix + name: value for name, value in row.items()}
