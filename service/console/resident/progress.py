"""Where a ticket stands, as a resident is told: no name, no number of a telephone, no text of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from service.console.http.link_request import LinkRequest
from service.console.layout.moments import write_moment
from service.problems import role_title
from service.texts import localize
from workflows.core.ticket import StepContext

_SHOWN = 20  # states that were passed
_READ = 200  # events that are looked through for them


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketProgress:
    """Where it stands. `holder` is the title of who has the next move, `due` by when, `late` whether that is
    over; `passed` are (state, time), the last first."""

    state: str
    category: str
    holder: str
    due: str
    late: bool
    passed: tuple[tuple[str, str], ...]


def read_progress(call: LinkRequest, context: StepContext) -> TicketProgress:
    """The progress of a ticket in the reader's language, in the time of its site."""
    ticket, definition = context.ticket, context.definition
    zone = ZoneInfo(context.directory.zone) if context.directory.zone else context.calendar.zone
    state = definition.states[ticket.state]
    return TicketProgress(
        state=localize(state.title, call.language),
        category=ticket.category,
        holder=find_holder_title(context, call.language),
        due=write_moment(ticket.due_at, zone, call.language, call.now) if ticket.due_at is not None else "",
        late=ticket.due_at is not None and ticket.due_at < call.now,
        passed=_read_passed(call, context, zone),
    )


def find_holder_title(context: StepContext, language: str) -> str:
    """The title of who has the next move: of a post, a department, or the field that names the person."""
    ticket, definition = context.ticket, context.definition
    owner = definition.states[ticket.state].owner
    if owner is None or ticket.closed_at is not None:
        return ""
    if owner.staff is not None:
        return localize(definition.fields[owner.staff].title, language)
    department = (
        definition.organisation.departments.get(ticket.department or "") if owner.department else None
    )
    titles = [
        localize(department, language) if department else "",
        role_title(owner.role, language, definition) if owner.role else "",
    ]
    return " · ".join(each for each in titles if each)


def _read_passed(call: LinkRequest, context: StepContext, zone: ZoneInfo) -> tuple[tuple[str, str], ...]:
    ticket, states = context.ticket, context.definition.states
    events = call.desk.queries.history(ticket.site, ticket.id, max(0, ticket.seq - _READ), _READ)
    entered = [each for each in events if each.to in states and each.to != each.source]
    return tuple(
        (
            localize(states[each.to or ""].title, call.language),
            write_moment(each.at, zone, call.language, call.now),
        )
        for each in reversed(entered[-_SHOWN:])
    )
