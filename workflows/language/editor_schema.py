"""JSON Schema 2020-12 of the definition files, for editors; built from the marshmallow schemas that load
them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from workflows.language.forms.field import LANGUAGES
from workflows.language.schedules.load import EVENTS_KEY
from workflows.language.schemas.calendars import CalendarSchema
from workflows.language.schemas.containers import (
    KeyedField,
    ListField,
    MappingField,
    NestedField,
    RawMappingField,
    UnionField,
)
from workflows.language.schemas.days import CalendarDatesField, ReasonField
from workflows.language.schemas.escalations import EscalationSchema
from workflows.language.schemas.fields import (
    NAME,
    NO_PROMISE,
    CatalogueField,
    DurationField,
    ExpressionField,
    FlagField,
    IntegerField,
    LiteralField,
    NameField,
    OptionalDurationField,
    ParsedField,
    PeriodField,
    StrictSchema,
    TextField,
    ValueField,
    WordField,
)
from workflows.language.schemas.migrations import MigrationSchema
from workflows.language.schemas.reports import ReportSchema
from workflows.language.schemas.schedules import EventSchema, ScheduleSchema
from workflows.language.schemas.workflow import WorkflowSchema
from workflows.timing.periods import PATTERN

JsonSchema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_UNITS = "(?:(?:working )?(?:minute|hour|day)|second|week)s?"


def json_schema(languages: Sequence[str] = ()) -> JsonSchema:
    """The JSON Schema of a process file."""
    walk = _SchemaWriter(languages)
    root = walk.ref(WorkflowSchema())
    return {"$schema": DIALECT, "title": "A process of Huifang", **root, "$defs": walk.defs}


def migration_schema(languages: Sequence[str] = ()) -> JsonSchema:
    """The JSON Schema of a plan by which open tickets move to another version."""
    walk = _SchemaWriter(languages)
    root = walk.ref(MigrationSchema())
    return {"$schema": DIALECT, "title": "A migration plan of Huifang", **root, "$defs": walk.defs}


def schedules_schema(languages: Sequence[str] = ()) -> JsonSchema:
    """The JSON Schema of schedules.yaml."""
    walk = _SchemaWriter(languages)
    names = {"pattern": f"^{NAME}$"}
    events = {"type": "object", "propertyNames": names, "additionalProperties": walk.ref(EventSchema())}
    return {
        "$schema": DIALECT,
        "title": "The schedules of Huifang",
        "type": "object",
        "properties": {EVENTS_KEY: events},
        "propertyNames": names,
        "additionalProperties": walk.ref(ScheduleSchema()),
        "$defs": walk.defs,
    }


def reports_schema(languages: Sequence[str] = ()) -> JsonSchema:
    """The schema of reports.yaml."""
    return _named_entries("The reports of Huifang", ReportSchema(), languages)


def calendars_schema(languages: Sequence[str] = ()) -> JsonSchema:
    """The schema of calendars.yaml."""
    return _named_entries("The calendars of Huifang", CalendarSchema(), languages)


def escalations_schema(languages: Sequence[str] = ()) -> JsonSchema:
    """The schema of escalations.yaml."""
    return _named_entries("The escalations of Huifang", EscalationSchema(), languages)


def _named_entries(title: str, shape: StrictSchema, languages: Sequence[str]) -> JsonSchema:
    """The schema of a file of names and what each stands for."""
    walk = _SchemaWriter(languages)
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "propertyNames": {"pattern": f"^{NAME}$"},
        "additionalProperties": walk.ref(shape),
        "$defs": walk.defs,
    }


class _SchemaWriter:
    """Writes each marshmallow schema once, under `$defs`: a schema may contain itself.

    Titles must be given in the `languages`.
    """

    def __init__(self, languages: Sequence[str] = ()) -> None:
        self._languages = list(languages)
        self.defs: dict[str, JsonSchema] = {}

    def ref(self, schema: StrictSchema) -> JsonSchema:
        """A reference to the JSON Schema of a marshmallow schema, which is written on its first use."""
        name = type(schema).__name__.removesuffix("Schema")
        if name not in self.defs:
            self.defs[name] = {}
            self.defs[name] = self._object(schema)
        return {"$ref": f"#/$defs/{name}"}

    def _object(self, shape: StrictSchema) -> JsonSchema:
        pieces = {each.data_key or name: each for name, each in shape.fields.items()}
        schema: JsonSchema = {
            "type": "object",
            "properties": {key: self.schema_of(piece) for key, piece in pieces.items()},
            "required": [key for key, piece in pieces.items() if piece.required and not _is_inherited(piece)],
            "additionalProperties": False,
            **_key_rules(shape),
        }
        words = type(shape).__doc__
        return {"description": words.splitlines()[0], **schema} if words else schema

    def schema_of(self, piece: Any) -> JsonSchema:
        """The JSON Schema of a field of a marshmallow schema."""
        for kind in type(piece).__mro__:
            if kind in _BUILDERS:
                schema = _BUILDERS[kind](self, piece)
                return {"anyOf": [schema, {"type": "null"}]} if piece.allow_none else schema
        raise TypeError(f"no schema for {type(piece).__name__}")

    def expression(self, piece: ExpressionField) -> JsonSchema:
        literals = ["boolean", "number"] if piece.literal else []
        return {"type": ["string", *literals], "minLength": 1, "maxLength": piece.longest}

    def union(self, piece: UnionField) -> JsonSchema:
        return {"anyOf": [self.schema_of(each) for each in piece.kinds]}

    def keyed(self, piece: KeyedField) -> JsonSchema:
        return {"anyOf": [self.schema_of(inner) for inner in piece.shapes.values()]}

    def mapping(self, piece: MappingField) -> JsonSchema:
        names = {key: value for key, value in self.schema_of(piece.names).items() if key != "type"}
        schema: JsonSchema = {
            "type": "object",
            "propertyNames": names,
            "additionalProperties": self.schema_of(piece.values),
        }
        titled = isinstance(piece.names, WordField) and set(LANGUAGES) <= set(piece.names.words)
        return {**schema, "required": self._languages} if titled and self._languages else schema

    def list_of(self, piece: ListField) -> JsonSchema:
        rows: JsonSchema = {"type": "array", "items": self.schema_of(piece.values)}
        if piece.least:
            rows["minItems"] = piece.least
        return {"anyOf": [self.schema_of(piece.values), rows]} if piece.single else rows

    def dates(self, piece: CalendarDatesField) -> JsonSchema:
        day = self.schema_of(piece.dates)
        said = {"anyOf": [self.schema_of(piece.values), {"type": "null"}]}
        by_day = {"type": "object", "propertyNames": day, "additionalProperties": said}
        return {"anyOf": [{"type": "array", "items": day}, by_day]}


def _key_rules(shape: StrictSchema) -> JsonSchema:
    """Which keys exclude or need each other."""
    rules: JsonSchema = {}
    if shape.exactly_one:
        rules["oneOf"] = [{"required": [key]} for key in shape.exactly_one]
    if shape.at_least_one:
        rules["anyOf"] = [{"required": [key]} for key in shape.at_least_one]
    if shape.together:
        rules["dependentRequired"] = {
            key: [other for other in keys if other != key] for keys in shape.together for key in keys
        }
    return rules


def _is_inherited(piece: Any) -> bool:
    return bool(piece.metadata.get("inherited"))


def _name(_: _SchemaWriter, piece: NameField) -> JsonSchema:
    return {"type": "string", "pattern": f"^{piece.pattern}$", "maxLength": piece.longest}


def _length(_: _SchemaWriter, __: DurationField) -> JsonSchema:
    return {"type": "string", "pattern": f"^[0-9]+ +{_UNITS}$", "examples": ["30 minutes", "2 working days"]}


def _parsed(_: _SchemaWriter, piece: ParsedField) -> JsonSchema:
    text: JsonSchema = {"type": "string", "pattern": piece.pattern}
    return {"anyOf": [text, {"type": "integer", "minimum": 1, "maximum": 28}]} if piece.numbers else text


def _integer(_: _SchemaWriter, piece: IntegerField) -> JsonSchema:
    bounds = {"minimum": piece.least, "maximum": piece.most}
    return {"type": "integer", **{key: bound for key, bound in bounds.items() if bound is not None}}


def _reason(_: _SchemaWriter, piece: ReasonField) -> JsonSchema:
    return {"type": ["string", "number", "boolean"], "maxLength": piece.longest}


_BUILDERS: dict[type[ValueField], Callable[[_SchemaWriter, Any], JsonSchema]] = {
    TextField: lambda _, piece: {"type": "string", "minLength": 1, "maxLength": piece.longest},
    NameField: _name,
    WordField: lambda _, piece: {"type": "string", "enum": list(piece.words)},
    ExpressionField: _SchemaWriter.expression,
    FlagField: lambda _, __: {"type": "boolean"},
    IntegerField: _integer,
    CatalogueField: lambda _, piece: {"type": "string", "enum": sorted(piece.names())},
    ReasonField: _reason,
    CalendarDatesField: _SchemaWriter.dates,
    DurationField: _length,
    OptionalDurationField: lambda walk, _: {"anyOf": [_length(walk, DurationField()), {"const": NO_PROMISE}]},
    LiteralField: lambda _, __: {"type": ["string", "number", "boolean", "array"]},
    ParsedField: _parsed,
    PeriodField: lambda _, __: {"type": "string", "pattern": PATTERN},
    RawMappingField: lambda _, __: {"type": "object"},
    NestedField: lambda walk, piece: walk.ref(piece.shape),
    UnionField: _SchemaWriter.union,
    KeyedField: _SchemaWriter.keyed,
    MappingField: _SchemaWriter.mapping,
    ListField: _SchemaWriter.list_of,
}
