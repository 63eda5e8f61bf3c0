"""Opening tickets and looking at them."""

from __future__ import annotations

from typing import Any

from service.api import showing
from service.api.answers import Answer, as_json, etag
from service.api.call import Call
from service.api.identifiers import new_id
from service.api.paging import as_page, limit_of, own_cursor, seq_after
from service.api.places import place_of
from service.api.routing import Routes
from service.api.sight import sight_of
from service.refusals import reason
from service.schemas import bodies, queries
from workflows.core.commands import Open
from workflows.core.people import Staff
from workflows.core.ticket import Situation
from workflows.errors import Forbidden, Invalid, Reason
from workflows.storage.filters import TicketFilter

routes = Routes("tickets")


def whole(situation: Situation, call: Call, status: int) -> Answer:
    """The ticket as an answer, with what the next writer needs: where it is, and its ETag."""
    ticket = situation.ticket
    assert ticket is not None, "a step leaves a ticket"
    shown = showing.ticket_whole(situation, call.now, call.language, sight_of(call, [ticket]))
    heads = {**call.heads, "ETag": etag(ticket.seq)}
    if status == 201:
        heads["Location"] = f"/api/tickets/{ticket.id}"
    return as_json(shown, status, heads)


@routes.post(
    "/api/tickets",
    "Open a ticket",
    "Ticket",
    body=bodies.OpenTicket(),
    refuses=(403, 404, 409),
)
def open_ticket(call: Call) -> Answer:
    """Open a ticket of a process, at the only site of the asker or at the one that is named."""
    body = call.body
    site = chosen_site(call, body.get("site"))
    call.about = lambda: call.desk.library.latest(body["workflow"])
    command = Open(
        site=site,
        id=new_id(call.now),
        workflow=body["workflow"],
        actor=call.actor(site),
        data=body["data"],
        note=body["note"],
    )

    def answer(situation: Situation) -> Answer:
        return whole(situation, call, 201)

    return answer(call.desk.engine.do(command, call.now, call.repeatable(answer)))


def chosen_site(call: Call, named: str | None) -> str:
    """The site that is named, or the only one of the asker."""
    if named is not None:
        return call.site_named(named)
    if len(call.sites) == 1:
        return call.sites[0]
    if not call.sites:
        raise Forbidden(Reason("not-a-member", "you belong to no site"))
    sites = ", ".join(call.sites)
    raise Invalid(reason("site-needed", f"say at which site: {sites}", field="site", sites=sites))


@routes.get(
    "/api/tickets",
    "List tickets",
    "TicketPage",
    query=queries.TicketsQuery(),
    refuses=(404, 422),
    linked=True,
)
def list_tickets(call: Call) -> Answer:
    """Tickets of the asker's sites, newest first; late ones with the longest late first."""
    limit = limit_of(call)
    with own_cursor():
        page = call.desk.queries.tickets(_wanted(call), call.query.get("cursor"), limit)
    get, sight = call.desk.library.get, sight_of(call, page.tickets)
    directories = {site: call.desk.people.directory(site) for site in {each.site for each in page.tickets}}
    items = [
        showing.ticket_line(
            each, get(each.workflow, each.version), call.now, call.language, sight, directories[each.site]
        )
        for each in page.tickets
    ]
    return as_page(call, items, page.next)


def _wanted(call: Call) -> TicketFilter:
    asked = call.query
    view = asked.get("view")
    late = asked.get("overdue") or view == "overdue"
    return TicketFilter(
        sites=call.wanted_sites(),
        viewer=call.viewer,
        workflow=asked.get("workflow"),
        state=asked.get("state"),
        category=asked.get("category") or ("open" if view in ("mine", "unassigned") else None),
        assignee=call.staff.id if view == "mine" else _assignee(call, asked.get("assignee")),
        in_place_of=call.viewer.places if view == "mine" else {},
        unassigned=view == "unassigned",
        department=asked.get("department"),
        overdue=call.now if late else None,
        q=asked.get("q"),
        parent=asked.get("parent"),
        origin=asked.get("origin"),
    )


def _assignee(call: Call, named: str | None) -> str | None:
    if named is None:
        return None
    if named == "me":
        return call.staff.id
    member = staff_named(call, named, call.wanted_sites())
    return member.id if member else named


def staff_named(call: Call, named: str, sites: tuple[str, ...]) -> Staff | None:
    """The member of staff of one of the sites with this id or account."""
    for site in sites:
        staff = call.desk.people.directory(site).staff
        found = staff.get(named) or next((each for each in staff.values() if each.account == named), None)
        if found is not None:
            return found
    return None


@routes.get(
    "/api/tickets/{number}",
    "Look at a ticket",
    "Ticket",
    query=queries.SiteQuery(),
    refuses=(404, 409),
    etag=True,
)
def show_ticket(call: Call, number: str) -> Answer:
    """The ticket by its number or id; 304 when the reader has it already."""
    site, ticket_id = place_of(call, number)
    situation = call.look(site, ticket_id)
    assert situation.ticket is not None, "what is looked at exists"
    if _has(call, etag(situation.ticket.seq)):
        return Answer(304, headers={**call.heads, "ETag": etag(situation.ticket.seq)})
    return whole(situation, call, 200)


def _has(call: Call, tag: str) -> bool:
    said = call.request.headers.get("If-None-Match", "")
    return any(each.strip().removeprefix("W/") in (tag, "*") for each in said.split(","))


@routes.get(
    "/api/tickets/{number}/personal",
    "Read the personal fields",
    "Personal",
    query=queries.SiteQuery(),
    refuses=(403, 404, 409),
)
def show_personal(call: Call, number: str) -> Answer:
    """The personal fields in clear, for the roles that may read them. That they were read is kept."""
    site, ticket_id = place_of(call, number)
    situation = call.look(site, ticket_id)
    ticket, definition = situation.ticket, situation.definition
    assert ticket is not None, "what is looked at exists"
    call.require_reader(site, definition.readers)
    if ticket.personal:
        call.desk.privacy.record_reading(site, ticket_id, call.staff.id, ticket.personal, call.now)
    shown: dict[str, Any] = {"number": ticket.number, "id": ticket.id, "personal": dict(ticket.personal)}
    return as_json(shown, 200, {**call.heads, "Cache-Control": "no-store"})


@routes.get(
    "/api/tickets/{number}/readings",
    "See who read the personal fields",
    "ReadingPage",
    query=queries.PageQuery(),
    refuses=(403, 404, 409, 422),
    linked=True,
)
def show_readings(call: Call, number: str) -> Answer:
    """Who read which personal fields of the ticket and when, newest first.

    For the roles that may read them, and for those who look after the desk.
    """
    limit = limit_of(call)
    site, ticket_id = place_of(call, number)
    readers = call.look(site, ticket_id).definition.readers
    call.require_reader(site, readers, beside=frozenset(call.settings.api.publishers))
    with own_cursor():
        page = call.desk.queries.readings(site, ticket_id, call.query.get("cursor"), limit)
    directory = call.desk.people.directory(site)
    items = [showing.reading(each, directory) for each in page.readings]
    return as_page(call, items, page.next)


@routes.get(
    "/api/tickets/{number}/history",
    "Read the history",
    "HistoryPage",
    query=queries.PageQuery(),
    refuses=(404, 409, 422),
    linked=True,
)
def show_history(call: Call, number: str) -> Answer:
    """What was done to the ticket, oldest first."""
    after = seq_after(call)
    limit = limit_of(call)
    site, ticket_id = place_of(call, number)
    seen = call.look(site, ticket_id)
    found = call.desk.queries.history(site, ticket_id, after, limit + 1)
    items = [showing.entry(past, seen.definition, call.language, seen.directory) for past in found[:limit]]
    following = str(found[limit - 1].seq) if len(found) > limit else None
    return as_page(call, items, following)


@routes.get(
    "/api/tickets/{number}/clocks",
    "See the promises, with the working of each deadline",
    "Clocks",
    query=queries.SiteQuery(),
    refuses=(404, 409),
)
def show_clocks(call: Call, number: str) -> Answer:
    """The clocks of the ticket, each explained."""
    site, ticket_id = place_of(call, number)
    situation = call.look(site, ticket_id)
    shown = [
        showing.clock_explained(each, situation.definition, call.now, call.language)
        for each in showing.in_order(situation.clocks)
    ]
    return as_json({"clocks": shown}, 200, call.heads)
