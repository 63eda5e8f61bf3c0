"""Opening a ticket."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.core import effects, refusing, rights
from workflows.core.commands import Open
from workflows.core.entering import enter, finish, split, title_of
from workflows.core.stepform import cleaned
from workflows.core.step import Entry, Step
from workflows.core.ticket import Situation, Ticket
from workflows.errors import Reason, refusal
from workflows.timing.instants import Instant


def opened(situation: Situation, command: Open, now: Instant) -> Step:
    """The first step of a new ticket."""
    definition, start = situation.definition, situation.definition.start
    values, reasons = cleaned(situation, definition.name, start.fields, command.data)
    if not command.derived and not rights.permitted(start.roles, command.actor, definition, None):
        reasons.append(refusing.role_needed(start.roles))
    reasons += refusing.blanks(values, start.requires)
    blank = _blank(situation, command, values, now)
    reasons += _guarded(situation, blank, command, now) if not reasons else []
    if reasons:
        raise refusal(reasons)
    outcome = effects.apply(
        start.effects, situation, enter(situation, blank, start.state, now), command.actor, now
    )
    entry = Entry(
        seq=1,
        at=now,
        kind="open",
        actor=command.actor,
        to=start.state,
        data=blank.data,
        personal=blank.personal,
        note=command.note,
    )
    return finish(situation, None, outcome.ticket, entry, outcome.messages, outcome.commands)


def _guarded(situation: Situation, blank: Ticket, command: Open, now: Instant) -> list[Reason]:
    guard = situation.definition.start.guard
    if guard is None:
        return []
    verdict = guard.holds(effects.values_of(situation, blank, command.actor, now))
    return [] if verdict.holds else [refusing.guard_says_no(guard.source, verdict)]


def _blank(situation: Situation, command: Open, values: Mapping[str, object], now: Instant) -> Ticket:
    definition = situation.definition
    data, personal = split(definition, {name: value for name, value in values.items() if value is not None})
    return Ticket(
        site=command.site,
        id=command.id,
        number="",
        workflow=definition.name,
        version=definition.version,
        title=title_of(definition, data),
        state=definition.start.state,
        category="open",
        seq=1,
        opener=command.actor.id,
        parent=command.parent,
        link=command.link,
        origin=command.origin,
        opened_at=now,
        changed_at=now,
        entered_at=now,
        data=data,
        personal=personal,
    )
