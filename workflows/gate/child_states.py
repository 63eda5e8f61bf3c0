"""The states in which an expression wants children to be."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.language.expressions.expression import Expression
from workflows.language.expressions.tree import (
    Comprehension,
    Constant,
    FieldAccess,
    FunctionCall,
    ListLiteral,
    TreeNode,
    Variable,
)

_CHILDREN = "children."


def find_wanted_states(expression: Expression) -> Iterator[tuple[str, frozenset[str]]]:
    """Of each loop over children: their link, and the states of which one is wanted.

    A state that is only excluded (`!=`, `!(… in …)`) is not wanted.
    """
    for loop in _loops(expression.tree):
        link = _link_of(loop)
        wanted = frozenset(_wanted(loop.step, loop.item, wanted=True))
        if link and wanted:
            yield link, wanted


def _loops(node: TreeNode) -> Iterator[Comprehension]:
    if isinstance(node, Comprehension):
        yield node
    for part in _parts(node):
        yield from _loops(part)


def _parts(node: TreeNode) -> tuple[TreeNode, ...]:
    match node:
        case FieldAccess(of=of):
            return (of,)
        case FunctionCall(arguments=arguments):
            return arguments
        case ListLiteral(items=items):
            return items
        case Comprehension():
            return (node.over, node.start, node.while_, node.step, node.end)
    return ()


def _link_of(loop: Comprehension) -> str:
    match loop.over:
        case Variable(key=key) if key.startswith(_CHILDREN):
            return key.removeprefix(_CHILDREN)
        case FieldAccess(of=Variable(key="children"), name=name):
            return name
    return ""


def _wanted(node: TreeNode, item: str, *, wanted: bool) -> Iterator[str]:
    match node:
        case FunctionCall(function="!_", arguments=(inner,)):
            yield from _wanted(inner, item, wanted=not wanted)
        case FunctionCall(function="_==_" | "_!=_" as sign, arguments=(left, right)):
            if wanted is (sign == "_==_"):
                yield from _state_among(left, right, item)
                yield from _state_among(right, left, item)
        case FunctionCall(function="@in" | "_in_", arguments=(left, ListLiteral(items=items))):
            for each in items if wanted else ():
                yield from _state_among(left, each, item)
        case _:
            for part in _parts(node):
                yield from _wanted(part, item, wanted=wanted)


def _state_among(state: TreeNode, literal: TreeNode, item: str) -> Iterator[str]:
    match state, literal:
        case FieldAccess(of=Variable(key=key), name="state"), Constant(value=str(value)) if key == item:
            yield value
        case Variable(key=key), Constant(value=str(value)) if key == f"{item}.state":
            yield value
