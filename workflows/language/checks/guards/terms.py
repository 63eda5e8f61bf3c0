"""The parts of guards that are compared: fields, counts, instants, each with the kind of its values.

A part that is not a plain name (`visits("x")`, `now - ticket.closed_at`) counts as a name of its own: what it
is made of is not looked into, so that it may have any value of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from workflows.language.expressions.functions import to_duration
from workflows.language.expressions.tree import (
    Comprehension,
    Constant,
    FieldAccess,
    FunctionCall,
    ListLiteral,
    MapLiteral,
    TreeNode,
    Variable,
    parts_of,
)
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.field_types import TRAITS

Kind = Literal["text", "number", "count", "instant", "duration", "boolean"]

_COUNTS = frozenset({"size", "visits"})
_INSTANTS = frozenset({"now", "ticket.opened_at", "ticket.entered_at", "ticket.closed_at"})
_TEXTS = ("ticket.", "actor.")
_ALWAYS_THERE = frozenset({"now", "ticket.opened_at", "ticket.entered_at", "ticket.state", "ticket.number"})
_ALWAYS_THERE |= {"ticket.priority", "actor.id", "site"}


@dataclass(frozen=True, slots=True)
class Term:
    """A compared part. `key` names it in an assignment: the same part has the same key in every guard.

    field     the field that it is the value of
    nullable  it may be empty
    fallible  it may have no value, as a sum with an empty field has none
    """

    key: str
    kind: Kind
    field: Field | None = None
    nullable: bool = False
    fallible: bool = False


class TermReader:
    """Reads terms; `fields` are those that plain names may stand for."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._fields = fields

    def read(self, node: TreeNode) -> Term | None:
        """The term that a node is; None for a constant, and for what has no kind that can be told."""
        if isinstance(node, Variable) and not node.key.startswith("@"):
            return self._name(node.key)
        if literal_value(node) is not None or isinstance(node, Constant | ListLiteral | MapLiteral):
            return None
        kind = self.kind(node)
        if kind is None:
            return None
        countable = isinstance(node, FunctionCall) and node.function in _COUNTS
        return Term(f"@{node_key(node)}", kind, fallible=not countable)

    def _name(self, key: str) -> Term | None:
        field = self._fields.get(key)
        if field is not None:
            kind = _kind_of_field(field)
            return Term(key, kind, field, nullable=True) if kind else None
        if key in _INSTANTS:
            return Term(key, "instant", nullable=key not in _ALWAYS_THERE)
        if key.startswith(_TEXTS) or key == "site":
            return Term(key, "text", nullable=key not in _ALWAYS_THERE)
        return None

    def kind(self, node: TreeNode) -> Kind | None:
        """The kind of the node's value; None if it cannot be told."""
        match node:
            case Variable(key=key):
                term = self._name(key)
                return term.kind if term else None
            case Constant(value=bool()):
                return "boolean"
            case Constant(value=str()):
                return "text"
            case Constant(value=Decimal() | int()):
                return "number"
            case FunctionCall(function=name) if name in _COUNTS or name.startswith("get"):
                return "count" if name in _COUNTS else "number"
            case FunctionCall(function="timestamp" | "duration" as name):
                return "instant" if name == "timestamp" else "duration"
            case FunctionCall(function="double" | "int" | "_*_" | "_/_" | "_%_"):
                return "number"
            case FunctionCall(function="string"):
                return "text"
            case FunctionCall(function="_+_" | "_-_" as sign, arguments=(left, right)):
                return _sum(sign, self.kind(left), self.kind(right))
            case FunctionCall(function="_?_:_", arguments=(_, then, otherwise)):
                kind = self.kind(then)
                return kind if kind == self.kind(otherwise) else None
        return None


def _kind_of_field(field: Field) -> Kind | None:
    match TRAITS[field.type].kind:
        case "text" | "number" | "instant" | "boolean" as kind:
            return kind
    return None


def _sum(sign: str, left: Kind | None, right: Kind | None) -> Kind | None:
    if left is None or right is None:
        return None
    if {left, right} <= {"number", "count"}:
        return "number"
    if sign == "-" and left == right == "instant":
        return "duration"
    if "instant" in (left, right) and "duration" in (left, right):
        return "instant"
    return left if left == right and left in ("text", "duration") else None


def literal_value(node: TreeNode) -> object:
    """The value of a constant, also of a negative number and of `duration("2h")`; None for anything else."""
    match node:
        case Constant(value=value):
            return value
        case FunctionCall(function="-_", arguments=(Constant(value=Decimal() | int() as number),)):
            return -number
        case FunctionCall(function="duration", arguments=(Constant(value=str(text)),)):
            return _duration(text)
        case FunctionCall(function="double", arguments=(Constant(value=Decimal() | int() as number),)):
            return number
    return None


def _duration(text: str) -> timedelta | None:
    try:
        return to_duration(text)
    except ValueError:
        return None


def node_key(node: TreeNode) -> str:
    """A text that is the same for the same expression, wherever it stands."""
    match node:
        case FunctionCall(function=name, arguments=arguments):
            return f"{name}({', '.join(map(node_key, arguments))})"
        case FieldAccess(of=of, name=name):
            return f"{node_key(of)}.{name}"
        case Variable(key=key):
            return key
        case Comprehension():
            inside = ", ".join(map(node_key, parts_of(node)))
            return f"loop {node.item} {node.result}({inside})"
    if isinstance(node, Constant):
        return repr(node.value) if isinstance(node.value, str) else str(node.value)
    return f"[{', '.join(map(node_key, parts_of(node)))}]"


def is_option_field(field: Field | None) -> bool:
    """Whether the values of the field are few and known: a choice, or yes and no."""
    return field is not None and field.type in (FieldType.CHOICE, FieldType.BOOLEAN)
