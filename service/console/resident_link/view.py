"""The links to one ticket that residents have: the valid ones, a new one, and ending one."""

from __future__ import annotations

from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from flask import Response

from service.api.http.ids import new_id
from service.api.http.response import ApiResponse
from service.auth import hash_token
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.layout.moments import write_moment
from service.console.resident_link.link_view import LinkView, choose_token, show_link
from service.console.ticket.commands import load_context
from service.console.ticket.step_form import site_zone_of
from service.console.ticket.ticket_address import ticket_address
from service.refusals import reason
from workflows.core.access.permissions import takes_part
from workflows.core.commands import Note
from workflows.core.ticket import StepContext
from workflows.errors import Blocked, Forbidden, NotFound, Reason
from workflows.storage.people.resident_links import ResidentLink

pages = Pages()
_PATH = "/tickets/<number>/resident"


@pages.get(_PATH)
def show_links(call: ConsoleRequest, number: str) -> Response:
    """The links that are valid, without their secrets, which nobody knows any more."""
    return _links_page(call, _load(call, number))


def _load(call: ConsoleRequest, number: str) -> StepContext:
    """The ticket, for those who take part in it. Blocked for one that only some may see."""
    context = load_context(call, number)
    if not takes_part(context, call.actor_at(context.ticket.site)):
        raise Forbidden(Reason("not-taking-part", "links are given by those who take part in the ticket"))
    if context.ticket.audience is not None:
        message = "only some may see this ticket; a resident gets no link to it"
        raise Blocked(reason("no-link", message))
    return context


def _links_page(call: ConsoleRequest, context: StepContext, shown: LinkView | None = None) -> Response:
    ticket, zone = context.ticket, site_zone_of(context)
    links = call.desk.resident_links.of_ticket(ticket.site, ticket.id, call.now)
    staff = context.directory.staff
    query = urlencode({"site": ticket.site})
    return call.page(
        "resident_link/links.html",
        call.text("resident_link", "title", number=ticket.number),
        ticket=ticket,
        address=ticket_address(context),
        action=f"/tickets/{quote(ticket.number, safe='')}/resident",
        query=query,
        shown=shown,
        links=[
            (
                each.id,
                staff[each.created_by].name
                if each.created_by in staff
                else call.text("resident_link", "by-code"),
                write_moment(each.created_at, zone, call.language, call.now),
                _write_day(call, each.expires_at, zone),
            )
            for each in links
        ],
    )


def _write_day(call: ConsoleRequest, at: int, zone: ZoneInfo) -> str:
    return write_moment(at, zone, call.language)


@pages.post(_PATH)
def make_link(call: ConsoleRequest, number: str) -> Response:
    """Make a link and show it, once. The history of the ticket says who made it, and until when it is
    valid."""
    context = _load(call, number)
    ticket, until = context.ticket, call.now + call.settings.links.life
    token = choose_token(call, ticket.id)
    if call.answered_before() is None:
        valid = _write_day(call, until, site_zone_of(context))
        note = call.text("resident_link", "noted", until=valid)
        _note(call, context, note)
    link = ResidentLink(
        site=ticket.site,
        id=new_id(call.now),
        ticket=ticket.id,
        created_by=call.staff.id,
        created_at=call.now,
        expires_at=until,
    )
    call.desk.resident_links.add(link, hash_token(token))
    return _links_page(call, context, show_link(call, token, ticket.number))


def _note(call: ConsoleRequest, context: StepContext, note: str) -> None:
    ticket = context.ticket
    command = Note(site=ticket.site, ticket=ticket.id, actor=call.actor_at(ticket.site), note=note)
    answer = ApiResponse(303, headers={"Location": ticket_address(context)})
    call.desk.engine.do(command, call.now, call.idempotent_request(lambda _: answer))


@pages.post(f"{_PATH}/end")
def end_link(call: ConsoleRequest, number: str) -> Response:
    """End a link: whoever has it sees nothing any more."""
    context = _load(call, number)
    ticket, id = context.ticket, call.request.form.get("link", "")
    back = f"/tickets/{quote(ticket.number, safe='')}/resident?{urlencode({'site': ticket.site})}"
    known = {each.id for each in call.desk.resident_links.of_ticket(ticket.site, ticket.id, call.now)}
    if id not in known:
        if call.answered_before() is not None:
            return call.go_to(back)
        raise NotFound(reason("link-over", "this link is not valid, or not any more"))
    call.desk.resident_links.revoke(ticket.site, id, call.now)
    _note(call, context, call.text("resident_link", "ended-note"))
    return call.go_to(back, call.text("resident_link", "ended"))
