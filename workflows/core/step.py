"""What a decision says is to happen: one step of one ticket, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from workflows.core.commands import Actor, Command
from workflows.core.records import Filing
from workflows.core.ticket import NOTHING, Ticket
from workflows.core.turns.rota import Move
from workflows.timing.clock import Clock


class Entry(NamedTuple):
    """One row of history. `spent` are counted seconds in the state that was left, `target` its budget."""

    seq: int
    at: int
    kind: str  # open fire assign claim note amend tick settle
    actor: Actor
    trigger: str | None = None
    source: str | None = None
    to: str | None = None
    data: Mapping[str, object] = NOTHING
    personal: Mapping[str, object] = NOTHING
    note: str = ""
    spent: int | None = None
    target: int | None = None


NOTICE, ESCALATION = "notice", "escalation"  # the kinds of messages


class Message(NamedTuple):
    """Something somebody must hear. It names the ticket and never quotes it: the relay writes the words.

    `recipient` is a staff id, "client" for the resident the ticket is about, or "nobody" when nobody was
    found; `role` says in which capacity they hear.
    """

    kind: str  # NOTICE or ESCALATION
    recipient: str
    role: str
    text: Mapping[str, str] = NOTHING
    clock: str | None = None
    level: int | None = None
    urgent: bool = False


class Step(NamedTuple):
    """One command decided: one ticket, one history row, one step of `seq`."""

    before: Ticket | None
    after: Ticket
    entry: Entry
    clocks: tuple[Clock, ...] = ()  # those that changed
    messages: tuple[Message, ...] = ()
    follow_ups: tuple[Command, ...] = ()
    moves: tuple[Move, ...] = ()  # what rosters are told
    filings: tuple[Filing, ...] = ()  # what is written into registers
