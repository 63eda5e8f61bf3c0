"""How a step advances the ticket's clocks: start, stop, pause, resume, restart, or follow a changed field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from workflows.core.clocks.spans import find_running_states
from workflows.core.ticket import StepContext, Ticket
from workflows.errors import Invalid, Reason
from workflows.language.definition import Category
from workflows.language.promise import ANY, ClockSpec, Due
from workflows.timing import clock_operations as verbs
from workflows.timing.calendars import Calendar, CalendarError
from workflows.timing.clock import Clock
from workflows.timing.durations import Duration
from workflows.timing.escalation import EscalationPolicy
from workflows.timing.instants import Instant, parse_rfc3339, rfc3339

STATE_CLOCK = "state."  # prefix of the names of state clocks; no other clock name has a dot


class Activity(NamedTuple):
    """What the step was, for the clocks that restart on activity."""

    trigger: str | None
    by_person: bool

    def restarts(self, spec: ClockSpec) -> bool:
        """Whether the activity restarts clocks of this spec."""
        return self.by_person if spec.restarts == (ANY,) else self.trigger in spec.restarts


def advance_clocks(
    context: StepContext, before: Ticket | None, after: Ticket, now: Instant, activity: Activity | None = None
) -> tuple[Clock, ...]:
    """The clocks that the step changes, in their new form.

    `before` is None when the ticket is opened. A step that stays in its state restarts no clocks except those
    that restart on this `activity`; a promise that depends on a field follows the field.
    """
    clocks_by_name = {clock.name: clock for clock in context.clocks}
    step = _ClockStep(context, before, after, now, activity)
    changed = list(step.advance_state_clocks(clocks_by_name))
    for spec in context.definition.clocks.values():
        clock = clocks_by_name.get(spec.name)
        new = step.advance_named_clock(spec, clock)
        if new is not None and new is not clock:
            changed.append(new)
    return tuple(changed)


def earliest_due(clocks: Iterable[Clock]) -> Instant | None:
    """The earliest due among running clocks; None without one."""
    return min([clock.due_at for clock in clocks if clock.running and clock.due_at is not None], default=None)


def merge_clocks(existing: tuple[Clock, ...], changed: tuple[Clock, ...]) -> tuple[Clock, ...]:
    """All clocks of the ticket after the step, by name."""
    return tuple({clock.name: clock for clock in (*existing, *changed)}.values()) if changed else existing


def enters_state(before: Ticket | None, after: Ticket) -> bool:
    """Whether the step enters the state it ends in; re-entering it counts, staying there does not."""
    return before is None or before.trail.visits.get(after.state) != after.trail.visits.get(after.state)


def resolve_promise(due: Due, data: Mapping[str, object], calendar: Calendar) -> Duration | Instant | None:
    """The promise for these field values: a duration, an instant, or None while its field is empty.

    Raises `Invalid` if a date cannot be a deadline in this calendar.
    """
    if due.within is not None:
        return due.within
    chosen = due.duration_for(str(data.get(due.by or ""))) if due.choices is not None else None
    if due.at is None or (due.choices is not None and chosen is None):
        return chosen
    field_value = data.get(due.at)
    if not isinstance(field_value, str):
        return None
    try:
        return _resolve_instant(due, field_value, chosen, calendar)
    except CalendarError as error:
        message = f"{due.at} cannot be a deadline: {error}"
        raise Invalid(Reason("bad-value", message, field=due.at, saw=field_value)) from error


def _resolve_instant(due: Due, field_value: str, chosen: Duration | None, calendar: Calendar) -> Instant:
    """The instant in a field, or the close of business on a date in it, moved by `before` or `grace`."""
    if "T" in field_value:
        moment = parse_rfc3339(field_value)
    else:
        moment = calendar.deadline_of_day(date.fromisoformat(field_value))
    before, grace = (chosen, None) if due.ahead else (due.before, chosen or due.grace)
    if before is not None:
        return calendar.subtract(moment, before)
    return calendar.deadline(moment, grace) if grace else moment


class _ClockStep:
    """One step, and what its clocks need to know of it."""

    def __init__(
        self,
        context: StepContext,
        before: Ticket | None,
        after: Ticket,
        now: Instant,
        activity: Activity | None,
    ) -> None:
        definition = context.definition
        self._definition, self._calendar, self._activity = definition, context.calendar, activity
        self._before, self._after, self._now = before, after, now
        self._state = definition.states[after.state]
        self._enters = enters_state(before, after)

    def advance_state_clocks(self, clocks_by_name: Mapping[str, Clock]) -> Iterator[Clock]:
        """The clocks that change: that of the state that was left, stopped; that of the new state,
        started."""
        before, state = self._before, self._state
        left = (
            clocks_by_name.get(STATE_CLOCK + before.state) if before and before.state != state.name else None
        )
        if left is not None and not left.stopped:
            yield verbs.stop(left, self._now, self._calendar)
        if state.due is None or state.category.ended:
            return
        name = STATE_CLOCK + state.name
        clock, policy = clocks_by_name.get(name), self._policy(state.escalation)
        if self._enters or clock is None or clock.stopped:
            clock = self._start(name, state.name, state.due, clock, policy)
        else:
            clock = self._follow_field(clock, state.due, policy)
        if clock is not None and clock is not clocks_by_name.get(name):
            yield clock

    def advance_named_clock(self, spec: ClockSpec, clock: Clock | None) -> Clock | None:
        """The named clock after the step; None if it has not started."""
        policy, before = self._policy(spec.escalation), clock
        if clock is None:
            clock = self._start(spec.name, None, spec.due, None, policy) if self._should_start(spec) else None
        elif clock.stopped and self._should_reopen(spec):
            clock = self._reopen(spec, clock, policy)
        if clock is None or clock.stopped:
            return clock
        if self._should_stop(spec):  # values written with the last step do not move its promise
            return verbs.stop(clock, self._now, self._calendar)
        clock = self._follow_field(clock, spec.due, policy)
        if before is not None and self._activity is not None and self._activity.restarts(spec):
            clock = verbs.restart(clock, self._now, self._calendar, policy)
        if spec.pauses and self._state.category is Category.WAITING:
            return verbs.pause(clock, self._now, self._calendar)
        return verbs.resume(clock, self._now, self._calendar, policy)

    def _policy(self, name: str | None) -> EscalationPolicy | None:
        return self._definition.policies[name] if name else None

    def _should_stop(self, spec: ClockSpec) -> bool:
        return self._state.name in spec.stops or self._state.category.ended

    def _should_start(self, spec: ClockSpec) -> bool:
        """Whether the ticket is, or has been, where the clock starts, and has not been where it stops."""
        if self._should_stop(spec):
            return False
        visits = self._after.trail.visits
        visited = any(state in visits for state in spec.starts)
        return self._state.name in spec.starts or (
            visited and not any(state in visits for state in spec.stops)
        )

    def _should_reopen(self, spec: ClockSpec) -> bool:
        """Whether a stopped clock continues: at a start again, or in a reopened ticket where it may run.

        A promise that was settled well before the end stays settled unless the ticket comes back to a start.
        """
        if not self._enters or self._should_stop(spec):
            return False
        if self._state.name in spec.starts:
            return True
        reopened = self._before is not None and self._before.closed_at is not None
        return reopened and self._state.name in find_running_states(self._definition)[spec.name]

    def _reopen(self, spec: ClockSpec, clock: Clock, policy: EscalationPolicy | None) -> Clock:
        if spec.on_reopen != "continue":
            return self._start(spec.name, None, spec.due, clock, policy) or clock
        again = verbs.reopen(clock, self._now, self._calendar, policy)
        # Its field may have changed while it was settled.
        promise = resolve_promise(spec.due, self._after.data, self._calendar)
        return again if promise is None else self._replan_to(again, promise, policy)

    def _start(
        self, name: str, state: str | None, due: Due, clock: Clock | None, policy: EscalationPolicy | None
    ) -> Clock | None:
        """The clock started, or restarted if it existed; unchanged while its field is empty."""
        promise = resolve_promise(due, self._after.data, self._calendar)
        if promise is None:
            return clock
        if clock is None:
            return verbs.start(name, state, promise, self._now, self._calendar, policy)
        again = verbs.restart(clock, self._now, self._calendar, policy)
        return self._replan_to(again, promise, policy)

    def _follow_field(self, clock: Clock, due: Due, policy: EscalationPolicy | None) -> Clock:
        """The clock with the promise of its changed field; an emptied field leaves it as it was."""
        before, after = self._before, self._after.data
        if before is None or all(before.data.get(name) == after.get(name) for name in due.fields):
            return clock
        promise = resolve_promise(due, after, self._calendar)
        return clock if promise is None else self._replan_to(clock, promise, policy)

    def _replan_to(self, clock: Clock, promise: Duration | Instant, policy: EscalationPolicy | None) -> Clock:
        text = rfc3339(promise) if isinstance(promise, int) else str(promise)
        if clock.promise == text:
            return clock
        return verbs.replan(clock, promise, self._now, self._calendar, policy)
