"""Checks that nothing is forgotten: every state has an owner and a clock, every escalation level a
recipient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workflows.language.checks.flow import Flow
from workflows.language.definition import Category, Definition, Owner, State
from workflows.language.effect import NotifyEffect
from workflows.language.findings import KeyPath
from workflows.language.forms.organisation import Organisation
from workflows.sentence import Sentence
from workflows.timing.escalation import EscalationPolicy
from workflows.timing.escalation_levels import EscalationLevel

PathMessage = tuple[KeyPath, Sentence]
_NO_CLIENT = (
    "level {index} of {policy!r}: it tells the client; say who that is:"
    " `client: {{name: field, contact: field}}`"
)
_NOBODY_ABOVE = "level {index} of {policy!r}: {role!r}, who owns {state!r}, has no {recipient}"
_NO_WAY = "level {index} of {policy!r}: it fires {trigger!r}, which leaves none of {states}"
_NO_RIGHT = "level {index} of {policy!r}: it fires {trigger!r}, which `clock` has no right to"


def find_unowned_states(definition: Definition, flow: Flow) -> Iterator[PathMessage]:
    """States in which nobody has the next move."""
    for state in _watched_states(definition, flow):
        if state.owner in (None, Owner()):
            yield (
                ("states", state.name),
                Sentence(
                    "unowned",
                    "nobody has the next move in {state!r}: {walk}",
                    state=state.name,
                    walk=flow.shortest_path(state.name),
                ),
            )


def find_unclocked_states(definition: Definition, flow: Flow) -> Iterator[PathMessage]:
    """States in which a ticket can stay for ever without anybody being notified."""
    covered = _states_with_clock(definition, flow)
    for state in _watched_states(definition, flow):
        if state.due is None and state.name not in covered:
            yield (
                ("states", state.name),
                Sentence(
                    "unclocked",
                    "no clock runs in {state!r}: {walk}",
                    state=state.name,
                    walk=flow.shortest_path(state.name),
                ),
            )


def find_silent_levels(definition: Definition, flow: Flow) -> Iterator[PathMessage]:
    """Levels of escalation policies that nobody would receive, or whose trigger cannot be fired."""
    for path, policy, states in _policy_uses(definition, flow):
        reported: set[str] = set()
        for index, level in enumerate(policy.levels, 1):
            where = {"index": str(index), "policy": policy.name}
            for key, fault in _level_messages(level, states, definition, where):
                if fault.pattern + str(fault.facts.get("state")) not in reported:
                    yield (*path, key if path[0] == "states" else "escalation"), fault
                reported.add(fault.pattern + str(fault.facts.get("state")))


def find_uninformed_roles(definition: Definition) -> Iterator[PathMessage]:
    """Roles that are notified of tickets they may not see: such a message only tells that there is one."""
    rule = definition.visible
    if rule is None:
        return
    owning = {state.owner.role for state in definition.states.values() if state.owner}
    seeing = {*rule.to, *(role for role in owning if role)}
    for row, transition in enumerate(definition.transitions):
        for index, effect in enumerate(transition.effects):
            for role in effect.to if isinstance(effect, NotifyEffect) else ():
                if role in definition.organisation.roles and role not in seeing:
                    path: KeyPath = ("transitions", row, "effects", index, "notify")
                    yield (
                        path,
                        Sentence(
                            "unreadable-notice",
                            "{role!r} may not see such tickets; its notice will not say what it is about",
                            role=role,
                        ),
                    )


def _watched_states(definition: Definition, flow: Flow) -> Iterator[State]:
    return (s for s in definition.states.values() if not s.category.ended and s.name in flow.reachable)


def _states_with_clock(definition: Definition, flow: Flow) -> frozenset[str]:
    """The states in which a named clock may run; in a waiting state, only the clocks that never pause."""
    clocked: set[str] = set()
    for clock in definition.clocks.values():
        running = flow.states_between(clock.starts, clock.stops)
        clocked.update(s for s in running if not (clock.pauses and _is_waiting(definition.states, s)))
    return frozenset(clocked)


def _is_waiting(states: Mapping[str, State], name: str) -> bool:
    return name in states and states[name].category is Category.WAITING


def _policy_uses(
    definition: Definition, flow: Flow
) -> Iterator[tuple[KeyPath, EscalationPolicy, tuple[State, ...]]]:
    """Each use of a policy: its path, its name, and the states in which the clock may run."""
    for name, state in definition.states.items():
        if state.escalation:
            yield ("states", name), definition.policies[state.escalation], (state,)
    for name, clock in definition.clocks.items():
        if clock.escalation:
            running = flow.states_between(clock.starts, clock.stops) & flow.reachable
            states = tuple(state for state in definition.states.values() if state.name in running)
            yield ("clocks", name), definition.policies[clock.escalation], states


def _level_messages(
    level: EscalationLevel, states: tuple[State, ...], definition: Definition, where: Mapping[str, str]
) -> Iterator[tuple[str, Sentence]]:
    """What is wrong with a level, and the key of the state that it is about."""
    for recipient in level.notify:
        if recipient == "client" and not definition.client:
            yield "escalation", Sentence("unheard", _NO_CLIENT, **where)
        if recipient in ("superior", "next-superior"):
            for fault in _without_superior(states, recipient, definition.organisation, where):
                yield "owner", fault
    if level.fire:
        for fault in _trigger_messages(level.fire, states, definition, where):
            yield "escalation", fault


def _without_superior(
    states: Iterable[State], recipient: str, organisation: Organisation, where: Mapping[str, str]
) -> Iterator[Sentence]:
    """The owners who have no such superior; each is told once, at the first such level."""
    steps = 1 if recipient == "superior" else 2
    for state in states:
        role = state.owner.role if state.owner else None
        if role and _role_above(role, steps, organisation) is None:
            yield Sentence(
                "unheard", _NOBODY_ABOVE, role=role, state=state.name, recipient=recipient, **where
            )


def _role_above(role: str, steps: int, organisation: Organisation) -> str | None:
    """The role so many levels above in the organisation; None if there is none."""
    above: str | None = role
    for _ in range(steps):
        known = organisation.roles.get(above or "")
        above = known.superior if known else None
    return above


def _trigger_messages(
    trigger: str, states: tuple[State, ...], definition: Definition, where: Mapping[str, str]
) -> Iterator[Sentence]:
    """Why the clock could not fire the trigger; if it spans several states, it must be able to in one of
    them."""
    rows = [
        row
        for state in states
        for row in definition.transitions_by_source[state.name]
        if row.trigger == trigger
    ]
    if not rows:
        names = ", ".join(state.name for state in states)
        yield Sentence("unheard", _NO_WAY, trigger=trigger, states=names, **where)
    elif not any("clock" in row.roles for row in rows):
        yield Sentence("unheard", _NO_RIGHT, trigger=trigger, **where)
