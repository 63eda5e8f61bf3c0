"""A substitute acts in the place of an absent colleague, as long as the absence lasts.

Delegated are the absentee's posts and assignments; not what they opened themselves, nor the post that is
exempt from separation of duties. A delegation is not passed on: the substitute of a substitute gets nothing
of the first absentee. Every check of what somebody may do or see on a ticket goes through this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from workflows.core.access.permissions import SEPARATION_EXEMPT_POST, build_actor, may_work_on
from workflows.core.access.visibility import Viewer, collect_audience_names, sees
from workflows.core.commands import Actor
from workflows.core.people import Directory, Staff, superiors_of
from workflows.core.ticket import StepContext, Ticket
from workflows.language.forms.organisation import Organisation
from workflows.timing.instants import Instant


class Delegation(NamedTuple):
    """The right of a substitute to act in the place of an absentee.

    `acting` is the substitute with the absentee's posts. `absent` is the absentee as an actor: what they may
    not do now, the substitute may not do for them.
    """

    absent: Actor
    acting: Actor


def find_delegations(actor: Actor, directory: Directory, at: Instant) -> tuple[Delegation, ...]:
    """The delegations that the actor holds at an instant; empty for almost everybody."""
    absentees = directory.find_delegators(actor.id, at)
    return (
        tuple(_build_delegation(actor, member, directory.site) for member in absentees) if absentees else ()
    )


def _build_delegation(actor: Actor, member: Staff, site: str) -> Delegation:
    own = build_actor(member, site, actor.surface)
    absent = replace(own, roles=own.roles - {SEPARATION_EXEMPT_POST})
    return Delegation(absent, replace(absent, id=actor.id, name=actor.name, on_behalf=member.id))


def roles_at(member: Staff, directory: Directory, at: Instant) -> frozenset[str]:
    """The posts of a member of staff at the directory's site, with delegated ones. For reading only."""
    delegated_roles = (
        delegation.acting.roles
        for delegation in find_delegations(build_actor(member, directory.site), directory, at)
    )
    return member.roles(directory.site).union(*delegated_roles)


def find_role_holder(actor: Actor, directory: Directory, at: Instant, roles: frozenset[str]) -> Actor | None:
    """The actor if they hold one of the roles, else the actor acting for an absentee who does; else None."""
    candidates = (actor, *(delegation.acting for delegation in find_delegations(actor, directory, at)))
    return next((candidate for candidate in candidates if candidate.roles & roles), None)


def work_together(member: Staff, other: Staff, site: str, organisation: Organisation) -> bool:
    """Whether two people share a role or a department at a site, or one is above the other.

    A person may name such a colleague as substitute; any other substitute is named by those who run the desk.
    """
    own_roles, other_roles = member.roles(site), other.roles(site)
    if own_roles & other_roles or member.departments(site) & other.departments(site):
        return True
    above = {role for each in own_roles for role in superiors_of(each, organisation)}
    below = {role for each in other_roles for role in superiors_of(each, organisation)}
    return bool(above & other_roles or below & own_roles)


def may_see(actor: Actor, directory: Directory, ticket: Ticket, at: Instant) -> bool:
    """Whether the ticket is visible to the actor, or to an absentee for whom they act."""
    return sees(actor, ticket) or any(
        sees(delegation.acting, ticket) for delegation in find_delegations(actor, directory, at)
    )


def could_work_on(context: StepContext, member: Staff, at: Instant) -> bool:
    """Whether a member of staff could work on the ticket, by their own posts or delegated ones."""
    directory = context.directory
    own = build_actor(member, directory.site)
    return may_work_on(context, own) or any(
        may_work_on(context, delegation.acting) for delegation in find_delegations(own, directory, at)
    )


def build_viewer(actors: Mapping[str, Actor], directory: Callable[[str], Directory], at: Instant) -> Viewer:
    """The viewer for somebody with these actors by site, delegations at the instant included."""
    names, delegators = {}, {}
    for site, actor in actors.items():
        delegations = find_delegations(actor, directory(site), at)
        names[site] = collect_audience_names(actor).union(
            *(collect_audience_names(delegation.acting) for delegation in delegations)
        )
        if delegations:
            delegators[site] = frozenset(delegation.absent.id for delegation in delegations)
    return Viewer(names, delegators=delegators)
