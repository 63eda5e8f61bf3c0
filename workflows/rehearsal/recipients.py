"""Finds the recipients of messages in a scenario, under all the names that an expectation may use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from workflows.core.step import NOTICE
from workflows.language.definition import Definition, Start, Transition
from workflows.language.effect import NotifyEffect
from workflows.rehearsal.virtual_desk import VirtualDesk
from workflows.storage.outbox_messages import OutboxMessage
from workflows.value_texts import SentenceWriter

# Recipients that a message stores under the role they were resolved to.
_RELATIVE_RECIPIENTS = frozenset({"superior", "next-superior", "department-head"})


def find_recipients(desk: VirtualDesk, messages: Iterable[OutboxMessage], kind: str) -> frozenset[str]:
    """The recipients of the messages of this kind (escalation, notice), under all their names."""
    return frozenset(_recipients_of(desk, [message for message in messages if message.kind == kind]))


def collect_words(desk: VirtualDesk, messages: Iterable[OutboxMessage]) -> dict[str, set[str]]:
    """The words of the notices in all languages, under all the names of who gets them."""
    found: dict[str, set[str]] = {}
    for message in messages:
        if message.kind != NOTICE:
            continue
        ticket = desk.ticket(message.ticket)
        definition = desk.definitions.get(ticket.workflow, ticket.version)
        directory, zone = desk.people.directory(desk.site), definition.calendar.zone
        texts = {
            SentenceWriter(definition=definition, directory=directory, zone=zone, language=language).fill(
                message.text, message.values
            )
            for language in message.text
        }
        for name in _recipients_of(desk, [message]):
            found.setdefault(name, set()).update(texts)
    return found


def _recipients_of(desk: VirtualDesk, messages: Iterable[OutboxMessage]) -> Iterator[str]:
    staff = desk.staff
    for message in messages:
        yield message.role
        yield from _addressed_roles(desk, message)
        if message.recipient in staff:
            yield from staff[message.recipient].roles(desk.site)
            yield staff[message.recipient].name


def _addressed_roles(desk: VirtualDesk, message: OutboxMessage) -> Collection[str]:
    """The recipients as the level or the notice names them, such as `superior`."""
    ticket = desk.ticket(message.ticket)
    definition = desk.definitions.get(ticket.workflow, ticket.version)
    if message.kind == "notice":
        return _notice_recipients(definition, message)
    clock = next((c for c in desk.clocks(ticket.id) if c.name == message.clock), None)
    policy = definition.policies.get(clock.policy or "") if clock else None
    return policy.levels[message.level - 1].notify if policy and message.level else ()


def _notice_recipients(definition: Definition, message: OutboxMessage) -> frozenset[str]:
    steps: tuple[Start | Transition, ...] = (definition.start, *definition.transitions)
    notices = (effect for step in steps for effect in step.effects if isinstance(effect, NotifyEffect))
    named = {one for effect in notices if effect.text == message.text for one in effect.to}
    return _RELATIVE_RECIPIENTS & named
