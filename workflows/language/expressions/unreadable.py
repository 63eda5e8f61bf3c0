"""Replaces a condition of a stored version that cannot be read any more: it never holds."""

from __future__ import annotations

from workflows.language.expressions.expression import Expression
from workflows.language.expressions.text import ExpressionError
from workflows.language.expressions.tree import Constant
from workflows.language.forms.values import EvaluationResult, Values


class Unreadable(Expression):
    """A condition, or a whole step, that cannot be read. `why` is the reason for people, in English."""

    __slots__ = ("why",)

    def __init__(self, source: str, why: str) -> None:  # without super().__init__: there is no program
        self.source, self.why = source, why
        self.kind, self.tree = "any", Constant(None)
        self.names = self.keys = self.visited_states = frozenset()
        self.child_fields = frozenset()

    def holds(self, values: Values) -> EvaluationResult:  # noqa: ARG002
        """Always false, with the reason."""
        return EvaluationResult(False, self.why, unreadable=True)

    def value(self, values: Values) -> object:  # noqa: ARG002
        """Always raises ExpressionError, with the reason."""
        raise ExpressionError(self.why)
