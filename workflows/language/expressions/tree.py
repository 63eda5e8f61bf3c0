"""Reads the syntax tree of an expression that CEL has parsed and type-checked, from its serialized form.

The form is the public protocol `cel.expr.CheckedExpr` (cel-spec, checked.proto and syntax.proto); only the
messages of which expressions consist are read, by their field numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.language.expressions.decimals import parse_decimal


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal: text, whole number, decimal, boolean or null."""

    value: str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Variable:
    """A name: `fee`, `ticket.state`, or the item of a loop."""

    key: str


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """`of.name`, where `of` is a mapping."""

    of: TreeNode
    name: str


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function or an operator (`_+_`, `_&&_`); `f.matches(x)` has `f` as its first argument.

    at  its offset in characters; -1 if that is unknown
    """

    function: str
    arguments: tuple[TreeNode, ...]
    at: int


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """A list that is written out: `[a, b]`."""

    items: tuple[TreeNode, ...]


@dataclass(frozen=True, slots=True)
class MapLiteral:
    """A mapping that is written out: `{"name": value}`."""

    pairs: tuple[tuple[TreeNode, TreeNode], ...]


@dataclass(frozen=True, slots=True)
class Comprehension:
    """What CEL expands `all`, `exists`, `filter` and `map` to: `result` is carried from item to item, as long
    as the condition holds."""

    item: str
    over: TreeNode
    result: str
    start: TreeNode
    while_: TreeNode
    step: TreeNode
    end: TreeNode


@dataclass(frozen=True, slots=True)
class UnsupportedNode:
    """A node that the language does not have: a message, or bytes."""

    what: str


TreeNode = (
    Constant
    | Variable
    | FieldAccess
    | FunctionCall
    | ListLiteral
    | MapLiteral
    | Comprehension
    | UnsupportedNode
)


def parts_of(node: TreeNode) -> tuple[TreeNode, ...]:
    """The child nodes of a node."""
    match node:
        case FieldAccess(of=of):
            return (of,)
        case FunctionCall(arguments=arguments):
            return arguments
        case ListLiteral(items=items):
            return items
        case MapLiteral(pairs=pairs):
            return tuple(each for pair in pairs for each in pair)
        case Comprehension():
            return node.over, node.start, node.while_, node.step, node.end
    return ()


def parse_tree(serialized: bytes) -> TreeNode:
    """The tree of a checked expression in CEL's serialized form."""
    return _TreeReader(_read_fields(_field_value(serialized, 2))).root()


class _TreeReader:
    def __init__(self, checked: list[tuple[int, Any]]) -> None:
        self._expression = next(value for number, value in checked if number == 4)
        self._names = dict(_reference(value) for number, value in checked if number == 2)
        source = next(value for number, value in checked if number == 5)
        self._places = {
            _field_value(each, 1): _field_value(each, 2) or 0 for n, each in _read_fields(source) if n == 4
        }

    def root(self) -> TreeNode:
        return self._build_node(self._expression)

    def _build_node(self, raw: bytes) -> TreeNode:
        content = dict(_read_fields(raw))
        id = content.pop(2, 0)
        # CEL has resolved this dotted name to one variable.
        if self._names.get(id) and (4 in content or 5 in content):
            return Variable(self._names[id])
        number, inner = next(iter(content.items()))
        match number:
            case 3:
                return _build_constant(inner)
            case 4:
                return Variable(_field_value(inner, 1).decode())
            case 5:
                return FieldAccess(self._build_node(_field_value(inner, 1)), _field_value(inner, 2).decode())
            case 6:
                return self._build_call(inner, id)
            case 7:
                return ListLiteral(tuple(self._build_node(each) for n, each in _read_fields(inner) if n == 1))
            case 8:
                return self._build_map(inner)
            case 9:
                return self._build_loop(inner)
        return UnsupportedNode("this")

    def _build_call(self, raw: bytes, id: int) -> FunctionCall:
        fields = _read_fields(raw)
        operands = [value for number, value in fields if number in (1, 3)]  # the target comes first
        name = next(value for number, value in fields if number == 2).decode()
        return FunctionCall(name, tuple(map(self._build_node, operands)), self._places.get(id, -1))

    def _build_map(self, raw: bytes) -> TreeNode:
        fields = _read_fields(raw)
        entries = [dict(_read_fields(value)) for number, value in fields if number == 2]
        if len(entries) < len(fields) or any(3 not in entry for entry in entries):
            return UnsupportedNode("a message, name{…},")
        return MapLiteral(
            tuple((self._build_node(entry[3]), self._build_node(entry[4])) for entry in entries)
        )

    def _build_loop(self, raw: bytes) -> Comprehension:
        content = dict(_read_fields(raw))
        parts = [self._build_node(content[number]) for number in (2, 4, 5, 6, 7)]
        over, start, while_, step, end = parts
        return Comprehension(content[1].decode(), over, content[3].decode(), start, while_, step, end)


def _build_constant(raw: bytes) -> TreeNode:
    number, value = _read_fields(raw)[0]
    match number:
        case 1:
            return Constant(None)
        case 2:
            return Constant(bool(value))
        case 3:
            return Constant(value - 2**64 if value >= 2**63 else value)
        case 4:
            return Constant(int(value))
        case 5:
            return Constant(parse_decimal(struct.unpack("<d", value)[0]))
        case 6:
            return Constant(value.decode())
    return UnsupportedNode("bytes, b'…'")


def _reference(entry: bytes) -> tuple[int, str]:
    """The id of a node and the name it refers to; the name is empty for functions."""
    content = dict(_read_fields(entry))
    reference = dict(_read_fields(content.get(2, b"")))
    return content.get(1, 0), "" if 3 in reference else reference.get(1, b"").decode()


def _field_value(raw: bytes, number: int) -> Any:
    return dict(_read_fields(raw)).get(number)


def _read_fields(raw: bytes) -> list[tuple[int, Any]]:
    """The fields of a message by number, in protobuf's wire format."""
    return list(_iter_fields(raw))


def _iter_fields(raw: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(raw):
        key, at = _read_varint(raw, at)
        kind = key & 7
        if kind == 0:
            value, at = _read_varint(raw, at)
            yield key >> 3, value
            continue
        size, at = _read_varint(raw, at) if kind == 2 else (8 if kind == 1 else 4, at)
        yield key >> 3, raw[at : at + size]
        at += size


def _read_varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
