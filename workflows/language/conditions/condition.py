"""Conditions on the values of an object (a form, a row of a table), and how JSON Schema says them.

They are built by `both`, `either` and `negate`, which keep them simple.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

JsonSchema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ConstantCondition:
    """A condition that holds, or does not, whatever the values are."""

    holds: bool


@dataclass(frozen=True, slots=True)
class FieldCondition:
    """The value of `field` is valid by `schema`. `absent`: whether it holds where the field is not given."""

    field: str
    schema: JsonSchema
    absent: bool


@dataclass(frozen=True, slots=True)
class AllConditions:
    """All of the parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyCondition:
    """One of the parts holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class BranchCondition:
    """Where `condition` holds, `then` must hold, elsewhere `otherwise`."""

    condition: Condition
    then: Condition
    otherwise: Condition


Condition = ConstantCondition | FieldCondition | AllConditions | AnyCondition | BranchCondition
ALWAYS, NEVER = ConstantCondition(True), ConstantCondition(False)


def both(*parts: Condition) -> Condition:
    """All of the conditions."""
    flat = _distinct(_flatten(parts, AllConditions))
    if NEVER in flat:
        return NEVER
    left = tuple(each for each in flat if each != ALWAYS)
    return left[0] if len(left) == 1 else AllConditions(left) if left else ALWAYS


def either(*parts: Condition) -> Condition:
    """One of the conditions, or several."""
    flat = _distinct(_flatten(parts, AnyCondition))
    if ALWAYS in flat:
        return ALWAYS
    left = tuple(each for each in flat if each != NEVER)
    return left[0] if len(left) == 1 else AnyCondition(left) if left else NEVER


def branch(condition: Condition, then: Condition, otherwise: Condition) -> Condition:
    """`then` where the condition holds, elsewhere `otherwise`."""
    if condition in (ALWAYS, NEVER) or then == otherwise:
        return otherwise if condition == NEVER else then
    return both(condition, then) if otherwise == NEVER else BranchCondition(condition, then, otherwise)


def negate(condition: Condition) -> Condition:
    """The condition that holds where this one does not."""
    match condition:
        case ConstantCondition(holds=holds):
            return ConstantCondition(not holds)
        case FieldCondition(field=field, schema=schema, absent=absent):
            opposite = schema["not"] if set(schema) == {"not"} else {"not": schema}
            return FieldCondition(field, opposite, not absent)
        case AllConditions(parts=parts):
            return either(*map(negate, parts))
        case AnyCondition(parts=parts):
            return both(*map(negate, parts))
        case BranchCondition(condition=test, then=then, otherwise=otherwise):
            return branch(test, negate(then), negate(otherwise))


def simplify(condition: Condition, known: Mapping[str, JsonSchema]) -> Condition:
    """The condition on an object whose values of `known` are given, and valid by these schemas."""
    match condition:
        case FieldCondition(field=field, schema=schema) if field in known:
            if schema == known[field]:
                return ALWAYS
            opposite = {"not": schema} == known[field] or schema == {"not": known[field]}
            return NEVER if opposite else FieldCondition(field, schema, False)
        case AllConditions(parts=parts):
            return both(*(simplify(part, known) for part in parts))
        case AnyCondition(parts=parts):
            return either(*(simplify(part, known) for part in parts))
        case BranchCondition(condition=test, then=then, otherwise=otherwise):
            return branch(*(simplify(part, known) for part in (test, then, otherwise)))
    return condition


def exclude_each_other(one: Condition, other: Condition) -> bool:
    """Whether it can be seen that the conditions never hold together: they want other values of a field."""
    return any(
        _contradict(first, second)
        for first in _parts(one)
        for second in _parts(other)
        if isinstance(first, FieldCondition) and isinstance(second, FieldCondition)
    )


def render_condition(condition: Condition) -> JsonSchema:
    """The condition as JSON Schema of an object."""
    match condition:
        case ConstantCondition(holds=holds):
            return {} if holds else {"not": {}}
        case FieldCondition():
            return _render_all((condition,))
        case AllConditions(parts=parts):
            return _render_all(parts)
        case AnyCondition(parts=parts):
            first = parts[0]
            if isinstance(first, FieldCondition) and "not" in first.schema:
                return {
                    "if": render_condition(negate(first)),
                    "then": render_condition(either(*parts[1:])),
                }
            return {"anyOf": [render_condition(part) for part in parts]}
        case BranchCondition(condition=test, then=then, otherwise=otherwise):
            schema = {"if": render_condition(test), "then": render_condition(then)}
            return schema if otherwise == ALWAYS else {**schema, "else": render_condition(otherwise)}


def _render_all(parts: Iterable[Condition]) -> JsonSchema:
    """The conditions of single fields as one object, the others beside it."""
    tests: dict[str, list[JsonSchema]] = {}
    required: list[str] = []
    others: list[JsonSchema] = []
    for part in parts:
        if isinstance(part, FieldCondition):
            tests.setdefault(part.field, []).append(part.schema)
            required += [] if part.absent or part.field in required else [part.field]
        else:
            others.append(render_condition(part))
    schema: JsonSchema = {}
    if tests:
        schema["properties"] = {
            name: found[0] if len(found) == 1 else {"allOf": found} for name, found in tests.items()
        }
    if required:
        schema["required"] = required
    if len(others) == 1 and not schema:
        return others[0]
    return schema | ({"allOf": others} if others else {})


def _flatten(parts: Iterable[Condition], kind: type[AllConditions | AnyCondition]) -> Iterator[Condition]:
    for part in parts:
        if isinstance(part, kind):
            yield from part.parts
        else:
            yield part


def _distinct(parts: Iterable[Condition]) -> list[Condition]:
    found: list[Condition] = []
    for part in parts:
        if part not in found:
            found.append(part)
    return found


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, AllConditions) else (condition,)


def _contradict(one: FieldCondition, other: FieldCondition) -> bool:
    if one.field != other.field or (one.absent and other.absent):
        return False
    first, second = _wanted_values(one), _wanted_values(other)
    return bool(first and second) and first.isdisjoint(second)


def _wanted_values(condition: FieldCondition) -> frozenset[object]:
    """The only values that fulfil the condition; empty if they are not listed."""
    schema = condition.schema
    listed = [schema["const"]] if "const" in schema else schema.get("enum", [])
    return frozenset((type(value), value) for value in listed)
