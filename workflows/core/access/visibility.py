"""Visibility of restricted tickets: their audience, computed and stored at each step, checked at each access.

An audience is a set of names, one of which a viewer must have: a post (`hr-officer`), a post in a department
(`dept-head@security`), membership of a department (`@security`), a person (`=<staff id>`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workflows.core.access.permissions import DEPARTMENT_HEAD
from workflows.core.commands import DESK_ID, Actor
from workflows.core.ticket import StepContext, Ticket
from workflows.language.definition import Owner
from workflows.language.forms.values import Values

Audience = tuple[str, ...]
_UNRESTRICTED_SURFACE = "import"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A viewer of tickets: site → audience names, and site → staff ids of the `delegators` acted for.

    With `everything` the viewer sees all tickets of all sites.
    """

    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    everything: bool = False
    delegators: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def sees(self, site: str, audience: Audience | None, assignee: str | None = None) -> bool:
        """Whether a ticket with this audience and assignee is visible; an audience of None is everybody."""
        if audience is None or self.everything:
            return True
        if not self.names.get(site, frozenset()).isdisjoint(audience):
            return True
        return assignee in self.delegators.get(site, ())


OUTSIDER = Viewer()
"""Sees only unrestricted tickets."""
DESK = Viewer(everything=True)
"""The desk itself: sees every ticket."""


def collect_audience_names(actor: Actor) -> frozenset[str]:
    """Every audience name that the actor has at their site."""
    posts = {f"{role}@{department}" for role in actor.roles for department in actor.departments}
    return frozenset(
        {*actor.roles, *posts, *(f"@{department}" for department in actor.departments), f"={actor.id}"}
    )


def sees(actor: Actor, ticket: Ticket) -> bool:
    """Whether the ticket is visible to the actor, without delegations (see `delegation.may_see`). The desk
    itself sees all, whoever set it going."""
    if ticket.audience is None or actor.id == DESK_ID or actor.surface == _UNRESTRICTED_SURFACE:
        return True
    return ticket.assignee == actor.person or not collect_audience_names(actor).isdisjoint(ticket.audience)


def compute_audience(context: StepContext, ticket: Ticket) -> Audience | None:
    """The audience of the ticket as it stands, sorted; None for everybody at the site.

    A condition that cannot be evaluated restricts the ticket. Hours and dates in it are in the site's local
    time.
    """
    definition = context.definition
    rule = definition.visible
    if rule is None:
        return None
    if rule.when is not None:
        calendar = context.calendar
        seen = Values(fields=ticket.data, zone=calendar.zone.key, is_open=calendar.is_open)
        verdict = rule.when.holds(seen)
        if not verdict.holds and verdict.reason is None:
            return None
    owner = definition.states[ticket.state].owner
    people = (ticket.opener, ticket.assignee)
    names = {f"={person}" for person in people if person}
    names.update(name for role in rule.to if (name := _build_audience_name(role, ticket.department)))
    names.update(list_owner_names(owner, ticket) if owner else ())
    return tuple(sorted(names))


def _build_audience_name(role: str, department: str | None) -> str | None:
    match role:
        case "department":
            return f"@{department}" if department else None
        case "department-head":
            return f"{DEPARTMENT_HEAD}@{department}" if department else None
    return role


def list_owner_names(owner: Owner, ticket: Ticket) -> Iterator[str]:
    """The audience names of the owners, by the rules of `permissions.is_owner`."""
    if owner.staff is not None:
        person = ticket.data.get(owner.staff)
        yield from (f"={person}",) if person else ()
    elif owner.department is None:
        yield from (owner.role,) if owner.role else ()
    elif ticket.department:
        yield f"{owner.role or ''}@{ticket.department}"
