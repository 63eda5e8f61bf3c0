"""Which values a field takes, and as what it stores them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from workflows.language.definition import Definition
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.form import store_value

ACTOR, OTHER = "actor", "colleague"
"""The two people of every situation: who acts, and somebody else."""


def describe_domain(spec: Field) -> tuple[object, ...]:
    """What decides which values a field takes, and what becomes of them."""
    options = tuple((each.value, each.when.source if each.when else None) for each in spec.options)
    items = tuple((each.value, each.when.source if each.when else None) for each in spec.items)
    columns = tuple((each.name, *describe_domain(each)) for each in spec.columns)
    value = spec.value.source if spec.value else None
    return (
        *(spec.type, spec.min, spec.max, spec.pattern, spec.multiline, options, items, columns),
        *(tuple(sorted(spec.roles)), spec.register, value),
    )


def freeze(value: object) -> object:
    """The value as a key of a cache."""
    if isinstance(value, Mapping):
        return ("{}", tuple((key, freeze(each)) for key, each in value.items()))
    return ("[]", tuple(map(freeze, value))) if isinstance(value, list | tuple) else (type(value), value)


def _thaw(frozen: Any) -> Any:
    kind, value = frozen
    if kind == "{}":
        return {key: _thaw(each) for key, each in value}
    return [_thaw(each) for each in value] if kind == "[]" else value


@lru_cache(maxsize=65_536)
def store_frozen(definition: Definition, field: str, frozen: object) -> object:
    """A sent value, frozen, as it is stored; None if it does not fit."""
    spec, value = definition.fields[field], _thaw(frozen)
    if spec.type is FieldType.STAFF and value not in (ACTOR, OTHER):
        return None
    if spec.type is FieldType.DEPARTMENT and value not in definition.organisation.departments:
        return None
    try:
        return store_value(spec, value)
    except ValueError:
        return None
