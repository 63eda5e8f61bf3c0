"""Effects that go by a roster: who gets a ticket, and what a roster is told of a reception or a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from workflows.core import refusing
from workflows.core.commands import Actor
from workflows.core.looking import values_of
from workflows.core.ticket import Situation, Ticket
from workflows.core.turns.happenings import Happening, happen
from workflows.core.turns.receiving import Received, Visit, receive
from workflows.core.turns.roster import Presence, Roster
from workflows.core.turns.rota import Entry, Kept, Move
from workflows.core.turns.strategies import Candidate, balanced, least_loaded, rotation
from workflows.core.turns.suspending import days_of_suspension
from workflows.errors import Invalid, Reason
from workflows.language.effect import Allot, Mark
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.text import ExpressionError
from workflows.timing.instants import Instant, to_datetime

_STRATEGIES = {"least-loaded": least_loaded, "balanced": balanced, "rotation": rotation}
_LONGEST = 366  # days that somebody may be suspended for


class Around(NamedTuple):
    """What is around an effect: the ticket as it stands, and what rosters have been told before."""

    situation: Situation
    ticket: Ticket
    moves: tuple[Move, ...]
    actor: Actor
    now: Instant

    def roster(self, kept: Kept) -> Roster:
        """A roster as this step has left it so far; who works here no longer has gone."""
        name = kept.rules.name
        told = next((move.after for move in reversed(self.moves) if move.after.name == name), None)
        roster = told or kept.today(self.now)
        for place in roster.places:
            if place.person not in self.situation.directory.staff:
                roster = roster.change(place.person, presence=Presence.GONE)
        return roster

    def move(self, before: Roster, after: Roster, kind: str, facts: Mapping[str, object]) -> Move:
        """The roster one entry further."""
        person = facts.get("person")
        entry = Entry(
            kind=kind,
            person=person if isinstance(person, str) else None,
            at=self.now,
            actor_id=self.actor.id,
            actor_name=self.actor.name,
            ticket=self.ticket.id,
            facts=facts,
        )
        return Move(before, replace(after, seq=before.seq + 1), entry)


class Allotted(NamedTuple):
    """Who gets the ticket (None: nobody can), the fields that are told so, and why it is he."""

    person: str | None
    fields: Mapping[str, object]
    why: Mapping[str, object]
    move: Move


def allotted(effect: Allot, step: Around) -> Allotted:
    """The choice that a strategy makes."""
    kept = step.situation.rota.rosters[effect.roster]
    roster = step.roster(kept)
    found = _by_turn(effect, step, kept, roster) if effect.by == "turn" else _by_claim(effect, step, roster)
    why: dict[str, object] = {
        "by": effect.by,
        "roster": effect.roster,
        "occasion": _occasion(effect, step) or None,
        "rule": found.rule or None,
        "person": found.person,
        "belongs_to": found.belongs,
        "verdicts": [verdict._asdict() for verdict in found.verdicts],
    }
    told = {effect.into: found.person, effect.belongs_to: found.belongs}
    kind = "receive" if effect.by == "turn" else "choose"
    return Allotted(
        person=found.person,
        fields={name: value for name, value in told.items() if name},
        why=why,
        move=step.move(roster, found.roster, kind, why),
    )


def _by_turn(effect: Allot, step: Around, kept: Kept, roster: Roster) -> Received:
    partners = (_person(name, step) for name in effect.partners)
    visit = Visit(
        ticket=step.ticket.id,
        occasion=_occasion(effect, step),
        time=to_datetime(step.now, kept.calendar.zone).strftime("%H:%M"),
        named=_person(effect.named, step),
        designated=_person(effect.designated, step),
        partners=tuple(partner for partner in partners if partner),
    )
    return receive(roster, kept.rules, visit)


def _occasion(effect: Allot, step: Around) -> str:
    """The row of the rulebook: as the file says, or as the choice field says that it names."""
    occasion = effect.occasion or ""
    if occasion not in step.situation.definition.fields:
        return occasion
    chosen = step.ticket.data.get(occasion)
    if not isinstance(chosen, str):
        raise Invalid(refusing.missing(occasion))
    return chosen


def _by_claim(effect: Allot, step: Around, roster: Roster) -> Received:
    taken = _STRATEGIES[effect.by](roster, _candidates(effect, step, roster))
    return Received(
        person=taken.person, belongs=taken.person, roster=taken.roster, rule="", verdicts=taken.verdicts
    )


def _candidates(effect: Allot, step: Around, roster: Roster) -> Sequence[Candidate]:
    """The holders of the post; of those who take turns, the ones who have signed in."""
    found = []
    for member in step.situation.directory.holders(effect.role):
        place = roster.place(member.id)
        if effect.by == "rotation" and (place is None or place.presence is Presence.GONE):
            continue
        away = member.id in step.situation.rota.away or (place is not None and not place.here)
        found.append(Candidate(person=member.id, has=_has(effect, step, member.id), away=away))
    return found


def _has(effect: Allot, step: Around, person: str) -> int:
    """The open tickets that weigh: of this process for equal shares, else of all. This one does not."""
    loads, before = step.situation.rota.loads, step.situation.ticket
    own = step.ticket.workflow
    counted = (own,) if effect.by == "balanced" else tuple(loads)
    found = sum(loads.get(workflow, {}).get(person, 0) for workflow in counted)
    here = before is not None and before.closed_at is None and before.assignee == person
    return found - here


def marked(effect: Mark, step: Around) -> tuple[Move | None, Mapping[str, object]]:
    """What a roster is told, and the fields that are told back. Of nobody, nothing can be said."""
    person = _person(effect.person, step)
    if person is None:
        if effect.kind in ("finish", "hand-over"):
            return None, {}  # nobody has received
        raise Invalid(refusing.missing(effect.person))
    kept = step.situation.rota.rosters[effect.roster]
    roster = step.roster(kept)
    first, last = _days(effect, step, kept, person) if effect.kind == "suspend" else ("", "")
    what = Happening(
        kind=effect.kind,
        person=person,
        at=step.now,
        ticket=step.ticket.id,
        free=effect.free is not None and _worked_out(effect.free, step) is True,
        other=_person(effect.other, step),
        first=first,
        last=last,
    )
    facts: dict[str, object] = {"person": person}
    facts |= {"other": what.other} if what.other else {}
    facts |= {"free": True} if what.free else {}
    facts |= {"first": first, "last": last} if first else {}
    move = step.move(roster, happen(roster, kept.rules, what), effect.kind, facts)
    return move, {effect.into: last} if effect.into else {}


def _days(effect: Mark, step: Around, kept: Kept, person: str) -> tuple[str, str]:
    """The first and the last day of a suspension."""
    days = _worked_out(effect.days, step) if effect.days else None
    if not isinstance(days, int | float) or not 1 <= days <= _LONGEST:
        raise Invalid(Reason("bad-value", f"a suspension lasts 1 to {_LONGEST} days", field="days"))
    named = _worked_out(effect.resting, step) if effect.resting else ()
    resting = [str(day) for day in named] if isinstance(named, list) else []
    return days_of_suspension(
        to_datetime(step.now, kept.calendar.zone).date(),
        int(days),
        kept.calendar,
        kept.roster.member(person).rests,
        resting,
        same_day=kept.rules.read.suspension == "same-day",
    )


def _person(field: str | None, step: Around) -> str | None:
    value = step.ticket.data.get(field) if field else None
    return value if isinstance(value, str) else None


def _worked_out(expression: Expression, step: Around) -> object:
    try:
        return expression.value(values_of(step.situation, step.ticket, step.actor, step.now))
    except ExpressionError as error:
        raise Invalid(Reason("bad-value", f"{expression.source} cannot be worked out: {error}")) from error
