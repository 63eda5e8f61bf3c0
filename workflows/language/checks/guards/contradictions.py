"""Says why a guard never holds: which of its parts is never true, or which two exclude each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from workflows.language.checks.guards.formula import FormulaReader
from workflows.language.checks.guards.solve import Demand
from workflows.language.checks.guards.terms import TermReader
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.text import ExpressionText
from workflows.language.expressions.tree import FunctionCall, TreeNode
from workflows.language.forms.field import Field
from workflows.sentence import Sentence

_MOST_PARTS = 8  # pairs of more parts are not tried


def explain_never(
    guard: Expression,
    fields: Mapping[str, Field],
    is_impossible: Callable[[Sequence[Demand]], bool],
    plain: Sentence,
) -> Sentence:
    """The sentence about a guard that never holds; the `plain` one where no part of it is to blame."""
    exclusive = (
        "this never holds: {one} and {other} are never both true; where one of them is enough, "
        "write || between them"
    )
    said = _written_parts(ExpressionText(guard.source))
    reader = FormulaReader(TermReader(fields))
    demands = [Demand(reader.read(each), True) for each in _parts(guard.tree)]
    if len(said) != len(demands) or not 1 < len(demands) <= _MOST_PARTS:
        return plain
    for part, demand in zip(said, demands, strict=True):
        if is_impossible([demand]):
            return Sentence("never-holds", "this never holds, whatever the fields say: {part}", part=part)
    for (one, first), (other, second) in combinations(zip(said, demands, strict=True), 2):
        if is_impossible([first, second]):
            return Sentence("never-holds", exclusive, one=one, other=other)
    return plain


def _parts(node: TreeNode) -> Iterator[TreeNode]:
    match node:
        case FunctionCall(function="_&&_", arguments=arguments):
            for each in arguments:
                yield from _parts(each)
        case _:
            yield node


def _written_parts(text: ExpressionText) -> tuple[str, ...]:
    """The parts that `&&` joins, as they are written; the whole where a weaker sign joins the parts."""
    depth, ends = 0, [0]
    for word in text.tokens:
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(word.text, 0)
        if depth == 0 and word.text in ("||", "?"):
            return (text.source,)
        if depth == 0 and word.text == "&&":
            ends += [word.at, word.at + 2]
    pieces = zip(ends[::2], [*ends[1::2], len(text.source)], strict=True)
    return tuple(text.source[start:end].strip() for start, end in pieces)
