"""The page of a ticket, where the links of letters lead."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import Response

from service.api.tickets import view
from service.api.tickets.related import load_related_tickets
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.layout.moments import build_due_bar, write_moment
from service.console.ticket.act_form import ActForm, begin_act, list_acts
from service.console.ticket.clock_lines import build_clocks
from service.console.ticket.commands import load_context
from service.console.ticket.family import build_family
from service.console.ticket.papers import list_papers
from service.console.ticket.step_form import OpenForm, begin_form, site_zone_of
from service.console.ticket.steps import build_steps, list_inspections
from service.console.ticket.ticket_address import ticket_address, ticket_base
from service.console.ticket.ticket_facts import build_facts
from service.console.ticket.ticket_history import HistoryItem, read_changes, read_history
from service.console.ticket_rows import describe_next, find_place
from service.texts import localize, say
from workflows.core.commands import is_guest
from workflows.core.handlers.available import TriggerOption, list_trigger_options
from workflows.core.ticket import PRIORITIES, StepContext
from workflows.language.definition import GUEST
from workflows.timing.clock import Clock
from workflows.value_texts import SentenceWriter

pages = Pages()


@pages.get("/tickets/<number>", json="GET /api/tickets/{number}")
def show_ticket(call: ConsoleRequest, number: str) -> Response:
    """The ticket; in it the form of a step (`?step=`), or that of giving or merging it (`?act=`)."""
    context = load_context(call, number)
    trigger, wanted = (call.request.args.get(name, "") for name in ("step", "act"))
    options = list_trigger_options(context, call.actor_at(context.ticket.site), call.now)
    chosen = next((each for each in options if each.trigger == trigger and not each.reasons), None)
    act = next((each for each in list_acts(call, context) if each == wanted), None)
    return ticket_page(
        call,
        context,
        options,
        begin_form(call, context, chosen) if chosen else None,
        act_form=begin_act(call, context, act) if act and not chosen else None,
    )


def changes_since(call: ConsoleRequest, context: StepContext, seen: int) -> Sequence[HistoryItem]:
    """What others have done since the step `seen`."""
    zone = site_zone_of(context)
    return read_changes(call, context, _writer(call, context, zone), zone, seen)


def ticket_page(
    call: ConsoleRequest,
    context: StepContext,
    options: Sequence[TriggerOption],
    form: OpenForm | None = None,
    status: int = 200,
    wrong: Sequence[str] = (),
    act_form: ActForm | None = None,
) -> Response:
    """The page, with the form of a step or another one if it is open. `wrong` is why a form that is not open
    was refused."""
    ticket, definition, zone = context.ticket, context.definition, site_zone_of(context)
    related = load_related_tickets(call, [ticket])
    writer = _writer(call, context, zone)
    possible, blocked = build_steps(call, context, options)
    line = view.render_ticket_line(ticket, definition, call.now, call.language, related, context.directory)
    return call.page(
        "ticket/ticket.html",
        f"{ticket.number} {localize(definition.title, call.language)}",
        status,
        ticket=ticket,
        address=ticket_address(context),
        base=ticket_base(context),
        site=ticket.site,
        process=localize(definition.title, call.language),
        place=find_place(ticket, definition),
        subject=line["title"],
        state=line["state_title"],
        priority=PRIORITIES[ticket.priority],
        due=build_due_bar(_find_due_first(context), context.calendar, call.now, call.language),
        next_move=describe_next(call, line["next"], definition, context.directory),
        since=write_moment(ticket.entered_at, zone, call.language, call.now),
        people=_people(call, context, zone),
        facts=build_facts(call, context, writer),
        clocks=build_clocks(call, context, zone),
        family=build_family(call, context, related),
        papers=list_papers(call, context),
        history=read_history(call, context, writer, zone, call.request.args.get("before", "")),
        possible=possible,
        blocked=blocked,
        inspections=list_inspections(call, context, options),
        form=form,
        act_form=act_form,
        acts=list_acts(call, context),
        wrong=wrong,
        following=call.staff.id in ticket.watchers,
        claimable=ticket.assignee is None and ticket.closed_at is None and bool(possible),
    )


def _find_due_first(context: StepContext) -> Clock | None:
    """The running clock that is due first."""
    running = [clock for clock in context.clocks if clock.running and clock.due_at is not None]
    return min(running, key=lambda clock: clock.due_at or 0, default=None)


def _writer(call: ConsoleRequest, context: StepContext, zone: ZoneInfo) -> SentenceWriter:
    return SentenceWriter(
        definition=context.definition, directory=context.directory, zone=zone, language=call.language
    )


def _people(call: ConsoleRequest, context: StepContext, zone: ZoneInfo) -> list[tuple[str, str]]:
    """Who has to do with it, and since when."""
    ticket, definition = context.ticket, context.definition
    departments = definition.organisation.departments
    opener = view.staff_name(ticket.opener, context.directory) or ticket.opener
    if is_guest(ticket.opener):
        opener = say(call.language, "roles", GUEST) or opener
    found = [
        ("assignee", view.staff_name(ticket.assignee, context.directory) or "–"),
        ("department", localize(departments.get(ticket.department or "", {}), call.language)),
        ("opener", opener),
        ("opened", write_moment(ticket.opened_at, zone, call.language, call.now)),
        ("closed", write_moment(ticket.closed_at, zone, call.language, call.now) if ticket.closed_at else ""),
        ("urges", str(ticket.trail.urges or "")),
        ("version", str(ticket.version)),
    ]
    return [(call.text("ticket", name), text) for name, text in found if text]
