"""The result of a decision: one step of one ticket, and the commands that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from workflows.core.attachments import AttachmentUse
from workflows.core.commands import Actor, Command
from workflows.core.records import EntryWrite
from workflows.core.ticket import EMPTY, Ticket
from workflows.core.turns.selection_context import RosterChange
from workflows.timing.clock import Clock

ERASE = "erase"
"""The kind of a history event that destroys the ticket's data key."""
REDACT = "redact"
"""The kind of one that takes free texts out of the history, and leaves the key."""
MIGRATED, RESTORED = "migrated", "restored"
"""The kinds of those that move a ticket to another version, and bring it back."""


class HistoryEvent(NamedTuple):
    """One event of the history. `spent`: working seconds in the state that was left; `target`: its budget."""

    seq: int
    at: int
    # open fire assign claim note amend tick unpark acknowledge urge merge take-over link settle replan
    # migrated restored
    kind: str
    actor: Actor
    trigger: str | None = None
    source: str | None = None
    to: str | None = None
    data: Mapping[str, object] = EMPTY
    personal: Mapping[str, object] = EMPTY
    note: str = ""
    spent: int | None = None
    target: int | None = None


NOTICE, ESCALATION = "notice", "escalation"  # the kinds of messages


class Message(NamedTuple):
    """A message to be delivered. It refers to the ticket: the relay writes the letter. Of the ticket's fields
    it holds those that its text names, as the step left them; never personal ones.

    `recipient` is a staff id, "client" for the resident whom the ticket concerns, or "nobody" if none was
    found; `role` is the capacity in which they are addressed.
    """

    kind: str  # NOTICE or ESCALATION
    recipient: str
    role: str
    text: Mapping[str, str] = EMPTY
    clock: str | None = None
    level: int | None = None
    urgent: bool = False
    values: Mapping[str, object] = EMPTY


class Replaced(NamedTuple):
    """What a migration replaces, kept for its undo: the ticket and its clocks as they were."""

    migration: str
    ticket: Ticket
    clocks: tuple[Clock, ...]


class Restored(NamedTuple):
    """What the undo of a migration writes beside the ticket: its personal values as they were stored, and
    whether it has a data key."""

    migration: str
    sealed: bytes | None
    keyed: bool


class Step(NamedTuple):
    """One decided command: the ticket before and after, one history event, one advance of `seq`."""

    before: Ticket | None
    after: Ticket
    event: HistoryEvent
    clocks: tuple[Clock, ...] = ()  # those that changed
    messages: tuple[Message, ...] = ()
    follow_ups: tuple[Command, ...] = ()
    roster_changes: tuple[RosterChange, ...] = ()
    entry_writes: tuple[EntryWrite, ...] = ()
    attachments: tuple[AttachmentUse, ...] = ()  # the uploaded files that it names
    removed_clocks: tuple[str, ...] = ()  # those that the ticket has no more
    replaced: Replaced | None = None  # of a migration
    restored: Restored | None = None  # of the undo of one
