"""Steps that the desk takes by itself: `auto` transitions, and what a parent does when a child has ended."""

from __future__ import annotations

from workflows.core.commands import FireAuto
from workflows.core.effects.children import NextChild, add_next_child, find_next_child
from workflows.core.handlers import fire
from workflows.core.handlers.enter_state import finish_step
from workflows.core.step import Step
from workflows.core.ticket import StepContext, Ticket
from workflows.timing.instants import Instant


def fire_auto(context: StepContext, command: FireAuto, now: Instant) -> Step | None:
    """Take the first `auto` transition whose guard holds; else open the next child of a sequence.

    None if neither applies and no child has ended. The end of a child is always recorded as a step of the
    parent: its `seq` keeps two last children that close at the same moment from each seeing the other open.
    """
    note = "" if command.child is None else f"child {command.child}".rstrip() + " has ended"
    next_child = _find_next_child(context, command, now)
    current = add_next_child(context, next_child.command) if next_child else context
    transition = next(fire.find_ready_auto_transitions(current, command.actor, now), None)
    if transition is not None:
        return fire.take_transition(context, transition, command.actor, now, {}, note, kind="settle")
    if command.child is None:
        return None
    before = context.ticket
    after = next_child.ticket if next_child else _advance_seq(before, now)
    step = finish_step(context, before, after, kind="settle", actor=command.actor, values={}, note=note)
    # The `auto` transitions have just been tried.
    return step._replace(follow_ups=(next_child.command,) if next_child else ())


def _advance_seq(ticket: Ticket, now: Instant) -> Ticket:
    return ticket._replace(seq=ticket.seq + 1, changed_at=now)


def _find_next_child(context: StepContext, command: FireAuto, now: Instant) -> NextChild | None:
    """The next child of the sequence to which the ended child belongs; None without one."""
    if command.child is None or not context.definition.sequential_opens:
        return None
    return find_next_child(context, _advance_seq(context.ticket, now), command, now)
