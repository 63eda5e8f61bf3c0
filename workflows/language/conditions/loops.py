"""Loops of expressions over the rows of a list: `all` and `exists`, with or without `filter` before them."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.language.expressions.tree import (
    Comprehension,
    Constant,
    FunctionCall,
    ListLiteral,
    TreeNode,
    Variable,
)


@dataclass(frozen=True, slots=True)
class Loop:
    """`over.filter(item, where).all(item, wanted)`; `every` tells `all` from `exists`; `where` is None
    without a filter."""

    over: TreeNode
    item: str
    wanted: TreeNode
    every: bool
    where: TreeNode | None = None


def read_loop(node: Comprehension) -> Loop | None:
    """The loop that CEL has expanded into this; None if it is another one."""
    match node.start, node.step:
        case Constant(value=True), FunctionCall(function="_&&_", arguments=(Variable(), wanted)):
            every = True
        case Constant(value=False), FunctionCall(function="_||_", arguments=(Variable(), wanted)):
            every = False
        case _:
            return None
    if not isinstance(node.over, Comprehension):
        return Loop(node.over, node.item, wanted, every)
    match node.over.start, node.over.step:
        case ListLiteral(items=()), FunctionCall(
            function="_?_:_", arguments=(where, FunctionCall(), Variable())
        ):
            pass
        case _:
            return None
    if node.over.item != node.item:
        return None
    return Loop(node.over.over, node.item, wanted, every, where)
