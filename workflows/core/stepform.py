"""The form of a step, and what was sent for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from workflows.core import filing
from workflows.core.ticket import Situation
from workflows.errors import Invalid, Reason
from workflows.language.definition import Definition, Transition
from workflows.language.forms.field import FieldType
from workflows.language.forms.form import Form, prepared


@lru_cache(maxsize=8192)
def _lenient(definition: Definition, names: tuple[str, ...]) -> Form:
    """A form that takes `names` and insists on none: which are required depends on the row that is taken."""
    return Form.of(definition.fields, requires=(), accepts=names)


def union(rows: tuple[Transition, ...]) -> tuple[str, ...]:
    """The fields that some row of a trigger takes, in the order of the file."""
    return tuple(dict.fromkeys(name for row in rows for name in row.fields))


def cleaned(
    situation: Situation, names: tuple[str, ...], data: Mapping[str, object]
) -> tuple[dict[str, object], list[Reason]]:
    """What was sent, checked and normalised, and every reason against it. What is refused is left out."""
    if not data:
        return {}, []
    form, organisation = _lenient(situation.definition, names), situation.definition.organisation
    reasons: list[Reason] = []
    try:
        values = form.load(data, organisation)
    except Invalid as invalid:
        reasons = list(invalid.reasons)
        bad = fields_of(reasons)
        sound = {name: value for name, value in data.items() if name in names and name not in bad}
        values = form.load(sound, organisation)
    strangers = _unknown_staff(situation, values)
    if situation.definition.registers:
        strangers += filing.strangers(situation, values)
    if strangers:
        unknown = fields_of(strangers)
        values = {name: value for name, value in values.items() if name not in unknown}
    return values, reasons + strangers


def sent(definition: Definition, data: Mapping[str, object]) -> dict[str, object]:
    """What a step of another ticket has worked out for a form, as a person would fill it in."""
    fields, zone = definition.fields, definition.calendar.zone
    return {
        name: prepared(fields[name], value, zone) if name in fields else value for name, value in data.items()
    }


def fields_of(reasons: list[Reason]) -> frozenset[str]:
    """The fields that something was said against: of a cell, the table it is in."""
    return frozenset(str(reason.field).partition("[")[0] for reason in reasons)


def _unknown_staff(situation: Situation, values: Mapping[str, object]) -> list[Reason]:
    fields, staff = situation.definition.fields, situation.directory.staff
    return [
        Reason(
            "bad-value",
            f"{name}: nobody of that id works at this site",
            field=name,
            saw=None if fields[name].personal else value,
        )
        for name, value in values.items()
        if fields[name].type is FieldType.STAFF and value is not None and value not in staff
    ]
