"""The form of a step, and what was sent for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from workflows.core.ticket import Situation
from workflows.errors import Invalid, Reason
from workflows.language.definition import Definition, FieldType, Transition
from workflows.language.forms import Form


@lru_cache(maxsize=8192)
def _lenient(definition: Definition, names: tuple[str, ...]) -> Form:
    """A form that takes `names` and insists on none: which are required depends on the row that is taken."""
    return Form.of(definition.fields, requires=(), accepts=names)


def union(rows: tuple[Transition, ...]) -> tuple[str, ...]:
    """The fields that some row of a trigger takes, in the order of the file."""
    return tuple(dict.fromkeys(name for row in rows for name in row.fields))


def cleaned(
    situation: Situation, step: str, names: tuple[str, ...], data: Mapping[str, object]
) -> tuple[dict[str, object], list[Reason]]:
    """What was sent, checked and normalised, and every reason against it."""
    if not data:
        return {}, []
    definition = situation.definition
    try:
        values = _lenient(definition, names).load(data, definition.organisation)
    except Invalid as invalid:
        return {}, list(invalid.reasons)
    return values, _unknown_staff(situation, values)


def _unknown_staff(situation: Situation, values: Mapping[str, object]) -> list[Reason]:
    fields, staff = situation.definition.fields, situation.directory.staff
    return [
        Reason("bad-value", f"{name}: nobody of that id works at this site", field=name, saw=value)
        for name, value in values.items()
        if fields[name].type is FieldType.STAFF and value is not None and value not in staff
    ]
