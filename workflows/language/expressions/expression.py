"""A checked expression, and its evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from workflows.language.expressions.decimals import to_decimal
from workflows.language.expressions.names import ExpressionName
from workflows.language.expressions.program import MAX_ROUNDS, OPENING, ROUNDS, ZONE, Frame, Program
from workflows.language.expressions.text import ExpressionError, ExpressionText
from workflows.language.expressions.tree import TreeNode
from workflows.language.forms.values import HOLDS, EvaluationResult, Values


class Expression:
    """A checked expression. Two are equal if their sources are.

    names    the top-level names that it uses: `nature`, `ticket`, `children`
    visited  the states named in its `visits("…")`
    keys     the names in full: `nature`, `ticket.state`, `children.rework`
    below    (link, field) of the children's fields that it uses: `children.x.all(c, c.data.fee > 3)`
    kind     the kind of its value: text, number, boolean, instant, duration, list, map, null, any
    tree     its syntax tree, for those who ask what it would want
    """

    __slots__ = (
        "_fields",
        "_program",
        "_uses",
        "child_fields",
        "keys",
        "kind",
        "names",
        "source",
        "tree",
        "visited_states",
    )

    def __init__(
        self,
        source: str,
        text: ExpressionText,
        kind: str,
        uses: tuple[ExpressionName, ...],
        tree: TreeNode,
        program: Program,
    ) -> None:
        self.source = source
        self.tree = tree
        self.kind = kind
        self.visited_states = text.visited_states
        self.keys = frozenset(use.key for use in uses)
        self.child_fields = text.child_fields
        self.names = frozenset(use.key.partition(".")[0] for use in uses) | (
            {"visits"} if text.visited_states else set()
        )
        self._uses = uses
        self._fields = tuple((use.key, use.field.personal, use.read) for use in uses if use.field)
        self._program = program

    def __eq__(self, other: object) -> bool:
        return self.source == other.source if isinstance(other, Expression) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"

    def holds(self, values: Values) -> EvaluationResult:
        """Whether the expression is true. Any error counts as false, and is the reason in the result."""
        try:
            answer = self._run(values)
        except ExpressionError as error:
            return EvaluationResult(False, error.message, self._seen_values(values))
        if answer is True:
            return HOLDS
        why = None if answer is False else self._describe_empty(values) or "it is neither yes nor no"
        return EvaluationResult(False, why, self._seen_values(values))

    def value(self, values: Values) -> object:
        """The value: text, int, Decimal, bool, None, datetime (UTC), timedelta, or lists and mappings of
        these. Raises ExpressionError if it cannot be computed."""
        return _plain(self._run(values))

    def frame(self, values: Values) -> Frame:
        """The values of its names, as programs of its parts read them."""
        frame: Frame = {use.key: use.value(values) for use in self._uses}
        frame[ROUNDS], frame[ZONE], frame[OPENING] = [MAX_ROUNDS], values.zone, values.is_open
        if self.visited_states:
            frame["visits"] = values.visits
        return frame

    def _run(self, values: Values) -> Any:
        try:
            return self._program(self.frame(values))
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            raise ExpressionError(self._describe_empty(values) or _message_of(error)) from None

    def _describe_empty(self, values: Values) -> str | None:
        """Which of the names it uses are empty: nearly always why it could not be computed; None if none
        is."""
        missing = [use.key for use in self._uses if not use.is_list and use.read(values) is None]
        if not missing:
            return None
        return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} empty"

    def _seen_values(self, values: Values) -> dict[str, object]:
        seen: dict[str, object] = {}
        for key, personal, read in self._fields:
            value = read(values)
            seen[key] = "***" if personal and value is not None else value
        return seen


def _plain(value: Any) -> Any:
    """The value with its fractions rounded to decimals, since only calculations know fractions."""
    if isinstance(value, Fraction):
        return to_decimal(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return value


def _message_of(error: Exception) -> str:
    """What went wrong, in a sentence; only the message of a ValueError is meant for people."""
    return str(error) if isinstance(error, ValueError) and str(error) else "it cannot be worked out"
