"""Printing tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.api.tickets.lookup import find_ticket_key
from service.api.tickets.related import load_related_tickets
from service.prints.page import POLICY, render_page
from service.prints.paper import PrintJob, build_sheets, personal_fields_on
from service.prints.values import ValueFormatter
from service.refusals import reason
from service.schemas import queries
from service.texts import localize
from workflows.core.print_conditions import check_print_condition
from workflows.core.ticket import Child, StepContext
from workflows.errors import Blocked, NotFound
from workflows.language.definition import Definition
from workflows.language.print_spec import Print
from workflows.suggestions import did_you_mean

routes = Routes("prints")
_HTML = "text/html; charset=utf-8"


@routes.get(
    "/api/tickets/{number}/prints",
    "Which papers a ticket has",
    "Prints",
    query=queries.SiteQuery(),
    refuses=(404, 409),
)
def list_prints(request: ApiRequest, number: str) -> ApiResponse:
    """The prints of the ticket's process, and whether each is available in its present state."""
    context = request.load_ticket(*find_ticket_key(request, number))
    items = [
        {
            "name": each.name,
            "title": localize(each.title, request.language),
            "size": each.size,
            "ready": is_ready(request, context, each),
        }
        for each in context.definition.prints.values()
    ]
    return json_response({"items": items}, 200, _print_headers(request))


@routes.get(
    "/api/tickets/{number}/print/{paper}",
    "Print a ticket",
    None,
    query=queries.SiteQuery(),
    refuses=(404, 409),
    produces="text/html",
)
def print_ticket(request: ApiRequest, number: str, paper: str) -> ApiResponse:
    """The ticket as a print: HTML for paper, in the reader's language, with a QR code that leads to it.

    Personal fields are masked unless the reader may read them; a reading is recorded.
    """
    site, ticket_id = find_ticket_key(request, number)
    context = request.load_ticket(site, ticket_id)
    wanted = _find_print(context.definition, paper)
    check_print_condition(context, wanted, request.actor_at(site), request.now)
    order = _build_job(request, context, wanted)
    reader = request.find_reader(site, context.definition.readers)
    if reader is not None and (secrets := personal_fields_on(order)):
        request.desk.privacy.record_reading(site, ticket_id, reader, secrets, request.now)
    body = render_page(
        build_sheets(order, _build_formatter(request, context, reader is not None)),
        wanted.size,
        request.language,
    )
    heads = {**_print_headers(request), "Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return ApiResponse(200, body, heads, _HTML)


def _print_headers(request: ApiRequest) -> dict[str, str]:
    return {"Content-Language": request.language, "Vary": "Accept-Language"}


def is_ready(request: ApiRequest, context: StepContext, paper: Print) -> bool:
    """Whether the paper can be printed in the ticket's present state."""
    try:
        check_print_condition(context, paper, request.actor_at(context.directory.site), request.now)
    except Blocked:
        return False
    return True


def _find_print(definition: Definition, name: str) -> Print:
    if name not in definition.prints:
        shown = name[:60]
        message = f"{definition.name} has no paper {shown!r}{did_you_mean(shown, definition.prints)}"
        raise NotFound(reason("unknown-paper", message, field="paper", name=shown))
    return definition.prints[name]


def _build_formatter(request: ApiRequest, context: StepContext, clear: bool) -> ValueFormatter:
    return ValueFormatter(
        language=request.language,
        zone=context.calendar.zone,
        organisation=context.definition.organisation,
        directory=context.directory,
        clear=clear,
    )


def _build_job(request: ApiRequest, context: StepContext, paper: Print) -> PrintJob:
    ticket = context.ticket
    children = _load_children(request, context, paper)
    get = request.desk.definitions.get
    sites = {each.id: each.name for each in request.desk.people.sites()}
    return PrintJob(
        paper=paper,
        ticket=ticket,
        definition=context.definition,
        site=sites.get(ticket.site, ticket.site),
        base=request.settings.channels.base_url,
        printed_by=request.staff.name,
        now=request.now,
        children=children,
        processes={c.workflow: get(c.workflow, c.version) for each in children.values() for c in each},
    )


def _load_children(request: ApiRequest, context: StepContext, paper: Print) -> Mapping[str, Sequence[Child]]:
    """The children on the print that are visible to the reader, by link, with their fields."""
    ticket = context.ticket
    if not paper.children:
        return {}
    stored = request.desk.store.children(ticket.site, ticket.id, whole=True)
    seen = load_related_tickets(request, [ticket]).visible_children(ticket.site, stored)
    return {link: [each for each in seen if each.link == link] for link in paper.children}
