"""Builds the expressions of fields that depend on other fields: conditions of options, and computed
values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from workflows.language.builder.draft import WorkflowDraft
from workflows.language.builder.type_compat import is_compatible
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.scope import Scope
from workflows.language.findings import KeyPath
from workflows.language.forms.field import Field, Option
from workflows.language.schemas.common import WHEN
from workflows.sentence import Sentence


def read_conditions(draft: WorkflowDraft) -> dict[str, Field]:
    """The fields, completed by their conditions and computed values. Those expressions cannot use
    `missing`."""
    declared = draft.data.get("fields_") or {}
    conditional = {name: raw for name, raw in declared.items() if raw and _is_conditional(raw)}
    if not conditional:
        return draft.fields
    scope = draft.build_scope()
    fields = draft.fields | {
        name: _with_conditions(draft, name, raw, scope) for name, raw in conditional.items()
    }
    later = [name for name in declared if "value" in conditional.get(name, ())]
    for name in tuple(later):
        if value := _read_value(draft, name, conditional[name], scope, later):
            fields[name] = _with_value(fields, name, conditional[name], value)
        later.remove(name)
    return fields


def _is_conditional(raw: Mapping[str, Any]) -> bool:
    lists = ((raw.get(key) or {}).values() for key in ("options", "items"))
    return "value" in raw or any(WHEN in (option or {}) for each in lists for option in each)


def _read_value(
    draft: WorkflowDraft, name: str, raw: Mapping[str, Any], scope: Scope, later: Collection[str]
) -> Expression | None:
    """The expression of a computed field. It may use only the fields before it, so that there is no cycle."""
    path = ("fields", name, "value")
    source = raw["value"]
    value = draft.parse_expression(source, path, "any", scope) if source is not None else None
    if value is None:
        return None
    for each in later:
        if each in value.names:
            draft.report_error(
                path,
                Sentence(
                    "computed-field",
                    "{each!r} is worked out later; a computed field leans on those before it",
                    each=each,
                ),
            )
    if not is_compatible(value, draft.fields[name]):
        draft.report_error(
            path,
            Sentence(
                "type",
                "{name!r} is a {type} field; this is a {kind}",
                name=name,
                type=draft.fields[name].type,
                kind=value.kind,
            ),
        )
    return value


def _with_value(fields: Mapping[str, Field], name: str, raw: Mapping[str, Any], value: Expression) -> Field:
    """The field with its value. It is personal if the value uses personal fields, unless the file says
    `personal: false`."""
    personal = any(fields[each].personal for each in value.names if each in fields)
    field = fields[name]
    return replace(field, value=value, personal=field.personal or (personal and raw.get("personal") is None))


def _with_conditions(draft: WorkflowDraft, name: str, raw: Mapping[str, Any], scope: Scope) -> Field:
    field = draft.fields[name]

    def conditioned(options: tuple[Option, ...], key: str) -> tuple[Option, ...]:
        options_data = raw.get(key) or {}
        path = ("fields", name, key)
        return tuple(
            _read_option(draft, each, options_data[each.value], (*path, each.value), scope)
            for each in options
        )

    return replace(
        field, options=conditioned(field.options, "options"), items=conditioned(field.items, "items")
    )


def _read_option(
    draft: WorkflowDraft, option: Option, data: Mapping[str, str] | None, path: KeyPath, scope: Scope
) -> Option:
    source = (data or {}).get(WHEN)
    when = draft.parse_expression(source, (*path, WHEN), "bool", scope) if source else None
    return option if when is None else replace(option, when=when)
