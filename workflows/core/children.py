"""The children that a step opens: all at once, or in sequence, the next when the one before has closed.

Of each link a ticket remembers the round that was asked for last: the seq of the step that asked and, of a
sequence, which of the process's it is and how many of it have been opened. What the next child is given is
worked out when its turn comes, so it sees what was written meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from workflows.core.commands import Actor, Open, Settle
from workflows.core.filling import items_of, mapped
from workflows.core.looking import values_of
from workflows.core.ticket import Child, Situation, Ticket
from workflows.language.effect import OpenChild
from workflows.language.forms.values import Values
from workflows.timing.instants import Instant

_NO_ROW: Mapping[str, object] = {}


def opened(
    effect: OpenChild, situation: Situation, ticket: Ticket, actor: Actor, now: Instant, already: int
) -> tuple[tuple[Open, ...], Ticket]:
    """The children that the effect opens now, and the ticket that remembers having asked for them anew.

    `already` commands have been given by the step's effects before.
    """
    found = tuple(_opens(effect, situation, ticket, ticket.seq, actor, now, already))
    if not effect.sequence:
        return found, _asked(ticket, effect.link, [ticket.seq])
    which = situation.definition.sequences.index(effect)
    return found[:1], _asked(ticket, effect.link, [ticket.seq, which, 1])


class Next(NamedTuple):
    """The next child of a sequence, and the ticket that remembers having opened it."""

    command: Open
    ticket: Ticket


def following(situation: Situation, ticket: Ticket, command: Settle, now: Instant) -> Next | None:
    """Who is next where the child that has ended, closed, was the last one opened of a sequence.

    One that ended cancelled stops its sequence, and so does the end of the `ticket` itself.
    """
    if ticket.closed_at is not None:
        return None
    for link, (round, *rest) in ticket.trail.asked.items():
        siblings = [c for c in situation.children if c.link == link and c.round == round]
        ended = [child for child in siblings if child.id == command.ended]
        if rest and _passed_on(siblings, ended):
            return _next(situation, ticket, link, (round, rest[0], rest[1]), command.actor, now)
    return None


def _passed_on(siblings: list[Child], ended: list[Child]) -> bool:
    return (
        bool(ended)
        and all(child.category == "closed" for child in ended)
        and all(child.closed for child in siblings)
    )


def _next(
    situation: Situation, ticket: Ticket, link: str, asked: tuple[int, int, int], actor: Actor, now: Instant
) -> Next | None:
    round, which, count = asked
    sequences = situation.definition.sequences
    if which >= len(sequences):  # the ticket has been put on a version that has it no more
        return None
    found = tuple(_opens(sequences[which], situation, ticket, round, actor, now, 0))
    if count >= len(found):
        return None
    return Next(found[count], _asked(ticket, link, [round, which, count + 1]))


def foreseen(situation: Situation, command: Open) -> Situation:
    """The situation as if the next child stood there, open and with nothing written on it but texts.

    So `all(c, c.closed)` waits for it, and a veto or an `m of n` need not.
    """
    siblings = [c for c in situation.children if c.link == command.link and c.round == command.round]
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
    return situation._replace(children=(*situation.children, child))


def _asked(ticket: Ticket, link: str, asked: list[int]) -> Ticket:
    return ticket._replace(trail=ticket.trail._replace(asked={**ticket.trail.asked, link: asked}))


def _opens(
    effect: OpenChild,
    situation: Situation,
    ticket: Ticket,
    round: int,
    actor: Actor,
    now: Instant,
    already: int,
) -> Iterator[Open]:
    """A child for each item and row, in their order."""
    values = values_of(situation, ticket, actor, now)
    items = items_of(effect.each, values, situation)
    rows = _applying(effect, values) if effect.rows else [_NO_ROW]
    for index, (item, row) in enumerate(product(items, rows), start=already):
        yield Open(
            site=ticket.site,
            id=derived_id(ticket, now, index),
            workflow=effect.workflow,
            actor=actor,
            data={**row, **mapped(effect.values, values._replace(item=item), situation)},
            parent=ticket.id,
            link=effect.link,
            round=round,
            derived=True,
        )


def _applying(effect: OpenChild, values: Values) -> list[Mapping[str, object]]:
    """The constants of those rows that mean this ticket."""
    return [row.values for row in effect.rows if row.when is None or row.when.holds(values).holds]


def derived_id(ticket: Ticket, now: Instant, index: int) -> str:
    """A UUIDv7 that the same step always gives to the same child (RFC 9562: time, counter, then hashed).

    The children of a step sort in the order in which they were opened.
    """
    seed = hashlib.sha256(f"{ticket.id}/{ticket.seq}/{index}".encode()).digest()
    raw = bytearray((now * 1000).to_bytes(6, "big") + (0x7000 | index & 0xFFF).to_bytes(2, "big") + seed[:8])
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
