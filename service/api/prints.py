"""Tickets on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.api.answers import Answer, as_json
from service.api.call import Call
from service.api.places import place_of
from service.api.routing import Routes
from service.api.sight import sight_of
from service.prints.page import POLICY, page
from service.prints.paper import Order, secrets_of, sheets
from service.prints.values import Speaker
from service.refusals import reason
from service.schemas import queries
from service.texts import titled
from workflows.core.papers import refuse_unready
from workflows.core.ticket import Child, Situation
from workflows.errors import Blocked, NotFound
from workflows.language.definition import Definition, Print
from workflows.timing.problems import did_you_mean

routes = Routes("prints")
_HTML = "text/html; charset=utf-8"


@routes.get(
    "/api/tickets/{number}/prints",
    "Which papers a ticket has",
    "Prints",
    query=queries.SiteQuery(),
    refuses=(404, 409),
)
def list_prints(call: Call, number: str) -> Answer:
    """The papers that the ticket can be printed as, and whether they are given out as it stands."""
    situation = call.look(*place_of(call, number))
    items = [
        {
            "name": each.name,
            "title": titled(each.title, call.language),
            "size": each.size,
            "ready": _ready(call, situation, each),
        }
        for each in situation.definition.prints.values()
    ]
    return as_json({"items": items}, 200, _heads(call))


@routes.get(
    "/api/tickets/{number}/print/{paper}",
    "Print a ticket",
    None,
    query=queries.SiteQuery(),
    refuses=(404, 409),
    produces="text/html",
)
def print_ticket(call: Call, number: str, paper: str) -> Answer:
    """The ticket as a paper: HTML for printing, in the reader's language, with a code that finds it again.

    Personal fields are masked unless the reader may read them; that they were read is kept.
    """
    site, ticket_id = place_of(call, number)
    situation = call.look(site, ticket_id)
    wanted = _paper(situation.definition, paper)
    refuse_unready(situation, wanted, call.actor(site), call.now)
    order = _order(call, situation, wanted)
    clear = bool(call.roles(site) & situation.definition.readers)
    if clear and (secrets := secrets_of(order)):
        call.desk.privacy.record_reading(site, ticket_id, call.staff.id, secrets, call.now)
    body = page(sheets(order, _speaker(call, situation, clear)), wanted.size, call.language)
    heads = {**_heads(call), "Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return Answer(200, body, heads, _HTML)


def _heads(call: Call) -> dict[str, str]:
    return {"Content-Language": call.language, "Vary": "Accept-Language"}


def _ready(call: Call, situation: Situation, paper: Print) -> bool:
    try:
        refuse_unready(situation, paper, call.actor(situation.directory.site), call.now)
    except Blocked:
        return False
    return True


def _paper(definition: Definition, name: str) -> Print:
    if name not in definition.prints:
        shown = name[:60]
        message = f"{definition.name} has no paper {shown!r}{did_you_mean(shown, definition.prints)}"
        raise NotFound(reason("unknown-paper", message, field="paper", name=shown))
    return definition.prints[name]


def _speaker(call: Call, situation: Situation, clear: bool) -> Speaker:
    return Speaker(
        language=call.language,
        zone=situation.definition.calendar.zone,
        organisation=situation.definition.organisation,
        directory=situation.directory,
        clear=clear,
    )


def _order(call: Call, situation: Situation, paper: Print) -> Order:
    ticket = situation.ticket
    assert ticket is not None, "what is looked at exists"
    children = _children(call, situation, paper)
    get = call.desk.library.get
    sites = {each.id: each.name for each in call.desk.people.sites()}
    return Order(
        paper=paper,
        ticket=ticket,
        definition=situation.definition,
        site=sites.get(ticket.site, ticket.site),
        base=call.settings.channels.base_url,
        printed_by=call.staff.name,
        now=call.now,
        children=children,
        processes={c.workflow: get(c.workflow, c.version) for each in children.values() for c in each},
    )


def _children(call: Call, situation: Situation, paper: Print) -> Mapping[str, Sequence[Child]]:
    """The children on the paper that exist for the reader, with their fields."""
    ticket = situation.ticket
    if not paper.children or ticket is None:
        return {}
    stored = call.desk.store.children(ticket.site, ticket.id, whole=True)
    seen = sight_of(call, [ticket]).children(ticket.site, stored)
    return {link: [each for each in seen if each.link == link] for link in paper.children}
