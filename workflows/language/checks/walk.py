"""The shortest walk that leads a ticket to a state, with forms filled in, as a scenario to be pasted.

Forms are tried with example values, and guards are evaluated as the engine does. A step that depends on a
child, on a register or on the clock is not found this way: then there is no walk, which says nothing about
the process.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from workflows.language.checks.walk_steps import StepTrial, WalkStep, WalkTicket
from workflows.language.definition import Definition, Transition

AT = "2026-03-02 09:00"
"""The local time at which a walk begins: a Monday morning."""
OPEN = "open"
Goal = Callable[[Mapping[str, object]], bool]
"""Whether the stored values of a ticket's fields are those that are looked for."""

_WIDTHS = (1, 4, 24)  # forms of one row that are followed: few at first, then more
_MOST_TRIES = 2_500  # forms tried for one walk and width: about 0.2 seconds
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The steps that lead a ticket to `state`, where its fields have the stored values `data`."""

    steps: tuple[WalkStep, ...]
    state: str
    data: Mapping[str, object]

    def then(self, *steps: WalkStep) -> Walk:
        """The same walk with further steps."""
        return replace(self, steps=(*self.steps, *steps))

    def scenario(self, name: str, expect: Mapping[str, object] | None = None) -> str:
        """The walk as YAML, an item of `scenarios`; at its end the ticket is as `expect` says."""
        lines = [f"  - name: {_render(name)}", f"    at: {AT}", "    steps:"]
        lines += [f"      - {_render_step(step)}" for step in self.steps]
        if expect:
            lines.append(f"      - {{expect: {_render(expect)}}}")
        return "\n".join(lines) + "\n"


def write_walk(definition: Definition, state: str) -> str:
    """The shortest walk found to the state, as a scenario; empty without one."""
    walk = WalkFinder(definition).find(state)
    return walk.scenario(f"a walk to {state}", {"state": state}) if walk else ""


class WalkFinder:
    """Finds walks of one definition."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._trial = StepTrial(definition, walk_time(definition))

    def find(self, state: str, wanted: Mapping[str, object] | None = None) -> Walk | None:
        """The shortest walk found to `state` with the `wanted` stored values of fields (None: empty)."""
        target = dict(wanted or {})
        return self.find_where(
            state, lambda data: all(data.get(name) == value for name, value in target.items()), target
        )

    def find_where(self, state: str, goal: Goal, first: Mapping[str, object] | None = None) -> Walk | None:
        """The shortest walk found to `state` where the `goal` holds; the values of `first` are tried before
        others."""
        before = self._states_before(state)
        for width in _WIDTHS:
            self._trial.tries_left = _MOST_TRIES
            for ticket in self._tickets(first or {}, before, width):
                if ticket.state == state and goal(ticket.data):
                    return Walk(steps=ticket.steps, state=state, data=ticket.data)
        return None

    def _tickets(
        self, first: Mapping[str, object], states: frozenset[str], width: int
    ) -> Iterator[WalkTicket]:
        """The tickets that walks lead to, the shortest walks first, as long as they are in one of the
        `states`."""
        start = self._definition.start
        empty = WalkTicket(start.state)
        waiting = deque(self._trial.steps(empty, OPEN, start, (), first, width))
        seen: set[object] = set()
        while waiting and self._trial.tries_left > 0:
            ticket = waiting.popleft()
            key = self._key(ticket, first)
            if key in seen or ticket.state not in states:
                continue
            seen.add(key)
            yield ticket
            waiting.extend(self._next(ticket, first, width))

    def _key(self, ticket: WalkTicket, first: Mapping[str, object]) -> object:
        """What later steps depend on."""
        names = sorted(self._trial.read | first.keys())
        data = json.dumps([ticket.data.get(name) for name in names])
        visits = tuple(min(ticket.visits.get(name, 0), 9) for name in self._trial.visited)
        return ticket.state, data, visits, ticket.links, ticket.unknown

    def _next(self, ticket: WalkTicket, first: Mapping[str, object], width: int) -> Iterator[WalkTicket]:
        before: dict[str, list[Transition]] = {}
        for row in self._definition.transitions_by_source[ticket.state]:
            if not row.auto:
                earlier = before.setdefault(row.trigger, [])
                yield from self._trial.steps(ticket, row.trigger, row, tuple(earlier), first, width)
                earlier.append(row)

    def _states_before(self, state: str) -> frozenset[str]:
        """The states from which rows lead to the state, and itself."""
        found, waiting = {state}, [state]
        while waiting:
            to = waiting.pop()
            for row in self._definition.transitions:
                if row.to == to and not found.issuperset(row.sources):
                    waiting += set(row.sources) - found
                    found.update(row.sources)
        return frozenset(found)


def walk_time(definition: Definition) -> datetime:
    """The moment at which a walk begins."""
    return datetime.strptime(AT, "%Y-%m-%d %H:%M").replace(tzinfo=definition.calendar.zone)


def _render_step(step: WalkStep) -> str:
    refused = f", refused: {_render(list(step.refused))}" if step.refused else ""
    return f"{{{step.trigger}: {_render(step.form)}, as: {step.role}{refused}}}"


def _render(value: object) -> str:
    """A value in YAML's flow style; texts are quoted unless they are plain words."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_render(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_render, value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _YAML_WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
