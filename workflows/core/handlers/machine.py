"""The only module that uses the `transitions` library: which transition a trigger takes from a state.

One flat `Machine` per definition version, shared by all tickets and threads, holds no ticket. Each lookup
passes a small probe through it, which records the transition that was taken.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import cast

from transitions import EventData, Machine, Transition

from workflows.language.definition import Definition
from workflows.language.definition import Transition as DefinedTransition

MayTake = Callable[[DefinedTransition], bool]


class _TransitionProbe:
    """Takes a ticket's place while the machine looks for a transition."""

    __slots__ = ("may_take", "state", "transition")

    def __init__(self, state: str, may_take: MayTake) -> None:
        self.state = state
        self.may_take = may_take
        self.transition: DefinedTransition | None = None


def _build_condition(transition: DefinedTransition) -> Callable[[EventData], bool]:
    def check(event: EventData) -> bool:
        probe = cast(_TransitionProbe, event.model)
        if not probe.may_take(transition):
            return False
        probe.transition = transition
        return True

    return check


class _FindOnlyTransition(Transition):
    """A transition without callbacks that leaves the probe's state unchanged."""

    def execute(self, event_data: EventData) -> bool:
        return all(condition.check(event_data) for condition in self.conditions)


class _Machine(Machine):
    transition_cls = _FindOnlyTransition


@lru_cache(maxsize=1024)
def build_machine(definition: Definition) -> Machine:
    """The machine of one definition version. Cached."""
    return _Machine(
        model=None,
        states=list(definition.states),
        initial=definition.start.state,
        transitions=[
            {
                "trigger": transition.trigger,
                "source": list(transition.sources),
                "dest": transition.to,  # None is an internal transition: the ticket stays
                "conditions": [_build_condition(transition)],
            }
            for transition in definition.transitions
        ],
        auto_transitions=False,
        send_event=True,
    )


def find_transition(
    definition: Definition, state: str, trigger: str, may_take: MayTake
) -> DefinedTransition | None:
    """The first transition of `trigger` from `state` that `may_take` accepts, or None.

    Some transition of the trigger must leave the state: the caller makes sure.
    """
    probe = _TransitionProbe(state, may_take)
    build_machine(definition).events[trigger].trigger(probe)
    return probe.transition
