"""The process of a ticket drawn: where it stands, and where it has been."""

from __future__ import annotations

from flask import Response

from service.api.workflows import SVG_POLICY
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.ticket.commands import load_context
from workflows.language.diagram import svg

pages = Pages()
_MOST_EVENTS = 1_000


@pages.get("/tickets/<number>/process.svg")
def show_picture(call: ConsoleRequest, number: str) -> Response:
    """The states of the ticket's version as SVG; those that it has passed are marked."""
    context = load_context(call, number)
    ticket = context.ticket
    events = call.desk.queries.history(ticket.site, ticket.id, 0, _MOST_EVENTS)
    passed = {each.to for each in events if each.to} | {each.source for each in events if each.source}
    picture = svg(context.definition, call.language, ticket.state, passed=passed)
    answer = Response(picture, mimetype="image/svg+xml")
    answer.headers["Content-Security-Policy"] = SVG_POLICY
    return answer
