"""The tickets around a ticket: parent, children, what it came from and went on as, links and merges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.api.tickets.related import RelatedTickets
from service.console.http.console_request import ConsoleRequest
from service.console.ticket_rows import TicketRow, build_ticket_rows, ticket_path
from workflows.core.ticket import Child, StepContext

SHOWN = 30  # tickets around one; a walk may have hundreds of children


@dataclass(frozen=True, slots=True)
class FamilyMember:
    """A ticket and what it is to the one that is shown; `critical` if of all below it is due first."""

    relation: str
    row: TicketRow
    critical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFamily:
    """The tickets around it, and how many more there are; in words how many children are open and ended; and
    the ticket further below that is due first, as (number, address)."""

    members: list[FamilyMember]
    more: int
    children: str
    below: tuple[str, str] | None


def build_family(call: ConsoleRequest, context: StepContext, related: RelatedTickets) -> TicketFamily:
    """The tickets around it that the reader may see."""
    site, relations = context.ticket.site, _list_relations(context)
    found = call.desk.queries.find_visible(site, relations, call.viewer)
    seen = [found[id] for id in relations if id in found]
    urgent = related.most_urgent(site, context.children)
    number = urgent.number if urgent is not None else None
    shown = seen[:SHOWN]
    members = [
        FamilyMember(call.text("ticket", relations[each.id]), row, each.number == number)
        for each, row in zip(shown, build_ticket_rows(call, shown), strict=True)
    ]
    deeper = number is not None and not any(each.critical for each in members)
    return TicketFamily(
        members=members,
        more=len(seen) - len(shown),
        children=_count_children(call, related.visible_children(site, context.children)),
        below=(number, ticket_path(call, site, number)) if number is not None and deeper else None,
    )


def _count_children(call: ConsoleRequest, children: Sequence[Child]) -> str:
    if not children:
        return ""
    ended = sum(each.closed for each in children)
    return call.text("ticket", "children", open=len(children) - ended, ended=ended)


def _list_relations(context: StepContext) -> dict[str, str]:
    """Ticket id → the text of its relation, the nearest first."""
    ticket, trail = context.ticket, context.ticket.trail
    single = (
        (ticket.parent, "parent"),
        (ticket.origin, "origin"),
        (trail.merged_into, "merged-into"),
        (context.successor.id if context.successor else None, "successor"),
    )
    relations = {id: relation for id, relation in single if id is not None}
    relations |= {each.id: "child" for each in sorted(context.children, key=_rank_child)}
    relations |= {each.id: "merged" for each in trail.merged}
    return relations | dict.fromkeys((id for id in trail.links if id not in relations), "linked")


def _rank_child(child: Child) -> tuple[bool, bool, int, str]:
    """Sort key: what is open first, and of it what is due first."""
    return child.closed, child.due_at is None, child.due_at or 0, child.number
