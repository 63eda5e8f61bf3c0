"""Replanning of open promises after a site's opening hours or holidays have changed.

* A settled promise stays as it is. One that was overdue before the change keeps its due and fired levels; its
  next levels follow the new calendar.
* Every other promise is planned again from its own start, as if the new calendar had always held. A deadline
  on a date of the form becomes the close of that day. What moves is recorded in the history.
"""

from __future__ import annotations

from typing import NamedTuple

from workflows.core.clocks.advance import STATE_CLOCK, earliest_due, merge_clocks, resolve_promise
from workflows.core.commands import Replan
from workflows.core.step import HistoryEvent, Step
from workflows.core.ticket import StepContext
from workflows.errors import Refusal
from workflows.language.promise import Due
from workflows.timing import clock_operations as verbs
from workflows.timing.calendars import Calendar
from workflows.timing.clock import Basis, Clock
from workflows.timing.durations import Duration
from workflows.timing.escalation import compute_level_at
from workflows.timing.instants import Instant, parse_rfc3339, rfc3339


class ReplannedClock(NamedTuple):
    """One open promise: by the calendar it was planned with, and by the one in force."""

    before: Clock
    after: Clock

    @property
    def moved(self) -> bool:
        """Whether the due moves; for a paused clock, whether its remaining time changes."""
        return _terms(self.before) != _terms(self.after)

    @property
    def changed(self) -> bool:
        """Whether the due or the time of the next level changes."""
        return self.moved or self.before.next_level_at != self.after.next_level_at


def replan_clocks(context: StepContext, now: Instant) -> tuple[ReplannedClock, ...]:
    """The ticket's open promises that were planned by another calendar than the one in force."""
    seal = context.calendar.seal
    return tuple(
        ReplannedClock(clock, _replan_clock(context, clock, now))
        for clock in context.clocks
        if not clock.stopped and clock.seal != seal
    )


def replan(context: StepContext, command: Replan, now: Instant) -> Step | None:
    """The step that moves the ticket's deadlines and levels; None if none moves.

    None also for a ticket whose definition version can no longer be read.
    """
    if not context.definition.readable:
        return None
    replanned = replan_clocks(context, now)
    moved = [clock for clock in replanned if clock.changed]
    if not moved:
        return None
    before = context.ticket
    clocks = tuple(clock.after for clock in replanned)
    due_at = earliest_due(merge_clocks(context.clocks, clocks))
    return Step(
        before=before,
        after=before._replace(seq=before.seq + 1, changed_at=now, due_at=due_at),
        event=HistoryEvent(
            seq=before.seq + 1,
            at=now,
            kind="replan",
            actor=command.actor,
            source=before.state,
            to=before.state,
            data={
                "calendar": context.calendar.name,
                "clocks": {clock.before.name: _describe_change(clock) for clock in moved},
            },
            note=command.note,
        ),
        clocks=clocks,
    )


def _describe_change(replanned: ReplannedClock) -> dict[str, object]:
    def format_due(clock: Clock) -> str | None:
        return None if clock.due_at is None else rfc3339(clock.due_at)

    return {
        "promise": replanned.after.promise,
        "before": format_due(replanned.before),
        "after": format_due(replanned.after),
    }


def _terms(clock: Clock) -> tuple[object, ...]:
    return (clock.due_at,) if clock.running else (clock.budget, clock.slack)


def _replan_clock(context: StepContext, clock: Clock, now: Instant) -> Clock:
    calendar = context.calendar
    policy = context.definition.policies.get(clock.policy or "")
    if not _was_overdue(clock, calendar, now):
        planned = verbs.replan(clock, _find_promise(context, clock), now, calendar, policy)
        if _terms(planned) != _terms(clock):
            return planned
    unchanged = clock._replace(seal=calendar.seal)
    if policy is None or clock.next_level_at is None:
        return unchanged
    return unchanged._replace(next_level_at=compute_level_at(unchanged, policy, unchanged.level, calendar))


def _was_overdue(clock: Clock, calendar: Calendar, now: Instant) -> bool:
    """Whether the promise was overdue before the change took effect: then it stays overdue."""
    changed_at = calendar.since if clock.planned_at < calendar.since else now
    return clock.running and clock.due_at is not None and clock.due_at <= min(changed_at, now)


def _find_promise(context: StepContext, clock: Clock) -> Duration | Instant:
    """The promise by the form's present values; the original one if the field is empty or invalid now, or if
    it depends on none: a ticket that was migrated may keep the promise of an older version."""
    due = _find_due(context, clock)
    follows = due is not None and bool(due.fields)
    try:
        promise = resolve_promise(due, context.ticket.data, context.calendar) if due and follows else None
    except Refusal:  # the date is no longer a possible deadline: the original promise holds
        promise = None
    if promise is not None:
        return promise
    return parse_rfc3339(clock.promise) if clock.basis is Basis.FIXED else Duration.parse(clock.promise)


def _find_due(context: StepContext, clock: Clock) -> Due | None:
    definition = context.definition
    if clock.name in definition.clocks:
        return definition.clocks[clock.name].due
    state = definition.states.get(clock.name.removeprefix(STATE_CLOCK))
    return state.due if state else None
