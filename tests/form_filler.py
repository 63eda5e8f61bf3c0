"""Forms filled in by somebody who knows nothing of them but their JSON Schema."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from jsonschema import Draft202012Validator

Json = dict[str, Any]
FILE = "00000000-0000-0000-0000-000000000000"  # stands for a file that is still to be uploaded
MOST_TRIES = 60  # forms for one step
_AMOUNTS = ("0.00", "99999.00")


def answers(schema: Json) -> list[Any]:
    """Some values that fit the schema of one field, the likeliest first."""
    types = schema.get("type", "string")
    kind = next(t for t in ([types] if isinstance(types, str) else types) if t != "null")
    if "x-upload" in schema:
        return [FILE]
    if "enum" in schema:
        return [value for value in schema["enum"] if value is not None]
    if "examples" in schema:
        return _dated(schema) or [*schema["examples"], *(_AMOUNTS if schema.get("x-type") == "money" else ())]
    match kind:
        case "boolean":
            return [True, False]
        case "number" | "integer":
            least = schema.get("minimum", 1)
            found = [max(least, 1), least, 3, 100, schema.get("maximum", 1)]
            most = schema.get("maximum", 10**9)
            return list(dict.fromkeys(each for each in found if least <= each <= most))
        case "array":
            return _lists(schema)
        case "object":
            return [whole(schema)]
    return _dated(schema) or ["x" * max(1, schema.get("minLength", 1))]


def _dated(schema: Json) -> list[Any]:
    now = datetime.now(UTC)
    if schema.get("format") == "date":
        return [(now + timedelta(days=days)).date().isoformat() for days in (1, 40, 0, -1, -400)]
    if schema.get("format") == "date-time":
        found = (now + timedelta(hours=hours) for hours in (24, 1_000, 0, -24))
        return [each.strftime("%Y-%m-%dT%H:%M:%SZ") for each in found]
    return []


def _lists(schema: Json) -> list[Any]:
    items = schema.get("items", {})
    if "enum" in items:
        return [list(items["enum"]), *([value] for value in items["enum"])]
    if items.get("type") != "object":
        return [answers(items)[:1]]
    rows = _rows(items, max(1, schema.get("minItems", 1)))
    return [rows, [full(items)], *([row] for row in _variants(items))]


def _rows(items: Json, least: int) -> list[Json]:
    """One row for each value of the first column, where it is an enumeration: a checklist gone through."""
    name = next(iter(items["properties"]))
    values = items["properties"][name].get("enum")
    if not values or "result" not in items["properties"]:
        return [full(items)] * least
    return [{**whole(items), name: value} for value in values if value is not None]


def _variants(items: Json) -> Iterator[Json]:
    first = whole(items)
    for name in items.get("required", ()):
        for value in answers(items["properties"][name])[1:4]:
            yield {**first, name: value}


def whole(schema: Json) -> Json:
    """The likeliest object that fits: its required properties."""
    return {name: answers(schema["properties"][name])[0] for name in schema.get("required", ())}


def full(schema: Json) -> Json:
    """The likeliest object with everything in it."""
    return {name: found[0] for name, each in schema["properties"].items() if (found := answers(each))}


def _wanted_by_some(schema: Json) -> list[str]:
    """What one of the alternatives requires."""
    parts = [each for word in ("oneOf", "anyOf", "allOf") for each in schema.get(word, ())]
    parts += [schema[word] for word in ("then", "else") if word in schema]
    found = [name for part in parts for name in (*part.get("required", ()), *_wanted_by_some(part))]
    return list(dict.fromkeys(found))


def forms(schema: Json, about: Sequence[str] = (), luck: Random | None = None) -> Iterator[Json]:
    """Ways to fill the form in: the likeliest, then one field changed, then several; `about` first.

    With `luck` nothing is likelier than anything else.
    """
    names = list(schema.get("required", ()))
    names += [name for name in _wanted_by_some(schema) if name in schema["properties"] and name not in names]
    names += [name for name in about if name in schema["properties"] and name not in names]
    if luck:  # what is not asked for may be needed all the same
        names += [name for name in schema["properties"] if name not in names and luck.random() < 0.5]
    names.sort(key=lambda name: name not in about)
    choices = {name: answers(schema["properties"][name]) for name in names}
    if luck:
        for values in choices.values():
            luck.shuffle(values)
    likeliest = {name: values[0] for name, values in choices.items()}
    single = ({**likeliest, name: value} for name, values in choices.items() for value in values[1:])
    several = (
        dict(zip(reversed(names), values, strict=True))
        for values in itertools.product(*(choices[name] for name in reversed(names)))
    )
    if luck:
        picked = ({n: luck.choice(values) for n, values in choices.items()} for _ in range(MOST_TRIES))
        single = itertools.chain(single, picked)
    fitting = Draft202012Validator(schema).is_valid
    every = itertools.chain([likeliest], single, several)
    return itertools.islice((data for data in every if fitting(data)), MOST_TRIES * (2 if luck else 1))
