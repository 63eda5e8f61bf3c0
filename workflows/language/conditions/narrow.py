"""A value's schema narrowed by a condition on it, kept as readable as it was."""

from __future__ import annotations

from typing import Any

from workflows.language.conditions.condition import JsonSchema

_FILLED = {"not": {"type": "null"}}


def narrow_value(schema: JsonSchema, wanted: JsonSchema) -> JsonSchema:
    """The schema of the values that are valid by both. Of a list of options those that are wanted stay."""
    if "enum" in schema and (kept := _wanted_options(schema["enum"], wanted)) is not None:
        return _with_options(schema, kept)
    kind = wanted.get("type")
    if wanted == _FILLED or (isinstance(kind, str) and kind != "null"):
        schema = _typed(schema, null=False)
        wanted = {key: value for key, value in wanted.items() if key != "type"}
    if wanted == _FILLED:
        return schema
    if "minItems" in wanted and "minItems" in schema:
        schema = {**schema, "minItems": max(schema["minItems"], wanted["minItems"])}
        wanted = {key: value for key, value in wanted.items() if key != "minItems"}
    if schema.keys().isdisjoint(wanted):
        return {**schema, **wanted}
    return {**schema, "allOf": [*schema.get("allOf", ()), wanted]}


def _wanted_options(options: list[Any], wanted: JsonSchema) -> list[Any] | None:
    """The options that are wanted; None if that cannot be told one by one."""
    match wanted:
        case {"const": value}:
            return [each for each in options if each == value]
        case {"enum": values}:
            return [each for each in options if each in values]
        case {"type": "null"}:
            return [each for each in options if each is None]
        case {"not": dict(unwanted)}:
            out = _wanted_options(options, unwanted)
            return None if out is None else [each for each in options if each not in out]
    return None


def _with_options(schema: JsonSchema, options: list[Any]) -> JsonSchema:
    shown = [each for each in schema["oneOf"] if each["const"] in options]
    return _typed({**schema, "enum": options, "oneOf": shown}, null=None in options)


def _typed(schema: JsonSchema, *, null: bool) -> JsonSchema:
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if null or "null" not in types:
        return schema
    left = [each for each in types if each != "null"]
    return {**schema, "type": left[0] if len(left) == 1 else left}
