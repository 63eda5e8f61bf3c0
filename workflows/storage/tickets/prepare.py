"""Prepares the rows of a decided step. Everything slow is done here, before anything is locked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid5

from workflows.core.step import ERASE, Step
from workflows.core.ticket import Ticket, TicketKey
from workflows.storage.attachments.binder import AttachmentWrite
from workflows.storage.audit.hash_chain import HASHED_TICKET_COLUMNS, build_outcome, compute_entry_hash
from workflows.storage.cipher import Cipher
from workflows.storage.search import extract_terms
from workflows.storage.sql import RowValues
from workflows.storage.tickets.rows import (
    build_clock_row,
    build_history_row,
    build_message_row,
    build_ticket_row,
    serialize_watchers,
    to_json,
)
from workflows.storage.tickets.terms import note_terms

_MESSAGES = UUID("6e1f0c6a-54c5-4c55-9d0c-3f4f4a2d7c10")
_ALWAYS_CHANGED = ("seq", "head", "changed_at")
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
    "candidates",
    "watchers",
    "similarity",
)
_SEARCHED = attrgetter("title", "data", "personal", "version")
_VALUES = attrgetter(*_COLUMNS)
_HASHED_VALUES = attrgetter(*HASHED_TICKET_COLUMNS[3:-1])
_NEW_TICKET_COLUMNS = tuple(name for name in Ticket._fields if name not in ("site", "personal"))


@dataclass(slots=True)
class PreparedStep:
    """The rows of one step. `changed` names the columns of the ticket to write; it is empty for a new
    ticket."""

    step: Step
    ticket: RowValues
    changed: tuple[str, ...]
    history: RowValues
    clocks: list[RowValues]
    messages: list[RowValues]
    terms: str | None
    notes: str
    edition: int
    attachments: list[AttachmentWrite] = field(default_factory=list)
    replaced: RowValues | None = None  # what a migration keeps for its undo

    @property
    def after(self) -> Ticket:
        """The ticket as it will be stored, with its number and the head of its history."""
        return self.step.after._replace(number=self.ticket["number"], head=self.ticket["head"])


@dataclass(slots=True)
class StepPreparer:
    """Prepares steps in order; several may be of one ticket, each following the one before.

    `read_data_key` gives the wrapped data key of a ticket; None if it has none. `build_terms` gives the terms
    that it is found by, and `edition` what they are made by.
    """

    cipher: Cipher
    read_data_key: Callable[[TicketKey], bytes | None]
    build_terms: Callable[[Ticket], str] = extract_terms
    edition: int = 0
    _data_keys: dict[TicketKey, bytes | None] = field(default_factory=dict)

    def prepare(self, step: Step) -> PreparedStep:
        """The rows of the step. A new ticket still needs its number, and then all need `chain_steps`."""
        before, after = step.before, step.after
        sealed, note = self._seal(step, (after.site, after.id))
        changed = _changed_columns(before, after) if before else _NEW_TICKET_COLUMNS
        ticket = build_ticket_row(after, before.number if before else "", "", changed) | sealed
        if before is not None:
            ticket["before"], ticket["seen"] = before.seq, serialize_watchers(before.watchers) or ""
        return PreparedStep(
            step=step,
            ticket=ticket,
            changed=(*changed, *sealed) if before else (),
            history=build_history_row(after, step.event, note),
            clocks=[build_clock_row(after.site, after.id, clock) for clock in step.clocks],
            messages=_build_message_rows(step),
            terms=self._changed_terms(before, after, step.event.note),
            notes=note_terms(step.event.note) if step.event.note else "",
            edition=self.edition,
        )

    def _seal(self, step: Step, ticket_key: TicketKey) -> tuple[RowValues, bytes | None]:
        """The sealed columns of the ticket that change, and the sealed values of the history entry."""
        if step.event.kind == ERASE:
            self._data_keys[ticket_key] = None
            return {"personal": None, "data_key": None}, None
        if step.restored is not None:
            unkeyed: RowValues = {} if step.restored.keyed else {"data_key": None}
            return {"personal": step.restored.sealed} | unkeyed, None
        fresh = step.before is None
        personal = step.before.personal if step.before else {}
        changed = step.after.personal is not personal and step.after.personal != personal
        columns: RowValues = {"personal": None, "data_key": None} if fresh else {}
        if not (changed or step.event.personal or step.attachments):
            return columns, None
        name = "/".join(ticket_key)
        key = self.find_data_key(ticket_key) if not fresh else None
        if key is None:
            key = self._data_keys[ticket_key] = columns["data_key"] = self.cipher.new_key(name)
        if changed:
            columns["personal"] = self.cipher.seal(key, name, "ticket", step.after.personal)
        if not step.event.personal:
            return columns, None
        return columns, self.cipher.seal(key, name, str(step.event.seq), step.event.personal)

    def find_data_key(self, ticket_key: TicketKey) -> bytes | None:
        """The wrapped data key of a ticket, after the steps that were prepared; None if it has none."""
        if ticket_key not in self._data_keys:
            self._data_keys[ticket_key] = self.read_data_key(ticket_key)
        return self._data_keys[ticket_key]

    def _changed_terms(self, before: Ticket | None, after: Ticket, note: str) -> str | None:
        """The search terms of the ticket, if they have changed or there is a note beside them; else None."""
        if before is not None and not note and _SEARCHED(before) == _SEARCHED(after):
            return None
        now = self.build_terms(after)
        return now if before is None or note or now != self.build_terms(before) else None


def chain_steps(prepared: Iterable[PreparedStep], key: bytes) -> None:
    """Give each step, in order, its outcome and its hash under the audit's key. Several may be of one
    ticket, each following the one before."""
    heads: dict[TicketKey, str] = {}
    for each in prepared:
        before, after = each.step.before, each.step.after
        ticket_key, row = (after.site, after.id), each.history
        row["prev"] = heads.get(ticket_key, before.head if before else "")
        row["outcome"] = build_outcome(
            _hashed_ticket_values(each), each.ticket, each.clocks, each.step.removed_clocks
        )
        row["hash"] = each.ticket["head"] = heads[ticket_key] = compute_entry_hash(row, key)


def _hashed_ticket_values(prepared: PreparedStep) -> tuple[object, ...]:
    """The values of the ticket's `HASHED_TICKET_COLUMNS` as they are stored after the step."""
    after = prepared.step.after
    audience = None if after.audience is None else to_json(after.audience)
    return (after.site, after.id, prepared.ticket["number"], *_HASHED_VALUES(after), audience)


def _changed_columns(before: Ticket, after: Ticket) -> tuple[str, ...]:
    """The columns to write: only those that differ, so that no index is updated needlessly."""
    pairs = zip(_COLUMNS, _VALUES(before), _VALUES(after), strict=True)
    return (*_ALWAYS_CHANGED, *[name for name, old, new in pairs if old is not new and old != new])


def _build_message_rows(step: Step) -> list[RowValues]:
    """The rows of the step's messages. Their ids depend on the step only, and stay the same if it is tried
    again."""
    if not step.messages:
        return []
    place = f"{step.after.site}/{step.after.id}/{step.event.seq}"
    return [
        build_message_row(step, str(uuid5(_MESSAGES, f"{place}/{index}")), message)
        for index, message in enumerate(step.messages)
    ]


def add_prefix(prefix: str, row: Mapping[str, Any]) -> RowValues:
    """The row's values, each name prefixed."""
    return {prefix + name: value for name, value in row.items()}
