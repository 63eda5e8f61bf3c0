"""Whether nothing lies about: every state has an owner and a clock, every level somebody on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workflows.language.checking.flow import Flow
from workflows.language.definition import Category, Definition, Owner, State
from workflows.language.effect import Notify
from workflows.language.forms.organisation import Organisation
from workflows.language.problems import Path
from workflows.timing.escalation import EscalationPolicy
from workflows.timing.levels import Level

Finding = tuple[Path, str]


def unowned(definition: Definition, flow: Flow) -> Iterator[Finding]:
    """States in which nobody has the next move."""
    for state in _watched(definition, flow):
        if state.owner in (None, Owner()):
            yield (
                ("states", state.name),
                f"nobody has the next move in {state.name!r}: {flow.path(state.name)}",
            )


def unclocked(definition: Definition, flow: Flow) -> Iterator[Finding]:
    """States in which a ticket can stay for ever without anybody hearing of it."""
    covered = _covered(definition, flow)
    for state in _watched(definition, flow):
        if state.due is None and state.name not in covered:
            yield ("states", state.name), f"no clock runs in {state.name!r}: {flow.path(state.name)}"


def unheard(definition: Definition, flow: Flow) -> Iterator[Finding]:
    """Levels of escalations that nobody would hear, or whose trigger cannot be pulled."""
    for path, policy, states in _escalations(definition, flow):
        said: set[str] = set()
        for index, level in enumerate(policy.levels, 1):
            for fault in _faults(level, states, definition):
                if fault not in said:
                    yield (*path, "escalation"), f"level {index} of {policy.name!r}: {fault}"
                said.add(fault)


def uninformed(definition: Definition) -> Iterator[Finding]:
    """Posts that are told of tickets they may not see: their letters will say no more than that."""
    rule = definition.visible
    if rule is None:
        return
    owning = {state.owner.role for state in definition.states.values() if state.owner}
    seeing = {*rule.to, *(role for role in owning if role)}
    for row, transition in enumerate(definition.transitions):
        for index, effect in enumerate(transition.effects):
            for role in effect.to if isinstance(effect, Notify) else ():
                if role in definition.organisation.roles and role not in seeing:
                    path: Path = ("transitions", row, "effects", index, "notify")
                    yield path, f"{role!r} may not see such tickets; its notice will not say what it is about"


def _watched(definition: Definition, flow: Flow) -> Iterator[State]:
    return (s for s in definition.states.values() if not s.category.ended and s.name in flow.reachable)


def _covered(definition: Definition, flow: Flow) -> frozenset[str]:
    """The states in which a named clock may run; while a ticket waits, only those run that never rest."""
    found: set[str] = set()
    for clock in definition.clocks.values():
        running = flow.running(clock.starts, clock.stops)
        found.update(s for s in running if not (clock.pauses and _waits(definition.states, s)))
    return frozenset(found)


def _waits(states: Mapping[str, State], name: str) -> bool:
    return name in states and states[name].category is Category.WAITING


def _escalations(
    definition: Definition, flow: Flow
) -> Iterator[tuple[Path, EscalationPolicy, tuple[State, ...]]]:
    """Each use of a policy: where, which, and the states in which its clock may run."""
    for name, state in definition.states.items():
        if state.escalation:
            yield ("states", name), definition.policies[state.escalation], (state,)
    for name, clock in definition.clocks.items():
        if clock.escalation:
            running = flow.running(clock.starts, clock.stops) & flow.reachable
            states = tuple(state for state in definition.states.values() if state.name in running)
            yield ("clocks", name), definition.policies[clock.escalation], states


def _faults(level: Level, states: tuple[State, ...], definition: Definition) -> Iterator[str]:
    for recipient in level.notify:
        if recipient == "client" and not definition.client:
            yield "it tells the client; say who that is: `client: {name: field, contact: field}`"
        if recipient in ("superior", "next-superior"):
            steps = 1 if recipient == "superior" else 2
            yield from _without_superior(states, steps, recipient, definition.organisation)
    if level.fire:
        yield from _unpulled(level.fire, states, definition)


def _without_superior(
    states: Iterable[State], steps: int, recipient: str, organisation: Organisation
) -> Iterator[str]:
    for state in states:
        role = state.owner.role if state.owner else None
        if role and _above(role, steps, organisation) is None:
            yield f"{role!r}, who owns {state.name!r}, has no {recipient}"


def _above(role: str, steps: int, organisation: Organisation) -> str | None:
    """The role so many steps above."""
    above: str | None = role
    for _ in range(steps):
        known = organisation.roles.get(above or "")
        above = known.superior if known else None
    return above


def _unpulled(trigger: str, states: tuple[State, ...], definition: Definition) -> Iterator[str]:
    """Why the clock could not fire a trigger; where it spans states, one to fire from is enough."""
    rows = [row for state in states for row in definition.by_source[state.name] if row.trigger == trigger]
    if not rows:
        yield f"it fires {trigger!r}, which leaves none of {', '.join(state.name for state in states)}"
    elif not any("clock" in row.roles for row in rows):
        yield f"it fires {trigger!r}, which `clock` has no right to"
