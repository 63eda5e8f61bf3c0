"""The page of an inspection. Its form is that of the ticket's step, asked point by point, and goes through
the same door; a form that comes late is shown beside what has happened meanwhile."""

from __future__ import annotations

from flask import Response

from service.console.forms.checklists import inspection_path, is_inspected
from service.console.forms.form_builder import FormContents
from service.console.forms.sent_form import SentForm, sort_faults
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.inspection.form import InspectionForm, begin_texts, build_form, list_steps
from service.console.ticket.commands import load_context, seen_step
from service.console.ticket.sent_step import find_option, take_sent_step
from service.console.ticket.step_form import step_schema
from service.console.ticket.ticket_address import ticket_address
from service.console.ticket.view import changes_since
from service.console.ticket_rows import find_place
from service.refusals import reason
from service.texts import localize
from workflows.core.handlers.available import TriggerOption, list_trigger_options
from workflows.core.ticket import StepContext
from workflows.errors import NotFound, Refusal, Stale

pages = Pages()
_PATH = "/tickets/<number>/inspection/<checklist>"


@pages.get(_PATH)
def show_inspection(call: ConsoleRequest, number: str, checklist: str) -> Response:
    """The points of the checklist, unanswered."""
    context = load_context(call, number)
    steps = _find_steps(call, context, checklist)
    texts = begin_texts(call, context, steps, checklist)
    form = build_form(call, context, steps, checklist, FormContents(texts=texts, wrong={}))
    return _page(call, context, checklist, form)


@pages.post(f"{_PATH}/<trigger>", uploads=True)
def end_inspection(call: ConsoleRequest, number: str, checklist: str, trigger: str) -> Response:
    """Take the step with the answers; or add a row to a table of the form."""
    context = load_context(call, number)
    steps = _find_steps(call, context, checklist)
    option = find_option(call, context, trigger)
    if (answered := call.answered_before()) is not None:
        return answered
    sent = SentForm.of(call, context.definition, step_schema(call, context, option))
    try:
        done = take_sent_step(call, context, option, sent)
    except Refusal as refusal:
        if isinstance(refusal, Stale):
            context = call.load_ticket(context.ticket.site, context.ticket.id)
            steps = _find_steps(call, context, checklist)
        return _show_again(call, context, checklist, steps, sent, refusal)
    if done is None:
        return _show_again(call, context, checklist, steps, sent, None)
    return call.go_to(ticket_address(done), call.text("inspection", "done"))


def _find_steps(call: ConsoleRequest, context: StepContext, checklist: str) -> tuple[TriggerOption, ...]:
    """The steps that take the checklist. Raises NotFound if the process has none."""
    options = list_trigger_options(context, call.actor_at(context.ticket.site), call.now)
    field = context.definition.fields.get(checklist)
    steps = list_steps(context, options, checklist) if field and is_inspected(field) else ()
    if not steps:
        name = checklist[:80]
        raise NotFound(reason("no-checklist", f"no step asks for a checklist {name}", checklist=name))
    return steps


def _show_again(
    call: ConsoleRequest,
    context: StepContext,
    checklist: str,
    steps: tuple[TriggerOption, ...],
    sent: SentForm,
    refusal: Refusal | None,
) -> Response:
    """The form as it was filled in, and why it was refused (None: it only gets another row)."""
    names = {name for each in steps for name in step_schema(call, context, each)["properties"]}
    by_input, general = sort_faults(call, refusal, context.definition, names) if refusal else ({}, [])
    since = seen_step(call) if isinstance(refusal, Stale) else None
    form = build_form(call, context, steps, checklist, sent.contents(by_input), since)
    if since is None:
        form.reasons += tuple(general)
    else:
        form.changes = changes_since(call, context, since)
    return _page(call, context, checklist, form, refusal.status if refusal else 200)


def _page(
    call: ConsoleRequest, context: StepContext, checklist: str, form: InspectionForm, status: int = 200
) -> Response:
    ticket = context.ticket
    address = inspection_path(ticket, checklist)
    path, _, query = address.partition("?")
    return call.page(
        "inspection/inspection.html",
        f"{form.title} · {ticket.number}",
        status,
        ticket=ticket,
        process=localize(context.definition.title, call.language),
        place=find_place(ticket, context.definition),
        address=address,
        actions={each.trigger: f"{path}/{each.trigger}?{query}" for each in form.steps},
        leave=ticket_address(context),
        form=form,
    )
