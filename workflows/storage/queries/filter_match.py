"""Whether one ticket matches a filter of lists: for tickets that are found in another way than by it."""

from __future__ import annotations

from workflows.core.ticket import Ticket
from workflows.storage.queries.branches import EQUAL, categories
from workflows.storage.queries.filters import TicketFilter
from workflows.storage.search import exact_term, extract_terms, number_terms
from workflows.storage.search_query import fits, hash_query, parse_query
from workflows.timing.instants import Instant


def matches_filter(ticket_filter: TicketFilter, ticket: Ticket) -> bool:
    """Whether the ticket matches, as lists decide it in SQL. Whether the viewer sees it is not looked at."""
    at = ticket_filter
    return (
        ticket.site in at.sites
        and all(getattr(at, name) in (None, getattr(ticket, name)) for name in EQUAL if name != "workflow")
        and (at.workflow is None or ticket.workflow in (at.workflow, *at.former_names))
        and (at.category is None or ticket.category in categories(at))
        and _has_assignee(at, ticket)
        and _is_between(ticket.due_at, None, at.overdue)
        and _is_between(ticket.due_at, at.due_after, at.due_before)
        and _is_between(ticket.opened_at, at.opened_after, at.opened_before)
        and _is_between(ticket.changed_at, at.changed_after, at.changed_before)
        and _is_between(ticket.closed_at, at.closed_after, at.closed_before)
        and (at.watcher is None or at.watcher in ticket.watchers)
        and (at.unit is None or _has_unit(at.unit, ticket))
        and (at.q is None or not at.q.strip() or _has_words(at.q, ticket))
    )


def _is_between(instant: Instant | None, after: Instant | None, before: Instant | None) -> bool:
    """Whether an instant is in [after, before); no instant is in none."""
    if instant is None:
        return after is None and before is None
    return (after is None or instant >= after) and (before is None or instant < before)


def _has_unit(unit: str, ticket: Ticket) -> bool:
    term = exact_term(unit)
    return any(isinstance(each, str) and exact_term(each) == term for each in ticket.data.values())


def _has_assignee(ticket_filter: TicketFilter, ticket: Ticket) -> bool:
    departed = ticket_filter.departed.get(ticket.site, ())
    if ticket_filter.assignee is not None:
        wanted = {ticket_filter.assignee, *ticket_filter.substitute_for.get(ticket.site, ())}
        if ticket_filter.unassigned:
            wanted &= set(departed)
        return ticket.assignee in wanted
    return not ticket_filter.unassigned or ticket.assignee is None or ticket.assignee in departed


def _has_words(q: str, ticket: Ticket) -> bool:
    """Whether the ticket has this number, or all the words in its title and open fields. Notes and personal
    values are not known of it here."""
    held = (extract_terms(ticket) + number_terms(ticket.number)).split()
    return ticket.number == q.strip() or fits(hash_query(parse_query(q), None), held)
