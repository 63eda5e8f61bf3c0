"""The text of a condition's tree, for comparison and for people: equal trees have equal texts."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.language.conditions.loops import read_loop
from workflows.language.expressions.tree import (
    Comprehension,
    Constant,
    FieldAccess,
    FunctionCall,
    ListLiteral,
    MapLiteral,
    TreeNode,
    Variable,
)

_INFIX = {
    "_&&_": "&&",
    "_||_": "||",
    "_==_": "==",
    "_!=_": "!=",
    "_<_": "<",
    "_<=_": "<=",
    "_>_": ">",
    "_>=_": ">=",
    "_+_": "+",
    "_-_": "-",
    "_*_": "*",
    "_/_": "/",
    "_%_": "%",
    "@in": "in",
}
_JOINING = ("&&", "||")


def write_tree(node: TreeNode, former: Mapping[str, str]) -> str:
    """The expression of a tree, with names as they were `former`ly called; loops by their parts."""
    match node:
        case Constant(value=value):
            return _write_constant(value)
        case Variable(key=key):
            head, _, rest = key.partition(".")
            if head in ("record", "missing"):
                field, _, column = rest.partition(".")
                return ".".join(filter(None, (head, former.get(field, field), column)))
            return former.get(key, key)
        case FieldAccess(of=of, name=name):
            return f"{write_tree(of, former)}.{name}"
        case ListLiteral(items=items):
            return f"[{', '.join(write_tree(each, former) for each in items)}]"
        case MapLiteral(pairs=pairs):
            inside = (f"{write_tree(key, former)}: {write_tree(value, former)}" for key, value in pairs)
            return f"{{{', '.join(inside)}}}"
        case Comprehension():
            if loop := read_loop(node):
                over = write_tree(loop.over, former)
                where = (
                    f".filter({loop.item}, {write_tree(loop.where, former)})"
                    if loop.where is not None
                    else ""
                )
                word = "all" if loop.every else "exists"
                return f"{over}{where}.{word}({loop.item}, {write_tree(loop.wanted, former)})"
            parts = (node.over, node.start, node.while_, node.step, node.end)
            return f"loop({node.item}; {'; '.join(write_tree(each, former) for each in parts)})"
        case FunctionCall():
            return _write_call(node, former)
    return "?"


def _write_call(node: FunctionCall, former: Mapping[str, str]) -> str:
    parts = [write_tree(each, former) for each in node.arguments]
    sign = _INFIX.get(node.function)
    if sign is not None and len(parts) == 2:
        inner = (
            f"({part})" if _binds_looser(argument, sign) else part
            for part, argument in zip(parts, node.arguments, strict=True)
        )
        return f" {sign} ".join(inner)
    match node.function, parts:
        case "!_", [of]:
            return f"!({of})"
        case "-_", [of]:
            return f"-{of}"
        case "_?_:_", [condition, then, otherwise]:
            return f"({condition} ? {then} : {otherwise})"
        case "_[_]", [of, at]:
            return f"{of}[{at}]"
    return f"{node.function}({', '.join(parts)})"


def _binds_looser(node: TreeNode, sign: str) -> bool:
    inner = _INFIX.get(node.function) if isinstance(node, FunctionCall) else None
    return inner is not None and (sign not in _JOINING or (inner in _JOINING and inner != sign))


def _write_constant(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}'" if isinstance(value, str) else str(value)
