"""What happens by itself: `auto` rows, and a parent that hears of a child's end."""

from __future__ import annotations

from workflows.core import walking
from workflows.core.commands import Settle
from workflows.core.entering import finish
from workflows.core.step import Step
from workflows.core.ticket import Situation
from workflows.timing.instants import Instant


def settled(situation: Situation, command: Settle, now: Instant) -> Step | None:
    """The first ripe `auto` row.

    Without one, a child's end is still written down: the parent's `seq` is what keeps two last children,
    closing at the same moment, from each seeing the other open.
    """
    note = "" if command.child is None else f"child {command.child}".rstrip() + " has ended"
    row = next(walking.ripe(situation, command.actor, now), None)
    if row is not None:
        return walking.walked(situation, row, command.actor, now, {}, note, kind="settle")
    if command.child is None:
        return None
    before = walking.standing(situation)
    after = before._replace(seq=before.seq + 1, changed_at=now)
    step = finish(situation, before, after, kind="settle", actor=command.actor, values={}, note=note)
    return step._replace(follow_ups=())  # its rows have just been asked
