"""Discovers the outline of a process in an event log.

What was done last is the state; what follows it leads on. The forms, guards and effects are for people to
write: a log does not know them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from workflows.language.definition import Category
from workflows.mining.event_log import EventLog
from workflows.mining.outline import Outline, OutlineState, OutlineStep, choose_names
from workflows.mining.promises import find_waiting_times, is_long, promise_of
from workflows.mining.resource_groups import group_activities
from workflows.mining.successions import BEGIN, END, choose_pairs, count_pairs, reaches_all
from workflows.timing.calendars import Calendar

_OPENED, _CLOSED, _CLOSE = "opened", "closed", "close"
_OPENED_TITLE = {"en": "Opened", "zh-Hans": "已登记", "zh-Hant": "已登記", "es": "Abierto"}
_CLOSED_TITLE = {"en": "Closed", "zh-Hans": "已关闭", "zh-Hant": "已關閉", "es": "Cerrado"}
_CLOSE_TITLE = {"en": "Close", "zh-Hans": "关闭", "zh-Hant": "關閉", "es": "Cerrar"}
_LEAVES_FEW = 0.95  # of a hundred cases so many begin with one activity: then it opens the ticket
_ENDS_MOSTLY = 0.5  # so many of its occurrences end the case: then it closes the ticket
_LONG = "As long as most cases of the log took."
_UNCLOCKED = "The log does not say how long a case waits there."


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryRequest:
    """What the log does not say: what the process is called, and the calendar that it counts by."""

    name: str
    title: str
    numbering: str
    calendar: Calendar
    escalation: str | None = None


def leave_out_rare(log: EventLog, least_share: float) -> tuple[EventLog, dict[str, int]]:
    """The log without the activities that are in less than this share of its cases, and those with the number
    of their cases. Of a log with nothing else nothing is left out."""
    cases, least = log.count_cases(), least_share * len(log.traces)
    rare = {name: count for name, count in cases.items() if count < least}
    return (log.without(frozenset(rare)), rare) if len(rare) < len(cases) else (log, {})


def name_groups(log: EventLog, roles: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The activities by role. Groups of people who do the same are called `group-1` …; `roles` are the roles
    that they stand for, `""` that of all others."""
    found: dict[str, frozenset[str]] = {}
    for number, activities in enumerate(group_activities(log), 1):
        name = f"group-{number}"
        role = roles.get(name, roles.get("", name))
        found[role] = found.get(role, frozenset()) | activities
    return found


def discover(
    log: EventLog, request: DiscoveryRequest, least_share: float, groups: Mapping[str, frozenset[str]]
) -> Outline:
    """The process of a log with at least one event; `groups` are its activities by role.

    What follows each other in less than `least_share` of the cases is left out, unless nothing else leads on.
    """
    return _Discoverer(log, request, least_share, groups).outline()


class _Discoverer:
    """One discovery. Activities are looked at in the order of their frequency."""

    def __init__(
        self,
        log: EventLog,
        request: DiscoveryRequest,
        least_share: float,
        groups: Mapping[str, frozenset[str]],
    ) -> None:
        self._request = request
        self._pairs = count_pairs(log)
        self._opening = self._find_opening(len(log.traces))
        self._chosen = choose_pairs(self._pairs, max(least_share * len(log.traces), 1))
        self._frequency = Counter(event.activity for event in log.events)
        self._activities = [name for name, _ in self._frequency.most_common()]
        self._role = {name: role for role, names in groups.items() for name in names}
        self._names = choose_names([*self._activities], "step")
        times = find_waiting_times(log, request.calendar)
        self._due = {name: promise_of(each, request.calendar) for name, each in times.items()}
        self._reserved = set(self._names.values())

    def _find_opening(self, cases: int) -> str | None:
        """The activity that opens tickets: nearly all cases begin with it, and all others can follow it. From
        here on no case begins with another."""
        begins = {second: count for (one, second), count in self._pairs.items() if one == BEGIN}
        first = max(begins, key=lambda name: (begins[name], name))
        others = [(BEGIN, name) for name in begins if name != first]
        without = {pair: count for pair, count in self._pairs.items() if pair not in others}
        if begins[first] < _LEAVES_FEW * cases or not reaches_all(without):
            return None
        self._pairs = Counter(without)
        return first

    def outline(self) -> Outline:
        """The process that the log shows: its states, its steps and who takes them."""
        states, steps = [*self._states()], [*self._steps()]
        opening_roles = {self._role[name] for name in ([self._opening] if self._opening else self._first)}
        waived = {"duration": _LONG} if any(each.due and is_long(each.due) for each in states) else {}
        if any(each.due is None and each.category is Category.OPEN for each in states):
            waived["unclocked"] = _UNCLOCKED
        return Outline(
            name=self._request.name,
            title=self._request.title,
            purpose="Discovered in an event log; its forms are still to be written.",
            numbering=self._request.numbering,
            calendar=self._request.calendar.name,
            start=self._names[self._opening] if self._opening else self._opened,
            start_roles=tuple(sorted(opening_roles)),
            states=tuple(states),
            steps=tuple(steps),
            escalation=self._request.escalation,
            waived=waived,
        )

    @property
    def _first(self) -> list[str]:
        """The activities with which cases begin."""
        return [name for name in self._activities if (BEGIN, name) in self._chosen]

    @property
    def _opened(self) -> str:
        """The name of the state in which nothing has been done yet."""
        return self._free_name(_OPENED)

    def _free_name(self, name: str) -> str:
        return name if name not in self._reserved else f"{name}-0"

    def _states(self) -> list[OutlineState]:
        states = []
        if self._opening is None:
            states.append(OutlineState(name=self._opened, title=_OPENED_TITLE, owner=self._next_role(BEGIN)))
        for activity in self._activities:
            closed = self._is_end(activity)
            states.append(
                OutlineState(
                    name=self._names[activity],
                    title=activity,
                    owner=None if closed else self._next_role(activity),
                    due=None if closed else self._due.get(activity),
                    category=Category.CLOSED if closed else Category.OPEN,
                )
            )
        if any(self._may_end(activity) for activity in self._activities):
            states.append(
                OutlineState(name=self._free_name(_CLOSED), title=_CLOSED_TITLE, category=Category.CLOSED)
            )
        return states

    def _steps(self) -> list[OutlineStep]:
        steps = []
        for activity in self._activities:
            sources = [self._names[before] for before in self._before(activity)]
            if self._opening is None and (BEGIN, activity) in self._chosen:
                sources.insert(0, self._opened)
            if sources:
                name, role = self._names[activity], self._role[activity]
                step = OutlineStep(
                    trigger=name, title=activity, sources=tuple(sources), to=name, roles=(role,)
                )
                steps.append(step)
        ending = [activity for activity in self._activities if self._may_end(activity)]
        if ending:
            steps.append(
                OutlineStep(
                    trigger=self._free_name(_CLOSE),
                    title=_CLOSE_TITLE,
                    sources=tuple(self._names[activity] for activity in ending),
                    to=self._free_name(_CLOSED),
                    roles=tuple(sorted({self._role[activity] for activity in ending})),
                )
            )
        return steps

    def _before(self, activity: str) -> list[str]:
        return [name for name in self._activities if (name, activity) in self._chosen]

    def _is_end(self, activity: str) -> bool:
        """Whether a case has ended where this is done: it mostly has, or nothing follows. No ticket is opened
        in its end."""
        if activity == self._opening:
            return False
        ends = self._pairs[activity, END]
        follows = any((activity, name) in self._chosen for name in self._activities)
        return ends > 0 and (not follows or ends >= _ENDS_MOSTLY * self._frequency[activity])

    def _may_end(self, activity: str) -> bool:
        return (activity, END) in self._chosen and not self._is_end(activity)

    def _next_role(self, activity: str) -> str:
        """The role that most often does what comes next."""
        following: Counter[str] = Counter()
        for (before, after), count in self._pairs.items():
            if before == activity and after != END and (before, after) in self._chosen:
                following[self._role[after]] += count
        return max(following, key=lambda role: (following[role], role)) if following else self._role[activity]
