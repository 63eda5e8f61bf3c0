"""Opening a ticket."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.core import effects, refusing, rights
from workflows.core.commands import Open
from workflows.core.entering import entered, finish, split, title_of
from workflows.core.looking import values_of
from workflows.core.step import Step
from workflows.core.stepform import cleaned, fields_of, sent
from workflows.core.ticket import NORMAL, Situation, Ticket
from workflows.errors import Reason, refusal
from workflows.timing.instants import Instant


def opened(situation: Situation, command: Open, now: Instant) -> Step:
    """The first step of a new ticket, or a refusal with every reason against it."""
    start = situation.definition.start
    data = sent(situation.definition, command.data) if command.derived else command.data
    values, reasons = cleaned(situation, start.fields, data)
    blank = _blank(situation, command, values, now)
    reasons += _objections(situation, blank, command, now, fields_of(reasons))
    if reasons:
        raise refusal(reasons)
    ticket = blank._replace(**entered(situation, blank, blank.data, start.state, now))
    outcome = effects.apply(start.effects, situation, ticket, command.actor, now)
    step = finish(
        situation,
        None,
        outcome.ticket,
        kind="open",
        actor=command.actor,
        values={**blank.data, **blank.personal, **outcome.values},
        note=outcome.told(command.note),
        messages=outcome.messages,
        commands=outcome.commands,
    )
    return outcome.with_writings(step)


def _objections(
    situation: Situation, blank: Ticket, command: Open, now: Instant, refused: frozenset[str]
) -> list[Reason]:
    definition, start, actor = situation.definition, situation.definition.start, command.actor
    found: list[Reason] = []
    if not command.derived and not rights.permitted(start.roles, actor, definition, None):
        found.append(refusing.role_needed(start.roles))
    seen = values_of(situation, blank, actor, now)
    if start.guard is not None:
        verdict = start.guard.holds(seen)
        found += [] if verdict.holds else [refusing.guards_say_no([(start.guard.source, verdict)])]
    wanted = [name for name in start.requires if name not in refused]
    found += refusing.blanks(definition, {**blank.data, **blank.personal}, wanted, seen)
    complete = [name for name in start.complete if name not in refused]
    return found + refusing.papers(definition, complete, seen)


def _blank(situation: Situation, command: Open, values: Mapping[str, object], now: Instant) -> Ticket:
    """The ticket as it is brought to the desk, standing nowhere yet."""
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
        opener=command.opener or command.actor.id,
        priority=NORMAL if command.priority is None else command.priority,
        parent=command.parent,
        link=command.link,
        round=command.round,
        origin=command.origin,
        opened_at=now,
        changed_at=now,
        entered_at=now,
        data=data,
        personal=personal,
    )
