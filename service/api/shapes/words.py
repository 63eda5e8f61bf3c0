"""What shapes are put together from."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
TEXT_OR_NULL: Json = {"type": ["string", "null"]}
WHOLE: Json = {"type": "integer"}
WHOLE_OR_NULL: Json = {"type": ["integer", "null"]}
YES_NO: Json = {"type": "boolean"}
INSTANT: Json = {"type": "string", "format": "date-time"}
INSTANT_OR_NULL: Json = {"type": ["string", "null"], "format": "date-time"}
ANYTHING: Json = {}
OBJECT: Json = {"type": "object"}
TEXTS: Json = {"type": "array", "items": TEXT}


def ref(name: str) -> Json:
    """A named shape."""
    return {"$ref": f"#/components/schemas/{name}"}


def many(item: Json) -> Json:
    """A list."""
    return {"type": "array", "items": item}


def thing(optional: tuple[str, ...] = (), /, **properties: Json) -> Json:
    """An object with exactly these keys. A trailing underscore keeps a name from being Python's."""
    named = {name.rstrip("_"): shape for name, shape in properties.items()}
    required = [name for name in named if name not in optional]
    return {"type": "object", "properties": named, "required": required, "additionalProperties": False}


def page(name: str) -> Json:
    """A page of a list: `next` is the cursor of the page that follows."""
    return thing(items=many(ref(name)), next=TEXT_OR_NULL)


def items(name: str) -> Json:
    """A list that has but one page."""
    return thing(items=many(ref(name)))
