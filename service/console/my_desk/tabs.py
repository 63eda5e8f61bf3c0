"""The tabs of one's desk: what each holds, and how many tickets that is.

The queue is asked once: what is overdue or due soon stands at its head.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.api.tickets.lists import MAX_COUNTED
from service.console.http.console_request import ConsoleRequest
from workflows.core.access.next_owners import find_next_owners
from workflows.core.ticket import Ticket
from workflows.queue import QueueFilter
from workflows.storage.queries.filters import TicketFilter
from workflows.storage.queries.queue_entries import QueuePosition
from workflows.storage.queries.results import TicketPage

QUEUE, DUE, OTHERS = "queue", "due", "others"
TABS = (QUEUE, "mine", OTHERS, DUE, "watched")
SOON = 86_400  # seconds ahead, within which something is due soon


@dataclass(frozen=True, slots=True)
class DeskTabs:
    """A page of one tab, and the counts of all (`99+` for many; empty on a further page)."""

    page: TicketPage
    counts: Mapping[str, str]


def read_tabs(call: ConsoleRequest, tab: str, cursor: str | None, limit: int) -> DeskTabs:
    """The page of `tab` that begins after `cursor`. ValueError if the cursor is none of that tab."""
    if cursor is not None:
        found = (
            _read_queue(call, tab, cursor, limit) if tab in (QUEUE, DUE) else _read_list(call, tab, cursor)
        )
        return DeskTabs(_cut(call, tab, found, limit), {})
    queue = _read_queue(call, QUEUE, None, MAX_COUNTED)
    due = tuple(each for each in queue.tickets if each.due_at is not None and each.due_at < call.now + SOON)
    pages = {name: _read_list(call, name, None) for name in TABS if name not in (QUEUE, DUE)}
    pages |= {QUEUE: queue, DUE: TicketPage(due, queue.next if len(due) == len(queue.tickets) else None)}
    counts = {name: _describe_count(len(pages[name].tickets)) for name in TABS}
    return DeskTabs(_cut(call, tab, pages[tab], limit), counts)


def _describe_count(count: int) -> str:
    return str(count) if count < MAX_COUNTED else f"{MAX_COUNTED - 1}+"


def _cut(call: ConsoleRequest, tab: str, page: TicketPage, limit: int) -> TicketPage:
    """The first tickets of a page that was read."""
    if len(page.tickets) <= limit:
        return page
    last = page.tickets[limit - 1]
    if tab in (QUEUE, DUE):
        return TicketPage(page.tickets[:limit], QueuePosition.of(last).text)
    following = call.desk.queries.cursor_after(_build_filter(call, tab), last)
    return TicketPage(page.tickets[:limit], following)


def _read_queue(call: ConsoleRequest, tab: str, cursor: str | None, limit: int) -> TicketPage:
    narrowed = TicketFilter(sites=call.sites, viewer=call.viewer, due_before=call.now + SOON)
    member_queue = QueueFilter(
        member=call.staff,
        sites=call.sites,
        now=call.now,
        ticket_filter=narrowed if tab == DUE else None,
    )
    return call.desk.queue.page(member_queue, cursor, limit)


def _read_list(call: ConsoleRequest, tab: str, cursor: str | None) -> TicketPage:
    """As many tickets of a tab as are counted; what the user has to move does not wait for others."""
    page = call.desk.queries.tickets(_build_filter(call, tab), cursor, MAX_COUNTED)
    if tab != OTHERS:
        return page
    return TicketPage(tuple(each for each in page.tickets if not _is_own_move(call, each)), page.next)


def _is_own_move(call: ConsoleRequest, ticket: Ticket) -> bool:
    """Whether the next move is the user's: as assignee, or as one of those who may take it."""
    definition = call.desk.definitions.get(ticket.workflow, ticket.version)
    owners = find_next_owners(definition, call.desk.people.directory(ticket.site), ticket)
    if owners is None:
        return False
    if owners.assignee is not None:
        return owners.assignee == call.staff.id
    return any(each.id == call.staff.id for each in owners.people)


def _build_filter(call: ConsoleRequest, tab: str) -> TicketFilter:
    """The tickets of a tab that is no queue."""
    me = call.staff.id
    return TicketFilter(
        sites=call.sites,
        viewer=call.viewer,
        category="open",
        assignee=me if tab == "mine" else None,
        substitute_for=call.viewer.delegators if tab == "mine" else {},
        opener=me if tab == "others" else None,
        watcher=me if tab == "watched" else None,
    )
