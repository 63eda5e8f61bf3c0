"""Who heard in a story: in which capacity, with which posts, and under which name they were addressed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from workflows.language.definition import Definition, Start, Transition
from workflows.language.effect import Notify
from workflows.rehearsal.stage import Stage
from workflows.storage.views import OutboxRow

# What a message does not say again, for it is kept with the post that was found.
_FOUND_BY_POST = frozenset({"superior", "next-superior", "department-head"})


def heard_in(stage: Stage, messages: Iterable[OutboxRow], kind: str) -> frozenset[str]:
    """Those who heard one of the messages of this kind (escalation, notice)."""
    return frozenset(_heard(stage, [message for message in messages if message.kind == kind]))


def _heard(stage: Stage, messages: Iterable[OutboxRow]) -> Iterator[str]:
    staff = stage.staff
    for message in messages:
        yield message.role
        yield from _addressed(stage, message)
        if message.recipient in staff:
            yield from staff[message.recipient].roles(stage.site)
            yield staff[message.recipient].name


def _addressed(stage: Stage, message: OutboxRow) -> Collection[str]:
    """Whom the level or the notice names (a `superior`, say)."""
    ticket = stage.ticket(message.ticket)
    definition = stage.library.get(ticket.workflow, ticket.version)
    if message.kind == "notice":
        return _noticed(definition, message)
    clock = next((c for c in stage.clocks(ticket.id) if c.name == message.clock), None)
    policy = definition.policies.get(clock.policy or "") if clock else None
    return policy.levels[message.level - 1].notify if policy and message.level else ()


def _noticed(definition: Definition, message: OutboxRow) -> frozenset[str]:
    steps: tuple[Start | Transition, ...] = (definition.start, *definition.transitions)
    told = (effect for step in steps for effect in step.effects if isinstance(effect, Notify))
    named = {one for effect in told if effect.text == message.text for one in effect.to}
    return _FOUND_BY_POST & named
