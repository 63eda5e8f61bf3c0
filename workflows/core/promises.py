"""What a step does to the ticket's clocks: which start, rest, go on, stop, or move with what was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from workflows.core.ticket import Ticket
from workflows.language.definition import Category, ClockSpec, Definition, Due, State
from workflows.timing import clocks as verbs
from workflows.timing.calendars import Calendar
from workflows.timing.clock import Clock
from workflows.timing.durations import Duration
from workflows.timing.escalation import EscalationPolicy
from workflows.timing.instants import Instant, parse_rfc3339, rfc3339

STATE_CLOCK = "state."  # a state's own clock is named after it, and no named clock has a dot


def moved(
    definition: Definition, before: Ticket | None, after: Ticket, clocks: tuple[Clock, ...], now: Instant
) -> tuple[Clock, ...]:
    """The clocks that a step has changed, as they are afterwards.

    `before` is None when the ticket is opened. A step that stays in its state restarts nothing, but a promise that
    hangs on a field follows the field.
    """
    held = {clock.name: clock for clock in clocks}
    changed: dict[str, Clock] = {}
    entered = before is None or before.state != after.state or before.entered_at != after.entered_at
    for clock in _state_clocks(definition, before, after, held, entered, now):
        changed[clock.name] = clock
    for spec in definition.clocks.values():
        new = _named(definition, spec, before, after, held.get(spec.name), entered, now)
        if new is not None and new != held.get(spec.name):
            changed[spec.name] = new
    return tuple(changed.values())


def earliest_due(clocks: Iterator[Clock] | tuple[Clock, ...]) -> Instant | None:
    """The due nearest in time among running clocks."""
    return min((clock.due_at for clock in clocks if clock.running and clock.due_at is not None), default=None)


def merged(held: tuple[Clock, ...], changed: tuple[Clock, ...]) -> tuple[Clock, ...]:
    """All clocks of the ticket after the step."""
    return tuple({clock.name: clock for clock in (*held, *changed)}.values())


def resolve(due: Due, data: Mapping[str, object], calendar: Calendar) -> Duration | Instant | None:
    """The promise as it stands with what has been written: a duration, a moment, or None while its field is empty."""
    if due.within is not None:
        return due.within
    if due.choices is not None:
        return due.choices.get(str(data.get(due.by or "")), due.otherwise)
    written = data.get(due.at or "")
    if not isinstance(written, str):
        return None
    moment = _moment(written, calendar)
    if due.before is not None:
        return calendar.lead(moment, due.before)
    return calendar.deadline(moment, due.grace) if due.grace else moment


def _moment(written: str, calendar: Calendar) -> Instant:
    """An instant, or of a date the close of that day."""
    return parse_rfc3339(written) if "T" in written else calendar.close_of(date.fromisoformat(written))


def _policy(definition: Definition, name: str | None) -> EscalationPolicy | None:
    return definition.policies[name] if name else None


def _state_clocks(
    definition: Definition,
    before: Ticket | None,
    after: Ticket,
    held: Mapping[str, Clock],
    entered: bool,
    now: Instant,
) -> Iterator[Clock]:
    calendar = definition.calendar
    if entered and before is not None:
        left = held.get(STATE_CLOCK + before.state)
        if left is not None and left.stopped_at is None and before.state != after.state:
            yield verbs.stop(left, now, calendar)
    state = definition.states[after.state]
    if state.due is None:
        return
    name = STATE_CLOCK + state.name
    clock = held.get(name)
    if entered or clock is None:
        promise = resolve(state.due, after.data, calendar)
        if promise is not None:
            yield _begin(name, state, promise, clock, definition, now)
    elif _rewritten(state.due, before, after):
        promise = resolve(state.due, after.data, calendar)
        if promise is not None:
            policy = _policy(definition, state.escalation)
            yield verbs.replan(clock, promise, now, calendar, policy)


def _begin(
    name: str,
    state: State | None,
    promise: Duration | Instant,
    clock: Clock | None,
    definition: Definition,
    now: Instant,
    escalation: str | None = None,
) -> Clock:
    policy = _policy(definition, state.escalation if state else escalation)
    calendar = definition.calendar
    if clock is None:
        return verbs.start(name, state.name if state else None, promise, now, calendar, policy)
    again = verbs.restart(clock, now, calendar, policy)
    return again if _same(again, promise) else verbs.replan(again, promise, now, calendar, policy)


def _same(clock: Clock, promise: Duration | Instant) -> bool:
    return clock.promise == (rfc3339(promise) if isinstance(promise, int) else str(promise))


def _rewritten(due: Due, before: Ticket | None, after: Ticket) -> bool:
    return (
        due.field is not None
        and before is not None
        and before.data.get(due.field) != after.data.get(due.field)
    )


def _named(
    definition: Definition,
    spec: ClockSpec,
    before: Ticket | None,
    after: Ticket,
    clock: Clock | None,
    entered: bool,
    now: Instant,
) -> Clock | None:
    """The named clock after the step; None if it has not begun."""
    calendar, policy = definition.calendar, _policy(definition, spec.escalation)
    state = definition.states[after.state]
    if clock is None or (
        clock.stopped_at is not None and entered and _again(spec, before, after, definition)
    ):
        clock = _started(definition, spec, after, clock, now)
    elif _rewritten(spec.due, before, after) and clock.stopped_at is None:
        promise = resolve(spec.due, after.data, calendar)
        clock = verbs.replan(clock, promise, now, calendar, policy) if promise is not None else clock
    if clock is None or clock.stopped_at is not None:
        return clock
    if after.state in spec.stops or state.category.ended:
        return verbs.stop(clock, now, calendar)
    rests = spec.pauses and state.category is Category.WAITING
    if rests and clock.running:
        return verbs.pause(clock, now, calendar)
    if not rests and clock.paused:
        return verbs.resume(clock, now, calendar, policy)
    return clock


def _again(spec: ClockSpec, before: Ticket | None, after: Ticket, definition: Definition) -> bool:
    """Whether a stopped clock goes on: the ticket was reopened, or is back where the clock starts."""
    if after.state in spec.stops or definition.states[after.state].category.ended:
        return False
    reopened = before is not None and definition.states[before.state].category.ended
    return reopened or after.state in spec.starts


def _started(
    definition: Definition, spec: ClockSpec, after: Ticket, clock: Clock | None, now: Instant
) -> Clock | None:
    if clock is not None and spec.on_reopen == "continue":
        return verbs.reopen(clock, now, definition.calendar, _policy(definition, spec.escalation))
    begun = any(after.trail.visits.get(state) for state in spec.starts)
    if not begun or after.state in spec.stops or definition.states[after.state].category.ended:
        return clock
    promise = resolve(spec.due, after.data, definition.calendar)
    if promise is None:
        return clock
    return _begin(spec.name, None, promise, clock, definition, now, spec.escalation)
