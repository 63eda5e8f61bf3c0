"""Effects that use a roster: assigning a ticket, and marking what happens to a person's turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from workflows.core.commands import Actor
from workflows.core.input import common_reasons
from workflows.core.input.evaluation_context import build_values
from workflows.core.input.mapping import build_compute_error
from workflows.core.ticket import StepContext, Ticket
from workflows.core.turns.assign_visit import Visit, VisitAssignment, assign_visit
from workflows.core.turns.events import RosterEvent, apply_event
from workflows.core.turns.roster import Presence, Roster
from workflows.core.turns.selection_context import RosterChange, RosterHistoryEvent, RosterWithRules
from workflows.core.turns.strategies import Candidate, balanced, least_loaded, rotation
from workflows.core.turns.suspension import compute_suspension
from workflows.errors import Invalid, Reason
from workflows.language.effect import AssignByRosterEffect, RosterMarkEffect
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.text import ExpressionError
from workflows.language.reception_rulebooks import STRATEGIES
from workflows.registry import complete
from workflows.timing.instants import Instant, to_datetime

_STRATEGIES = complete(
    set(STRATEGIES) - {"turn"},  # the rulebook decides
    {"least-loaded": least_loaded, "balanced": balanced, "rotation": rotation},
    "core.effects.assign_by_roster._STRATEGIES",
)
_LONGEST = 366  # the most days of a suspension


class EffectContext(NamedTuple):
    """What an effect works on: the ticket as it stands, and the roster changes of the effects before it."""

    step_context: StepContext
    ticket: Ticket
    roster_changes: tuple[RosterChange, ...]
    actor: Actor
    now: Instant

    def roster(self, known: RosterWithRules) -> Roster:
        """The roster as this step has left it so far, with staff who have left marked as gone."""
        name = known.rules.name
        changed = next(
            (move.after for move in reversed(self.roster_changes) if move.after.name == name), None
        )
        roster = changed or known.today(self.now)
        for place in roster.places:
            if place.person not in self.step_context.directory.staff:
                roster = roster.change_place(place.person, presence=Presence.GONE)
        return roster

    def build_change(
        self, before: Roster, after: Roster, kind: str, facts: Mapping[str, object]
    ) -> RosterChange:
        """The change from one roster to the next, with its log event."""
        person = facts.get("person")
        event = RosterHistoryEvent(
            kind=kind,
            person=person if isinstance(person, str) else None,
            at=self.now,
            actor_id=self.actor.id,
            actor_name=self.actor.name,
            ticket=self.ticket.id,
            facts=facts,
        )
        return RosterChange(before, replace(after, seq=before.seq + 1), event)


class RosterAssignment(NamedTuple):
    """The assignee (None: nobody can take it), the fields to write, and the explanation for the history."""

    person: str | None
    fields: Mapping[str, object]
    why: Mapping[str, object]
    roster_change: RosterChange


def assign_by_roster(effect: AssignByRosterEffect, context: EffectContext) -> RosterAssignment:
    """Choose the assignee by the effect's strategy."""
    known = context.step_context.selection.rosters[effect.roster]
    roster = context.roster(known)
    choice = (
        _choose_by_turn(effect, context, known, roster)
        if effect.by == "turn"
        else _choose_by_strategy(effect, context, roster)
    )
    explanation: dict[str, object] = {
        "by": effect.by,
        "roster": effect.roster,
        "occasion": _find_occasion(effect, context) or None,
        "rule": choice.rule or None,
        "person": choice.person,
        "belongs_to": choice.belongs_to,
        "verdicts": [verdict._asdict() for verdict in choice.verdicts],
    }
    fields = {effect.into: choice.person, effect.belongs_to: choice.belongs_to}
    kind = "receive" if effect.by == "turn" else "choose"
    return RosterAssignment(
        person=choice.person,
        fields={name: value for name, value in fields.items() if name},
        why=explanation,
        roster_change=context.build_change(roster, choice.roster, kind, explanation),
    )


def _choose_by_turn(
    effect: AssignByRosterEffect, context: EffectContext, known: RosterWithRules, roster: Roster
) -> VisitAssignment:
    partners = (_read_person(name, context) for name in effect.partners)
    visit = Visit(
        ticket=context.ticket.id,
        occasion=_find_occasion(effect, context),
        time=to_datetime(context.now, known.calendar.zone).strftime("%H:%M"),
        named=_read_person(effect.named, context),
        designated=_read_person(effect.designated, context),
        partners=tuple(partner for partner in partners if partner),
    )
    return assign_visit(roster, known.rules, visit)


def _find_occasion(effect: AssignByRosterEffect, context: EffectContext) -> str:
    """The row of the rulebook: fixed in the definition, or read from the choice field that it names."""
    occasion = effect.occasion or ""
    if occasion not in context.step_context.definition.fields:
        return occasion
    chosen = context.ticket.data.get(occasion)
    if not isinstance(chosen, str):
        raise Invalid(common_reasons.missing_field(occasion))
    return chosen


def _choose_by_strategy(
    effect: AssignByRosterEffect, context: EffectContext, roster: Roster
) -> VisitAssignment:
    taken = _STRATEGIES[effect.by](roster, _list_candidates(effect, context, roster))
    return VisitAssignment(
        person=taken.person, belongs_to=taken.person, roster=taken.roster, rule="", verdicts=taken.verdicts
    )


def _list_candidates(
    effect: AssignByRosterEffect, context: EffectContext, roster: Roster
) -> Sequence[Candidate]:
    """The holders of the role; for `rotation` only those who have signed in."""
    candidates = []
    for member in context.step_context.directory.holders(effect.role):
        place = roster.place(member.id)
        if effect.by == "rotation" and (place is None or place.presence is Presence.GONE):
            continue
        away = member.id in context.step_context.selection.away or (place is not None and not place.here)
        candidates.append(
            Candidate(
                person=member.id, open_tickets=_count_open_tickets(effect, context, member.id), away=away
            )
        )
    return candidates


def _count_open_tickets(effect: AssignByRosterEffect, context: EffectContext, person: str) -> int:
    """The open tickets that count, without this one: of this workflow for `balanced`, else of all."""
    loads, before = context.step_context.selection.loads, context.step_context.ticket
    own = context.ticket.workflow
    counted = (own,) if effect.by == "balanced" else tuple(loads)
    total = sum(loads.get(workflow, {}).get(person, 0) for workflow in counted)
    has_this = before.closed_at is None and before.assignee == person
    return total - has_this


def mark_roster(
    effect: RosterMarkEffect, context: EffectContext
) -> tuple[RosterChange | None, Mapping[str, object]]:
    """The roster change of a mark, and the fields to write. (None, {}) if nobody has received."""
    person = _read_person(effect.person, context)
    if person is None:
        if effect.kind in ("finish", "hand-over"):
            return None, {}  # nobody has received
        raise Invalid(common_reasons.missing_field(effect.person))
    known = context.step_context.selection.rosters[effect.roster]
    roster = context.roster(known)
    first, last = (
        _compute_suspension_days(effect, context, known, person) if effect.kind == "suspend" else ("", "")
    )
    event = RosterEvent(
        kind=effect.kind,
        person=person,
        at=context.now,
        ticket=context.ticket.id,
        free=effect.free is not None and _compute_value(effect.free, context) is True,
        other=_read_person(effect.other, context),
        first=first,
        last=last,
    )
    facts: dict[str, object] = {"person": person}
    facts |= {"other": event.other} if event.other else {}
    facts |= {"free": True} if event.free else {}
    facts |= {"first": first, "last": last} if first else {}
    roster_change = context.build_change(roster, apply_event(roster, known.rules, event), effect.kind, facts)
    return roster_change, {effect.into: last} if effect.into else {}


def _compute_suspension_days(
    effect: RosterMarkEffect, context: EffectContext, known: RosterWithRules, person: str
) -> tuple[str, str]:
    """The first and the last day of a suspension, as YYYY-MM-DD."""
    days = _compute_value(effect.days, context) if effect.days else None
    if not isinstance(days, int | Decimal) or not 1 <= days <= _LONGEST:
        raise Invalid(Reason("bad-value", f"a suspension lasts 1 to {_LONGEST} days", field="days"))
    named = _compute_value(effect.resting, context) if effect.resting else ()
    resting = [str(day) for day in named] if isinstance(named, list) else []
    return compute_suspension(
        to_datetime(context.now, known.calendar.zone).date(),
        int(days),
        known.calendar,
        known.roster.member(person).rests,
        resting,
        same_day=known.rules.required_readings.suspension == "same-day",
    )


def _read_person(field: str | None, context: EffectContext) -> str | None:
    value = context.ticket.data.get(field) if field else None
    return value if isinstance(value, str) else None


def _compute_value(expression: Expression, context: EffectContext) -> object:
    try:
        return expression.value(
            build_values(context.step_context, context.ticket, context.actor, context.now)
        )
    except ExpressionError as error:
        raise build_compute_error(expression, context.step_context, error) from error
