"""Commands to a ticket's relatives: its open children under a link, or its parent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from workflows.core.commands import CLOCK, Actor, Amend, Command, Fire, Open
from workflows.core.ticket import StepContext, Ticket
from workflows.language.definition import CHILD, PARENT

_MAX_NUMBERS = 10  # the most tickets named in a note


class Relative(NamedTuple):
    """A relative by id and number; no number for a restricted child, or one opened by this very step."""

    id: str
    number: str = ""


def find_relatives(
    on: str, context: StepContext, ticket: Ticket, commands: Iterable[Command]
) -> tuple[Relative, ...]:
    """The parent, or each open child of the link `on`, those that `commands` will open included."""
    if on == PARENT:
        return (Relative(ticket.parent),) if ticket.parent else ()
    return tuple(_find_open_children(on, context, ticket, commands))


def _find_open_children(
    link: str, context: StepContext, ticket: Ticket, commands: Iterable[Command]
) -> Iterator[Relative]:
    for child in context.children:
        if child.link == link and not child.closed:
            yield Relative(child.id, child.number if child.audience is None else "")
    for command in commands:
        if isinstance(command, Open) and command.parent == ticket.id and command.link == link:
            yield Relative(command.id)


def build_speaker(on: str, ticket: Ticket, actor: Actor) -> tuple[Actor, str]:
    """The actor as whom a ticket sends commands to the relatives `on`, and the note for their history."""
    role = CHILD if on == PARENT else PARENT
    on_behalf = actor.on_behalf if actor.id == CLOCK.id else actor.id
    speaker = Actor(
        id=CLOCK.id, name=role, roles=frozenset({role}), surface=actor.surface, on_behalf=on_behalf
    )
    return speaker, role if ticket.audience is not None else f"{role} {ticket.number}".strip()


def build_fires(
    trigger: str,
    data: Mapping[str, object],
    on: str,
    targets: Iterable[Relative],
    ticket: Ticket,
    actor: Actor,
) -> tuple[Fire, ...]:
    """A command for each target that fires the trigger."""
    speaker, note = build_speaker(on, ticket, actor)
    return tuple(
        Fire(
            site=ticket.site,
            ticket=each.id,
            actor=speaker,
            note=note,
            trigger=trigger,
            data=data,
            by_relative=True,
        )
        for each in targets
    )


def build_amends(
    data: Mapping[str, object], on: str, targets: Iterable[Relative], ticket: Ticket, actor: Actor
) -> tuple[Amend, ...]:
    """A command for each target that writes the fields."""
    speaker, note = build_speaker(on, ticket, actor)
    return tuple(
        Amend(site=ticket.site, ticket=each.id, actor=speaker, note=note, data=data, by_relative=True)
        for each in targets
    )


def render_note(what: str, on: str, targets: tuple[Relative, ...]) -> str:
    """The note for the ticket's own history; empty without targets."""
    if not targets:
        return ""
    if on == PARENT:
        return f"{what}: parent"
    numbers = [each.number for each in targets if each.number]
    more = len(targets) - len(numbers[:_MAX_NUMBERS])
    others = [f"{more} more" if numbers else str(more)] if more else []
    return f"{what}: {on} {', '.join([*numbers[:_MAX_NUMBERS], *others])}"
