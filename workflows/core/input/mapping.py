"""Evaluation of the expressions that fill fields of this ticket or another one."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.core.ticket import StepContext
from workflows.errors import Invalid, Reason
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.values import Values


def map_fields(
    expressions: Mapping[str, Expression], values: Values, context: StepContext
) -> dict[str, object]:
    """Field name → value of its expression; empty results are left out."""
    values_by_field = {name: evaluate(each, values, context) for name, each in expressions.items()}
    return {name: value for name, value in values_by_field.items() if value is not None}


def evaluate(expression: Expression, values: Values, context: StepContext) -> object:
    """The value of the expression. Raises `Invalid` if it cannot be computed."""
    try:
        return expression.value(values)
    except ExpressionError as error:
        raise build_compute_error(expression, context, error) from error


def build_compute_error(
    expression: Expression, context: StepContext, error: ValueError, field: str | None = None
) -> Invalid:
    """The refusal of a step whose effect cannot be computed. Personal values are not quoted."""
    definition = context.definition
    why = "" if expression.names & definition.personal_fields else f": {error}"
    names = ", ".join(name for name in definition.fields if name in expression.names)
    message = f"{field or 'what this step works out'} cannot be worked out{why}"
    return Invalid(Reason("bad-value", message, field=field, facts={"rule": "uncomputed", "names": names}))


Items = list[Mapping[str, object] | None]


def list_items(each: Expression | None, values: Values, context: StepContext) -> Items:
    """The items for which an effect is repeated; `[None]`, once, without `each`.

    An item is the row of a table or checklist, or {"value": option} for a choice.
    """
    if each is None:
        return [None]
    listed = evaluate(each, values, context)
    return (
        [one if isinstance(one, Mapping) else {"value": one} for one in listed]
        if isinstance(listed, list)
        else []
    )
