"""Records that somebody was looked for by a personal value: who did, when, and in which tickets it was."""

from __future__ import annotations

from service.api.http.request import ApiRequest
from workflows.storage.queries.results import TicketPage
from workflows.storage.tickets.readings import SEARCH, Reading


def record_search(request: ApiRequest, page: TicketPage) -> None:
    """Record a list of tickets as a search among the readings of its sites, and as a reading of each ticket
    in which a personal value was found.

    Words that nobody is called are no such search: only what can hardly be but a telephone number, a mail
    address or an identity number is recorded if nobody was found.
    """
    searched, readings = page.searched, list[Reading]()
    for site in searched.sites:
        found = [each for each in page.tickets if each.site == site and (site, each.id) in page.personal]
        kinds = searched.kinds if found else searched.certain
        if kinds:
            readings.append(Reading(site, SEARCH, request.actor_at(site), kinds))
        for ticket in found:
            readers = request.desk.definitions.get(ticket.workflow, ticket.version).readers
            reader = request.require_reader(site, frozenset(readers))
            readings.append(Reading(site, ticket.id, reader, [f"{SEARCH}:{kind}" for kind in kinds]))
    request.desk.privacy.record_readings(readings, request.now)
