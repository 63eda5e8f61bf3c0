"""What a step asks of the ticket's relatives: its open children under a link, or its parent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from workflows.core.commands import CLOCK, Actor, Amend, Command, Fire, Open
from workflows.core.ticket import Situation, Ticket
from workflows.language.definition import CHILD, PARENT

_NAMED = 10  # so many tickets are named in a note


class Relative(NamedTuple):
    """A ticket that something is asked of. A child that this very step opens has no number yet, and that of a
    restricted one is not told."""

    id: str
    number: str = ""


def relatives(
    on: str, situation: Situation, ticket: Ticket, commands: Iterable[Command]
) -> tuple[Relative, ...]:
    """Whom `on` means: the parent, or each open child of the link, those of `commands` among them."""
    if on == PARENT:
        return (Relative(ticket.parent),) if ticket.parent else ()
    return tuple(_children(on, situation, ticket, commands))


def _children(
    link: str, situation: Situation, ticket: Ticket, commands: Iterable[Command]
) -> Iterator[Relative]:
    for child in situation.children:
        if child.link == link and not child.closed:
            yield Relative(child.id, child.number if child.audience is None else "")
    for command in commands:
        if isinstance(command, Open) and command.parent == ticket.id and command.link == link:
            yield Relative(command.id)


def asking(on: str, ticket: Ticket, actor: Actor) -> tuple[Actor, str]:
    """As whom a ticket speaks to the relatives `on`, and what is written down there."""
    role = CHILD if on == PARENT else PARENT
    on_behalf = actor.on_behalf if actor.id == CLOCK.id else actor.id
    speaker = Actor(
        id=CLOCK.id, name=role, roles=frozenset({role}), surface=actor.surface, on_behalf=on_behalf
    )
    return speaker, role if ticket.audience is not None else f"{role} {ticket.number}".strip()


def fires(
    trigger: str, data: Mapping[str, object], on: str, whom: Iterable[Relative], ticket: Ticket, actor: Actor
) -> tuple[Fire, ...]:
    """The trigger fired on each of them."""
    speaker, note = asking(on, ticket, actor)
    return tuple(
        Fire(site=ticket.site, ticket=each.id, actor=speaker, note=note, trigger=trigger, data=data, kin=True)
        for each in whom
    )


def amendments(
    data: Mapping[str, object], on: str, whom: Iterable[Relative], ticket: Ticket, actor: Actor
) -> tuple[Amend, ...]:
    """The fields written into each of them."""
    speaker, note = asking(on, ticket, actor)
    return tuple(
        Amend(site=ticket.site, ticket=each.id, actor=speaker, note=note, data=data, kin=True)
        for each in whom
    )


def said(what: str, on: str, whom: tuple[Relative, ...]) -> str:
    """What the ticket's own history says of it; nothing where nobody is there to be asked."""
    if not whom:
        return ""
    if on == PARENT:
        return f"{what}: parent"
    numbers = [each.number for each in whom if each.number]
    more = len(whom) - len(numbers[:_NAMED])
    others = [f"{more} more" if numbers else str(more)] if more else []
    return f"{what}: {on} {', '.join([*numbers[:_NAMED], *others])}"
