"""Reads the effects `record` and `strike`: what a step writes into a register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.language.building.draft import Draft
from workflows.language.building.fitting import fits
from workflows.language.effect import Record, Strike
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.scope import Scope
from workflows.language.forms.register import Register
from workflows.language.problems import Path

Each = tuple[Expression | None, Scope | None]


def read_record(draft: Draft, raw: Mapping[str, Any], each: Each, path: Path) -> Record | None:
    """The effect, as far as it could be read; the rest has been complained about."""
    register, key = _register(draft, raw["record"], (*path, "record")), _key(draft, raw, each, path)
    if register is None or key is None:
        return None
    found = {
        name: _column(draft, register, name, source, each, (*path, "with", name))
        for name, source in (raw.get("values") or {}).items()
        if source is not None
    }
    values = {name: value for name, value in found.items() if value is not None}
    return Record(register=register.name, key=key, values=values, each=each[0])


def read_strike(draft: Draft, raw: Mapping[str, Any], each: Each, path: Path) -> Strike | None:
    """Likewise."""
    register, key = _register(draft, raw["strike"], (*path, "strike")), _key(draft, raw, each, path)
    if register is None or key is None:
        return None
    return Strike(register=register.name, key=key, each=each[0])


def _register(draft: Draft, name: str, path: Path) -> Register | None:
    if not draft.knows("register", name, draft.context.registers, path):
        return None
    draft.spoken.add(f"register:{name}")
    return draft.context.registers[name]


def _key(draft: Draft, raw: Mapping[str, Any], each: Each, path: Path) -> Expression | None:
    place = (*path, "key")
    found = draft.expression(raw["key"], place, "any", each[1]) if raw.get("key") else None
    if found is None:
        return None
    if found.kind not in ("any", "text", "null"):
        draft.wrong(place, f"a key is a text; this is a {found.kind}")
    if private := _private(draft, found, each[0]):
        draft.wrong(place, f"{private!r} is personal; a key is shown to everybody")
    return found


def _column(
    draft: Draft, register: Register, name: str, source: str, each: Each, path: Path
) -> Expression | None:
    value = draft.expression(source, path, "any", each[1])
    if not draft.knows("column", name, register.fields, path) or value is None:
        return None
    column = register.fields[name]
    if name == register.key:
        draft.wrong(path, f"{name!r} is the key of {register.name}; it is said by `key`", key=True)
    elif not fits(value, column):
        draft.wrong(path, f"{name!r} of {register.name} is a {column.type} field; this is a {value.kind}")
    elif not column.personal and (private := _private(draft, value, each[0])):
        draft.wrong(path, f"{private!r} is personal, and {name!r} of {register.name} is for everybody to see")
    return value


def _private(draft: Draft, value: Expression, each: Expression | None) -> str | None:
    """The personal field that an expression speaks of, if it does. A row is as personal as its table."""
    names = value.names | (each.names if each and "item" in value.names else frozenset())
    return next(
        (name for name in sorted(names) if name in draft.fields and draft.fields[name].personal), None
    )
