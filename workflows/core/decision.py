"""The decision: a pure function from a context and a command to a step, or to a refusal with every reason."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from workflows.core.access import delegation
from workflows.core.commands import (
    Acknowledge,
    Amend,
    Assign,
    Claim,
    Command,
    Fire,
    FireAuto,
    Link,
    Merge,
    Migrate,
    Note,
    Open,
    Replan,
    TakeMerged,
    Tick,
    UndoMigration,
    Unpark,
    Urge,
)
from workflows.core.handlers import (
    acknowledge,
    amend,
    auto_transitions,
    escalate,
    fire,
    link,
    merge,
    migrate,
    open,
    replan,
    urge,
)
from workflows.core.step import Step
from workflows.core.ticket import StepContext
from workflows.errors import Invalid, Reason, Refusal, Stale
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.form import store_value
from workflows.timing.calendars import CalendarError
from workflows.timing.instants import Instant

_NOTE = Field(name="note", type=FieldType.TEXT, title={}, multiline=True)


def decide(context: StepContext, command: Command, now: Instant) -> Step | None:
    """Decide `command` in `context` at `now` (epoch seconds, UTC).

    None when there is nothing to do, e.g. the level has been fired already, or no `auto` transition is ready.
    Raises a `Refusal` with every reason; the context is not changed. A `now` before the ticket's last step
    counts as the time of that step. What the actor's own posts do not allow is tried on behalf of each
    absentee for whom they act.
    """
    if not isinstance(command, Open):
        _check_seq(context.ticket.seq, command.expected)
        now = max(now, context.ticket.changed_at)
    if command.note:
        _check_note(command.note)
    try:
        return _decide_without_delegation(context, command, now)
    except Refusal as refused:
        delegations = delegation.find_delegations(command.actor, context.directory, now)
        if not delegations:
            raise
        return _decide_on_behalf(context, command, now, delegations, refused)


def _decide_on_behalf(
    context: StepContext,
    command: Command,
    now: Instant,
    delegations: tuple[delegation.Delegation, ...],
    own_refusal: Refusal,
) -> Step | None:
    """The step on behalf of the first absentee who could take it; else the refusal easiest to resolve.

    It is decided twice: neither the actor nor the absentee may have a reason against it.
    """
    refusals = [own_refusal]
    for delegated in delegations:
        try:
            step = _decide_without_delegation(context, replace(command, actor=delegated.acting), now)
            _decide_without_delegation(context, replace(command, actor=delegated.absent), now)
        except Refusal as refused:
            refusals.append(refused)
        else:
            return step
    raise min(refusals, key=lambda each: _lacks_role(each.reasons)) from None


def _lacks_role(reasons: tuple[Reason, ...]) -> bool:
    return any(each.code == "role-needed" for each in reasons)


def _decide_without_delegation(context: StepContext, command: Command, now: Instant) -> Step | None:
    """The step of `command`, by the posts of its actor alone."""
    try:
        match command:
            case Open():
                return open.open_ticket(context, command, now)
            case Fire():
                step = fire.fire_for_relative if command.by_relative else fire.fire
                return step(context, command, now)
            case FireAuto():
                return auto_transitions.fire_auto(context, command, now)
            case Tick():
                return escalate.fire_level(context, command, now)
            case Replan():
                return replan.replan(context, command, now)
            case Migrate():
                return migrate.migrate(context, command, now)
            case UndoMigration():
                return migrate.undo_migration(context, command, now)
            case Unpark():
                return escalate.unpark(context, command, now)
            case Acknowledge():
                return acknowledge.acknowledge(context, command, now)
            case Assign():
                return amend.assign(context, command, now)
            case Claim():
                return amend.claim(context, command, now)
            case Urge():
                return urge.urge(context, command, now)
            case Merge():
                return merge.merge(context, command, now)
            case TakeMerged():
                return merge.take_merged(context, command, now)
            case Link():
                return link.link(context, command, now)
            case Note():
                return amend.add_note(context, command, now)
            case Amend():
                return amend.amend(context, command, now)
            case _ as forgotten:
                assert_never(forgotten)
    except CalendarError as error:  # a due beyond the years of the calendar
        raise Invalid(Reason("bad-value", f"no deadline can be worked out: {error}")) from error


def _check_seq(seq: int, expected: int | None) -> None:
    if expected is not None and expected != seq:
        message = f"the ticket has moved on: you saw step {expected}, it is at {seq}"
        raise Stale(Reason("stale", message, saw=seq, facts={"seen": str(expected), "now": str(seq)}))


def _check_note(note: str) -> None:
    try:
        store_value(_NOTE, note)
    except ValueError as error:
        raise Invalid(Reason("bad-value", str(error), field="note")) from error
