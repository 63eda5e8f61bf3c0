"""Computed fields: evaluated again whenever the ticket is viewed or takes a step."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.core.ticket import StepContext
from workflows.errors import Invalid, Reason
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.field import Field
from workflows.language.forms.form import store_value
from workflows.language.forms.values import Values


def add_computed_fields(context: StepContext, values: Values) -> Values:
    """The values with the computed fields as of now; a result that does not fit its field is left empty."""
    fields = dict(values.fields)
    values = values._replace(fields=fields)
    for field in context.definition.computed_fields:
        try:
            fields[field.name] = _compute_field(field, context, values)
        except ValueError:
            fields[field.name] = None
    return values


def compute_changes(context: StepContext, values: Values, stored: Mapping[str, object]) -> dict[str, object]:
    """The computed fields that differ from `stored`; None for one that is now empty.

    Raises `Invalid` with a reason for each result that does not fit its field; personal values are not
    quoted.
    """
    changes: dict[str, object] = {}
    reasons: list[Reason] = []
    for field in context.definition.computed_fields:
        try:
            value = _compute_field(field, context, values)
        except ValueError as error:
            detail = "" if field.personal else f": {error}"
            reasons.append(
                Reason("bad-value", f"{field.name} cannot be worked out{detail}", field=field.name)
            )
        else:
            if value != stored.get(field.name):
                changes[field.name] = value
    if reasons:
        raise Invalid(reasons)
    return changes


def _compute_field(field: Field, context: StepContext, values: Values) -> object:
    """The value in stored form; None while an input is empty. Raises `ValueError` if it does not fit."""
    assert field.value is not None, "only computed fields are worked out"
    try:
        value = field.value.value(values)
    except ExpressionError:
        return None
    return store_value(field, value, context.calendar.zone)
