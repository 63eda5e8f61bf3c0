"""The queue: the open tickets that somebody may act on now, the most urgent first.

The candidates that are stored with each ticket tell who has perhaps the right to a step; the engine's own
rule (`available.may_act`) then tells whether there is one, with guards, documents, separation of duties and
delegations as they are at this moment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from workflows.core.access import delegation
from workflows.core.access.candidates import collect_candidate_names, find_candidates
from workflows.core.access.permissions import build_actor
from workflows.core.handlers.available import may_act
from workflows.core.people import Staff
from workflows.core.records import NO_REGISTERS
from workflows.core.ticket import Child, StepContext, Ticket, TicketKey
from workflows.definitions import Definitions
from workflows.language.expressions.names import open_field_values
from workflows.site_calendars import SiteCalendars
from workflows.storage.people.people import People
from workflows.storage.queries.branches import ENDED
from workflows.storage.queries.filter_match import matches_filter
from workflows.storage.queries.filters import TicketFilter
from workflows.storage.queries.queries import Queries
from workflows.storage.queries.queue_entries import QueuePosition, QueueReader
from workflows.storage.queries.results import TicketPage
from workflows.storage.tickets.store import Store
from workflows.timing.instants import Instant

MAX_PASSED_OVER = 60
"""The most candidates that are passed over for one page: it may be shorter than its limit and have a next."""
FEW = 30
"""If no more open tickets than this match a filter, they are found by it, and not by their candidates."""
_BATCH = 100  # tickets without candidates


class QueueCounts(NamedTuple):
    """How many tickets are in somebody's queue; of them those overdue, and those assigned to that person.

    With `more` there are further ones, which were not counted.
    """

    total: int
    overdue: int
    assigned: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Whose queue, at which sites and when; of it the tickets that match a filter, or all if None."""

    member: Staff
    sites: Collection[str]
    now: Instant
    ticket_filter: TicketFilter | None = None


class WorkQueue:
    """Finds what somebody may act on."""

    def __init__(
        self,
        store: Store,
        reader: QueueReader,
        lists: Queries,
        definitions: Definitions,
        people: People,
        calendars: SiteCalendars,
    ) -> None:
        self._store, self._reader, self._lists, self._definitions = store, reader, lists, definitions
        self._people, self._calendars = people, calendars

    def page(self, queue_filter: QueueFilter, cursor: str | None, limit: int) -> TicketPage:
        """One page of the queue; it may be shorter than `limit` and have a next. ValueError if the cursor is
        none of the queue."""
        found, following = self._find(
            queue_filter, None if cursor is None else QueuePosition.parse(cursor), limit
        )
        return TicketPage(tuple(found), following.text if following else None)

    def count(self, queue_filter: QueueFilter, most: int) -> QueueCounts:
        """How many tickets are in the queue, counted up to `most`."""
        found, following = self._find(queue_filter, None, most)
        return QueueCounts(
            total=len(found),
            overdue=sum(each.due_at is not None and each.due_at < queue_filter.now for each in found),
            assigned=sum(each.assignee == queue_filter.member.id for each in found),
            more=following is not None,
        )

    def fill_candidates(self, limit: int = _BATCH) -> int:
        """Work out the candidates of open tickets that were stored without; returns how many there were."""
        missing = self._reader.find_without_candidates(limit)
        found = []
        for site, ticket_id, seq in missing:
            loaded = self._store.load(site, ticket_id)
            if loaded is not None and loaded[0].seq == seq:
                ticket = loaded[0]
                definition = self._definitions.get(ticket.workflow, ticket.version)
                found.append(((site, ticket_id), seq, find_candidates(definition, ticket)))
        if found:
            self._reader.fill_candidates(found)
        return len(missing)

    def _find(
        self, queue_filter: QueueFilter, after: QueuePosition | None, limit: int
    ) -> tuple[list[Ticket], QueuePosition | None]:
        """At most `limit` tickets after a position, and the position after which to go on."""
        few = self._find_few(queue_filter)
        if few is not None:
            behind = [each for each in few if after is None or QueuePosition.of(each) > after]
            found = list(self._select(replace(queue_filter, ticket_filter=None), behind))
            return found[:limit], QueuePosition.of(found[limit - 1]) if len(found) > limit else None
        names, found = self._reader.find_used(self._collect_names(queue_filter)), list[Ticket]()
        whole = queue_filter.ticket_filter is None  # then almost every candidate belongs
        for size in (limit + 1, MAX_PASSED_OVER) if whole else (limit + MAX_PASSED_OVER,):
            batch = self._reader.tickets(names, after, size)
            found += self._select(queue_filter, batch)
            if len(found) > limit:
                return found[:limit], QueuePosition.of(found[limit - 1])
            if len(batch) < size:
                return found, None
            after = QueuePosition.of(batch[-1])
        return found, after

    def _find_few(self, queue_filter: QueueFilter) -> list[Ticket] | None:
        """The open tickets that match the filter, visible to the person; None if they are more than a few."""
        wanted = queue_filter.ticket_filter
        if wanted is None:
            return None
        if wanted.category in ENDED:
            return []
        # What only readers of personal values may find is not looked for: that would have to be recorded.
        narrow = replace(wanted, category=wanted.category or "open", readers={})
        page = self._lists.tickets(narrow, None, FEW)
        if page.next is not None:
            return None
        return self._reader.tickets_by_key([(each.site, each.id) for each in page.tickets])

    def _collect_names(self, queue_filter: QueueFilter) -> dict[str, frozenset[str]]:
        """Site → the names of the person, and of those for whom they act."""
        names = {}
        for site in queue_filter.sites:
            actor = build_actor(queue_filter.member, site)
            delegations = delegation.find_delegations(actor, self._people.directory(site), queue_filter.now)
            names[site] = collect_candidate_names(actor).union(
                *(collect_candidate_names(delegated.acting) for delegated in delegations)
            )
        return names

    def _select(self, queue_filter: QueueFilter, tickets: Sequence[Ticket]) -> Iterator[Ticket]:
        """Those of the tickets that the person may see and act on."""
        actors = {site: build_actor(queue_filter.member, site) for site in queue_filter.sites}
        children = self._load_children(tickets)
        wanted = queue_filter.ticket_filter
        for ticket in tickets:
            if wanted is not None and not matches_filter(wanted, ticket):
                continue
            actor, directory = actors[ticket.site], self._people.directory(ticket.site)
            if delegation.may_see(actor, directory, ticket, queue_filter.now):
                context = self._build_context(ticket, children.get((ticket.site, ticket.id), ()))
                if may_act(context, actor, queue_filter.now):
                    yield ticket

    def _load_children(self, tickets: Sequence[Ticket]) -> Mapping[TicketKey, tuple[Child, ...]]:
        """The children of the tickets whose processes may have any."""
        get = self._definitions.get
        parents = [(each.site, each.id) for each in tickets if get(each.workflow, each.version).has_children]
        return self._store.children_of(parents)

    def _build_context(self, ticket: Ticket, children: tuple[Child, ...]) -> StepContext:
        definition = self._definitions.get(ticket.workflow, ticket.version)
        directory = self._people.directory(ticket.site)
        if definition.reads_child_data:
            children = tuple(
                child._replace(
                    data=open_field_values(
                        self._definitions.get(child.workflow, child.version).fields, child.data
                    )
                )
                for child in children
            )
        return StepContext(
            definition=definition,
            directory=directory,
            calendar=self._calendars.at(directory, definition.calendar),
            ticket=ticket,
            children=children,
            registers=self._store.entries.for_site(ticket.site) if definition.registers else NO_REGISTERS,
        )
