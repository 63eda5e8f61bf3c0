"""What can happen to a promise: start, pause, resume, stop, reopen, restart, replan, fire; how it counted.

Each verb answers with a new clock, worked out afresh from the ledger and the calendar. A verb that does
not apply (pausing what is paused, firing what is stopped) answers with the same clock. A time earlier than
the last event is taken as the time of that event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workflows.timing.calendars import Calendar
from workflows.timing.clock import Basis, Clock, Event, Ledger
from workflows.timing.durations import SECONDS_IN, Duration, Unit
from workflows.timing.escalation import EscalationPolicy, level_at
from workflows.timing.instants import Instant, parse_rfc3339, rfc3339
from workflows.timing.progress import runs_out, spent
from workflows.timing.segments import Segment, clipped, merged


def start(
    name: str,
    state: str | None,
    promise: Duration | Instant,
    at: Instant,
    calendar: Calendar,
    policy: EscalationPolicy | None,
) -> Clock:
    """A running clock for a promise made at `at`: a duration, or a moment somebody wrote down.

    A moment that has passed already is due at once.
    """
    terms = _terms(promise, at, calendar)
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
    )
    return clock._replace(next_level_at=level_at(clock, policy, 0, calendar)) if policy else clock


def pause(clock: Clock, at: Instant, calendar: Calendar) -> Clock:
    """Time no longer counts; the deadline is gone until the clock is resumed."""
    return _rested(clock, _noted(clock, at, "pause"), calendar) if clock.running else clock


def resume(clock: Clock, at: Instant, calendar: Calendar, policy: EscalationPolicy | None) -> Clock:
    """Time counts again; what was left of the budget is left now. A fixed moment comes back unchanged."""
    if not clock.paused:
        return clock
    return _settled(clock._replace(ledger=_noted(clock, at, "resume")), calendar, policy)


def stop(clock: Clock, at: Instant, calendar: Calendar) -> Clock:
    """The promise is settled. `due_at` stays if the clock was running, or late before it was paused."""
    if clock.stopped:
        return clock
    ledger = _noted(clock, at, "stop")
    due_at = clock.due_at if clock.running else runs_out(clock, calendar)
    return _rested(clock, ledger, calendar, due_at=due_at, stopped_at=ledger[-1][0])


def reopen(clock: Clock, at: Instant, calendar: Calendar, policy: EscalationPolicy | None) -> Clock:
    """A settled promise is open again: what was left of the budget is left now.

    The time it was settled does not count.
    """
    if not clock.stopped:
        return clock
    resumed = clock._replace(ledger=_noted(clock, at, "resume"), stopped_at=None)
    return _settled(resumed, calendar, policy)


def restart(clock: Clock, at: Instant, calendar: Calendar, policy: EscalationPolicy | None) -> Clock:
    """The same promise made anew at `at`: nothing consumed, no level fired. The ledger goes on."""
    promise = parse_rfc3339(clock.promise) if clock.basis is Basis.FIXED else Duration.parse(clock.promise)
    ledger = _noted(clock, at, "restart")
    fresh = clock._replace(ledger=ledger, started_at=ledger[-1][0], stopped_at=None, level=0, parked=None)
    return _promised(fresh, promise, calendar, policy)


def replan(
    clock: Clock,
    promise: Duration | Instant,
    at: Instant,
    calendar: Calendar,
    policy: EscalationPolicy | None,
) -> Clock:
    """Another promise in place of the first, counted from the same start.

    Pauses taken, time consumed and levels fired stay. A clock that is stopped stays as it is.
    """
    if clock.stopped:
        return clock
    return _promised(clock._replace(ledger=_noted(clock, at, "replan")), promise, calendar, policy)


def fire(clock: Clock, calendar: Calendar, policy: EscalationPolicy | None) -> Clock:
    """The next level has been fired; the one after it is next."""
    if clock.next_level_at is None:
        return clock
    level = clock.level + 1
    next_level_at = level_at(clock, policy, level, calendar) if policy else None
    return clock._replace(level=level, next_level_at=next_level_at)


def explain(clock: Clock, calendar: Calendar, until: Instant) -> list[Segment]:
    """How the deadline came about: all time since the last (re)start, in order, with what counted and why.

    A running clock is explained up to `due_at`, and the counted seconds are exactly the budget. One that is
    paused is explained up to `until`, one that is stopped up to its stop, neither beyond the moment it fell
    due; the counted seconds are what was consumed, at most the budget.
    """
    end = _explained_until(clock, calendar, until)
    return merged(clipped(_pieces(clock, calendar, end), clock.started_at, end))


def _noted(clock: Clock, at: Instant, event: Event) -> Ledger:
    """The clock's ledger with one more event, which never runs backwards."""
    return (*clock.ledger, (max(at, clock.ledger[-1][0]), event))


class _Terms(NamedTuple):
    """A promise made at some moment, in the seconds that a clock counts."""

    basis: Basis
    text: str
    budget: int
    slack: int
    due_at: Instant


def _terms(promise: Duration | Instant, at: Instant, calendar: Calendar) -> _Terms:
    if isinstance(promise, int):
        due_at = max(at, promise)
        return _Terms(Basis.FIXED, rfc3339(promise), due_at - at, 0, due_at)
    due_at = calendar.deadline(at, promise)
    if not promise.working:
        return _Terms(Basis.ELAPSED, str(promise), due_at - at, 0, due_at)
    if promise.unit is not Unit.WORKING_DAYS:
        return _Terms(Basis.WORKING, str(promise), promise.amount * SECONDS_IN[promise.unit], 0, due_at)
    budget = calendar.counted(at, due_at)
    return _Terms(Basis.WORKING, str(promise), budget, due_at - calendar.add(at, budget), due_at)


def _promised(
    clock: Clock, promise: Duration | Instant, calendar: Calendar, policy: EscalationPolicy | None
) -> Clock:
    """The clock, put under this promise, counted from its start."""
    terms = _terms(promise, clock.started_at, calendar)
    planned = clock._replace(
        basis=terms.basis,
        promise=terms.text,
        budget=terms.budget,
        slack=terms.slack,
        policy=policy.name if policy else None,
    )
    return _settled(planned, calendar, policy)


def _settled(clock: Clock, calendar: Calendar, policy: EscalationPolicy | None) -> Clock:
    """The clock with all that follows from its ledger, budget and level worked out."""
    begin, end = clock.stretches[-1]
    if end is not None:
        return _rested(clock, clock.ledger, calendar, stopped_at=clock.stopped_at)
    running = clock._replace(running_since=begin, due_at=runs_out(clock, calendar))
    return running._replace(
        consumed=spent(running, calendar, begin),
        next_level_at=level_at(running, policy, clock.level, calendar) if policy else None,
    )


def _rested(
    clock: Clock,
    ledger: Ledger,
    calendar: Calendar,
    due_at: Instant | None = None,
    stopped_at: Instant | None = None,
) -> Clock:
    """The clock with a `ledger` by whose end time no longer counts, and all that follows from that."""
    return clock._replace(
        ledger=ledger,
        running_since=None,
        consumed=spent(clock, calendar, ledger[-1][0]),
        stopped_at=stopped_at,
        due_at=due_at,
        next_level_at=None,
    )


def _explained_until(clock: Clock, calendar: Calendar, until: Instant) -> Instant:
    due_at = runs_out(clock, calendar) if clock.due_at is None else clock.due_at
    if clock.stopped_at is not None:
        return clock.stopped_at if due_at is None else min(due_at, clock.stopped_at)
    return max(until, clock.ledger[-1][0]) if due_at is None else due_at


def _pieces(clock: Clock, calendar: Calendar, end: Instant) -> Iterator[Segment]:
    """What the stretches and the pauses between and after them were, up to `end`."""
    paused_since = clock.started_at
    for begin, stop_at in clock.stretches:
        if paused_since < begin:
            yield Segment(paused_since, begin, clock.basis is Basis.FIXED, "paused", clock.promise)
        paused_since = end if stop_at is None else min(stop_at, end)
        if clock.basis is Basis.WORKING:
            yield from calendar.segments(begin, paused_since)
        elif begin < paused_since:
            yield Segment(begin, paused_since, True, "elapsed", clock.promise)
    if paused_since < end:
        yield Segment(paused_since, end, False, "paused", clock.promise)
