"""Erasing the personal data of a ticket, and of a person."""

from __future__ import annotations

import orjson

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.api.sites import stale_error
from service.api.tickets.collection import ticket_response
from service.api.tickets.lookup import find_ticket_key
from service.attachments.cleanup import remove_erased_files
from service.schemas import bodies, queries
from workflows.storage.errors import Conflict
from workflows.storage.registers.write import EntryAuthor
from workflows.storage.tickets.erasure import Erasure

routes = Routes("tickets")


@routes.post(
    "/api/tickets/{number}/erasures",
    "Erase the personal fields",
    "ErasedTicket",
    body=bodies.EraseTicket(),
    query=queries.SiteQuery(),
    writes=True,
)
def erase(request: ApiRequest, number: str) -> ApiResponse:
    """Destroy the personal data of the ticket and of its history for good; the rest stays and can be
    verified.

    With `texts`, notes and other free texts of these history events are erased too. The response lists what
    remains: free texts, related tickets, and entries of registers with personal data of their own. For
    administrators of the desk. The history records who did it, and the note.
    """
    site, ticket = find_ticket_key(request, number)
    request.load_ticket(site, ticket)
    actor = request.actor_at(request.check_managed_site(site))
    body = request.body
    what = Erasure(site, ticket, actor, request.now, body["note"], request.seen, body["personal"])
    try:
        done = request.desk.erasures.erase_ticket(what, body["texts"])
    except Conflict:
        raise stale_error() from None
    remove_erased_files(request.desk)
    assert done is not None, "what is looked at exists"
    answer = ticket_response(request.load_ticket(site, ticket), request, 201)
    left = [each._asdict() for each in done[1]]
    answer.body = orjson.dumps({**orjson.loads(answer.body), "remaining": left})
    return answer


@routes.post(
    "/api/erasures",
    "Erase a person",
    "Erased",
    body=bodies.ErasePerson(),
    refuses=(403, 404),
)
def erase_person(request: ApiRequest) -> ApiResponse:
    """Erase this very value (a name, a phone number) wherever tickets and registers of a site hold it as
    personal data, and free texts of tickets that contain it.

    For administrators of the desk. It examines every ticket of the site: for a large site use the command
    line. The response lists what remains.
    """
    body = request.body
    site = request.check_managed_site(body["site"])
    author = EntryAuthor(site, request.actor_at(site), request.now)
    hits = list(request.desk.erasures.erase_value(body["value"], author, body["note"]))
    remove_erased_files(request.desk)
    items = [each._asdict() | {"remaining": [left._asdict() for left in each.remaining]} for each in hits]
    return json_response({"site": site, "items": items}, 201, request.response_headers)
