"""The state machine proper, and the only place that speaks to `transitions`.

One flat `Machine` per definition version, built once and shared by all tickets and threads: it holds no
ticket. A light probe is moved through it instead, and comes back knowing which row was taken.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import cast

from transitions import EventData, Machine, Transition

from workflows.language.definition import Definition
from workflows.language.definition import Transition as Row

Judge = Callable[[Row], bool]


class _Probe:
    """Stands in for a ticket while the machine looks for a row."""

    __slots__ = ("judge", "row", "state")

    def __init__(self, state: str, judge: Judge) -> None:
        self.state = state
        self.judge = judge
        self.row: Row | None = None


def _condition(row: Row) -> Callable[[EventData], bool]:
    def taken(event: EventData) -> bool:
        probe = cast(_Probe, event.model)
        if not probe.judge(row):
            return False
        probe.row = row
        return True

    return taken


class _Way(Transition):
    """A transition that only has to be found: nothing is called before or after it, and the probe stays."""

    def execute(self, event_data: EventData) -> bool:
        return all(condition.check(event_data) for condition in self.conditions)


class _Machine(Machine):
    transition_cls = _Way


@lru_cache(maxsize=1024)
def machine_of(definition: Definition) -> Machine:
    """The machine of one definition version."""
    return _Machine(
        model=None,
        states=list(definition.states),
        initial=definition.start.state,
        transitions=[
            {
                "trigger": row.trigger,
                "source": list(row.sources),
                "dest": row.to,  # None is an internal transition: the ticket stays
                "conditions": [_condition(row)],
            }
            for row in definition.transitions
        ],
        auto_transitions=False,
        send_event=True,
    )


def take(definition: Definition, state: str, trigger: str, judge: Judge) -> Row | None:
    """The first row of `trigger` leaving `state` that `judge` lets pass, or None.

    The caller makes sure that some row of the trigger leaves the state.
    """
    probe = _Probe(state, judge)
    machine_of(definition).events[trigger].trigger(probe)
    return probe.row
