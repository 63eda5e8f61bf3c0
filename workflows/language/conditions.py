"""Reads what of a field hangs on other fields: when an option of it applies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflows.language.draft import Draft
from workflows.language.expressions import Scope
from workflows.language.field import Field, Option
from workflows.language.problems import Path
from workflows.language.shapes import WHEN


def read_conditions(draft: Draft) -> dict[str, Field]:
    """The fields, with what hangs on others. Its expressions cannot ask what is missing."""
    declared = draft.said.get("fields_") or {}
    hanging = {name: raw for name, raw in declared.items() if raw and _hangs(raw)}
    if not hanging:
        return draft.fields
    scope = draft.scope_of()
    return draft.fields | {name: _papers(draft, name, raw, scope) for name, raw in hanging.items()}


def _hangs(raw: Mapping[str, Any]) -> bool:
    return any(WHEN in (said or {}) for key in ("options", "items") for said in (raw.get(key) or {}).values())


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
