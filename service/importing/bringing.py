"""Brings cases in through the one door, each command with the moment it happened as its `now`.

A case is known by its source key: brought in again it adds nothing, one brought in half is completed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from service.importing.cases import Case, Deed
from service.importing.mapping import Map
from service.wiring import Desk
from workflows.core.commands import Command, Fire, Open
from workflows.core.ticket import Ticket
from workflows.errors import Reason, Refusal
from workflows.language.definition import Definition
from workflows.language.forms.form import Form
from workflows.storage.views import Past
from workflows.timing.instants import Instant, rfc3339
from workflows.timing.problems import SpecError

_MOST_ENTRIES = 100_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a case added. `refused` is the line where it came to a halt, with the reasons."""

    opened: bool = False
    steps: int = 0
    refused: tuple[int, tuple[str, ...]] | None = None


class Bringer:
    """Brings cases to a site. `now` is the present: escalation levels due by then are not fired any more."""

    def __init__(self, desk: Desk, site: str, mapped: Map, definition: Definition, now: Instant) -> None:
        self._desk, self._site, self._map = desk, site, mapped
        self._definition, self._now = definition, now
        self._opening = Form.of(definition.fields, requires=(), accepts=definition.start.fields)

    def bring(self, case: Case) -> Outcome:
        """Open the case's ticket and take its steps, as far as that has not been done before."""
        ticket = ticket_id(self._site, self._map.name, case.key)
        stored = self._desk.store.load(self._site, ticket)
        try:
            done = None if stored is None else self._done(case, stored[0])
        except Refusal as refusal:
            return Outcome(refused=(case.opening.line, said(refusal)))
        opened, steps = False, 0
        deeds = (case.opening, *case.steps) if done is None else case.steps[done:]
        for deed in deeds:
            try:
                self._desk.engine.do(self._command(deed, ticket), deed.at, hushed_until=self._now)
            except (Refusal, SpecError) as error:
                return Outcome(opened, steps, (deed.line, _of(deed, said(error))))
            opened, steps = opened or deed.trigger is None, steps + (deed.trigger is not None)
        return Outcome(opened, steps, case.blocked)

    def _command(self, deed: Deed, ticket: str) -> Command:
        if deed.trigger is None:
            return Open(
                site=self._site,
                id=ticket,
                workflow=self._map.workflow,
                actor=deed.actor,
                data=deed.data,
                note=deed.note,
            )
        return Fire(
            site=self._site,
            ticket=ticket,
            actor=deed.actor,
            trigger=deed.trigger,
            data=deed.data,
            note=deed.note,
        )

    def _done(self, case: Case, ticket: Ticket) -> int:
        """How many of the case's steps the ticket has behind it. A refusal if it was brought in otherwise."""
        history = self._desk.queries.history(self._site, ticket.id, limit=_MOST_ENTRIES)
        opening, *rest = [entry for entry in history if entry.surface == "import"]
        if self._told(opening) != self._form(case.opening):
            raise _otherwise(ticket, "its opening")
        taken = [(entry.trigger, entry.at) for entry in rest if entry.kind == "fire"]
        told = [(deed.trigger, deed.at) for deed in case.steps]
        if taken != told[: len(taken)]:
            raise _otherwise(ticket, "its steps")
        if len(taken) < len(told) and told[len(taken)][1] < ticket.changed_at:
            when = rfc3339(ticket.changed_at)
            raise Refusal(Reason("moved-on", f"ticket {ticket.number} has moved on since, at {when}"))
        return len(taken)

    def _told(self, entry: Past) -> tuple[Instant, dict[str, object]]:
        """What the opening form held: effects of the start may have written more."""
        asked = self._definition.start.fields
        return entry.at, {n: value for n, value in entry.data.items() if value is not None and n in asked}

    def _form(self, opening: Deed) -> tuple[Instant, dict[str, object]]:
        """The opening form as the engine would store its open part."""
        values = self._opening.load(opening.data, self._definition.organisation)
        personal = self._definition.personal
        plain = {name: value for name, value in values.items() if value is not None and name not in personal}
        return opening.at, plain


def ticket_id(site: str, source: str, key: str) -> str:
    """The id of the ticket that `key` of a source always gets: a UUIDv8 (RFC 9562) made of names only."""
    raw = bytearray(hashlib.sha256("\0".join((site, source, key)).encode()).digest()[:16])
    raw[6] = raw[6] & 0x0F | 0x80
    raw[8] = raw[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(raw)))


def said(error: Refusal | SpecError) -> tuple[str, ...]:
    """Every reason in a line of its own."""
    if isinstance(error, SpecError):
        return (str(error),)
    return tuple(f"{r.field}: {r.message}" if r.field else r.message for r in error.reasons)


def _of(deed: Deed, reasons: Sequence[str]) -> tuple[str, ...]:
    """The reasons, with the step they are against."""
    return tuple(f"{deed.trigger}: {reason}" if deed.trigger else reason for reason in reasons)


def _otherwise(ticket: Ticket, what: str) -> Refusal:
    return Refusal(
        Reason("imported", f"ticket {ticket.number} was brought in from this key before; {what} differed")
    )
