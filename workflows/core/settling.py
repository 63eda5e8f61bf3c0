"""What happens by itself: `auto` rows, and a parent that hears of a child's end."""

from __future__ import annotations

from workflows.core import walking
from workflows.core.children import Next, following, foreseen
from workflows.core.commands import Settle
from workflows.core.entering import finish
from workflows.core.step import Step
from workflows.core.ticket import Situation, Ticket
from workflows.timing.instants import Instant


def settled(situation: Situation, command: Settle, now: Instant) -> Step | None:
    """The first ripe `auto` row; else, after a child of a sequence, the opening of the next one.

    Without one, a child's end is still written down: the parent's `seq` is what keeps two last children,
    closing at the same moment, from each seeing the other open.
    """
    note = "" if command.child is None else f"child {command.child}".rstrip() + " has ended"
    found = _next(situation, command, now)
    seen = foreseen(situation, found.command) if found else situation
    row = next(walking.ripe(seen, command.actor, now), None)
    if row is not None:
        return walking.walked(situation, row, command.actor, now, {}, note, kind="settle")
    if command.child is None:
        return None
    before = walking.standing(situation)
    after = found.ticket if found else _stepped(before, now)
    step = finish(situation, before, after, kind="settle", actor=command.actor, values={}, note=note)
    return step._replace(follow_ups=(found.command,) if found else ())  # its rows have just been asked


def _stepped(ticket: Ticket, now: Instant) -> Ticket:
    return ticket._replace(seq=ticket.seq + 1, changed_at=now)


def _next(situation: Situation, command: Settle, now: Instant) -> Next | None:
    """The next child of the sequence that the one that has ended was of."""
    if command.child is None or not situation.definition.sequences:
        return None
    return following(situation, _stepped(walking.standing(situation), now), command, now)
