"""Firing a trigger: the step that takes a ticket from one state to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from workflows.core import effects, machine, refusing, rights
from workflows.core.commands import Actor, Fire
from workflows.core.entering import enter, finish, split, written
from workflows.core.step import Entry, Step
from workflows.core.stepform import cleaned, union
from workflows.core.ticket import Situation, Ticket, Trail
from workflows.errors import NotFound, Reason, refusal
from workflows.language.definition import Transition
from workflows.language.expressions import Values, Verdict
from workflows.timing.instants import Instant


def fired(situation: Situation, command: Fire, now: Instant) -> Step:
    """The step that `command` takes, or a refusal with every reason against it."""
    ticket = standing(situation)
    rows = rows_of(situation, command.trigger)
    values, reasons = cleaned(situation, command.trigger, union(rows), command.data)
    values_seen = effects.values_of(situation, ticket, command.actor, now, values)
    attempt = _Attempt(situation, command.actor, values_seen)
    row = machine.take(situation.definition, ticket.state, command.trigger, attempt.judge)
    reasons += attempt.reasons(row) + refusing.blanks(values, _wanted(row, attempt.willing))
    reasons += apart(situation, command.trigger, command.actor)
    if row is None or reasons:
        raise refusal(reasons)
    return walked(situation, row, command.actor, now, values, command.note)


def standing(situation: Situation) -> Ticket:
    """The ticket, which must exist."""
    if situation.ticket is None:
        raise NotFound(Reason("unknown-ticket", "there is no such ticket"))
    return situation.ticket


def rows_of(situation: Situation, trigger: str) -> tuple[Transition, ...]:
    """The rows of `trigger` that leave the ticket's state. Raises a refusal if there are none."""
    ticket, definition = standing(situation), situation.definition
    rows = tuple(row for row in definition.by_source[ticket.state] if row.trigger == trigger and not row.auto)
    if rows:
        return rows
    elsewhere = [row for row in definition.transitions if row.trigger == trigger and not row.auto]
    if not elsewhere:
        raise refusal([refusing.unknown_trigger(definition, trigger)])
    raise refusal([refusing.not_in_state(definition, ticket.state, elsewhere)])


class _Attempt:
    """Judges row after row for one actor, and remembers why those it passed over would not do."""

    def __init__(self, situation: Situation, actor: Actor, values: Values) -> None:
        self.situation, self.actor, self.values = situation, actor, values
        self.willing: list[Transition] = []
        self.unheld: list[tuple[Transition, Verdict]] = []
        self.refused_roles: list[str] = []

    def judge(self, row: Transition) -> bool:
        if row.auto:
            return False
        if not rights.permitted(row.roles, self.actor, self.situation.definition, self.situation.ticket):
            self.refused_roles += row.roles
            return False
        self.willing.append(row)
        verdict = row.guard.holds(self.values) if row.guard else None
        if verdict is not None and not verdict.holds:
            self.unheld.append((row, verdict))
            return False
        return True

    def reasons(self, row: Transition | None) -> list[Reason]:
        """Why no row would do; empty when one did."""
        if row is not None:
            return []
        if not self.willing:
            return [refusing.role_needed(dict.fromkeys(self.refused_roles))]
        return [refusing.guard_says_no(r.guard.source, v) for r, v in self.unheld if r.guard is not None]


def _wanted(row: Transition | None, willing: list[Transition]) -> tuple[str, ...]:
    """The fields to insist on: the taken row's, or, when none was taken, those of the rows that came near."""
    if row is not None:
        return row.requires
    return tuple(dict.fromkeys(name for each in willing for name in each.requires))


def apart(situation: Situation, trigger: str, actor: Actor) -> list[Reason]:
    """The reason against an actor who has done on this ticket what must be somebody else's."""
    ticket = standing(situation)
    others = situation.definition.separations.get(trigger, frozenset())
    done = {other for other in others if ticket.trail.acted.get(other) == actor.id}
    return [refusing.separate(trigger, done)] if done else []


def walked(
    situation: Situation,
    row: Transition,
    actor: Actor,
    now: Instant,
    values: Mapping[str, object],
    note: str = "",
    kind: str = "fire",
) -> Step:
    """The step along `row`, with its effects."""
    before, definition = standing(situation), situation.definition
    after = replace(
        written(definition, before, values),
        seq=before.seq + 1,
        changed_at=now,
        trail=Trail(before.trail.visits, {**before.trail.acted, row.trigger: actor.id}),
    )
    if row.to is not None:
        after = enter(situation, after, row.to, now)
    outcome = effects.apply(row.effects, situation, after, actor, now)
    data, personal = split(definition, values)
    entry = Entry(
        seq=after.seq,
        at=now,
        kind=kind,
        actor=actor,
        trigger=row.trigger,
        source=before.state,
        to=after.state,
        data=data,
        personal=personal,
        note=note,
    )
    return finish(situation, before, outcome.ticket, entry, outcome.messages, outcome.commands)


def ripe(situation: Situation, actor: Actor, now: Instant) -> Iterator[Transition]:
    """The `auto` rows leaving the ticket's state whose guard holds now."""
    ticket = standing(situation)
    values = effects.values_of(situation, ticket, actor, now)
    for row in situation.definition.by_source[ticket.state]:
        if row.auto and row.guard is not None and row.guard.holds(values).holds:
            yield row
