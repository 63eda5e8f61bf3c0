"""The history of a ticket in words: who did what, when, what changed by it, and who was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from service.api.tickets import view
from service.api.tickets.view import staff_name
from service.console.http.console_request import ConsoleRequest
from service.console.layout.moments import write_moment
from service.problems import role_title
from service.texts import localize, say
from workflows.core.commands import is_guest
from workflows.core.ticket import StepContext
from workflows.language.definition import GUEST
from workflows.language.forms.field import Titles
from workflows.storage.outbox_messages import OutboxMessage
from workflows.storage.queries.results import StoredHistoryEvent
from workflows.value_texts import SentenceWriter

_OF_CLOCKS = {"tick": "escalated", "acknowledge": "escalation-seen"}
SHOWN = 30  # events on one page


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryItem:
    """One event. `changes` are (field, value); `told` names the people with how it went."""

    seq: int
    at: str
    who: str
    what: str
    way: str
    changes: tuple[tuple[str, str], ...]
    note: str
    told: tuple[str, ...]


def read_history(
    call: ConsoleRequest,
    context: StepContext,
    writer: SentenceWriter,
    zone: ZoneInfo,
    before: str = "",
) -> list[HistoryItem]:
    """The events of a ticket before the one of number `before`, or its last ones, the last first."""
    ticket = context.ticket
    numbered = before.isascii() and before.isdecimal() and len(before) < 10
    last = min(ticket.seq, int(before) - 1) if numbered else ticket.seq
    after = max(0, last - SHOWN)
    events = call.desk.queries.history(ticket.site, ticket.id, after, last - after)
    if not events:
        return []
    told = call.desk.queries.outgoing.of_steps(ticket.site, ticket.id, events[0].seq, events[-1].seq)
    return [_tell(call, context, each, told.get(each.seq, ()), writer, zone) for each in reversed(events)]


def read_changes(
    call: ConsoleRequest, context: StepContext, writer: SentenceWriter, zone: ZoneInfo, seen: int
) -> list[HistoryItem]:
    """What has happened since the step `seen`, the first first."""
    ticket = context.ticket
    events = call.desk.queries.history(ticket.site, ticket.id, seen, SHOWN)
    return [_tell(call, context, each, (), writer, zone) for each in events]


def _tell(
    call: ConsoleRequest,
    context: StepContext,
    event: StoredHistoryEvent,
    messages: Sequence[OutboxMessage],
    writer: SentenceWriter,
    zone: ZoneInfo,
) -> HistoryItem:
    definition, language = context.definition, call.language
    states = [
        localize(definition.states[name].title, language) if name in definition.states else name
        for name in (event.source, event.to)
        if name
    ]
    return HistoryItem(
        seq=event.seq,
        at=write_moment(event.at, zone, language, call.now),
        who=_name_actor(call, context, event),
        what=_name_event(call, context, event),
        way=" → ".join(dict.fromkeys(states)),
        changes=tuple(_write_changes(event.data, writer)),
        note=event.note,
        told=tuple(dict.fromkeys(_describe_message(call, context, each) for each in messages)),
    )


def _name_event(call: ConsoleRequest, context: StepContext, event: StoredHistoryEvent) -> str:
    """The step by its title; of an escalation which promise it was, and which level."""
    definition, language = context.definition, call.language
    if event.kind in _OF_CLOCKS and event.data.get("clock"):
        clock = next((each for each in context.clocks if each.name == event.data["clock"]), None)
        title = view.clock_title(clock, definition, language) if clock else str(event.data["clock"])
        return call.text("ticket", _OF_CLOCKS[event.kind], clock=title, level=event.data.get("level", ""))
    if event.kind == "assign" and (
        name := view.staff_name(str(event.data.get("assignee")), context.directory)
    ):
        return call.text("ticket", "given-to", name=name)
    if event.kind == "merge" and event.data.get("into"):
        return call.text("ticket", "merged-with", number=event.data["into"])
    titles: Titles = next((row.title for row in definition.transitions if row.trigger == event.trigger), {})
    return localize(titles, language) or say(language, "events", event.kind) or event.kind


def _name_actor(call: ConsoleRequest, context: StepContext, event: StoredHistoryEvent) -> str:
    """Who it was; `for` whom, if somebody stood in."""
    name = event.actor_name
    if event.actor_id == "system":
        name = say(call.language, "roles", "clock") or name
    if is_guest(event.actor_id):
        name = say(call.language, "roles", GUEST) or name
    absentee = staff_name(event.on_behalf, context.directory) if event.on_behalf else None
    return call.text("ticket", "on-behalf", name=name, absentee=absentee) if absentee else name


def _write_changes(data: Mapping[str, object], writer: SentenceWriter) -> list[tuple[str, str]]:
    fields = writer.definition.fields
    shown = ((fields[name], value) for name, value in data.items() if name in fields)
    written = [(localize(field.title, writer.language), writer.write(field, value)) for field, value in shown]
    return [(title, text) for title, text in written if text]


def _describe_message(call: ConsoleRequest, context: StepContext, message: OutboxMessage) -> str:
    name = staff_name(message.recipient, context.directory)
    role = role_title(message.role, call.language, context.definition) if message.role else ""
    return f"{name or role} · {call.text('ticket', f'message-{message.status}')}"
