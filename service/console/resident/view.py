"""The page of a ticket for a resident: what happens next and by when; urging; the steps that are theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from service.api.http.response import ApiResponse
from service.api.tickets.forms import build_guest_form
from service.api.tickets.transitions import trigger_title
from service.console.forms.form_builder import FormContents, build_inputs
from service.console.forms.form_input import FormInput
from service.console.forms.sent_form import SentForm, sort_faults
from service.console.http.link_request import PATH, LinkRequest
from service.console.http.pages import Pages
from service.console.resident.progress import read_progress
from service.console.resident.report import show_choices
from service.refusals import reason
from service.texts import localize
from workflows.core.commands import Fire, TicketCommand, Urge
from workflows.core.handlers.available import TriggerOption, list_trigger_options
from workflows.core.ticket import StepContext
from workflows.errors import NotFound, Refusal
from workflows.language.definition import GUEST

pages = Pages(by_link=True)
_MOST_SAID = 500  # characters of what is said when somebody urges


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentStep:
    """A step that the resident may take, with its form. `general` is what is wrong with it as a whole."""

    trigger: str
    title: str
    inputs: tuple[FormInput, ...]
    general: Sequence[str] = ()


@pages.get(f"{PATH}/<token>")
def show(call: LinkRequest, token: str) -> Response:  # noqa: ARG001 - it is in the link
    """The ticket of the link; or what can be reported by the code of a unit."""
    if call.link.ticket is None:
        return show_choices(call)
    return _ticket_page(call, _load(call))


def _load(call: LinkRequest) -> StepContext:
    """The ticket of the link. NotFound for a code, and for a ticket that only some may see."""
    link = call.link
    if link.ticket is None:
        raise NotFound(reason("link-over", "this link is not valid, or not any more"))
    try:
        return call.desk.engine.look(link.site, link.ticket, call.actor_at(link.site), call.now)
    except NotFound:
        raise NotFound(reason("link-over", "this link is not valid, or not any more")) from None


def _ticket_page(
    call: LinkRequest,
    context: StepContext,
    tried: ResidentStep | None = None,
    status: int = 200,
    wrong: Sequence[str] = (),
) -> Response:
    """The page; with a form as it was `tried`, or why urging was refused (`wrong`)."""
    ticket, definition = context.ticket, context.definition
    steps = [
        tried if tried and each.trigger == tried.trigger else each for each in _list_steps(call, context)
    ]
    rule = definition.urge
    return call.page(
        "resident/ticket.html",
        f"{localize(definition.title, call.language)} {ticket.number}",
        status,
        process=localize(definition.title, call.language),
        number=ticket.number,
        progress=read_progress(call, context),
        steps=steps,
        wrong=wrong,
        may_urge=ticket.closed_at is None and (not rule.roles or GUEST in rule.roles),
        closed=ticket.closed_at is not None,
    )


def _list_steps(call: LinkRequest, context: StepContext) -> list[ResidentStep]:
    options = list_trigger_options(context, call.actor_at(context.ticket.site), call.now)
    return [
        _build_step(call, context, each, _build_inputs(context, _schema(call, context, each)))
        for each in options
        if not each.reasons
    ]


def _build_step(
    call: LinkRequest,
    context: StepContext,
    option: TriggerOption,
    inputs: tuple[FormInput, ...],
    general: Sequence[str] = (),
) -> ResidentStep:
    title = trigger_title(option, context, call.language)
    return ResidentStep(trigger=option.trigger, title=title, inputs=inputs, general=general)


def _schema(call: LinkRequest, context: StepContext, option: TriggerOption) -> Mapping[str, Any]:
    return build_guest_form(context, option, call.actor_at(context.ticket.site), call.now, call.language)


def _build_inputs(context: StepContext, schema: Mapping[str, Any]) -> tuple[FormInput, ...]:
    return build_inputs(schema, context.definition.fields, FormContents(texts={}, wrong={}))


@pages.post(f"{PATH}/<token>/urge")
def urge(call: LinkRequest, token: str) -> Response:  # noqa: ARG001 - it is in the link
    """Ask again."""
    context = _load(call)
    if _is_answered(call):
        return call.go_to(call.address_of())
    said = call.request.form.get("said", "").replace("\r\n", "\n")[:_MOST_SAID]
    site, ticket = context.ticket.site, context.ticket.id
    try:
        _do(call, Urge(site=site, ticket=ticket, actor=call.actor_at(site), note=said))
    except Refusal as refusal:
        _, wrong = sort_faults(call, refusal, context.definition, ())
        return _ticket_page(call, context, None, refusal.status, wrong)
    return call.go_to(call.address_of(), call.text("resident", "urged"))


@pages.post(f"{PATH}/<token>/steps/<trigger>", uploads=True)
def take_step(call: LinkRequest, token: str, trigger: str) -> Response:  # noqa: ARG001 - it is in the link
    """Take a step that the process has for residents, such as rating."""
    context = _load(call)
    if _is_answered(call):
        return call.go_to(call.address_of())
    actor = call.actor_at(context.ticket.site)
    options = list_trigger_options(context, actor, call.now)
    option = next((each for each in options if each.trigger == trigger and not each.reasons), None)
    if option is None:  # somebody has moved it, or it never was for residents: both in the same words
        wrong = [call.text("resident", "moved")]
        return _ticket_page(call, context, None, 409, wrong)
    sent = SentForm.of(call, context.definition, _schema(call, context, option))
    try:
        sent.store_files(call, context.ticket.site, context.ticket.id)
        _do(
            call,
            Fire(
                site=context.ticket.site,
                ticket=context.ticket.id,
                actor=actor,
                trigger=trigger,
                data=sent.read({}, context.calendar.zone),
            ),
        )
    except Refusal as refusal:
        by_input, general = sort_faults(call, refusal, context.definition, sent.schema["properties"])
        tried = _build_step(call, context, option, sent.inputs(by_input), general)
        return _ticket_page(call, context, tried, refusal.status)
    return call.go_to(call.address_of(), call.text("resident", "thanks"))


def _is_answered(call: LinkRequest) -> bool:
    """Whether the form was sent before, under the same key."""
    return call.key is not None and call.find_stored_answer(call.key) is not None


def _do(call: LinkRequest, command: TicketCommand) -> None:
    """Carry out the command. What is kept for a repetition has nothing of the link."""
    call.desk.engine.do(command, call.now, call.idempotent_request(lambda _: ApiResponse(204)))
