"""A ticket as a row of a list: what, where, whose move it is, and how much time is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from service.api.tickets.lists import render_lines
from service.console.http.console_request import ConsoleRequest
from service.console.layout.moments import DueBar, build_due_bar
from service.problems import role_title
from service.texts import localize
from service.texts.console_texts import page_text
from workflows.core.commands import CLOCK
from workflows.core.people import Directory
from workflows.core.ticket import Ticket
from workflows.language.definition import Category, Definition
from workflows.language.forms.field import FieldType
from workflows.timing.clock import Clock

_PLACES = (FieldType.UNIT,)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """A row. `next` says the next step and who has it; it is empty for a ticket that has ended."""

    number: str
    path: str
    process: str
    title: str
    place: str
    state: str
    category: str
    priority: str
    priority_title: str
    next: str
    due: DueBar | None


def build_ticket_rows(call: ConsoleRequest, tickets: Sequence[Ticket]) -> list[TicketRow]:
    """The tickets as rows, in the same order."""
    clocks = call.desk.queries.find_next_due([(each.site, each.id) for each in tickets])
    return [
        _build_row(call, ticket, line, clocks.get((ticket.site, ticket.id)))
        for ticket, line in zip(tickets, render_lines(call, tickets), strict=True)
    ]


def _build_row(
    call: ConsoleRequest, ticket: Ticket, line: Mapping[str, Any], clock: Clock | None
) -> TicketRow:
    definition = call.desk.definitions.get(ticket.workflow, ticket.version)
    directory = call.desk.people.directory(ticket.site)
    step = find_next_step(ticket, definition, call.language)
    who = describe_next(call, line["next"], definition, directory)
    calendar = call.desk.engine.calendars.at(directory, definition.calendar)
    return TicketRow(
        number=ticket.number,
        path=ticket_path(call, ticket.site, ticket.number),
        process=localize(definition.title, call.language),
        title=line["title"],
        place=find_place(ticket, definition),
        state=line["state_title"],
        category=ticket.category,
        priority=line["priority"],
        priority_title=page_text(call.language, "ticket_row", line["priority"]),
        next=" · ".join(each for each in (step, who) if each) if line["next"] else "",
        due=build_due_bar(clock, calendar, call.now, call.language),
    )


def ticket_path(call: ConsoleRequest, site: str, number: str) -> str:
    """The address of the ticket's page; with the site for those who belong to several."""
    path = f"/tickets/{quote(number, safe='')}"
    return path if len(call.sites) == 1 else f"{path}?site={quote(site)}"


def find_place(ticket: Ticket, definition: Definition) -> str:
    """Where it is: the unit, else the field that is called place."""
    units = [name for name, each in definition.fields.items() if each.type in _PLACES and not each.personal]
    found = (ticket.data.get(name) for name in (*units, "place"))
    return next((str(each) for each in found if each), "")


def find_next_step(ticket: Ticket, definition: Definition, language: str) -> str:
    """The title of the step that leads on from where the ticket stands: the first one of people that does not
    cancel it. Whether it may be taken now, its page says."""
    steps = (
        localize(row.title, language) or row.trigger
        for row in definition.transitions_by_source[ticket.state]
        if row.to not in (None, ticket.state)
        and not (row.auto or row.barred)
        and set(row.roles) - CLOCK.roles
        and definition.states[row.to].category is not Category.CANCELLED
    )
    return next(steps, "")


def describe_next(
    call: ConsoleRequest, move: Mapping[str, Any] | None, definition: Definition, directory: Directory
) -> str:
    """Who has the next move: oneself, a colleague by name, or the roles."""
    if move is None:
        return ""
    if move["assignee"] == call.staff.id:
        return page_text(call.language, "ticket_row", "me")
    if move["assignee"] and (member := directory.staff.get(move["assignee"])):
        return member.name
    if any(each["id"] == call.staff.id for each in move["people"]):
        return page_text(call.language, "ticket_row", "me-too")
    titles = [role_title(name, call.language, definition) for name in move["roles"]]
    return page_text(call.language, "ticket_row", "and").join(titles)
