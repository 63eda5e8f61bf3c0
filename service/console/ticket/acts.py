"""The forms of a ticket's page: steps, notes, claiming, following, a further call.

Each goes to the engine as the same command that the API makes. A form that comes twice acts once, by its key;
a form that was opened before somebody else moved the ticket is shown again with what was typed.
"""

from __future__ import annotations

from flask import Response

from service.console.forms.form_reader import read_moment
from service.console.forms.sent_form import SentForm, sort_faults
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.ticket.act_form import TicketAct, begin_act, build_assign, build_merge
from service.console.ticket.commands import carry_out, load_anew, load_context, read_note, seen_step
from service.console.ticket.sent_step import find_option, take_sent_step
from service.console.ticket.step_form import form_of, site_zone_of, step_hints, step_schema
from service.console.ticket.ticket_address import ticket_address
from service.console.ticket.view import changes_since, ticket_page
from workflows.core.commands import Acknowledge, Claim, Note, TicketCommand, Urge
from workflows.core.handlers.available import TriggerOption, list_trigger_options
from workflows.core.ticket import StepContext
from workflows.errors import Forbidden, Invalid, Reason, Refusal, Stale
from workflows.timing.instants import parse_rfc3339

pages = Pages()
_PATH = "/tickets/<number>"


@pages.post(f"{_PATH}/steps/<trigger>", uploads=True)
def take_step(call: ConsoleRequest, number: str, trigger: str) -> Response:
    """Take a step with its form filled in; or add a row to a table of the form."""
    context = load_context(call, number)
    option = find_option(call, context, trigger)
    if (answered := call.answered_before()) is not None:
        return answered
    sent = SentForm.of(call, context.definition, step_schema(call, context, option))
    try:
        done = take_sent_step(call, context, option, sent)
    except Refusal as refusal:
        return _show_again(call, load_anew(call, context, refusal), option, sent, refusal)
    if done is None:
        return _show_again(call, context, option, sent, None)
    return call.go_to(
        ticket_address(done), call.text("ticket", "done", step=form_of(call, done, option, ()).title)
    )


def _show_again(
    call: ConsoleRequest, context: StepContext, option: TriggerOption, sent: SentForm, refusal: Refusal | None
) -> Response:
    """The page with the form as it was typed, and why it was refused (None: it only gets another row)."""
    options = list_trigger_options(context, call.actor_at(context.ticket.site), call.now)
    current = next(each for each in options if each.trigger == option.trigger)
    names = sent.schema["properties"]
    by_input, general = sort_faults(call, refusal, context.definition, names) if refusal else ({}, [])
    form = form_of(call, context, current, sent.inputs(by_input, step_hints(call, context, sent.schema)))
    form.note, form.general = call.request.form.get("note", ""), general
    _, blocked = sort_faults(call, Refusal(current.reasons), context.definition, ())
    form.reasons = tuple(blocked)
    if isinstance(refusal, Stale):
        form.changes = changes_since(call, context, seen_step(call))
    return ticket_page(call, context, options, form, refusal.status if refusal else 200)


def _act(call: ConsoleRequest, context: StepContext, command: TicketCommand, notice: str) -> Response:
    """Carry out a command without a form of its own; a refusal is shown on the ticket's page."""
    if (answered := call.answered_before()) is not None:
        return answered
    try:
        done = carry_out(call, command)
    except Refusal as refusal:
        return _refuse(call, load_anew(call, context, refusal), refusal)
    return call.go_to(ticket_address(done), call.text("ticket", notice))


def _refuse(
    call: ConsoleRequest, context: StepContext, refusal: Refusal, act: TicketAct | None = None
) -> Response:
    """The page with why something was refused; with the form of the act if it has one."""
    options = list_trigger_options(context, call.actor_at(context.ticket.site), call.now)
    _, wrong = sort_faults(call, refusal, context.definition, ())
    if act is None:
        return ticket_page(call, context, options, None, refusal.status, wrong)
    changes = changes_since(call, context, seen_step(call)) if isinstance(refusal, Stale) else ()
    form = begin_act(call, context, act, wrong, changes)
    return ticket_page(call, context, options, None, refusal.status, act_form=form)


@pages.post(f"{_PATH}/notes")
def write_note(call: ConsoleRequest, number: str) -> Response:
    """Add a note. It overwrites nothing, so it may be written on any step."""
    context = load_context(call, number)
    site, note = context.ticket.site, read_note(call)
    if not note.strip():
        raise Invalid(Reason("missing-field", "a note is needed", field="note", facts={"field": "note"}))
    actor = call.actor_at(site)
    return _act(call, context, Note(site=site, ticket=context.ticket.id, actor=actor, note=note), "noted")


@pages.post(f"{_PATH}/claim")
def claim(call: ConsoleRequest, number: str) -> Response:
    """Take a ticket that nobody has."""
    context = load_context(call, number)
    site = context.ticket.site
    command = Claim(site=site, ticket=context.ticket.id, actor=call.actor_at(site), expected=seen_step(call))
    return _act(call, context, command, "claimed")


@pages.post(f"{_PATH}/urge")
def urge(call: ConsoleRequest, number: str) -> Response:
    """Somebody has called again about it."""
    context = load_context(call, number)
    site = context.ticket.site
    command = Urge(site=site, ticket=context.ticket.id, actor=call.actor_at(site), note=read_note(call))
    return _act(call, context, command, "urged")


@pages.post(f"{_PATH}/watch")
def watch(call: ConsoleRequest, number: str) -> Response:
    """Follow the ticket, or no more."""
    context = load_context(call, number)
    ticket, actor = context.ticket, call.actor_at(context.ticket.site)
    if not actor.roles:
        raise Forbidden(Reason("not-a-member", "you belong to no site"))
    watchers = call.desk.watchers
    if call.request.form.get("end"):
        watchers.unfollow(ticket.site, ticket.id, actor.id, actor, call.now)
    else:
        watchers.follow(ticket.site, ticket.id, actor.id, actor, call.now)
    return call.go_to(ticket_address(context))


@pages.post(f"{_PATH}/assign")
def assign(call: ConsoleRequest, number: str) -> Response:
    """Give the ticket to somebody, or to nobody."""
    return _do_act(call, load_context(call, number), "assign")


@pages.post(f"{_PATH}/merge")
def merge(call: ConsoleRequest, number: str) -> Response:
    """End the ticket because it is the same matter as another."""
    return _do_act(call, load_context(call, number), "merge")


def _do_act(call: ConsoleRequest, context: StepContext, act: TicketAct) -> Response:
    if (answered := call.answered_before()) is not None:
        return answered
    try:
        command = build_assign(call, context) if act == "assign" else build_merge(call, context)
        done = carry_out(call, command)
    except Refusal as refusal:
        return _refuse(call, load_anew(call, context, refusal), refusal, act)
    return call.go_to(ticket_address(done), call.text("ticket", f"{act}-done"))


@pages.post(f"{_PATH}/clocks/<clock>/acknowledge")
def acknowledge(call: ConsoleRequest, number: str, clock: str) -> Response:
    """Say that an escalation was seen, and by when it is dealt with."""
    context = load_context(call, number)
    typed = call.request.form.get("until", "")
    try:
        until = parse_rfc3339(read_moment(typed, site_zone_of(context)))
    except ValueError:
        fault = Reason("missing-field", "say until when", field="until", facts={"field": "until"})
        return _refuse(call, context, Invalid(fault))
    command = Acknowledge(
        site=context.ticket.site,
        ticket=context.ticket.id,
        actor=call.actor_at(context.ticket.site),
        note=read_note(call),
        clock=clock,
        until=until,
    )
    return _act(call, context, command, "acknowledged")
