"""The filter of a list of tickets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from workflows.core.access.visibility import OUTSIDER, Viewer
from workflows.timing.instants import Instant


class ListOrder(NamedTuple):
    """What a list is ordered by, then by id: a column with an instant, or `priority` (then by opening)."""

    column: str
    ascending: bool = False


NEWEST_FIRST = ListOrder("opened_at")
SORTED_COLUMNS = ("opened_at", "changed_at", "closed_at", "due_at", "priority")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """Tickets of `sites` for which every given condition holds.

    viewer          who must be allowed to see the tickets; by default only unrestricted tickets match
    category        `open` (all that have not ended), `ended`, or an exact one: waiting, closed, cancelled
    former_names    names that the workflow had before it was renamed: their tickets match as well
    priority        a place in `PRIORITIES`
    substitute_for  site -> staff ids whose tickets match besides those of `assignee`
    departed        site -> staff ids of who has left; their tickets count as `unassigned`
    level           that a clock which has not stopped has fired at least
    watcher         staff id of somebody who follows the ticket
    unit            the unit in one of its fields
    undated         a column with an instant that must be empty
    order           of the list; without it, that of the times that are asked for (see `sorted_by`)
    overdue         an instant: tickets whose `due_at` is before it
    q               words that must all be found in the title, the open fields and the notes; or a number, or
                    a unit; or what is found of somebody (see `blind_index`)
    readers         site -> the roles by which the viewer may read, and so find, personal values there
    """

    sites: Collection[str]
    viewer: Viewer = OUTSIDER
    workflow: str | None = None
    former_names: tuple[str, ...] = ()
    state: str | None = None
    category: str | None = None
    priority: int | None = None
    opener: str | None = None
    assignee: str | None = None
    substitute_for: Mapping[str, Collection[str]] = field(default_factory=dict)
    unassigned: bool = False
    departed: Mapping[str, Collection[str]] = field(default_factory=dict)
    department: str | None = None
    overdue: Instant | None = None
    q: str | None = None
    readers: Mapping[str, Collection[str]] = field(default_factory=dict)
    parent: str | None = None
    origin: str | None = None
    opened_after: Instant | None = None
    opened_before: Instant | None = None
    changed_after: Instant | None = None
    changed_before: Instant | None = None
    closed_after: Instant | None = None
    closed_before: Instant | None = None
    due_after: Instant | None = None
    due_before: Instant | None = None
    level: int | None = None
    watcher: str | None = None
    unit: str | None = None
    undated: str | None = None
    order: ListOrder | None = None

    @property
    def sorted_by(self) -> ListOrder:
        """The order of the list: by `due_at`, the first one first, if it is about when tickets are due; by
        the other times that are asked for, the last one first; else newest first."""
        if self.order is not None:
            return self.order
        if not (self.overdue is None and self.due_after is None and self.due_before is None):
            return ListOrder("due_at", True)
        for column, after, before in (
            ("changed_at", self.changed_after, self.changed_before),
            ("closed_at", self.closed_after, self.closed_before),
        ):
            if not (after is None and before is None):
                return ListOrder(column)
        return NEWEST_FIRST
