"""The text of a message, in the language of its reader.

A letter names the ticket by number and title, its state and when it is due, and the fields that the text of a
notice names. Neither titles nor those fields hold personal data. A client's letter says less, and a letter to
somebody to whom the ticket is not visible says nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from service.texts import localize, say
from service.ticket_title import localize_title
from workflows.core.access.delegation import may_see
from workflows.core.clocks.advance import STATE_CLOCK
from workflows.core.commands import Actor
from workflows.core.step import Message
from workflows.core.ticket import StepContext, Ticket
from workflows.language.definition import Definition
from workflows.storage.outbox_messages import OutboxMessage
from workflows.timing.instants import Instant, to_datetime
from workflows.value_texts import SentenceWriter

CLIENT = "client"
MAX_SHOWN = 100  # tickets in one letter; of more it says how many


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterText:
    """Subject and body of a letter."""

    subject: str
    body: str


def write_letter(
    message: Message,
    context: StepContext,
    zone: ZoneInfo,
    language: str,
    now: Instant,
    link: str,
    reader: Actor | None = None,
) -> LetterText:
    """The letter for `message`; `link` is the URL of the ticket, or empty. `reader` is the recipient if
    they are staff."""
    ticket, definition = context.ticket, context.definition
    head = f"{ticket.number} {localize(definition.title, language)}"
    writer = SentenceWriter(definition=definition, directory=context.directory, zone=zone, language=language)
    notice = writer.fill(message.text, message.values)
    if message.recipient == CLIENT:
        return LetterText(
            subject=head,
            body=_lines(head, _state_title(ticket, definition, language), notice),
        )
    title = localize_title(ticket.title, definition, language)
    due_at = find_due_at(message, context)
    what = _say(language, _kind_line(message, due_at, now), level=message.level)
    role = _say(language, "role", role=_role_title(message.role, definition, language))
    if reader is not None and not may_see(reader, context.directory, ticket, now):
        restricted = _say(language, "restricted")
        return LetterText(subject=f"[{what}] {restricted}", body=_lines(restricted, what, role))
    return LetterText(
        subject=f"[{what}] {head}",
        body=_lines(
            f"{head}: {title}" if title else head,
            what,
            _state_title(ticket, definition, language),
            _clock_title(message, definition, language),
            _say(language, "due", at=_format_time(due_at, zone)) if due_at is not None else "",
            role,
            notice,
            link,
        ),
    )


def choose_latest(messages: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """The messages without those of a clock of which a higher level is among them; in their order."""
    latest = {(each.ticket, each.clock): each for each in sorted(messages, key=lambda each: each.seq)}
    return [each for each in messages if latest[each.ticket, each.clock].id == each.id]


def write_digest(parts: Sequence[tuple[str, str]], language: str) -> LetterText:
    """One letter of several, given as (subject, body); of a single one it is that."""
    if len(parts) == 1:
        return LetterText(subject=parts[0][0], body=parts[0][1])
    shown = [f"{number}. {body}" for number, (_, body) in enumerate(parts[:MAX_SHOWN], start=1)]
    more = len(parts) - len(shown)
    ending = [_say(language, "more", count=more)] if more else []
    heading = _say(language, "digest", count=len(parts))
    return LetterText(subject=f"[{heading}]", body="\n\n".join([heading, *shown, *ending]))


def _say(language: str, key: str, **facts: object) -> str:
    return say(language, "letters", key, facts) or key


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _kind_line(message: Message, due_at: Instant | None, now: Instant) -> str:
    if message.kind != "escalation":
        return "notice"
    return "overdue" if due_at is not None and due_at <= now else "soon"


def find_due_at(message: Message, context: StepContext) -> Instant | None:
    """When the clock of the message is due; without one, the ticket's next due instant."""
    for clock in context.clocks:
        if clock.name == message.clock:
            return clock.due_at
    return context.ticket.due_at


def _format_time(at: Instant, zone: ZoneInfo) -> str:
    return f"{to_datetime(at, zone):%Y-%m-%d %H:%M} ({zone.key})"


def _state_title(ticket: Ticket, definition: Definition, language: str) -> str:
    return _say(language, "state", state=localize(definition.states[ticket.state].title, language))


def _clock_title(message: Message, definition: Definition, language: str) -> str:
    """The title of the clock, if it spans several states; the clock of one state needs none."""
    if message.clock is None or message.clock.startswith(STATE_CLOCK):
        return ""
    spec = definition.clocks.get(message.clock)
    return _say(language, "promise", promise=localize(spec.title, language)) if spec else ""


def _role_title(role: str, definition: Definition, language: str) -> str:
    known = definition.organisation.roles.get(role)
    return localize(known.title, language) if known else say(language, "roles", role) or role
