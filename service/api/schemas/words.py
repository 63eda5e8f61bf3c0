"""Building blocks of the schemas."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
TEXT_OR_NULL: Json = {"type": ["string", "null"]}
INTEGER: Json = {"type": "integer"}
INTEGER_OR_NULL: Json = {"type": ["integer", "null"]}
BOOLEAN: Json = {"type": "boolean"}
INSTANT: Json = {"type": "string", "format": "date-time"}
INSTANT_OR_NULL: Json = {"type": ["string", "null"], "format": "date-time"}
ANYTHING: Json = {}
OBJECT: Json = {"type": "object"}
TEXTS: Json = {"type": "array", "items": TEXT}


def ref(name: str) -> Json:
    """A reference to a named schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def list_of(item: Json) -> Json:
    """An array of `item`."""
    return {"type": "array", "items": item}


def object_of(optional: tuple[str, ...] = (), /, **properties: Json) -> Json:
    """An object with these keys; those of `optional` may be missing. A trailing underscore is removed.

    Other keys are not forbidden: a client must bear those that a later version adds. Tests forbid them."""
    named = {name.rstrip("_"): shape for name, shape in properties.items()}
    required = [name for name in named if name not in optional]
    return {"type": "object", "properties": named, "required": required}


def page_of(name: str) -> Json:
    """A page of a list of the named schema: `next` is the cursor of the next page, or null."""
    return object_of(items=list_of(ref(name)), next=TEXT_OR_NULL)


def items_of(name: str) -> Json:
    """A list of the named schema that is not paged."""
    return object_of(items=list_of(ref(name)))
