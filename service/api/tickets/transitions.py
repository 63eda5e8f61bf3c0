"""Commands to a ticket, and which are possible. Every write names the step on which it was decided
(If-Match)."""

from __future__ import annotations

from typing import Any, TypedDict

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, format_etag, json_response
from service.api.http.route import MERGE_PATCH, Routes
from service.api.tickets.collection import find_staff, ticket_response
from service.api.tickets.forms import build_step_form
from service.api.tickets.lookup import find_ticket_key
from service.problems import render_reason
from service.schemas import bodies, queries
from service.texts import localize
from workflows.core.commands import (
    Acknowledge,
    Actor,
    Amend,
    Assign,
    Claim,
    Fire,
    Note,
    TicketCommand,
    Unpark,
)
from workflows.core.handlers.available import TriggerOption, list_trigger_options
from workflows.core.ticket import StepContext

routes = Routes("tickets")


@routes.get(
    "/api/tickets/{number}/transitions",
    "What can be done now, and what not, and why",
    "Transitions",
    query=queries.SiteQuery(),
    refuses=(404, 409),
    etag=True,
)
def show_transitions(request: ApiRequest, number: str) -> ApiResponse:
    """The steps the user may take, each with its form; the others, each with the reasons and who may take
    it."""
    site, ticket_id = find_ticket_key(request, number)
    context = request.load_ticket(site, ticket_id)
    ticket = context.ticket
    actor = request.actor_at(site)
    found = list_trigger_options(context, actor, request.now)
    shown = {
        "available": [_render_available(each, context, actor, request) for each in found if not each.reasons],
        "blocked": [_render_blocked(each, context, request.language) for each in found if each.reasons],
    }
    heads = {**request.response_headers, "ETag": format_etag(ticket.seq)}
    return json_response(shown, 200, heads)


def _render_available(
    choice: TriggerOption, context: StepContext, actor: Actor, request: ApiRequest
) -> dict[str, Any]:
    here = context.ticket.state
    return {
        "trigger": choice.trigger,
        "title": trigger_title(choice, context, request.language),
        "to": list(dict.fromkeys(row.to or here for row in choice.transitions)),
        "form": build_step_form(context, choice, actor, request.now, request.language),
        "on_behalf": choice.on_behalf,
    }


def _render_blocked(choice: TriggerOption, context: StepContext, language: str) -> dict[str, Any]:
    return {
        "trigger": choice.trigger,
        "title": trigger_title(choice, context, language),
        "reasons": [render_reason(each, language, context.definition) for each in choice.reasons],
        "who": list(choice.who),
    }


def trigger_title(choice: TriggerOption, context: StepContext, language: str) -> str:
    """The title of the trigger: of the first row in the file that has one."""
    rows = (*choice.transitions, *context.definition.transitions)
    return next(
        (localize(r.title, language) for r in rows if r.trigger == choice.trigger and r.title), choice.trigger
    )


@routes.post(
    "/api/tickets/{number}/transitions",
    "Take a step",
    "Ticket",
    body=bodies.TakeStep(),
    query=queries.SiteQuery(),
    writes=True,
    recorded=True,
)
def take_step(request: ApiRequest, number: str) -> ApiResponse:
    """Fire a trigger with its form filled in; returns the ticket after the step."""
    body = request.body
    command = Fire(
        **_command_target(request, number), note=body["note"], trigger=body["trigger"], data=body["data"]
    )
    return _execute(request, command, 201)


@routes.post(
    "/api/tickets/{number}/notes",
    "Write a note",
    "Ticket",
    body=bodies.WriteNote(),
    query=queries.SiteQuery(),
    writes=True,
    recorded=True,
)
def write_note(request: ApiRequest, number: str) -> ApiResponse:
    """Add a note to the history, with files if there are any; the state stays."""
    body = request.body
    files = tuple(dict.fromkeys(body["attachments"]))
    target = _command_target(request, number)
    return _execute(request, Note(**target, note=body["text"], attachments=files), 201)


@routes.post(
    "/api/tickets/{number}/claim",
    "Take a ticket that nobody has",
    "Ticket",
    body=bodies.ClaimIt(),
    query=queries.SiteQuery(),
    writes=True,
    recorded=True,
)
def claim(request: ApiRequest, number: str) -> ApiResponse:
    """Assign the ticket to the user."""
    return _execute(request, Claim(**_command_target(request, number), note=request.body["note"]), 201)


@routes.put(
    "/api/tickets/{number}/assignee",
    "Say who has the ticket",
    "Ticket",
    body=bodies.GiveTo(),
    query=queries.SiteQuery(),
    writes=True,
)
def assign(request: ApiRequest, number: str) -> ApiResponse:
    """Assign the ticket to a member of staff, by id or account, or to nobody."""
    about = _command_target(request, number)
    to = _find_staff_id(request, about["site"], request.body["assignee"])
    return _execute(request, Assign(**about, note=request.body["note"], to=to), 200)


def _find_staff_id(request: ApiRequest, site: str, named: str | None) -> str | None:
    """The id of the member of staff with this name; unchanged if there is none: the engine refuses it."""
    if named is None:
        return None
    member = find_staff(request, named, (site,))
    return member.id if member else named


@routes.patch(
    "/api/tickets/{number}/data",
    "Put the form right",
    "Ticket",
    free_body=True,
    media=MERGE_PATCH,
    query=queries.SiteQuery(),
    writes=True,
)
def amend(request: ApiRequest, number: str) -> ApiResponse:
    """Correct fields without a step (RFC 7396: null removes a field)."""
    return _execute(request, Amend(**_command_target(request, number), data=request.body), 200)


@routes.post(
    "/api/tickets/{number}/clocks/{clock}/unpark",
    "Try again what a clock could not do",
    "Ticket",
    status=200,
    body=bodies.TakeUp(),
    query=queries.SiteQuery(),
    refuses=(403, 404, 409),
    recorded=True,
)
def unpark(request: ApiRequest, number: str, clock: str) -> ApiResponse:
    """Try a parked clock again (see `/api/parked`).

    For administrators of the desk. The history records who did it, the note, and why the clock had been
    parked.
    """
    site, ticket = find_ticket_key(request, number)
    request.load_ticket(site, ticket)
    actor = request.actor_at(request.check_managed_site(site))
    command = Unpark(site=site, ticket=ticket, actor=actor, clock=clock, note=request.body["note"])
    return _execute(request, command, 200)


@routes.post(
    "/api/tickets/{number}/clocks/{clock}/acknowledge",
    "Say that an escalation was seen, and by when it is dealt with",
    "Ticket",
    status=200,
    body=bodies.AcknowledgeLevel(),
    query=queries.SiteQuery(),
    refuses=(403, 404, 409),
    recorded=True,
)
def acknowledge(request: ApiRequest, number: str, clock: str) -> ApiResponse:
    """Let the clock's next level wait until then; it fires afterwards, once.

    For those who were told of a level, who may act, and who stand above them. The history records who did it,
    until when, and the reason. Repeating it gains no time beyond the policy's limit.
    """
    site, ticket = find_ticket_key(request, number)
    body = request.body
    command = Acknowledge(
        site=site,
        ticket=ticket,
        actor=request.actor_at(site),
        clock=clock,
        until=body["until"],
        note=body["reason"],
    )
    return _execute(request, command, 200)


class _CommandTarget(TypedDict):
    site: str
    ticket: str
    actor: Actor
    expected: int | None


def _command_target(request: ApiRequest, number: str) -> _CommandTarget:
    """The fields common to all commands: ticket, actor, and the step that they have seen."""
    site, ticket = find_ticket_key(request, number)
    return {"site": site, "ticket": ticket, "actor": request.actor_at(site), "expected": request.seen}


def _execute(request: ApiRequest, command: TicketCommand, status: int) -> ApiResponse:
    def answer(context: StepContext) -> ApiResponse:
        return ticket_response(context, request, status)

    return answer(request.desk.engine.do(command, request.now, request.idempotent_request(answer)))
