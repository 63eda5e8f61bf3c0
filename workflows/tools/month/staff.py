"""Takes steps with tickets as the staff would: towards the end of the process, with forms from its
scenarios."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import NamedTuple

from workflows.core.access.assignment import find_owners
from workflows.core.access.permissions import build_actor
from workflows.core.commands import Actor, Fire
from workflows.core.handlers.available import TriggerOption, list_trigger_options
from workflows.core.ticket import StepContext, Ticket
from workflows.errors import Refusal
from workflows.language.definition import Category, Definition, Transition
from workflows.rehearsal.staff import SURFACE, fill_staff_fields, find_actor
from workflows.rehearsal.virtual_desk import VirtualDesk
from workflows.timing.instants import Instant
from workflows.tools.month.forms import FilledForms

_FAR = 1_000
_DETOUR_PROBABILITY = 0.15  # the share of steps that are not the shortest way
_MAX_REASONS = 3


class WorkResult(NamedTuple):
    """The result of trying to work on a ticket: the step taken, or why none was."""

    trigger: str | None
    actor: str
    state: str
    reason: str = ""


class Colleagues:
    """The staff at work. A trigger tried before on a ticket in the same state ranks lower."""

    def __init__(self, desk: VirtualDesk, forms: FilledForms, random: Random) -> None:
        self._desk, self._forms, self._random = desk, forms, random
        self._tried: Counter[tuple[str, str, str]] = Counter()

    def work_on(self, ticket: Ticket, now: Instant, away: frozenset[str]) -> WorkResult:
        """Take a step with the ticket, if somebody not in `away` can."""
        context = self._desk.engine.look(ticket.site, ticket.id, None)
        reasons: list[str] = []
        for actor in self._present_actors(context, away, now, reasons):
            for choice in self._rank_choices(context, actor, now):
                result = self._try_choice(context, actor, choice, now, reasons)
                if result is not None:
                    return result
        why = "; ".join(dict.fromkeys(reasons[-_MAX_REASONS:])) or "nobody has anything to do with it"
        return WorkResult(None, "", ticket.state, why)

    def _present_actors(
        self, context: StepContext, away: frozenset[str], now: Instant, reasons: list[str]
    ) -> Iterator[Actor]:
        """The actors who may act, the assignee first; for somebody away, the substitute, which is recorded as
        a reason."""
        directory, seen = context.directory, set[str]()
        for able in self._eligible_actors(context):
            stand_ins = directory.substitutes(able.id, now) if able.id in away else ()
            instead = (build_actor(directory.staff[each], directory.site, SURFACE) for each in stand_ins)
            for actor in (able, *instead):
                if actor.id in seen:
                    continue
                seen.add(actor.id)
                if actor.id in away:
                    reasons.append(f"{actor.id} is ill")
                else:
                    yield actor

    def _eligible_actors(self, context: StepContext) -> Iterator[Actor]:
        ticket, definition, staff = context.ticket, context.definition, context.directory.staff
        if ticket.assignee in staff:
            yield build_actor(staff[str(ticket.assignee)], ticket.site, SURFACE)
        owner = definition.states[ticket.state].owner
        for member in find_owners(owner, context.directory, ticket.department) if owner else ():
            yield build_actor(member, ticket.site, SURFACE)
        for role in dict.fromkeys(
            role for row in definition.transitions_by_source[ticket.state] for role in row.roles
        ):
            if role in definition.organisation.roles or role == "guest":
                yield find_actor(role, staff, definition, ticket, {})

    def _rank_choices(self, context: StepContext, actor: Actor, now: Instant) -> Sequence[TriggerOption]:
        """The triggers that the actor may fire, mostly with the shortest way to a good end first."""
        ticket, definition = context.ticket, context.definition
        far = distances(definition)
        free = [each for each in list_trigger_options(context, actor, now) if not each.reasons]

        def promise(rows: tuple[Transition, ...], trigger: str) -> float:
            leads = min((far.get(row.to or row.sources[0], _FAR) for row in rows), default=_FAR)
            stays = all(row.to is None for row in rows)
            often = self._tried[ticket.id, ticket.state, trigger]
            stray = self._random.random() < _DETOUR_PROBABILITY
            return leads + 3 * often + (2 if stays else 0) + (4 * self._random.random() if stray else 0)

        ranked = sorted(
            ((promise(each.transitions, each.trigger), each.trigger, each) for each in free), key=_rank_key
        )
        return [choice for *_, choice in ranked]

    def _try_choice(
        self, context: StepContext, actor: Actor, choice: TriggerOption, now: Instant, reasons: list[str]
    ) -> WorkResult | None:
        ticket, definition, trigger = context.ticket, context.definition, choice.trigger
        self._tried[ticket.id, ticket.state, trigger] += 1
        fields = {
            name
            for row in definition.transitions_by_source[ticket.state]
            if row.trigger == trigger
            for name in row.fields
        }
        forms = [filled.data for filled in self._forms.forms_for(definition.name, trigger, now, self._random)]
        for data in (*forms, {}):
            fitting = {name: value for name, value in data.items() if name in fields}
            answers = fill_staff_fields(fitting, context.directory.staff, definition, ticket)
            command = Fire(site=ticket.site, ticket=ticket.id, actor=actor, trigger=trigger, data=answers)
            try:
                after = self._desk.do(command, definition, now).ticket
            except Refusal as refusal:
                reasons.append(f"{trigger}: {refusal}")
                continue
            acted_for = f" for {choice.on_behalf}" if choice.on_behalf else ""
            return WorkResult(trigger, f"{actor.id}{acted_for}", after.state)
        return None


def _rank_key(ranked: tuple[float, str, TriggerOption]) -> tuple[float, str]:
    return ranked[:2]


@lru_cache(maxsize=512)
def distances(definition: Definition) -> Mapping[str, int]:
    """State -> number of steps to a good end; a cancelled state counts as far from one."""
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
