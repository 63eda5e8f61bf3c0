"""The papers of a ticket, to be printed."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from flask import Response

from service.api.tickets import prints
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.ticket.ticket_address import ticket_address
from service.texts import localize
from workflows.core.ticket import StepContext

pages = Pages()


class PaperLink(NamedTuple):
    """A paper that is ready: its address, what it is called, and its size."""

    path: str
    title: str
    size: str


def list_papers(call: ConsoleRequest, context: StepContext) -> list[PaperLink]:
    """The papers that can be printed in the ticket's state."""
    return [
        PaperLink(
            ticket_address(context, f"/papers/{quote(each.name)}"),
            localize(each.title, call.language),
            each.size,
        )
        for each in context.definition.prints.values()
        if prints.is_ready(call, context, each)
    ]


@pages.get("/tickets/<number>/papers/<paper>")
def show_paper(call: ConsoleRequest, number: str, paper: str) -> Response:
    """A paper, as the API gives it."""
    site = call.request.args.get("site")
    call.query = {"site": site} if site else {}
    answer = prints.print_ticket(call, number, paper)
    response = Response(answer.body, answer.status, answer.headers, mimetype="text/html")
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response
