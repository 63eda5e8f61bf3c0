"""What a colleague does with a ticket: a step that leads on, with a form filled in as usual."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import NamedTuple

from workflows.core.assignment import owners_of
from workflows.core.choices import Choice, choices
from workflows.core.commands import Actor, Fire
from workflows.core.rights import actor_of
from workflows.core.ticket import Situation, Ticket
from workflows.errors import Refusal
from workflows.language.definition import Category, Definition, Transition
from workflows.rehearsal.month.forms import FilledForms
from workflows.rehearsal.stage import Stage
from workflows.rehearsal.troupe import SURFACE, cast, speaker
from workflows.timing.instants import Instant

_FAR = 1_000
_STRAY = 0.15  # how often somebody takes another step than the one that leads on soonest
_MOST_REASONS = 3


class Deed(NamedTuple):
    """What came of trying to go on with a ticket: the step taken, or why none could be."""

    trigger: str | None
    actor: str
    state: str
    why: str = ""


class Colleagues:
    """The staff at work. `away` says who is ill at a moment."""

    def __init__(self, stage: Stage, forms: FilledForms, random: Random) -> None:
        self._stage, self._forms, self._random = stage, forms, random
        self._tried: Counter[tuple[str, str, str]] = Counter()

    def go_on(self, ticket: Ticket, now: Instant, away: frozenset[str]) -> Deed:
        """Take a step with the ticket, if anybody who is there can."""
        situation = self._stage.engine.look(ticket.site, ticket.id, None)
        reasons: list[str] = []
        for actor in self._present(situation, away, now, reasons):
            for choice in self._choices(situation, actor, now):
                deed = self._fire(situation, actor, choice, now, reasons)
                if deed is not None:
                    return deed
        why = "; ".join(dict.fromkeys(reasons[-_MOST_REASONS:])) or "nobody has anything to do with it"
        return Deed(None, "", ticket.state, why)

    def _present(
        self, situation: Situation, away: frozenset[str], now: Instant, reasons: list[str]
    ) -> Iterator[Actor]:
        """Those who could act, the assignee first; for who is ill the substitute, and that is a reason."""
        directory, seen = situation.directory, set[str]()
        for able in self._able(situation):
            stand_ins = directory.substitutes(able.id, now) if able.id in away else ()
            instead = (actor_of(directory.staff[each], directory.site, SURFACE) for each in stand_ins)
            for actor in (able, *instead):
                if actor.id in seen:
                    continue
                seen.add(actor.id)
                if actor.id in away:
                    reasons.append(f"{actor.id} is ill")
                else:
                    yield actor

    def _able(self, situation: Situation) -> Iterator[Actor]:
        ticket, definition, staff = situation.ticket, situation.definition, situation.directory.staff
        assert ticket is not None, "a ticket that is looked at is there"
        if ticket.assignee in staff:
            yield actor_of(staff[str(ticket.assignee)], ticket.site, SURFACE)
        owner = definition.states[ticket.state].owner
        for member in owners_of(owner, situation.directory, ticket.department) if owner else ():
            yield actor_of(member, ticket.site, SURFACE)
        for role in dict.fromkeys(role for row in definition.by_source[ticket.state] for role in row.roles):
            if role in definition.organisation.roles or role == "guest":
                yield speaker(role, staff, definition, ticket, {})

    def _choices(self, situation: Situation, actor: Actor, now: Instant) -> Sequence[Choice]:
        """What the actor may do, that which leads to a good end soonest first; mostly."""
        ticket, definition = situation.ticket, situation.definition
        assert ticket is not None, "a ticket that is looked at is there"
        far = distances(definition)
        free = [each for each in choices(situation, actor, now) if not each.reasons]

        def promise(rows: tuple[Transition, ...], trigger: str) -> float:
            leads = min((far.get(row.to or row.sources[0], _FAR) for row in rows), default=_FAR)
            stays = all(row.to is None for row in rows)
            often = self._tried[ticket.id, ticket.state, trigger]
            stray = self._random.random() < _STRAY
            return leads + 3 * often + (2 if stays else 0) + (4 * self._random.random() if stray else 0)

        ranked = sorted(((promise(each.rows, each.trigger), each.trigger, each) for each in free), key=_first)
        return [choice for *_, choice in ranked]

    def _fire(
        self, situation: Situation, actor: Actor, choice: Choice, now: Instant, reasons: list[str]
    ) -> Deed | None:
        ticket, definition, trigger = situation.ticket, situation.definition, choice.trigger
        assert ticket is not None, "a ticket that is looked at is there"
        self._tried[ticket.id, ticket.state, trigger] += 1
        fields = {
            name
            for row in definition.by_source[ticket.state]
            if row.trigger == trigger
            for name in row.fields
        }
        forms = [filled.data for filled in self._forms.of(definition.name, trigger, now, self._random)]
        for data in (*forms, {}):
            fitting = {name: value for name, value in data.items() if name in fields}
            answers = cast(fitting, situation.directory.staff, definition, ticket)
            command = Fire(site=ticket.site, ticket=ticket.id, actor=actor, trigger=trigger, data=answers)
            try:
                after = self._stage.engine.do(command, now).ticket
            except Refusal as refusal:
                reasons.append(f"{trigger}: {refusal}")
                continue
            assert after is not None, "what was done was done to a ticket"
            whose = f" for {choice.on_behalf}" if choice.on_behalf else ""
            return Deed(trigger, f"{actor.id}{whose}", after.state)
        return None


def _first(ranked: tuple[float, str, Choice]) -> tuple[float, str]:
    return ranked[:2]


@lru_cache(maxsize=512)
def distances(definition: Definition) -> Mapping[str, int]:
    """How many steps each state is from a good end; a cancelled one is far off."""
    found = {
        name: 0 if state.category is Category.CLOSED else _FAR
        for name, state in definition.states.items()
        if state.category.ended
    }
    for _ in definition.states:
        for row in definition.transitions:
            for source in row.sources:
                if not definition.states[source].category.ended and row.to in found:
                    found[source] = min(found.get(source, 2 * _FAR), found[row.to] + 1)
    return found
