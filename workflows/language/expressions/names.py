"""The names that an expression may use: their CEL types for the check, and how their values are read for the
run.

For CEL's type check, money and numbers are doubles; at run time they are decimals, and instants are
datetimes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cel_expr_python import cel

from workflows.language.expressions.decimals import parse_decimal
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.field_types import LIST_TYPES, TRAITS
from workflows.language.forms.register import Register
from workflows.language.forms.required_documents import DOCUMENT_TYPES, find_missing_documents
from workflows.language.forms.setting import Setting
from workflows.language.forms.values import Row, Values

Converter = Callable[[Any], object]
Read = Callable[[Values], object]

_OWN_NAMES = {"ticket", "actor", "children", "visits", "site", "now", "item", "setting"}
_TYPE_WORDS = {"bool", "bytes", "double", "dyn", "int", "list", "map", "null_type", "string", "type", "uint"}
_RESERVED_WORDS = {
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
}
_RESERVED_WORDS |= {"let", "loop", "namespace", "null", "package", "return", "true", "var", "void", "while"}

RESERVED_NAMES = frozenset(_OWN_NAMES | _TYPE_WORDS | _RESERVED_WORDS)
"""Names that no field may have, because expressions could not use them."""

TEXT = cel.Type("google.protobuf.StringValue")
NUMBER = cel.Type("google.protobuf.DoubleValue")
BOOLEAN = cel.Type("google.protobuf.BoolValue")
TEXTS = cel.Type.List(cel.Type.STRING)
ROWS = cel.Type.List(cel.Type.Map(cel.Type.STRING, cel.Type.DYN))


class ExpressionName(NamedTuple):
    """A name that an expression may use: its CEL type for the check, and the function that reads its value
    for the run."""

    key: str
    type: cel.Type
    read: Read
    convert: Converter | None = None
    field: Field | None = None
    rows: Mapping[str, Field | None] | None = None  # the fields of each row, for a list of rows
    is_list: bool = False
    instant: bool = False

    def value(self, values: Values) -> object:
        """The value for a program: None if it is empty; but an empty list is a list."""
        stored = self.read(values)
        if stored is None:
            return [] if self.is_list else None
        return self.convert(stored) if self.convert else stored


def to_datetime(instant: int) -> datetime:
    """An instant (epoch seconds) as a datetime in UTC."""
    return datetime.fromtimestamp(instant, UTC)


def instant_name(key: str, read: Read) -> ExpressionName:
    """The name of an instant, to be read as epoch seconds."""
    return ExpressionName(key, cel.Type.TIMESTAMP, read, to_datetime, instant=True)


def word_name(key: str, read: Read) -> ExpressionName:
    """The name of a text that is never empty."""
    return ExpressionName(key, cel.Type.STRING, read)


SITE = word_name("site", lambda values: values.site)
NOW = instant_name("now", lambda values: values.now)


_CONVERSIONS: Mapping[str, Converter] = {
    "number": parse_decimal,
    "instant": datetime.fromisoformat,
}  # by kind
_TYPES: Mapping[str, cel.Type] = {
    "text": TEXT,
    "number": NUMBER,
    "instant": cel.Type.TIMESTAMP,
    "boolean": BOOLEAN,
    "list": TEXTS,
    "any": cel.Type.DYN,
}


def _type_of(each: Field) -> cel.Type:
    """The CEL type of a field."""
    return ROWS if each.type in (FieldType.TABLE, FieldType.CHECKLIST) else _TYPES[TRAITS[each.type].kind]


def field_name(key: str, each: Field, read: Read) -> ExpressionName:
    """The name of a form field or, for `item.…`, of a part of a row."""
    return ExpressionName(
        key=key,
        type=_type_of(each),
        read=read,
        convert=_row_converter(each) if each.parts else _CONVERSIONS.get(TRAITS[each.type].kind),
        field=each,
        rows={part.name: part for part in each.parts} or None,
        is_list=each.type in LIST_TYPES,
        instant=each.type is FieldType.DATETIME,
    )


def _row_converter(table: Field) -> Converter | None:
    """Converts numbers in rows to decimals. Instants stay texts, as stored: expressions use
    `timestamp(row.at)`."""
    numbers = {part.name for part in table.parts if part.type in (FieldType.NUMBER, FieldType.MONEY)}
    if not numbers:
        return None

    def convert(rows: Sequence[Row]) -> object:
        return [{key: _number(cell) if key in numbers else cell for key, cell in row.items()} for row in rows]

    return convert


def _number(cell: Any) -> object:
    return None if cell is None else parse_decimal(cell)


def field_names(fields: Mapping[str, Field]) -> list[ExpressionName]:
    """The names of the process's fields."""
    return [field_name(n, f, _from_fields(n)) for n, f in fields.items() if n not in RESERVED_NAMES]


def item_names(parts: Mapping[str, Field]) -> list[ExpressionName]:
    """The names of the parts of an item: `item.content`."""
    return [field_name(f"item.{n}", f, _from_item(n)) for n, f in parts.items()]


def open_field_values(fields: Mapping[str, Field], stored: Row) -> dict[str, object]:
    """The fields of a ticket that are not personal, as expressions of its parent see them (`c.data.fee`), in
    the form of a row's cells: numbers are decimals, instants texts; an empty value is None, an empty list a
    list."""
    return {
        name: _convert_stored(each, stored.get(name)) for name, each in fields.items() if not each.personal
    }


def _convert_stored(each: Field, stored: Any) -> object:
    if stored is None:
        return [] if each.type in LIST_TYPES else None
    convert = None if each.type is FieldType.DATETIME else field_name(each.name, each, _nothing).convert
    return convert(stored) if convert else stored


def _nothing(_: Values) -> None:
    return None


def child_names(links: Sequence[str]) -> list[ExpressionName]:
    """The names of the children under each link: `children.rework`."""
    parts = dict.fromkeys(("number", "workflow", "state", "category", "closed", "current", "data"))
    return [
        ExpressionName(f"children.{link}", ROWS, _from_children(link), None, rows=parts, is_list=True)
        for link in links
    ]


def setting_names(settings: Mapping[str, Setting]) -> list[ExpressionName]:
    """The names of the site's settings: `setting.move_in_variant`."""
    return [field_name(f"setting.{n}", s.field, _from_setting(s)) for n, s in settings.items()]


def missing_document_names(fields: Mapping[str, Field]) -> list[ExpressionName]:
    """The names of the documents still missing: `missing.documents`. A field called `missing` hides them."""
    papered = [
        each for each in fields.values() if each.type in DOCUMENT_TYPES and (each.options or each.items)
    ]
    return [] if "missing" in fields else [_missing_name(field) for field in papered]


def _missing_name(field: Field) -> ExpressionName:
    def read(values: Values) -> list[str]:
        return [option.value for option in find_missing_documents(field, values)]

    return ExpressionName(f"missing.{field.name}", TEXTS, read, is_list=True)


def record_names(fields: Mapping[str, Field], registers: Mapping[str, Register]) -> list[ExpressionName]:
    """The names of the columns, not personal ones, of the entries that fields refer to:
    `record.unit.area`."""
    return [
        field_name(f"record.{name}.{column.name}", column, _from_record(name, field.register, column.name))
        for name, field in fields.items()
        if field.register is not None and field.register in registers
        for column in registers[field.register].open_columns.values()
    ]


def _from_record(field: str, register: str, column: str) -> Read:
    def read(values: Values) -> Any:
        key = values.fields.get(field)
        entry = values.records(register, key) if isinstance(key, str) else None
        return entry.get(column) if entry else None

    return read


def _from_setting(setting: Setting) -> Read:
    return lambda values: setting.value_at(values.settings)


def _from_fields(name: str) -> Read:
    return lambda values: values.fields.get(name)


def _from_item(name: str) -> Read:
    return lambda values: values.item.get(name) if values.item else None


def _from_children(link: str) -> Read:
    return lambda values: values.children.get(link)


def _from_ticket(name: str) -> Read:
    return lambda values: values.ticket.get(name)


def _from_actor(name: str) -> Read:
    return lambda values: values.actor.get(name)


def _text_name(name: str) -> ExpressionName:
    return ExpressionName(f"ticket.{name}", TEXT, _from_ticket(name))


def _instant_name(name: str) -> ExpressionName:
    return instant_name(f"ticket.{name}", _from_ticket(name))


def _posts_name(name: str) -> ExpressionName:
    return ExpressionName(f"actor.{name}", TEXTS, _from_actor(name), sorted, is_list=True)


BUILT_IN: tuple[ExpressionName, ...] = (
    *map(_text_name, ("state", "number", "priority", "assignee", "department", "parent")),
    *map(_instant_name, ("opened_at", "closed_at", "entered_at")),
    ExpressionName("actor.id", TEXT, _from_actor("id")),
    *map(_posts_name, ("roles", "departments")),
    SITE,
    NOW,
)
"""The names that every process's expressions may use: the ticket, the actor, the site and the moment."""
