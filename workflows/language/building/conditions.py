"""Reads what of a field hangs on other fields: when an option of it applies, and what it comes to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from workflows.language.building.draft import Draft
from workflows.language.building.fitting import fits
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.scope import Scope
from workflows.language.forms.field import Field, Option
from workflows.language.problems import Path
from workflows.language.shapes.phrases import WHEN


def read_conditions(draft: Draft) -> dict[str, Field]:
    """The fields, with what hangs on others. Its expressions cannot ask what is missing."""
    declared = draft.said.get("fields_") or {}
    hanging = {name: raw for name, raw in declared.items() if raw and _hangs(raw)}
    if not hanging:
        return draft.fields
    scope = draft.scope_of()
    found = draft.fields | {name: _papers(draft, name, raw, scope) for name, raw in hanging.items()}
    later = [name for name in declared if "value" in hanging.get(name, ())]
    for name in tuple(later):
        if value := _value(draft, name, hanging[name], scope, later):
            found[name] = _computed(found, name, hanging[name], value)
        later.remove(name)
    return found


def _hangs(raw: Mapping[str, Any]) -> bool:
    lists = ((raw.get(key) or {}).values() for key in ("options", "items"))
    return "value" in raw or any(WHEN in (said or {}) for each in lists for said in each)


def _value(
    draft: Draft, name: str, raw: Mapping[str, Any], scope: Scope, later: Collection[str]
) -> Expression | None:
    """What a computed field comes to. It may lean on those before it, and so never on itself."""
    path = ("fields", name, "value")
    source = raw["value"]
    value = draft.expression(source, path, "any", scope) if source is not None else None
    if value is None:
        return None
    for each in later:
        if each in value.names:
            draft.wrong(path, f"{each!r} is worked out later; a computed field leans on those before it")
    if not fits(value, draft.fields[name]):
        draft.wrong(path, f"{name!r} is a {draft.fields[name].type} field; this is a {value.kind}")
    return value


def _computed(fields: Mapping[str, Field], name: str, raw: Mapping[str, Any], value: Expression) -> Field:
    """The field with its value. What is worked out from personal fields is personal, unless it is said not to
    be."""
    personal = any(fields[each].personal for each in value.names if each in fields)
    field = fields[name]
    return replace(field, value=value, personal=field.personal or (personal and raw.get("personal") is None))


def _papers(draft: Draft, name: str, raw: Mapping[str, Any], scope: Scope) -> Field:
    field = draft.fields[name]

    def conditioned(options: tuple[Option, ...], key: str) -> tuple[Option, ...]:
        said = raw.get(key) or {}
        path = ("fields", name, key)
        return tuple(_option(draft, each, said[each.value], (*path, each.value), scope) for each in options)

    return replace(
        field, options=conditioned(field.options, "options"), items=conditioned(field.items, "items")
    )


def _option(draft: Draft, option: Option, said: Mapping[str, str] | None, path: Path, scope: Scope) -> Option:
    source = (said or {}).get(WHEN)
    when = draft.expression(source, (*path, WHEN), "bool", scope) if source else None
    return option if when is None else replace(option, when=when)
