"""Who may know that a ticket exists. Worked out at each step and kept on the ticket; asked at every door.

An audience is a set of names, one of which a viewer must have: a post (`hr-officer`), a post in a department
(`dept-head@security`), membership of a department (`@security`), a person (`=<staff id>`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workflows.core.commands import CLOCK, Actor
from workflows.core.rights import HEAD
from workflows.core.ticket import Ticket
from workflows.language.definition import Definition, Owner
from workflows.language.forms.values import Values

Audience = tuple[str, ...]
_WITHOUT = frozenset({CLOCK.surface, "import"})  # the desk itself, and history that is brought in


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: at each site, the names that may let them in, and those (staff ids) in whose `places` they
    may act, whose tickets they see. `everything` is the desk itself."""

    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    everything: bool = False
    places: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def sees(self, site: str, audience: Audience | None, assignee: str | None = None) -> bool:
        """Whether a ticket with this audience exists for them."""
        if audience is None or self.everything:
            return True
        if not self.names.get(site, frozenset()).isdisjoint(audience):
            return True
        return assignee in self.places.get(site, ())


OUTSIDER = Viewer()
"""Somebody for whom only those tickets exist that exist for all."""
DESK = Viewer(everything=True)
"""The desk itself, for what is asked on nobody's behalf."""


def names_of(actor: Actor) -> frozenset[str]:
    """Every name that may let the actor in."""
    posts = {f"{role}@{department}" for role in actor.roles for department in actor.departments}
    return frozenset(
        {*actor.roles, *posts, *(f"@{department}" for department in actor.departments), f"={actor.id}"}
    )


def sees(actor: Actor, ticket: Ticket) -> bool:
    """Whether the ticket exists for the actor."""
    if ticket.audience is None or actor.surface in _WITHOUT:
        return True
    return ticket.assignee == actor.person or not names_of(actor).isdisjoint(ticket.audience)


def audience_of(definition: Definition, ticket: Ticket) -> Audience | None:
    """Whom the ticket exists for as it stands; None for everybody at the site.

    A condition that cannot be answered keeps the ticket from everybody else, rather than open to all.
    """
    rule = definition.visible
    if rule is None:
        return None
    if rule.when is not None:
        verdict = rule.when.holds(Values(fields=ticket.data))
        if not verdict.holds and verdict.why is None:
            return None
    owner = definition.states[ticket.state].owner
    people = (ticket.opener, ticket.assignee)
    found = {f"={person}" for person in people if person}
    found.update(name for role in rule.to if (name := _named(role, ticket.department)))
    found.update(_owners(owner, ticket) if owner else ())
    return tuple(sorted(found))


def _named(role: str, department: str | None) -> str | None:
    match role:
        case "department":
            return f"@{department}" if department else None
        case "department-head":
            return f"{HEAD}@{department}" if department else None
    return role


def _owners(owner: Owner, ticket: Ticket) -> Iterator[str]:
    """Those who have the next move, as `rights.owns` has it."""
    if owner.staff is not None:
        person = ticket.data.get(owner.staff)
        yield from (f"={person}",) if person else ()
    elif owner.department is None:
        yield from (owner.role,) if owner.role else ()
    elif ticket.department:
        yield f"{owner.role or ''}@{ticket.department}"
