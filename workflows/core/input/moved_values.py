"""The values of a ticket under another version of its process: renamed, converted, or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from workflows.core.ticket import Ticket
from workflows.errors import Reason
from workflows.language.definition import Definition
from workflows.language.expressions.decimals import parse_decimal
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.form import store_value
from workflows.language.migration_plan import FieldMove, ProcessMove


class MovedValues(NamedTuple):
    """The values under the new version, by whether they are personal there; the fields that fell out; and
    the reasons against it. None of it quotes a value."""

    data: Mapping[str, object]
    personal: Mapping[str, object]
    dropped: tuple[str, ...]
    reasons: tuple[Reason, ...]


def move_values(ticket: Ticket, new: Definition, move: ProcessMove, zone: tzinfo) -> MovedValues:
    """The values of `ticket` as the version `new` keeps them. What is personal never becomes open."""
    data: dict[str, object] = {}
    personal: dict[str, object] = {}
    dropped: list[str] = []
    reasons: list[Reason] = []
    for name, value in (*ticket.data.items(), *ticket.personal.items()):
        field_move = move.field_move(name)
        if field_move.to is None:
            dropped.append(name)
            continue
        field = new.fields.get(field_move.to)
        if field is None:
            reasons.append(_refuse(name, "nowhere", f"version {new.version} has no field {field_move.to}"))
        elif name in ticket.personal and not field.personal:
            reasons.append(_refuse(name, "personal", f"it is personal, and {field.name} is not"))
        elif field.name in data or field.name in personal:
            reasons.append(_refuse(name, "twice", f"{field.name} has a value already"))
        else:
            try:
                (personal if field.personal else data)[field.name] = _convert(value, field, field_move, zone)
            except (ValueError, TypeError, ArithmeticError):
                wanted = f"{field.name}, a {field.type} field"
                reasons.append(_refuse(name, "kind", f"its value does not fit {wanted}"))
    return MovedValues(data, personal, tuple(dropped), tuple(reasons))


def _refuse(name: str, rule: str, why: str) -> Reason:
    return Reason(
        "not-migrated", f"{name}: {why}", field=name, facts={"field": name, "why": why, "rule": rule}
    )


def _convert(value: Any, field: Field, move: FieldMove, zone: tzinfo) -> object:
    """The value as the field stores it. ValueError if it cannot be one."""
    if field.type in (FieldType.CHOICE, FieldType.CHOICES):
        return _convert_choice(value, field, move)
    if move.convert is None:
        return value
    if move.convert == "number":
        amount = parse_decimal(value.strip() if isinstance(value, str) else value)
        return store_value(field, amount)
    if move.convert == "date":
        return store_value(field, _read_day(str(value), zone))
    if isinstance(value, list | dict):
        raise ValueError("a list is no text")
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return store_value(field, text)


def _read_day(text: str, zone: tzinfo) -> str:
    """The local day of an instant, or the day that is written, in ISO 8601."""
    if "T" in text:
        return datetime.fromisoformat(text).astimezone(zone).date().isoformat()
    return text.strip().replace("/", "-").replace(".", "-")


def _convert_choice(value: Any, field: Field, move: FieldMove) -> object:
    known = {each.value for each in field.options}

    def rename(said: object) -> str:
        text = ("true" if said else "false") if isinstance(said, bool) else str(said)
        option = move.options.get(text, text)
        if option not in known:
            raise ValueError("no option")
        return option

    if field.type is FieldType.CHOICE:
        if isinstance(value, list):
            raise ValueError("several are not one")
        return rename(value)
    return list(dict.fromkeys(map(rename, value if isinstance(value, list) else [value])))
