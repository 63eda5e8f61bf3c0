"""Operations on clocks: start, pause, resume, stop, reopen, restart, replan, fire, explain.

Each returns a new clock, computed from the ledger and the calendar. An operation that does not apply (pausing
a paused clock, firing a stopped one) returns the same clock. A time earlier than the last event counts as the
time of that event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workflows.timing.calendars import Calendar
from workflows.timing.clock import Acknowledgement, Basis, Clock, ClockEvent, Ledger
from workflows.timing.durations import SECONDS_IN, Duration, Unit
from workflows.timing.escalation import EscalationPolicy, compute_level_at
from workflows.timing.instants import Instant, parse_rfc3339, rfc3339
from workflows.timing.progress import compute_due_at, count_consumed
from workflows.timing.segments import Segment, clip_segments, merge_segments


def start(
    name: str,
    state: str | None,
    promise: Duration | Instant,
    at: Instant,
    calendar: Calendar,
    policy: EscalationPolicy | None,
) -> Clock:
    """A running clock for a promise made at `at`: a duration, or a fixed instant.

    An instant in the past is due at once.
    """
    terms = _compute_terms(promise, at, calendar)
    clock = Clock(
        name=name,
        state=state,
        promise=terms.text,
        basis=terms.basis,
        calendar=calendar.name,
        budget=terms.budget,
        consumed=0,
        started_at=at,
        running_since=at,
        stopped_at=None,
        due_at=terms.due_at,
        policy=policy.name if policy else None,
        level=0,
        next_level_at=None,
        ledger=((at, "start"),),
        slack=terms.slack,
        seal=calendar.seal,
    )
    return clock._replace(next_level_at=compute_level_at(clock, policy, 0, calendar)) if policy else clock


def pause(clock: Clock, at: Instant, calendar: Calendar) -> Clock:
    """Stop counting; without a due until the clock is resumed."""
    return _stop_counting(clock, _append_event(clock, at, "pause"), calendar) if clock.running else clock


def resume(clock: Clock, at: Instant, calendar: Calendar, policy: EscalationPolicy | None) -> Clock:
    """Continue counting with the remaining budget. A fixed instant is due as before."""
    if not clock.paused:
        return clock
    return _recompute(clock._replace(ledger=_append_event(clock, at, "resume")), calendar, policy)


def stop(clock: Clock, at: Instant, calendar: Calendar) -> Clock:
    """Settle the promise. `due_at` stays if the clock was running, or was overdue before it was paused."""
    if clock.stopped:
        return clock
    ledger = _append_event(clock, at, "stop")
    due_at = clock.due_at if clock.running else compute_due_at(clock, calendar)
    stopped = _stop_counting(clock, ledger, calendar, due_at=due_at, stopped_at=ledger[-1][0])
    return stopped._replace(parked=None)  # a settled clock has no level to retry


def reopen(clock: Clock, at: Instant, calendar: Calendar, policy: EscalationPolicy | None) -> Clock:
    """Reopen a settled promise with the remaining budget. The time while it was settled does not count."""
    if not clock.stopped:
        return clock
    resumed = clock._replace(ledger=_append_event(clock, at, "resume"), stopped_at=None)
    return _recompute(resumed, calendar, policy)


def restart(clock: Clock, at: Instant, calendar: Calendar, policy: EscalationPolicy | None) -> Clock:
    """Start the same promise again at `at`: nothing consumed, no level fired. The ledger is kept."""
    promise = parse_rfc3339(clock.promise) if clock.basis is Basis.FIXED else Duration.parse(clock.promise)
    ledger = _append_event(clock, at, "restart")
    fresh = clock._replace(
        ledger=ledger, started_at=ledger[-1][0], stopped_at=None, level=0, parked=None, acknowledged=None
    )
    return _apply_promise(fresh, promise, calendar, policy)


def replan(
    clock: Clock,
    promise: Duration | Instant,
    at: Instant,
    calendar: Calendar,
    policy: EscalationPolicy | None,
) -> Clock:
    """The clock with a promise, the same or another one, counted from its start by this calendar.

    Pauses and consumed time stay. With another promise every level is still to be fired, even if it was fired
    before, and those whose time is past by `at` are due at once. With the same promise only those levels are
    fired again whose time now lies in the future. A stopped clock stays as it is.
    """
    if clock.stopped:
        return clock
    replanned = clock._replace(ledger=_append_event(clock, at, "replan"))
    if _format_promise(promise) != clock.promise:
        replanned = replanned._replace(level=0, parked=None)
    return _apply_promise(replanned, promise, calendar, policy)


def fire(clock: Clock, calendar: Calendar, policy: EscalationPolicy | None) -> Clock:
    """Mark the next level as fired."""
    if clock.next_level_at is None:
        return clock
    level = clock.level + 1
    next_level_at = compute_level_at(clock, policy, level, calendar) if policy else None
    return clock._replace(level=level, next_level_at=next_level_at)


def acknowledge(
    clock: Clock, seen: Acknowledgement, calendar: Calendar, policy: EscalationPolicy | None
) -> Clock:
    """The clock whose next level waits until the acknowledgement ends."""
    after = clock._replace(acknowledged=seen)
    if clock.next_level_at is None or policy is None:
        return after
    return after._replace(next_level_at=compute_level_at(after, policy, clock.level, calendar))


def explain(clock: Clock, calendar: Calendar, until: Instant) -> list[Segment]:
    """The segments since the last start or restart, in order, with what counted and why.

    For a running clock they end at `due_at`, and the counted seconds equal the budget. For a paused clock
    they end at `until`, for a stopped one at its stop, in both cases not after the due; the counted seconds
    are those consumed, at most the budget.
    """
    end = _explanation_end(clock, calendar, until)
    return merge_segments(clip_segments(_build_segments(clock, calendar, end), clock.started_at, end))


def _append_event(clock: Clock, at: Instant, event: ClockEvent) -> Ledger:
    """The ledger with one more event, not before the last one."""
    return (*clock.ledger, (max(at, clock.ledger[-1][0]), event))


class _Terms(NamedTuple):
    """A promise in the seconds that a clock counts. `text` is its stored form."""

    basis: Basis
    text: str
    budget: int
    slack: int
    due_at: Instant


def _compute_terms(promise: Duration | Instant, at: Instant, calendar: Calendar) -> _Terms:
    if isinstance(promise, int):
        due_at = max(at, promise)
        return _Terms(Basis.FIXED, _format_promise(promise), due_at - at, 0, due_at)
    due_at = calendar.deadline(at, promise)
    if not promise.working:
        return _Terms(Basis.ELAPSED, _format_promise(promise), due_at - at, 0, due_at)
    if promise.unit is not Unit.WORKING_DAYS:
        return _Terms(
            Basis.WORKING, _format_promise(promise), promise.amount * SECONDS_IN[promise.unit], 0, due_at
        )
    budget = calendar.count_open_seconds(at, due_at)
    return _Terms(
        Basis.WORKING,
        _format_promise(promise),
        budget,
        due_at - calendar.add_open_seconds(at, budget),
        due_at,
    )


def _format_promise(promise: Duration | Instant) -> str:
    return rfc3339(promise) if isinstance(promise, int) else str(promise)


def _apply_promise(
    clock: Clock, promise: Duration | Instant, calendar: Calendar, policy: EscalationPolicy | None
) -> Clock:
    """The clock with this promise, counted from its start."""
    terms = _compute_terms(promise, clock.started_at, calendar)
    planned = clock._replace(
        basis=terms.basis,
        promise=terms.text,
        budget=terms.budget,
        slack=terms.slack,
        policy=policy.name if policy else None,
        calendar=calendar.name,
        seal=calendar.seal,
    )
    return _recompute(planned, calendar, policy)


def _recompute(clock: Clock, calendar: Calendar, policy: EscalationPolicy | None) -> Clock:
    """The clock with everything that depends on ledger, budget and level."""
    begin, end = clock.running_intervals[-1]
    if end is not None:
        return _stop_counting(clock, clock.ledger, calendar, stopped_at=clock.stopped_at)
    running = clock._replace(running_since=begin, due_at=compute_due_at(clock, calendar))
    level = _count_fired_levels(running, calendar, policy) if policy else clock.level
    return running._replace(
        consumed=count_consumed(running, calendar, begin),
        level=level,
        next_level_at=compute_level_at(running, policy, level, calendar) if policy else None,
    )


def _count_fired_levels(clock: Clock, calendar: Calendar, policy: EscalationPolicy) -> int:
    """How many fired levels still lie in the past, now that the due may have moved."""
    level, now = clock.level, clock.ledger[-1][0]
    while (
        level
        and (fired_at := compute_level_at(clock, policy, level - 1, calendar)) is not None
        and fired_at > now
    ):
        level -= 1
    return level


def _stop_counting(
    clock: Clock,
    ledger: Ledger,
    calendar: Calendar,
    due_at: Instant | None = None,
    stopped_at: Instant | None = None,
) -> Clock:
    """The clock with this `ledger`, whose last event ends the counting."""
    return clock._replace(
        ledger=ledger,
        running_since=None,
        consumed=count_consumed(clock, calendar, ledger[-1][0]),
        stopped_at=stopped_at,
        due_at=due_at,
        next_level_at=None,
    )


def _explanation_end(clock: Clock, calendar: Calendar, until: Instant) -> Instant:
    due_at = compute_due_at(clock, calendar) if clock.due_at is None else clock.due_at
    if clock.stopped_at is not None:
        return clock.stopped_at if due_at is None else min(due_at, clock.stopped_at)
    return max(until, clock.ledger[-1][0]) if due_at is None else due_at


def _build_segments(clock: Clock, calendar: Calendar, end: Instant) -> Iterator[Segment]:
    """The segments of the running intervals, and of the pauses between and after them, up to `end`."""
    paused_since = clock.started_at
    for begin, stop_at in clock.running_intervals:
        if paused_since < begin:
            yield Segment(paused_since, begin, clock.basis is Basis.FIXED, "paused", clock.promise)
        paused_since = end if stop_at is None else min(stop_at, end)
        if clock.basis is Basis.WORKING:
            yield from calendar.segments(begin, paused_since)
        elif begin < paused_since:
            yield Segment(begin, paused_since, True, "elapsed", clock.promise)
    if paused_since < end:
        yield Segment(paused_since, end, False, "paused", clock.promise)
