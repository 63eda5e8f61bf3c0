"""The pure heart: a situation and a command in, a step out, or a refusal that says everything at once."""

from __future__ import annotations

from dataclasses import replace

from workflows.core import administration, escalation, lending, opening, settling, walking
from workflows.core.commands import Amend, Assign, Claim, Command, Fire, Note, Open, Settle, Tick
from workflows.core.step import Step
from workflows.core.ticket import Situation
from workflows.errors import Invalid, Reason, Refusal, Stale
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.form import store_value
from workflows.timing.calendars import CalendarError
from workflows.timing.instants import Instant

_NOTE = Field(name="note", type=FieldType.TEXT, title={}, multiline=True)


def decide(situation: Situation, command: Command, now: Instant) -> Step | None:
    """What `command` comes to in `situation` at `now` (epoch seconds, UTC).

    None when there is nothing to do: the clock's level has been fired already, no `auto` row is ripe.
    Raises a `Refusal` with every reason; the situation is never changed. A ticket's time never runs
    backwards: a `now` before its last step is taken as the time of that step. What the actor may not do by
    their own posts is done in the place of somebody whom they stand in for, if that one could do it.
    """
    ticket = situation.ticket
    if ticket is not None and not isinstance(command, Open):
        _fresh(ticket.seq, command.expected)
        now = max(now, ticket.changed_at)
    if command.note:
        _legible(command.note)
    try:
        return _sound(situation, command, now)
    except Refusal as refused:
        found = lending.loans(command.actor, situation.directory, now)
        if not found:
            raise
        return _in_place(situation, command, now, found, refused)


def _in_place(
    situation: Situation, command: Command, now: Instant, found: tuple[lending.Loan, ...], own: Refusal
) -> Step | None:
    """The step in the place of the first who is away and could take it; else the refusal to mend.

    It is decided twice: neither the one who acts nor the one who is away may have a reason against it.
    """
    refusals = [own]
    for loan in found:
        try:
            step = _sound(situation, replace(command, actor=loan.acting), now)
            _sound(situation, replace(command, actor=loan.absent), now)
        except Refusal as refused:
            refusals.append(refused)
        else:
            return step
    raise min(refusals, key=lambda each: _without_right(each.reasons)) from None


def _without_right(reasons: tuple[Reason, ...]) -> bool:
    return any(each.code == "role-needed" for each in reasons)


def _sound(situation: Situation, command: Command, now: Instant) -> Step | None:
    try:
        return _decided(situation, command, now)
    except CalendarError as error:  # a promise beyond the years that calendars know
        raise Invalid(Reason("bad-value", f"no deadline can be worked out: {error}")) from error


def _decided(situation: Situation, command: Command, now: Instant) -> Step | None:
    match command:
        case Open():
            return opening.opened(situation, command, now)
        case Fire():
            step = walking.asked_by_kin if command.kin else walking.fired
            return step(situation, command, now)
        case Settle():
            return settling.settled(situation, command, now)
        case Tick():
            return escalation.ticked(situation, command, now)
        case Assign():
            return administration.assigned(situation, command, now)
        case Claim():
            return administration.claimed(situation, command, now)
        case Note():
            return administration.noted(situation, command, now)
        case Amend():
            return administration.amended(situation, command, now)


def _fresh(seq: int, expected: int | None) -> None:
    if expected is not None and expected != seq:
        message = f"the ticket has moved on: you saw step {expected}, it is at {seq}"
        raise Stale(Reason("stale", message, saw=seq, facts={"seen": str(expected), "now": str(seq)}))


def _legible(note: str) -> None:
    try:
        store_value(_NOTE, note)
    except ValueError as error:
        raise Invalid(Reason("bad-value", str(error), field="note")) from error
