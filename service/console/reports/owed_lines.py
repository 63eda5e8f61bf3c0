"""The reports that schedules ask for: which were sent in time, which too late, and which are still owed."""

from __future__ import annotations

from dataclasses import dataclass

from service.console.http.console_request import ConsoleRequest
from service.console.layout.moments import write_moment
from service.console.ticket_rows import ticket_path
from service.texts import localize
from workflows.language.forms.field import FieldType
from workflows.storage.queries.owed_reports import OwedReport

MOST_OWED = 40
_REACH = 62 * 86_400  # seconds back


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedLine:
    """An owed report. `verdict` is in-time, late, not-due, overdue or cancelled."""

    title: str
    number: str
    path: str
    due: str
    sent: str
    verdict: str


def read_owed(call: ConsoleRequest) -> list[OwedLine]:
    """Those opened of late that the reader may see, the newest first."""
    workflows = _list_report_processes(call)
    if not workflows or not call.sites:
        return []
    since = call.now - _REACH
    found = call.desk.queries.owed_reports.latest(call.sites, workflows, call.viewer, since, MOST_OWED)
    return [_build_line(call, each) for each in found]


def _list_report_processes(call: ConsoleRequest) -> set[str]:
    """The processes that keep figures and are opened by a schedule, also under former names."""
    definitions = call.desk.definitions
    opened = {each.opens for each in definitions.plan().schedules.values()}
    kept = {
        each.name
        for each in definitions.in_force()
        if each.name in opened and any(field.type is FieldType.FIGURES for field in each.fields.values())
    }
    return kept | {former for name in kept for former in definitions.lifecycle().former_names(name)}


def _build_line(call: ConsoleRequest, owed: OwedReport) -> OwedLine:
    ticket, due_at = owed
    definition = call.desk.definitions.get(ticket.workflow, ticket.version)
    zone = call.desk.board.zone_of(ticket.site)
    sent = ticket.closed_at if ticket.category == "closed" else None
    title = localize(definition.title, call.language)
    return OwedLine(
        title=" · ".join(filter(None, (title, ticket.title))),
        number=ticket.number,
        path=ticket_path(call, ticket.site, ticket.number),
        due=write_moment(due_at, zone, call.language, call.now) if due_at is not None else "–",
        sent=write_moment(sent, zone, call.language, call.now) if sent is not None else "–",
        verdict=_judge(call, owed),
    )


def _judge(call: ConsoleRequest, owed: OwedReport) -> str:
    """The verdict: of what has ended by when it ended, of what has not by now."""
    ticket, due_at = owed
    if ticket.category == "cancelled":
        return "cancelled"
    late = due_at is not None and (ticket.closed_at or call.now) > due_at
    if ticket.closed_at is not None:
        return "late" if late else "in-time"
    return "overdue" if late else "not-due"
