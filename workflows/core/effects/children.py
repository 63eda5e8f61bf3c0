"""The children that a step opens: all at once, or in sequence, the next after the one before has closed.

For each link the trail remembers the newest round: the seq of the step that asked and, for a sequence, the
index of its effect and how many children have been opened. The values for the next child are computed when it
is opened, so they include what was written in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from workflows.core.commands import Actor, FireAuto, Open
from workflows.core.input.evaluation_context import build_values
from workflows.core.input.mapping import list_items, map_fields
from workflows.core.ticket import Child, StepContext, Ticket
from workflows.identifiers import uuid7
from workflows.language.effect import OpenChildEffect
from workflows.language.forms.values import Values
from workflows.timing.instants import Instant

_NO_ROW: Mapping[str, object] = {}


def open_children(
    effect: OpenChildEffect,
    context: StepContext,
    ticket: Ticket,
    actor: Actor,
    now: Instant,
    first_index: int,
) -> tuple[tuple[Open, ...], Ticket]:
    """The children that the effect opens now, and the ticket with the new round in its trail.

    `first_index` is the number of commands from the step's earlier effects.
    """
    opens = tuple(_build_opens(effect, context, ticket, ticket.seq, actor, now, first_index))
    if not effect.sequence:
        return opens, _record_round(ticket, effect.link, [ticket.seq])
    sequence_index = context.definition.sequential_opens.index(effect)
    return opens[:1], _record_round(ticket, effect.link, [ticket.seq, sequence_index, 1])


class NextChild(NamedTuple):
    """The command that opens the next child of a sequence, and the parent with it in its trail."""

    command: Open
    ticket: Ticket


def find_next_child(
    context: StepContext, ticket: Ticket, command: FireAuto, now: Instant
) -> NextChild | None:
    """The next child, if the child that has ended was the last one opened of a sequence, and was closed.

    None if it was cancelled, which stops the sequence, or if the `ticket` itself has ended.
    """
    if ticket.closed_at is not None:
        return None
    for link, (round, *sequence) in ticket.trail.asked.items():
        siblings = [c for c in context.children if c.link == link and c.round == round]
        ended = [child for child in siblings if child.id == command.ended]
        if sequence and _sequence_goes_on(siblings, ended):
            return _build_next_child(
                context, ticket, link, (round, sequence[0], sequence[1]), command.actor, now
            )
    return None


def _sequence_goes_on(siblings: list[Child], ended: list[Child]) -> bool:
    return (
        bool(ended)
        and all(child.category == "closed" for child in ended)
        and all(child.closed for child in siblings)
    )


def _build_next_child(
    context: StepContext,
    ticket: Ticket,
    link: str,
    newest_round: tuple[int, int, int],
    actor: Actor,
    now: Instant,
) -> NextChild | None:
    round, sequence_index, count = newest_round
    sequences = context.definition.sequential_opens
    if sequence_index >= len(sequences):  # not in the version that the ticket is on now
        return None
    opens = tuple(_build_opens(sequences[sequence_index], context, ticket, round, actor, now, 0))
    if count >= len(opens):
        return None
    return NextChild(opens[count], _record_round(ticket, link, [round, sequence_index, count + 1]))


def add_next_child(context: StepContext, command: Open) -> StepContext:
    """The context with the next child added, open and with no data but the texts it is given.

    So a guard such as `all(c, c.closed)` waits for it, while a veto or an `m of n` need not.
    """
    siblings = [c for c in context.children if c.link == command.link and c.round == command.round]
    names = dict.fromkeys(name for child in siblings for name in child.data)
    child = Child(
        id=command.id,
        number="",
        workflow=command.workflow,
        link=command.link or "",
        state="",
        category="open",
        round=command.round,
        data={name: value if isinstance(value := command.data.get(name), str) else None for name in names},
    )
    return context._replace(children=(*context.children, child))


def _record_round(ticket: Ticket, link: str, newest_round: list[int]) -> Ticket:
    return ticket._replace(trail=ticket.trail._replace(asked={**ticket.trail.asked, link: newest_round}))


def _build_opens(
    effect: OpenChildEffect,
    context: StepContext,
    ticket: Ticket,
    round: int,
    actor: Actor,
    now: Instant,
    first_index: int,
) -> Iterator[Open]:
    """One command for each item and row, in their order."""
    values = build_values(context, ticket, actor, now)
    items = list_items(effect.each, values, context)
    rows = _select_rows(effect, values) if effect.rows else [_NO_ROW]
    for index, (item, row) in enumerate(product(items, rows), start=first_index):
        yield Open(
            site=ticket.site,
            id=derive_child_id(ticket, now, index),
            workflow=effect.workflow,
            actor=actor,
            data={**row, **map_fields(effect.values, values._replace(item=item), context)},
            parent=ticket.id,
            link=effect.link,
            round=round,
            derived=True,
        )


def _select_rows(effect: OpenChildEffect, values: Values) -> list[Mapping[str, object]]:
    """The constants of the rows whose condition holds."""
    return [row.values for row in effect.rows if row.when is None or row.when.holds(values).holds]


def derive_child_id(ticket: Ticket, now: Instant, index: int) -> str:
    """A UUIDv7 that depends only on the step and the index (RFC 9562: time, counter, hash).

    The children of a step sort in the order in which they were opened.
    """
    seed = hashlib.sha256(f"{ticket.id}/{ticket.seq}/{index}".encode()).digest()
    return uuid7(now, index, seed[:8])
