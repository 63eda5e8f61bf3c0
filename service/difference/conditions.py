"""Conditions of a difference as clauses: the price is more than 500 and the unit is given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from service.difference.names import NameWriter
from workflows.difference.condition_words import ConditionWords
from workflows.language.forms.field import FieldType

_SIGNS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}
_CHILDREN_ENDED = re.compile(r"children\.([\w-]+)\.all\((\w+), \2\.closed\)")
_DAYS = (FieldType.DATE, FieldType.DATETIME)
_MOST_BOXES = 6  # alternatives that are spelled out; the rest is shown by its example


def write_where(names: NameWriter, where: Sequence[Sequence[ConditionWords]]) -> str:
    """The alternatives, each of conditions that hold together."""
    said = (
        _join(names, "and", (write_condition(names, each) for each in box)) for box in where[:_MOST_BOXES]
    )
    text = _join(names, "or", said)
    return text if len(where) <= _MOST_BOXES else f"{text}…"


def write_condition(names: NameWriter, condition: ConditionWords) -> str:
    """One condition as a clause."""
    values = condition.values
    if condition.test == "either":
        return f"({_join(names, 'or', (write_condition(names, each) for each in values))})"
    if condition.test in ("holds", "fails") and (ended := _CHILDREN_ENDED.fullmatch(str(values[0]))):
        key = "children-ended" if condition.test == "holds" else "children-open"
        return names.say(key, text=names.quote(ended[1]))
    if condition.test in ("holds", "fails", "unknown"):
        return names.say(f"is-{condition.test}", text=names.quote(str(values[0])))
    name = _write_name(names, condition)
    match condition.test:
        case "range":
            return _write_range(names, condition.name, name, values)
        case "compare":
            other = names.subject(str(values[1]))
            return names.say(f"is-compared-{_SIGNS[str(values[0])]}", name=name, other=other)
        case "includes" | "lacks":
            return names.say(
                f"is-{condition.test}", name=name, values=names.option(condition.name, values[0])
            )
        case "one-of" | "none-of" | "like":
            shown = _join(names, "comma", (names.value(condition.name, each) for each in values))
            return names.say(f"is-{condition.test}", name=name, values=shown)
    return names.say(f"is-{condition.test}", name=name)


def _write_name(names: NameWriter, condition: ConditionWords) -> str:
    name = names.subject(condition.name)
    if condition.how is None or condition.test in ("sent", "unsent"):
        return name
    return names.say(f"name-{condition.how}", name=name)


def _write_range(names: NameWriter, key: str, name: str, values: tuple[Any, ...]) -> str:
    low, low_inside, high, high_inside = values
    if low is not None and low == high:
        return names.say("is-one-of", name=name, values=names.value(key, low))
    field = names.find_field(key)
    timely = key.startswith("ticket.") or (field is not None and field.type in _DAYS)
    words = (
        ("is-from", "is-later", "is-until", "is-earlier")
        if timely
        else (
            "is-at-least",
            "is-more",
            "is-at-most",
            "is-less",
        )
    )
    parts = []
    if low is not None:
        parts.append(names.say(words[0] if low_inside else words[1], name=name, value=names.value(key, low)))
    if high is not None:
        parts.append(
            names.say(words[2] if high_inside else words[3], name=name, value=names.value(key, high))
        )
    return _join(names, "and", parts) if parts else names.say("is-given", name=name)


def _join(names: NameWriter, key: str, texts: Iterable[str]) -> str:
    return names.say(key).join(dict.fromkeys(texts))
