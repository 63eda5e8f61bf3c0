"""Following a ticket: who may see it can follow it, and hears of its steps as long as they may see it."""

from __future__ import annotations

from workflows.core.access import permissions
from workflows.core.access.delegation import may_see
from workflows.core.commands import Actor
from workflows.core.people import Staff
from workflows.core.ticket import StepContext
from workflows.engine import MAX_ATTEMPTS, Engine
from workflows.errors import Blocked, Forbidden, Invalid, Reason, Stale
from workflows.storage.errors import Conflict
from workflows.storage.tickets.store import Store
from workflows.storage.tickets.watchers import Watcher
from workflows.timing.instants import Instant

MAX_WATCHERS = 100  # of one ticket


class TicketWatchers:
    """Who follows a ticket, with the rights to change it. Raises `NotFound` for a ticket that the actor may
    not see."""

    def __init__(self, engine: Engine, store: Store) -> None:
        self._engine, self._store = engine, store

    def list_watchers(self, context: StepContext) -> tuple[Watcher, ...]:
        """Those who follow the ticket and still work at the site, the first first."""
        ticket = context.ticket
        found = self._store.watchers.of(ticket.site, ticket.id) if ticket.watchers else ()
        return tuple(each for each in found if each.staff_id in context.directory.staff)

    def follow(self, site: str, ticket_id: str, person: str, actor: Actor, now: Instant) -> StepContext:
        """Let a member of staff (staff id) follow the ticket; the ticket afterwards.

        For somebody else one must take part in the ticket, and they must be able to see it.
        """
        for _ in range(MAX_ATTEMPTS):
            context = self._engine.look(site, ticket_id, actor, now)
            if person in context.ticket.watchers:
                return context
            self._check_right(context, person, actor)
            _check_reader(context, person, now)
            if len(context.ticket.watchers) >= MAX_WATCHERS:
                facts = {"most": str(MAX_WATCHERS)}
                message = f"{MAX_WATCHERS} people follow it already; that is the most"
                raise Blocked(Reason("too-many-watchers", message, facts=facts))
            try:
                self._store.watchers.add(context.ticket, person, now)
            except Conflict:
                continue
            return self._engine.look(site, ticket_id, actor, now)
        raise _keeps_moving()

    def unfollow(self, site: str, ticket_id: str, person: str, actor: Actor, now: Instant) -> None:
        """End somebody's following; nothing happens if they do not follow."""
        for _ in range(MAX_ATTEMPTS):
            context = self._engine.look(site, ticket_id, actor, now)
            if person not in context.ticket.watchers:
                return
            self._check_right(context, person, actor)
            try:
                self._store.watchers.remove(context.ticket, person)
            except Conflict:
                continue
            return
        raise _keeps_moving()

    def _check_right(self, context: StepContext, person: str, actor: Actor) -> None:
        if not actor.roles:
            raise Forbidden(Reason("not-a-member", "tickets are followed by the site's staff"))
        if person != actor.id and not permissions.takes_part(context, actor):
            who = permissions.list_roles_in_charge(context)
            named = ", ".join(who)
            message = f"who follows it beside yourself is for: {named}"
            raise Forbidden(Reason("role-needed", message, who=who, facts={"roles": named}))


def _check_reader(context: StepContext, person: str, now: Instant) -> None:
    """Refuse a person who does not work at the site or may not see the ticket, both in the same words."""
    member: Staff | None = context.directory.staff.get(person)
    if member is None or not sees_ticket(context, member, now):
        message = "nobody of that id works at this site and may see the ticket"
        raise Invalid(Reason("not-a-reader", message, field="staff", saw=person[:100]))


def sees_ticket(context: StepContext, member: Staff, now: Instant) -> bool:
    """Whether the ticket is visible to a member of staff, by their own posts or delegated ones."""
    reader = permissions.build_actor(member, context.directory.site)
    return may_see(reader, context.directory, context.ticket, now)


def _keeps_moving() -> Stale:
    return Stale(Reason("moved", "others keep moving the ticket, or those around it; try again"))
