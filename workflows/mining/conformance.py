"""Where a log differs from a process: each case is walked through the states, beside what it has done.

A log does not say what was written on the forms, so guards are taken to hold: a case may stand in several
states at once, and a step is only told where none of them allows it. The walk goes on where the step would
have led, so that one deviation is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from workflows.folding import identity
from workflows.language.definition import Category, Definition, State
from workflows.mining.event_log import EventLog, LogEvent, Trace
from workflows.timing.calendars import Calendar
from workflows.timing.instants import Instant

MOST_EXAMPLES = 3
_ENDED = (Category.CLOSED, Category.CANCELLED)

States = frozenset[str]


class DeviationKind(StrEnum):
    """How a case differs from the process."""

    UNKNOWN_STEP = "unknown-step"  # the process has no such step
    NOT_ALLOWED = "not-allowed"  # it has, but not from here
    LATE = "late"  # the state was left after its deadline
    NOT_ENDED = "not-ended"  # the log ends in a state that is no end


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviationGroup:
    """All deviations of one kind, by one activity from one state (empty where it does not matter). `examples`
    are the first events; of `NOT_ENDED` they are the last ones of their cases."""

    kind: DeviationKind
    activity: str
    state: str
    count: int
    examples: tuple[LogEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conformance:
    """The deviations, the most frequent first; how many `cases` there are, and how many of them `fit`: take
    no step that is unknown or not allowed. `unused` are triggers that no case fires."""

    deviations: tuple[DeviationGroup, ...]
    cases: int
    fit: int
    unused: tuple[str, ...]


def conform(log: EventLog, definition: Definition, names: Mapping[str, str] | None = None) -> Conformance:
    """Compare a log with a process. `names` are triggers by activity; else an activity is the trigger, or the
    state in which tickets begin, of its name or title in any language."""
    replay = _Replay(definition, names or {})
    found: dict[tuple[DeviationKind, str, str], DeviationGroup] = {}
    fit = 0
    for trace in log.traces:
        fits = True
        for kind, event, state in replay.follow(trace):
            fits = fits and kind in (DeviationKind.LATE, DeviationKind.NOT_ENDED)
            key = (kind, "" if kind is DeviationKind.NOT_ENDED else event.activity, state)
            one = found.get(key) or DeviationGroup(
                kind=kind, activity=key[1], state=state, count=0, examples=()
            )
            examples = one.examples if one.count >= MOST_EXAMPLES else (*one.examples, event)
            found[key] = replace(one, count=one.count + 1, examples=examples)
        fit += fits
    order = [*DeviationKind]
    return Conformance(
        deviations=tuple(
            sorted(found.values(), key=lambda each: (order.index(each.kind), -each.count, each.activity))
        ),
        cases=len(log.traces),
        fit=fit,
        unused=tuple(sorted(definition.triggers - replay.fired)),
    )


class _Replay:
    """Walks cases through one process. `fired` are the triggers that some case has fired."""

    def __init__(self, definition: Definition, names: Mapping[str, str]) -> None:
        self._definition = definition
        self._triggers = _names_of_triggers(definition) | {identity(each): to for each, to in names.items()}
        start = definition.states[definition.start.state]
        self._opening = {identity(each) for each in (start.name, *start.title.values())}
        self.fired: set[str] = {row.trigger for row in definition.transitions if row.auto}

    def follow(self, trace: Trace) -> Iterator[tuple[DeviationKind, LogEvent, str]]:
        """The deviations of one case, each with the state in which it happens."""
        states, entered, first = self._settle({self._definition.start.state}), trace[0].at, 0
        first = 1 if identity(trace[0].activity) in self._opening else 0
        for event in trace[first:]:
            here = min(states)
            if self._is_late(states, entered, event.at):
                yield DeviationKind.LATE, event, here
            trigger = self._triggers.get(identity(event.activity))
            if trigger is None:
                yield DeviationKind.UNKNOWN_STEP, event, ""
                continue
            self.fired.add(trigger)
            following = self._step(states, trigger)
            if not following:
                yield DeviationKind.NOT_ALLOWED, event, here
                following = self._step(frozenset(self._definition.states), trigger)
            if following != states or self._enters_anew(states, trigger):
                states, entered = following, event.at
        if not any(self._definition.states[name].category in _ENDED for name in states):
            yield DeviationKind.NOT_ENDED, trace[-1], min(states)

    def _step(self, states: States, trigger: str) -> States:
        """Where the trigger leads from these states; nowhere if none of them knows it."""
        return self._settle(
            row.to or state
            for state in states
            for row in self._definition.transitions_by_source[state]
            if row.trigger == trigger
        )

    def _settle(self, states: Iterable[str]) -> States:
        """The states, and those to which rows lead by themselves."""
        reached, waiting = set[str](), [*states]
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                rows = self._definition.transitions_by_source[state]
                waiting += [row.to for row in rows if row.auto and row.to]
        return frozenset(reached)

    def _enters_anew(self, states: States, trigger: str) -> bool:
        rows = self._definition.transitions_by_source
        return any(row.to for state in states for row in rows[state] if row.trigger == trigger)

    def _is_late(self, states: States, entered: Instant, left: Instant) -> bool:
        """Whether all states that the case may be in have a promise of a fixed length, and it is broken."""
        calendar = self._definition.calendar
        return all(_breaks_promise(self._definition.states[name], calendar, entered, left) for name in states)


def _breaks_promise(state: State, calendar: Calendar, entered: Instant, left: Instant) -> bool:
    promise = state.due.within if state.due else None
    return promise is not None and calendar.deadline(entered, promise) < left


def _names_of_triggers(definition: Definition) -> dict[str, str]:
    """Everything that a trigger is called, folded -> the trigger; a name goes before a title."""
    found: dict[str, str] = {}
    for row in definition.transitions:
        for title in row.title.values():
            found.setdefault(identity(title), row.trigger)
    return found | {identity(row.trigger): row.trigger for row in definition.transitions}
