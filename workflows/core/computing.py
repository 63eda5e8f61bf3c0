"""Computed fields: what they come to, worked out anew whenever the ticket is looked at or takes a step."""

from __future__ import annotations

import math
from collections.abc import Mapping

from workflows.errors import Invalid, Reason
from workflows.language.definition import Definition
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.field import Field
from workflows.language.forms.form import store_value
from workflows.language.forms.values import Values


def laid(definition: Definition, values: Values) -> Values:
    """The values with the computed fields as they are now; one that does not fit its field is empty."""
    fields = dict(values.fields)
    values = values._replace(fields=fields)
    for field in definition.computed:
        try:
            fields[field.name] = _worked_out(field, definition, values)
        except ValueError:
            fields[field.name] = None
    return values


def changes(definition: Definition, values: Values, stored: Mapping[str, object]) -> dict[str, object]:
    """The computed fields that come to something else than is `stored`; None for one that is empty now.

    Raises `Invalid` with a reason for each that does not fit its field. It does not quote what may be
    personal.
    """
    found: dict[str, object] = {}
    reasons: list[Reason] = []
    for field in definition.computed:
        try:
            value = _worked_out(field, definition, values)
        except ValueError as error:
            why = "" if field.personal else f": {error}"
            reasons.append(Reason("bad-value", f"{field.name} cannot be worked out{why}", field=field.name))
        else:
            if value != stored.get(field.name):
                found[field.name] = value
    if reasons:
        raise Invalid(reasons)
    return found


def _worked_out(field: Field, definition: Definition, values: Values) -> object:
    """The value as it is kept; None while a part of it is empty. ValueError if it does not fit the field."""
    assert field.value is not None, "only computed fields are worked out"
    try:
        value = field.value.value(values)
    except ExpressionError:
        return None
    if isinstance(value, float) and not math.isfinite(value):  # divided by nothing
        return None
    return store_value(field, value, definition.calendar.zone)
