"""What a step does to the ticket's clocks: which start, rest, go on, stop, or move with what was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from workflows.core.spans import may_run
from workflows.core.ticket import Ticket
from workflows.errors import Invalid, Reason
from workflows.language.definition import Category, Definition
from workflows.language.promise import ANY, ClockSpec, Due
from workflows.timing import clocks as verbs
from workflows.timing.calendars import Calendar, CalendarError
from workflows.timing.clock import Clock
from workflows.timing.durations import Duration
from workflows.timing.escalation import EscalationPolicy
from workflows.timing.instants import Instant, parse_rfc3339, rfc3339

STATE_CLOCK = "state."  # a state's own clock is named after it, and no named clock has a dot


class Act(NamedTuple):
    """What was done, for clocks that it begins anew."""

    trigger: str | None
    by_person: bool

    def stirs(self, spec: ClockSpec) -> bool:
        """Whether it begins the clock anew."""
        return self.by_person if spec.restarts == (ANY,) else self.trigger in spec.restarts


def moved(
    definition: Definition,
    before: Ticket | None,
    after: Ticket,
    clocks: tuple[Clock, ...],
    now: Instant,
    act: Act | None = None,
) -> tuple[Clock, ...]:
    """The clocks that a step has changed, as they are afterwards.

    `before` is None when the ticket is opened. A step that stays in its state restarts no clock but those
    that this `act` begins anew; a promise that hangs on a field follows the field.
    """
    held = {clock.name: clock for clock in clocks}
    move = _Move(definition, before, after, now, act)
    found = list(move.state_clocks(held))
    for spec in definition.clocks.values():
        clock = held.get(spec.name)
        new = move.named(spec, clock)
        if new is not None and new is not clock:
            found.append(new)
    return tuple(found)


def earliest_due(clocks: Iterable[Clock]) -> Instant | None:
    """The due nearest in time among running clocks."""
    return min([clock.due_at for clock in clocks if clock.running and clock.due_at is not None], default=None)


def merged(held: tuple[Clock, ...], changed: tuple[Clock, ...]) -> tuple[Clock, ...]:
    """All clocks of the ticket after the step."""
    return tuple({clock.name: clock for clock in (*held, *changed)}.values()) if changed else held


def comes_to(before: Ticket | None, after: Ticket) -> bool:
    """Whether the step enters the state it ends in: also the one it came from, but not by staying there."""
    return before is None or before.trail.visits.get(after.state) != after.trail.visits.get(after.state)


def resolve(due: Due, data: Mapping[str, object], calendar: Calendar) -> Duration | Instant | None:
    """The promise as it stands with what was written: a duration, a moment, or None while it is empty."""
    if due.within is not None:
        return due.within
    chosen = due.chosen(str(data.get(due.by or ""))) if due.choices is not None else None
    if due.at is None or (due.choices is not None and chosen is None):
        return chosen
    written = data.get(due.at)
    if not isinstance(written, str):
        return None
    try:
        return _moment(due, written, chosen, calendar)
    except CalendarError as error:
        message = f"{due.at} cannot be a deadline: {error}"
        raise Invalid(Reason("bad-value", message, field=due.at, saw=written)) from error


def _moment(due: Due, written: str, chosen: Duration | None, calendar: Calendar) -> Instant:
    """What a field's instant, or the close of its day, promises: so much before it, or after."""
    moment = parse_rfc3339(written) if "T" in written else calendar.close_of(date.fromisoformat(written))
    before, grace = (chosen, None) if due.ahead else (due.before, chosen or due.grace)
    if before is not None:
        return calendar.lead(moment, before)
    return calendar.deadline(moment, grace) if grace else moment


class _Move:
    """One step as its clocks see it."""

    def __init__(
        self, definition: Definition, before: Ticket | None, after: Ticket, now: Instant, act: Act | None
    ) -> None:
        self._definition, self._calendar, self._act = definition, definition.calendar, act
        self._before, self._after, self._now = before, after, now
        self._state = definition.states[after.state]
        self._enters = comes_to(before, after)

    def state_clocks(self, held: Mapping[str, Clock]) -> Iterator[Clock]:
        """The clock of the state that was left, stopped, and that of the state which was entered, begun."""
        before, state = self._before, self._state
        left = held.get(STATE_CLOCK + before.state) if before and before.state != state.name else None
        if left is not None and not left.stopped:
            yield verbs.stop(left, self._now, self._calendar)
        if state.due is None or state.category.ended:
            return
        name = STATE_CLOCK + state.name
        clock, policy = held.get(name), self._policy(state.escalation)
        if self._enters or clock is None or clock.stopped:
            clock = self._begun(name, state.name, state.due, clock, policy)
        else:
            clock = self._followed(clock, state.due, policy)
        if clock is not None and clock is not held.get(name):
            yield clock

    def named(self, spec: ClockSpec, clock: Clock | None) -> Clock | None:
        """The named clock after the step; None if it has not begun."""
        policy, held = self._policy(spec.escalation), clock
        if clock is None:
            clock = self._begun(spec.name, None, spec.due, None, policy) if self._begins(spec) else None
        elif clock.stopped and self._goes_on(spec):
            clock = self._again(spec, clock, policy)
        if clock is None or clock.stopped:
            return clock
        clock = self._followed(clock, spec.due, policy)
        if self._settles(spec):
            return verbs.stop(clock, self._now, self._calendar)
        if held is not None and self._act is not None and self._act.stirs(spec):
            clock = verbs.restart(clock, self._now, self._calendar, policy)
        if spec.pauses and self._state.category is Category.WAITING:
            return verbs.pause(clock, self._now, self._calendar)
        return verbs.resume(clock, self._now, self._calendar, policy)

    def _policy(self, name: str | None) -> EscalationPolicy | None:
        return self._definition.policies[name] if name else None

    def _settles(self, spec: ClockSpec) -> bool:
        return self._state.name in spec.stops or self._state.category.ended

    def _begins(self, spec: ClockSpec) -> bool:
        """Whether its time has come: the ticket has been where it starts, and not yet where it stops."""
        if self._settles(spec):
            return False
        visits = self._after.trail.visits
        been = any(state in visits for state in spec.starts)
        return self._state.name in spec.starts or (been and not any(state in visits for state in spec.stops))

    def _goes_on(self, spec: ClockSpec) -> bool:
        """Whether a stopped clock goes on: the ticket is back where it starts, or reopened where it may run.

        What was settled long before the end, and is not asked for again, stays settled.
        """
        if not self._enters or self._settles(spec):
            return False
        if self._state.name in spec.starts:
            return True
        reopened = self._before is not None and self._before.closed_at is not None
        return reopened and self._state.name in may_run(self._definition)[spec.name]

    def _again(self, spec: ClockSpec, clock: Clock, policy: EscalationPolicy | None) -> Clock:
        if spec.on_reopen == "continue":
            return verbs.reopen(clock, self._now, self._calendar, policy)
        return self._begun(spec.name, None, spec.due, clock, policy) or clock

    def _begun(
        self, name: str, state: str | None, due: Due, clock: Clock | None, policy: EscalationPolicy | None
    ) -> Clock | None:
        """The clock started, afresh if there was one already; as it was while its field is empty."""
        promise = resolve(due, self._after.data, self._calendar)
        if promise is None:
            return clock
        if clock is None:
            return verbs.start(name, state, promise, self._now, self._calendar, policy)
        again = verbs.restart(clock, self._now, self._calendar, policy)
        return self._promising(again, promise, policy)

    def _followed(self, clock: Clock, due: Due, policy: EscalationPolicy | None) -> Clock:
        """The clock under the promise that its field now makes. One that was emptied leaves it as it was."""
        before, after = self._before, self._after.data
        if before is None or all(before.data.get(name) == after.get(name) for name in due.fields):
            return clock
        promise = resolve(due, after, self._calendar)
        return clock if promise is None else self._promising(clock, promise, policy)

    def _promising(self, clock: Clock, promise: Duration | Instant, policy: EscalationPolicy | None) -> Clock:
        text = rfc3339(promise) if isinstance(promise, int) else str(promise)
        if clock.promise == text:
            return clock
        return verbs.replan(clock, promise, self._now, self._calendar, policy)
