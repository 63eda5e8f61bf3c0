"""Why a step is refused: every reason at once, so that mending exactly those makes it succeed."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.core import refusing, rights
from workflows.core.commands import Actor
from workflows.core.stepform import fields_of
from workflows.core.ticket import Situation
from workflows.errors import Reason
from workflows.language.definition import TICKET_ROLES, Transition
from workflows.language.forms.values import Values, Verdict


def objections(
    situation: Situation,
    rows: tuple[Transition, ...],
    actor: Actor,
    values: dict[str, object],
    seen: Values,
    faults: list[Reason],
) -> list[Reason]:
    """What speaks against one of `rows`: the faults of what was sent, the right, the guards, what is missing.

    One who has no right hears also what would be in the way of somebody who has.
    """
    definition = situation.definition
    willing = tuple(r for r in rows if rights.permitted(r.roles, actor, definition, situation.ticket))
    found = list(faults)
    if not willing:
        found.append(refusing.role_needed(dict.fromkeys(role for row in rows for role in row.roles)))
    unheld, row = _judged(willing or rows, seen)
    if row is None:
        found.append(refusing.guards_say_no(unheld))
    refused = fields_of(faults)
    wanted = [name for name in _wanted(row, willing or rows, values) if name not in refused]
    found += refusing.blanks(definition, values, wanted, seen)
    complete = (
        row.complete if row else dict.fromkeys(name for each in willing or rows for name in each.complete)
    )
    return found + refusing.papers(definition, [name for name in complete if name not in refused], seen)


def elsewhere(situation: Situation, trigger: str, actor: Actor) -> list[Reason]:
    """Why a trigger cannot be fired that does not leave the ticket's state."""
    ticket, definition = situation.ticket, situation.definition
    rows = [row for row in definition.transitions if row.trigger == trigger and not row.auto]
    if not rows or ticket is None:
        return [refusing.unknown_trigger(definition, trigger)]
    found = [refusing.not_in_state(definition, ticket.state, rows)]
    roles = dict.fromkeys(role for row in rows for role in row.roles)
    if not (TICKET_ROLES & roles.keys() or rights.permitted(roles, actor, definition, ticket)):
        found.append(refusing.role_needed(roles))  # the roles of a ticket may be others' by then
    return found


def _judged(rows: Iterable[Transition], seen: Values) -> tuple[list[tuple[str, Verdict]], Transition | None]:
    """The guards that say no, and the first row that would do."""
    unheld: list[tuple[str, Verdict]] = []
    for row in rows:
        if row.guard is None:
            return unheld, row
        verdict = row.guard.holds(seen)
        if verdict.holds:
            return unheld, row
        unheld.append((row.guard.source, verdict))
    return unheld, None


def _wanted(row: Transition | None, rows: Iterable[Transition], values: dict[str, object]) -> tuple[str, ...]:
    """The fields to insist on: those of the row that would be taken.

    When none would, or when filling in what is missing may lead to another, those of all that may be.
    """
    everything = tuple(dict.fromkeys(name for each in rows for name in each.requires))
    if row is None:
        return everything
    missing = {name for name in row.requires if values.get(name) is None}
    if any(each.guard is not None and each.guard.names & missing for each in rows):
        return everything
    return row.requires
