"""JSON Schema 2020-12 of the files, for editors: made from the shapes that reading loads by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workflows.language.schedules.reading import EVENTS
from workflows.language.shapes.fields import (
    NAME,
    NO_PROMISE,
    Flag,
    Formula,
    Length,
    LengthOrNone,
    Literal,
    Name,
    PeriodWords,
    Piece,
    Shape,
    Text,
    Whole,
    Word,
)
from workflows.language.shapes.groups import ByName, Either, Inner, Leading, Plain, Rows
from workflows.language.shapes.reports import ReportShape
from workflows.language.shapes.schedules import EventShape, Parsed, ScheduleShape
from workflows.language.shapes.workflow import WorkflowShape
from workflows.timing.periods import PATTERN

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_UNITS = "(?:(?:working )?(?:minute|hour|day)|second|week)s?"


def json_schema() -> Schema:
    """The schema of one process's file."""
    walk = _Walk()
    root = walk.ref(WorkflowShape())
    return {"$schema": DIALECT, "title": "A process of Huifang", **root, "$defs": walk.defs}


def schedules_schema() -> Schema:
    """The schema of schedules.yaml."""
    walk = _Walk()
    names = {"pattern": f"^{NAME}$"}
    events = {"type": "object", "propertyNames": names, "additionalProperties": walk.ref(EventShape())}
    return {
        "$schema": DIALECT,
        "title": "The schedules of Huifang",
        "type": "object",
        "properties": {EVENTS: events},
        "propertyNames": names,
        "additionalProperties": walk.ref(ScheduleShape()),
        "$defs": walk.defs,
    }


def reports_schema() -> Schema:
    """The schema of reports.yaml."""
    walk = _Walk()
    return {
        "$schema": DIALECT,
        "title": "The reports of Huifang",
        "type": "object",
        "propertyNames": {"pattern": f"^{NAME}$"},
        "additionalProperties": walk.ref(ReportShape()),
        "$defs": walk.defs,
    }


class _Walk:
    """Goes through the shapes, each once: a shape may hold itself."""

    def __init__(self) -> None:
        self.defs: dict[str, Schema] = {}

    def ref(self, shape: Shape) -> Schema:
        """A reference to a shape's schema, which is made when it is first met."""
        name = type(shape).__name__.removesuffix("Shape")
        if name not in self.defs:
            self.defs[name] = {}
            self.defs[name] = self._object(shape)
        return {"$ref": f"#/$defs/{name}"}

    def _object(self, shape: Shape) -> Schema:
        pieces = {each.data_key or name: each for name, each in shape.fields.items()}
        schema: Schema = {
            "type": "object",
            "properties": {key: self.of(piece) for key, piece in pieces.items()},
            "required": [key for key, piece in pieces.items() if piece.required and not _inherited(piece)],
            "additionalProperties": False,
        }
        words = type(shape).__doc__
        return {"description": words.splitlines()[0], **schema} if words else schema

    def of(self, piece: Any) -> Schema:
        """The schema of a value of this kind."""
        for kind in type(piece).__mro__:
            if kind in _MAKERS:
                return _MAKERS[kind](self, piece)
        raise TypeError(f"no schema for {type(piece).__name__}")

    def formula(self, piece: Formula) -> Schema:
        literals = ["boolean", "number"] if piece.literal else []
        return {"type": ["string", *literals], "minLength": 1, "maxLength": piece.longest}

    def either(self, piece: Either) -> Schema:
        return {"anyOf": [self.of(each) for each in piece.kinds]}

    def leading(self, piece: Leading) -> Schema:
        return {"anyOf": [self.of(inner) for inner in piece.shapes.values()]}

    def by_name(self, piece: ByName) -> Schema:
        names = {key: value for key, value in self.of(piece.names).items() if key != "type"}
        return {"type": "object", "propertyNames": names, "additionalProperties": self.of(piece.values)}

    def rows(self, piece: Rows) -> Schema:
        rows = {"type": "array", "items": self.of(piece.values)}
        return {"anyOf": [self.of(piece.values), rows]} if piece.single else rows


def _inherited(piece: Any) -> bool:
    return bool(piece.metadata.get("inherited"))


def _name(_: _Walk, piece: Name) -> Schema:
    return {"type": "string", "pattern": f"^{piece.pattern}$", "maxLength": piece.longest}


def _length(_: _Walk, __: Length) -> Schema:
    return {"type": "string", "pattern": f"^[0-9]+ +{_UNITS}$", "examples": ["30 minutes", "2 working days"]}


def _parsed(_: _Walk, piece: Parsed) -> Schema:
    text: Schema = {"type": "string", "pattern": piece.pattern}
    return {"anyOf": [text, {"type": "integer", "minimum": 1, "maximum": 28}]} if piece.numbers else text


_MAKERS: dict[type[Piece], Callable[[_Walk, Any], Schema]] = {
    Text: lambda _, piece: {"type": "string", "minLength": 1, "maxLength": piece.longest},
    Name: _name,
    Word: lambda _, piece: {"type": "string", "enum": list(piece.words)},
    Formula: _Walk.formula,
    Flag: lambda _, __: {"type": "boolean"},
    Whole: lambda _, __: {"type": "integer"},
    Length: _length,
    LengthOrNone: lambda walk, _: {"anyOf": [_length(walk, Length()), {"const": NO_PROMISE}]},
    Literal: lambda _, __: {"type": ["string", "number", "boolean", "array"]},
    Parsed: _parsed,
    PeriodWords: lambda _, __: {"type": "string", "pattern": PATTERN},
    Plain: lambda _, __: {"type": "object"},
    Inner: lambda walk, piece: walk.ref(piece.shape),
    Either: _Walk.either,
    Leading: _Walk.leading,
    ByName: _Walk.by_name,
    Rows: _Walk.rows,
}
