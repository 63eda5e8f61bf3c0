"""What the forms of a ticket's page have in common: the step that they saw, the note, and the command that
goes to the engine."""

from __future__ import annotations

from service.api.http.response import ApiResponse
from service.api.tickets.lookup import find_ticket_key
from service.console.http.console_request import ConsoleRequest
from service.console.ticket.ticket_address import ticket_address
from workflows.core.commands import TicketCommand
from workflows.core.ticket import StepContext
from workflows.errors import Forbidden, Invalid, Reason, Refusal, Stale

_MAX_NOTE = 4_000  # characters, as in the API


def load_context(call: ConsoleRequest, number: str) -> StepContext:
    """The ticket, at the site of the query if one is named. Raises NotFound, Ambiguous or Forbidden."""
    if not call.sites:
        raise Forbidden(Reason("not-a-member", "you belong to no site"))
    site = call.request.args.get("site")
    call.query = {"site": site} if site else {}
    return call.load_ticket(*find_ticket_key(call, number))


def load_anew(call: ConsoleRequest, context: StepContext, refusal: Refusal) -> StepContext:
    """The ticket as it stands, if it was refused because it had moved."""
    moved = isinstance(refusal, Stale)
    return call.load_ticket(context.ticket.site, context.ticket.id) if moved else context


def seen_step(call: ConsoleRequest) -> int:
    """The step of the ticket that the form was opened on."""
    text = call.request.form.get("seq", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def read_note(call: ConsoleRequest) -> str:
    """The note of the form. Raises Invalid if it is too long."""
    note = call.request.form.get("note", "").replace("\r\n", "\n")
    if len(note) > _MAX_NOTE:
        message = f"a note may have at most {_MAX_NOTE} characters"
        raise Invalid(
            Reason("bad-value", message, field="note", facts={"rule": "too-long", "limit": str(_MAX_NOTE)})
        )
    return note


def carry_out(call: ConsoleRequest, command: TicketCommand) -> StepContext:
    """Carry out the command. What is kept for a repetition of the form is where it leads."""

    def answer(context: StepContext) -> ApiResponse:
        return ApiResponse(303, headers={"Location": ticket_address(context)})

    return call.desk.engine.do(command, call.now, call.idempotent_request(answer))
