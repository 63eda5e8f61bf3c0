"""Writes the words of a message, in the language of whoever is to read it.

A letter names the ticket by its number and title, where it stands and when it is due. The titles of tickets
never hold personal words, and nothing else of the form is quoted. A client's letter says less than that, and
one to somebody for whom the ticket does not exist says nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from service.letter_words import WORDS
from service.texts import say, titled
from workflows.core.commands import Actor
from workflows.core.lending import admits
from workflows.core.promises import STATE_CLOCK
from workflows.core.step import Message
from workflows.core.ticket import Situation, Ticket
from workflows.language.definition import Definition
from workflows.timing.instants import Instant, to_datetime

CLIENT = "client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a letter says."""

    subject: str
    body: str


def write(
    message: Message,
    situation: Situation,
    zone: ZoneInfo,
    language: str,
    now: Instant,
    link: str,
    reader: Actor | None = None,
) -> Words:
    """The letter for `message`; `link` leads to the ticket, if it is not empty. `reader` is the member of
    staff who reads it, if it is one."""
    ticket, definition = situation.ticket, situation.definition
    assert ticket is not None, "messages are about tickets"
    said = WORDS[language]
    head = f"{ticket.number} {titled(definition.title, language)}"
    if message.recipient == CLIENT:
        return Words(
            subject=head,
            body=_lines(head, _state(said, ticket, definition, language), _text(message, language)),
        )
    due_at = _due_at(message, situation)
    what = said[_kind(message, due_at, now)].format(level=message.level)
    role = said["role"].format(role=_role(message.role, definition, language))
    if reader is not None and not admits(reader, situation.directory, ticket, now):
        return Words(subject=f"[{what}] {said['restricted']}", body=_lines(said["restricted"], what, role))
    return Words(
        subject=f"[{what}] {head}",
        body=_lines(
            f"{head}: {ticket.title}" if ticket.title else head,
            what,
            _state(said, ticket, definition, language),
            _promise(said, message, definition, language),
            said["due"].format(at=_moment(due_at, zone)) if due_at is not None else "",
            role,
            _text(message, language),
            link,
        ),
    )


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _kind(message: Message, due_at: Instant | None, now: Instant) -> str:
    if message.kind != "escalation":
        return "notice"
    return "overdue" if due_at is not None and due_at <= now else "soon"


def _due_at(message: Message, situation: Situation) -> Instant | None:
    """When the promise it is about falls due; without one, the ticket's next."""
    for clock in situation.clocks:
        if clock.name == message.clock:
            return clock.due_at
    return situation.ticket.due_at if situation.ticket else None


def _moment(at: Instant, zone: ZoneInfo) -> str:
    return f"{to_datetime(at, zone):%Y-%m-%d %H:%M} ({zone.key})"


def _state(said: Mapping[str, str], ticket: Ticket, definition: Definition, language: str) -> str:
    return said["state"].format(state=titled(definition.states[ticket.state].title, language))


def _promise(said: Mapping[str, str], message: Message, definition: Definition, language: str) -> str:
    """Which promise, when it is one that spans states; a state's own needs no name."""
    if message.clock is None or message.clock.startswith(STATE_CLOCK):
        return ""
    spec = definition.clocks.get(message.clock)
    return said["promise"].format(promise=titled(spec.title, language)) if spec else ""


def _role(role: str, definition: Definition, language: str) -> str:
    known = definition.organisation.roles.get(role)
    return titled(known.title, language) if known else say(language, "roles", role) or role


def _text(message: Message, language: str) -> str:
    return titled(message.text, language) if message.text else ""
