"""Somebody is away: what they may do, their substitute may do in their place, as long as it lasts.

Lent is what their posts allow, and what they have; not what they opened for themselves, nor the post that is
exempt from keeping things apart. From hand to hand only: the substitute of a substitute has nothing of the
first. This is the one place that says so: whoever asks what somebody may do on a ticket, or see of it, asks
here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from workflows.core.commands import Actor
from workflows.core.people import Directory, Staff
from workflows.core.rights import STAND_IN, actor_of, may_work_on
from workflows.core.ticket import Situation, Ticket
from workflows.core.visibility import Viewer, names_of, sees
from workflows.timing.instants import Instant


class Loan(NamedTuple):
    """What somebody may do in the place of somebody else.

    `acting` is the substitute with the posts of who is away; `absent` is that one, as they would come
    themselves: what they may not do now, nobody does for them.
    """

    absent: Actor
    acting: Actor


def loans(actor: Actor, directory: Directory, at: Instant) -> tuple[Loan, ...]:
    """In whose place the actor may act too, at a moment; nobody's for almost everybody."""
    away = directory.stood_in_for(actor.id, at)
    return tuple(_loan(actor, each, directory.site) for each in away) if away else ()


def _loan(actor: Actor, member: Staff, site: str) -> Loan:
    own = actor_of(member, site, actor.surface)
    absent = replace(own, roles=own.roles - {STAND_IN})
    return Loan(absent, replace(absent, id=actor.id, name=actor.name, on_behalf=member.id))


def roles_at(member: Staff, directory: Directory, at: Instant) -> frozenset[str]:
    """The posts of a member of staff at a site, and those lent to them: for what is only read."""
    lent = (loan.acting.roles for loan in loans(actor_of(member, directory.site), directory, at))
    return member.roles(directory.site).union(*lent)


def holder(actor: Actor, directory: Directory, at: Instant, roles: frozenset[str]) -> Actor | None:
    """The actor if they hold one of the roles, else the actor in the place of somebody who does."""
    each = (actor, *(loan.acting for loan in loans(actor, directory, at)))
    return next((who for who in each if who.roles & roles), None)


def admits(actor: Actor, directory: Directory, ticket: Ticket, at: Instant) -> bool:
    """Whether the ticket exists for the actor, or for somebody in whose place they may act."""
    return sees(actor, ticket) or any(sees(loan.acting, ticket) for loan in loans(actor, directory, at))


def fit(situation: Situation, member: Staff, at: Instant) -> bool:
    """Whether a member of staff could work on the ticket as it stands, by their own posts or by lent ones."""
    directory = situation.directory
    own = actor_of(member, directory.site)
    return may_work_on(situation, own) or any(
        may_work_on(situation, loan.acting) for loan in loans(own, directory, at)
    )


def viewer(actors: Mapping[str, Actor], directory: Callable[[str], Directory], at: Instant) -> Viewer:
    """Somebody who looks, as whom they are at each site, with what is lent to them there."""
    names, places = {}, {}
    for site, actor in actors.items():
        lent = loans(actor, directory(site), at)
        names[site] = names_of(actor).union(*(names_of(loan.acting) for loan in lent))
        if lent:
            places[site] = frozenset(loan.absent.id for loan in lent)
    return Viewer(names, places=places)
