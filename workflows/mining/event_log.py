"""An event log: what was done with each case, in the order of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """One thing that was done. `line` is where the log says so; `resource` is who did it, if known."""

    case: str
    activity: str
    at: Instant
    resource: str = ""
    line: int = 0


Trace = tuple[LogEvent, ...]
"""The events of one case, in the order of time; of one moment, in that of the log."""


class EventLog:
    """The traces of a log, in the order in which their cases appear."""

    def __init__(self, events: Iterable[LogEvent]) -> None:
        by_case: dict[str, list[LogEvent]] = {}
        for event in events:
            by_case.setdefault(event.case, []).append(event)
        self.traces: tuple[Trace, ...] = tuple(
            tuple(sorted(each, key=lambda event: event.at)) for each in by_case.values()
        )

    @property
    def events(self) -> Iterator[LogEvent]:
        """All events, case by case."""
        return (event for trace in self.traces for event in trace)

    @property
    def end(self) -> Instant:
        """The moment of the last event; 0 if there is none."""
        return max((trace[-1].at for trace in self.traces), default=0)

    def count_cases(self) -> Counter[str]:
        """Activity -> the number of cases in which it occurs."""
        return Counter(name for trace in self.traces for name in {event.activity for event in trace})

    def without(self, activities: frozenset[str]) -> EventLog:
        """The log without these activities, and without the cases of which nothing is left."""
        return EventLog(event for event in self.events if event.activity not in activities)
