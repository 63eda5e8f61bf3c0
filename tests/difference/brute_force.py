"""Every form over small domains, decided by the engine in both versions, and what a difference says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from workflows.core.commands import CLOCK, Actor, Fire, FireAuto, Open
from workflows.core.decision import decide
from workflows.core.handlers.open import build_blank_ticket
from workflows.core.people import Directory, Membership, Staff
from workflows.core.ticket import StepContext
from workflows.difference.change import Difference
from workflows.difference.field_values import ACTOR, OTHER
from workflows.difference.situation import AUTO, NOW, OPENING, SITE, Situation
from workflows.errors import Refusal
from workflows.language.definition import TICKET_ROLES, Definition

EMPTY = object()  # a value that is not there


@dataclass(frozen=True)
class Domain:
    """The values with which each field is tried, in the form and on the ticket. What is `given` is in every
    form that asks for it; other fields are left out."""

    values: Mapping[str, Sequence[Any]]
    given: Mapping[str, Any] = field(default_factory=dict)
    triggers: tuple[str, ...] = ()  # only these; none: all
    states: tuple[str, ...] = ()


def list_situations(old: Definition, new: Definition, domain: Domain) -> Iterator[Situation]:
    """Every situation over the domain: state, trigger, role, what the form says and what the ticket has."""
    for state in (None, *old.states):
        if domain.states and state not in domain.states:
            continue
        rows = [row for each in (old, new) for row in _rows(each, state)]
        for trigger in dict.fromkeys(OPENING if state is None else _trigger_of(row) for row in rows):
            if domain.triggers and trigger not in domain.triggers:
                continue
            taken = [row for row in rows if state is None or _trigger_of(row) == trigger]
            roles = dict.fromkeys(role for row in taken for role in row.roles)
            asked = tuple(dict.fromkeys(name for row in taken for name in row.fields))
            for role in ("clock",) if trigger == AUTO else roles:
                yield from _fill(state, trigger, role, asked, domain)


def _trigger_of(row: Any) -> str:
    return AUTO if row.auto else str(row.trigger)


def _rows(definition: Definition, state: str | None) -> Sequence[Any]:
    if state is None:
        return (definition.start,)
    return definition.transitions_by_source[state] if state in definition.states else ()


def _fill(
    state: str | None, trigger: str, role: str, asked: Sequence[str], domain: Domain
) -> Iterator[Situation]:
    given = {name: value for name, value in domain.given.items() if name in asked}
    names = list(domain.values)
    choices = []
    for name in names:
        sent = [("sent", value) for value in domain.values[name]] if name in asked else []
        kept = [("kept", value) for value in domain.values[name]] if state is not None else []
        choices.append([("", None), *sent, *kept])
    for chosen in product(*choices):
        parts: dict[str, dict[str, Any]] = {"sent": dict(given), "kept": {}, "": {}}
        for name, (how, value) in zip(names, chosen, strict=True):
            parts[how][name] = value
        yield Situation(state=state, trigger=trigger, role=role, sent=parts["sent"], kept=parts["kept"])


def outcome(definition: Definition, situation: Situation) -> tuple[str, str | None]:
    """What the engine decides: refused, or the state in which the ticket then is."""
    actor = _actor(situation.role)
    command = Open(site=SITE, id="ticket", workflow=definition.name, actor=actor, data=dict(situation.sent))
    directory = _directory(definition)
    blank = build_blank_ticket(definition, command, NOW)
    context = StepContext(
        definition=definition, directory=directory, calendar=definition.calendar, ticket=blank
    )
    try:
        if situation.state is None:
            step = decide(context, command, NOW)
        elif situation.state not in definition.states:
            return "refused", None
        else:
            personal = definition.personal_fields
            ticket = blank._replace(
                seq=1,
                number="1",
                state=situation.state,
                category=str(definition.states[situation.state].category),
                opener=ACTOR if situation.role == "opener" else OTHER,
                assignee=ACTOR if situation.role == "assignee" else None,
                data={k: v for k, v in situation.kept.items() if k not in personal},
                personal={k: v for k, v in situation.kept.items() if k in personal},
            )
            step = decide(context._replace(ticket=ticket), _command(situation, actor), NOW)
    except Refusal:
        return "refused", None
    return ("taken", step.after.state) if step is not None else ("refused", None)


def _command(situation: Situation, actor: Actor) -> Fire | FireAuto:
    if situation.trigger == AUTO:
        return FireAuto(site=SITE, ticket="ticket", actor=CLOCK)
    return Fire(site=SITE, ticket="ticket", actor=actor, trigger=situation.trigger, data=dict(situation.sent))


def _actor(role: str) -> Actor:
    if role == "clock":
        return CLOCK
    roles = frozenset({role} - TICKET_ROLES) | ({"guest"} if role == "guest" else set())
    return Actor(id=ACTOR, name=ACTOR, roles=frozenset(roles))


def _directory(definition: Definition) -> Directory:
    posts = tuple(Membership(SITE, role) for role in definition.organisation.roles)
    staff = {each: Staff(id=each, account=each, name=each, memberships=posts) for each in (ACTOR, OTHER)}
    return Directory(site=SITE, staff=staff)


def disagreements(difference: Difference, domain: Domain) -> tuple[int, int, list[Situation]]:
    """How many situations were decided, how many otherwise, and where the difference is wrong."""
    wrong, count, differing = [], 0, 0
    for situation in list_situations(difference.old, difference.new, domain):
        count += 1
        differs = outcome(difference.old, situation) != outcome(difference.new, situation)
        differing += differs
        if differs != difference.covers(situation):
            wrong.append(situation)
    return count, differing, wrong
