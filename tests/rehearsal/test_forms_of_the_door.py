"""The form of a step asks for exactly what the door asks for: in every state that the scenarios of our
processes reach, a form is valid for the schema if and only if the door does not refuse it.

One rule says what is left to the door (`is_left_to_the_door`): a guard that hangs on the time, that compares
amounts, days, instants or computed numbers on the form, or that reads personal fields which are not on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator

from service.api.tickets.forms import build_start_form, build_step_form
from tests.conftest import DEFINITIONS
from workflows.core.access.permissions import has_any_role
from workflows.core.commands import CLOCK, Fire, Open
from workflows.core.handlers import fire as fire_handler
from workflows.core.handlers import open as open_handler
from workflows.core.handlers.available import list_trigger_options
from workflows.core.ticket import StepContext
from workflows.errors import Refusal
from workflows.language.definition import Definition, Start, Transition
from workflows.language.forms.field import Field, FieldType
from workflows.language.load import Folder
from workflows.rehearsal.folder import rehearse_folder
from workflows.timing.instants import Instant

Json = dict[str, Any]
Place = tuple[str, str, str]  # process, state, trigger
_FIRE, _OPEN = fire_handler.fire, open_handler.open_ticket
MOST_VISITS = 2  # of a place
_UNORDERED = (FieldType.MONEY, FieldType.DATE, FieldType.DATETIME)  # JSON Schema cannot order them
START = "(start)"


class Visit(NamedTuple):
    """Somebody at a door of a scenario, with a form filled in."""

    context: StepContext
    command: Fire | Open
    now: Instant


class Trial(NamedTuple):
    """A form filled in at a door: what the schema says against it, and the reasons of the door.

    `open_guards` tells whether a guard there is left to the door.
    """

    place: Place
    data: Json
    errors: list[str]
    reasons: list[str]
    open_guards: bool


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    """Forms tried at the doors of all scenarios: at each place the first times that a person comes there."""
    found: list[Trial] = []
    seen: dict[Place, list[object]] = {}

    def visit(place: Place, arrival: Visit) -> None:
        same = seen.setdefault(place, [])
        if arrival.command.actor.id == CLOCK.id or len(same) >= MOST_VISITS or arrival.command.data in same:
            return
        same.append(arrival.command.data)
        found.extend(try_forms(place, arrival))

    def fire(context: StepContext, command: Fire, now: Instant) -> object:
        if not command.by_relative:
            place = (context.definition.name, context.ticket.state, command.trigger)
            visit(place, Visit(context, command, now))
        return _FIRE(context, command, now)

    def open_ticket(context: StepContext, command: Open, now: Instant) -> object:
        if not command.derived:
            visit((context.definition.name, START, "open"), Visit(context, command, now))
        return _OPEN(context, command, now)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fire_handler, "fire", fire)
        patch.setattr(open_handler, "open_ticket", open_ticket)
        assert all(result.ok for result in rehearse_folder(DEFINITIONS))
    return found


def try_forms(place: Place, visit: Visit) -> Iterator[Trial]:
    """The form of the scenario and variations of it, tried at the schema and at the door."""
    found = build_form(visit)
    if found is None:
        return
    form, rows = found
    Draft202012Validator.check_schema(form)
    judge = Draft202012Validator(form)
    definition = visit.context.definition
    left = any(is_left_to_the_door(row, set(form["properties"]), definition) for row in rows)
    for data in vary(dict(visit.command.data), form, definition.fields):
        errors = [str(error.message) for error in judge.iter_errors(data)]
        yield Trial(place, data, errors, refuse(visit, data), left)


def build_form(visit: Visit) -> tuple[Json, tuple[Transition | Start, ...]] | None:
    """The form that is handed out, and its rows; None if the step is not to be had."""
    context, command, now = visit
    definition, zone = context.definition, context.calendar.zone
    if isinstance(command, Open):
        if not has_any_role(definition.start.roles, command.actor, definition, None):
            return None
        return build_start_form(definition, "en", context.directory, now, zone), (definition.start,)
    for option in list_trigger_options(context, command.actor, now):
        if option.trigger == command.trigger and not option.reasons:
            return build_step_form(context, option, command.actor, now, "en"), option.transitions
    return None


def refuse(visit: Visit, data: Json) -> list[str]:
    """The codes of the reasons of the door against this form."""
    context, command, now = visit
    try:
        if isinstance(command, Open):
            _OPEN(context, replace(command, data=data), now)
        else:
            _FIRE(context, replace(command, data=data), now)
    except Refusal as refusal:
        return [reason.code for reason in refusal.reasons]
    return []


def is_left_to_the_door(row: Transition | Start, asked: set[str], definition: Definition) -> bool:
    """Whether JSON Schema cannot say what the guard wants, by the rule above.

    That of a start may also read the site's settings and who opens.
    """
    names = set(row.guard.names) if row.guard else set()
    for name in tuple(names & definition.fields.keys()):
        computed = definition.fields[name].value
        if computed is not None and computed.names & asked:
            return True
        names |= computed.names if computed else set()
    unsaid = {"now"} | ({"setting", "actor", "record"} if isinstance(row, Start) else set())
    read = names & definition.fields.keys()
    unordered = {name for name in read & asked if definition.fields[name].type in _UNORDERED}
    hidden = {name for name in read - asked if definition.fields[name].personal}
    return bool(names & unsaid or unordered or hidden or len(numbers_on(read & asked, definition)) > 1)


def numbers_on(names: set[str], definition: Definition) -> list[str]:
    return [name for name in names if definition.fields[name].type is FieldType.NUMBER]


def vary(data: Json, form: Json, fields: Mapping[str, Field]) -> Iterator[Json]:
    """The form as it was filled in, and with one field otherwise."""
    yield data
    yield {**data, "bogus": 1}
    for name in form["properties"]:
        field = fields[name]
        without = {key: value for key, value in data.items() if key != name}
        if name in data:
            yield without
            yield {**data, name: None}
        for value in other_values(field, data.get(name), form["properties"][name]):
            yield {**data, name: value}


def other_values(field: Field, value: Any, schema: Json) -> Iterator[Any]:
    """Values of the kind that a client would send; the examples of the form are among them."""
    match field.type:
        case FieldType.BOOLEAN:
            yield from (True, False)
        case FieldType.CHOICE:
            yield from [option.value for option in field.options if option.value != value][:3]
        case FieldType.CHOICES:
            options = [option.value for option in field.options]
            yield from (options, options[:1], options[:-1], [])
        case FieldType.CHECKLIST:
            names = [item.value for item in field.items] or [row["item"] for row in value or ()]
            passed = [{"item": name, "result": "pass"} for name in names]
            yield from (passed, passed[:-1], [])
            for last in (
                {"result": "fail"},
                {"result": "fail", "note": "seen"},
                {"result": "not-applicable"},
            ):
                if passed:
                    yield [*passed[:-1], {**passed[-1], **last}]
        case FieldType.TABLE:
            rows = value or []
            yield []
            for column in field.columns:
                if rows:
                    yield [{**rows[0], column.name: None}, *rows[1:]]
        case FieldType.NUMBER:
            yield from [number for number in (0, 1, 3, 100) if number != value]
        case FieldType.TEXT | FieldType.PERSON | FieldType.UNIT:
            yield from (" ", "x" * (field.min or 1)) if not field.pattern and not field.register else (" ",)
        case _:
            yield from schema.get("examples", ())[:1]


def test_what_the_schema_takes_the_door_takes(trials: list[Trial]) -> None:
    """But for guards that are left to it, by the rule above."""
    lax = [each for each in trials if not each.errors and each.reasons]
    assert [each for each in lax if set(each.reasons) != {"guard"} or not each.open_guards] == []


def test_what_the_door_takes_the_schema_takes(trials: list[Trial]) -> None:
    """A form never asks for more."""
    assert [each for each in trials if each.errors and not each.reasons] == []


def test_every_process_is_tried_and_nearly_all_is_said(trials: list[Trial], ours: Folder) -> None:
    """Hundreds of places, thousands of forms; there are few places where a guard is left to the door."""
    places = {each.place for each in trials}
    assert {process for process, _, _ in places} == ours.definitions.keys()
    assert (len(places), len(trials)) >= (780, 10_000)
    left = {each.place for each in trials if not each.errors and each.reasons}
    assert len(left) < len(places) / 10
