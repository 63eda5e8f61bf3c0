"""What a list of tickets may be asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, false, or_, select, text

from workflows.core.visibility import OUTSIDER, Viewer
from workflows.storage import search
from workflows.storage.sight import visible
from workflows.storage.tables import OPEN, tickets
from workflows.timing.instants import Instant

_FOUND_SQLITE = text(
    "(tickets.site_id, tickets.id) IN (SELECT site_id, ticket_id FROM texts WHERE doc IN"
    " (SELECT rowid FROM texts_index WHERE texts_index MATCH :terms))"
)
_FOUND_POSTGRES = text(
    "(tickets.site_id, tickets.id) IN (SELECT site_id, ticket_id FROM texts WHERE"
    " array_to_tsvector(string_to_array(terms, ' ')) @@ CAST(:terms AS tsquery))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """Tickets of `sites` for which everything given holds.

    `category` is `open` (everything that has not ended), `ended`, or an exact one: waiting, closed,
    cancelled. `in_place_of`: at each site, whose tickets are wanted besides those of `assignee`. `viewer` is
    for whom they must exist: unless it is said, those only that exist for all.
    `overdue` is the present moment: tickets that are late by it. `q` are words of the title and
    the open fields, all of which must be found, or a ticket's number.
    """

    sites: Collection[str]
    viewer: Viewer = OUTSIDER
    workflow: str | None = None
    state: str | None = None
    category: str | None = None
    opener: str | None = None
    assignee: str | None = None
    in_place_of: Mapping[str, Collection[str]] = field(default_factory=dict)
    unassigned: bool = False
    department: str | None = None
    overdue: Instant | None = None
    q: str | None = None
    parent: str | None = None
    origin: str | None = None
    opened_after: Instant | None = None
    opened_before: Instant | None = None


def conditions(wanted: TicketFilter, postgres: bool) -> list[ColumnElement[bool]]:
    """The filter as conditions on `tickets`."""
    t = tickets.c
    found: list[ColumnElement[bool]] = [t.site_id.in_(wanted.sites), visible(wanted.viewer, postgres)]
    for name in ("workflow", "state", "opener", "department", "parent", "origin"):
        value = getattr(wanted, name)
        if value is not None:
            found.append(t[name] == value)
    if wanted.assignee is not None:
        found.append(_had_by(wanted.assignee, wanted.in_place_of))
    if wanted.category is not None:
        found.append(_category(wanted.category))
    if wanted.unassigned:
        found.append(t.assignee.is_(None))
    if wanted.overdue is not None:
        found.append(t.due_at < wanted.overdue)
    if wanted.opened_after is not None:
        found.append(t.opened_at >= wanted.opened_after)
    if wanted.opened_before is not None:
        found.append(t.opened_at < wanted.opened_before)
    if wanted.q is not None and wanted.q.strip():
        found.append(_words(wanted.q, wanted.sites, postgres))
    return found


def _had_by(assignee: str, in_place_of: Mapping[str, Collection[str]]) -> ColumnElement[bool]:
    t = tickets.c
    others = (and_(t.site_id == site, t.assignee.in_(sorted(who))) for site, who in in_place_of.items())
    return or_(t.assignee == assignee, *others)


def _category(category: str) -> ColumnElement[bool]:
    if category == "open":
        return and_(OPEN)
    if category == "ended":
        return tickets.c.category.in_(("closed", "cancelled"))
    return tickets.c.category == category


def _words(query: str, sites: Collection[str], postgres: bool) -> ColumnElement[bool]:
    """Tickets that hold all words, or whose number it is."""
    t = tickets.c
    numbered = select(t.id).where(t.site_id.in_(sites), t.number == query.strip())
    asked = search.wanted(query)
    if not asked:
        return false()
    if postgres:
        found = _FOUND_POSTGRES.bindparams(terms=search.tsquery(asked))
    else:
        found = _FOUND_SQLITE.bindparams(terms=search.fts5(asked))
    return or_(found, t.id.in_(numbered.correlate(None)))
