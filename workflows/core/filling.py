"""What expressions come to, for a form of this ticket or of another one."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.core.ticket import Situation
from workflows.errors import Invalid, Reason
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.values import Values


def mapped(expressions: Mapping[str, Expression], values: Values, situation: Situation) -> dict[str, object]:
    """The fields that the expressions fill; one that comes to nothing is left out."""
    found = {name: evaluated(each, values, situation) for name, each in expressions.items()}
    return {name: value for name, value in found.items() if value is not None}


def evaluated(expression: Expression, values: Values, situation: Situation) -> object:
    """What the expression comes to. The step is refused if that cannot be worked out."""
    try:
        return expression.value(values)
    except ExpressionError as error:
        raise unworkable(expression, situation, error) from error


def unworkable(
    expression: Expression, situation: Situation, error: ValueError, field: str | None = None
) -> Invalid:
    """The refusal of a step whose effect cannot be worked out. It does not quote what may be personal."""
    why = "" if expression.names & situation.definition.personal else f": {error}"
    return Invalid(
        Reason("bad-value", f"{field or expression.source} cannot be worked out{why}", field=field)
    )


Items = list[Mapping[str, object] | None]


def items_of(each: Expression | None, values: Values, situation: Situation) -> Items:
    """What an effect comes about for: each item of its list, or once.

    An item is a row of a table or checklist as it is; of `choices` the one that was chosen.
    """
    if each is None:
        return [None]
    listed = evaluated(each, values, situation)
    return (
        [one if isinstance(one, Mapping) else {"value": one} for one in listed]
        if isinstance(listed, list)
        else []
    )
