"""The names an expression may speak of, how they are typed when it is checked and read when it is run.

CEL knows no decimals and no JSON: money and numbers become doubles, instants datetimes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cel_expr_python import cel

from workflows.language.expressions.messages import kind
from workflows.language.forms.field import LISTS, Field, FieldType
from workflows.language.forms.papers import PAPERED, lacking
from workflows.language.forms.register import Register
from workflows.language.forms.setting import Setting
from workflows.language.forms.values import Row, Values

Convert = Callable[[Any], object]
Read = Callable[[Values], object]

_OURS = {"ticket", "actor", "children", "visits", "site", "now", "item", "setting"}
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

RESERVED_NAMES = frozenset(_OURS | _TYPE_WORDS | _RESERVED_WORDS)
"""What no field may be called, because expressions could not speak of it."""

TEXT = cel.Type("google.protobuf.StringValue")
NUMBER = cel.Type("google.protobuf.DoubleValue")
BOOLEAN = cel.Type("google.protobuf.BoolValue")
TEXTS = cel.Type.List(cel.Type.STRING)
ROWS = cel.Type.List(cel.Type.Map(cel.Type.STRING, cel.Type.DYN))


class Name(NamedTuple):
    """Something an expression may speak of: how it is typed for the check, and how it is read for the run."""

    key: str
    type: cel.Type
    read: Read
    convert: Convert | None = None
    field: Field | None = None
    rows: Mapping[str, Field | None] | None = None  # what each item of a list of rows has
    is_list: bool = False
    instant: bool = False

    def value(self, values: Values) -> object:
        """The value as CEL takes it: None while empty, but a list is never None."""
        stored = self.read(values)
        if stored is None:
            return [] if self.is_list else None
        return self.convert(stored) if self.convert else stored


def moment(instant: int) -> datetime:
    """The datetime of an instant."""
    return datetime.fromtimestamp(instant, UTC)


def instant_name(key: str, read: Read) -> Name:
    """The name of an instant."""
    return Name(key, cel.Type.TIMESTAMP, read, moment, instant=True)


def word_name(key: str, read: Read) -> Name:
    """The name of a text that is never empty."""
    return Name(key, cel.Type.STRING, read)


SITE = word_name("site", lambda values: values.site)
NOW = instant_name("now", lambda values: values.now)


_CONVERSIONS: Mapping[FieldType, Convert] = {
    FieldType.NUMBER: float,
    FieldType.MONEY: float,
    FieldType.DATETIME: datetime.fromisoformat,
}
_TYPES: Mapping[FieldType, cel.Type] = {
    FieldType.NUMBER: NUMBER,
    FieldType.MONEY: NUMBER,
    FieldType.DATETIME: cel.Type.TIMESTAMP,
    FieldType.BOOLEAN: BOOLEAN,
    FieldType.CHOICES: TEXTS,
    FieldType.ATTACHMENT: TEXTS,
    FieldType.TABLE: ROWS,
    FieldType.CHECKLIST: ROWS,
    FieldType.FIGURES: cel.Type.DYN,
}


def field_name(key: str, each: Field, read: Read) -> Name:
    """The name of a form field (or, as `item.…`, of a part of a row)."""
    return Name(
        key=key,
        type=_TYPES.get(each.type, TEXT),
        read=read,
        convert=_rows_of(each) if each.parts else _CONVERSIONS.get(each.type),
        field=each,
        rows={part.name: part for part in each.parts} or None,
        is_list=each.type in LISTS,
        instant=each.type is FieldType.DATETIME,
    )


def _rows_of(table: Field) -> Convert | None:
    """Numbers in rows become doubles. Instants stay texts, `timestamp(row.at)`: CEL takes none in a map."""
    numbers = {part.name for part in table.parts if part.type in (FieldType.NUMBER, FieldType.MONEY)}
    if not numbers:
        return None

    def convert(rows: Sequence[Row]) -> object:
        return [{key: _number(cell) if key in numbers else cell for key, cell in row.items()} for row in rows]

    return convert


def _number(cell: Any) -> object:
    return None if cell is None else float(cell)


def kind_of(type: FieldType) -> str:
    """The kind of answer that a field of `type` takes: see `Expression.kind`."""
    return kind(_TYPES.get(type, TEXT).name())


def field_names(fields: Mapping[str, Field]) -> list[Name]:
    """The fields of the process, by their own names."""
    return [field_name(n, f, _from_fields(n)) for n, f in fields.items() if n not in RESERVED_NAMES]


def item_names(parts: Mapping[str, Field]) -> list[Name]:
    """The parts of the row that is worked through: `item.content`."""
    return [field_name(f"item.{n}", f, _from_item(n)) for n, f in parts.items()]


def open_values(fields: Mapping[str, Field], stored: Row) -> dict[str, object]:
    """A ticket's open fields as expressions of its parent see them, `c.data.fee`: like the cells of a row.

    Numbers are doubles, instants texts; what is empty is null, and a list is empty.
    """
    return {name: _cell(each, stored.get(name)) for name, each in fields.items() if not each.personal}


def _cell(each: Field, stored: Any) -> object:
    if stored is None:
        return [] if each.type in LISTS else None
    convert = None if each.type is FieldType.DATETIME else field_name(each.name, each, _nothing).convert
    return convert(stored) if convert else stored


def _nothing(_: Values) -> None:
    return None


def child_names(links: Sequence[str]) -> list[Name]:
    """The children under each link: `children.rework`."""
    parts = dict.fromkeys(("number", "workflow", "state", "category", "closed", "current", "data"))
    return [
        Name(f"children.{link}", ROWS, _from_children(link), None, rows=parts, is_list=True) for link in links
    ]


def setting_names(settings: Mapping[str, Setting]) -> list[Name]:
    """What the site has decided: `setting.move_in_variant`."""
    return [field_name(f"setting.{n}", s.field, _from_setting(s)) for n, s in settings.items()]


def paper_names(fields: Mapping[str, Field]) -> list[Name]:
    """What is still lacking: `missing.documents`. Where a field is called `missing` itself, that is meant."""
    papered = [each for each in fields.values() if each.type in PAPERED and (each.options or each.items)]
    return [] if "missing" in fields else [_paper_name(field) for field in papered]


def _paper_name(field: Field) -> Name:
    def read(values: Values) -> list[str]:
        return [option.value for option in lacking(field, values)]

    return Name(f"missing.{field.name}", TEXTS, read, is_list=True)


def record_names(fields: Mapping[str, Field], registers: Mapping[str, Register]) -> list[Name]:
    """The open columns of the entries that fields name: `record.unit.area`."""
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
    return lambda values: setting.at(values.settings)


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


def _text(name: str) -> Name:
    return Name(f"ticket.{name}", TEXT, _from_ticket(name))


def _instant(name: str) -> Name:
    return instant_name(f"ticket.{name}", _from_ticket(name))


def _posts(name: str) -> Name:
    return Name(f"actor.{name}", TEXTS, _from_actor(name), sorted, is_list=True)


BUILT_IN: tuple[Name, ...] = (
    *map(_text, ("state", "number", "priority", "assignee", "department", "parent")),
    *map(_instant, ("opened_at", "closed_at", "entered_at")),
    Name("actor.id", TEXT, _from_actor("id")),
    *map(_posts, ("roles", "departments")),
    SITE,
    NOW,
)
"""What every process's expressions may speak of: the ticket, the actor, the site and the moment."""
