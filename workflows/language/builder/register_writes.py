"""Builds the effects `record` and `strike`, by which a step writes to a register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.language.builder.draft import WorkflowDraft
from workflows.language.builder.type_compat import is_compatible
from workflows.language.effect import StrikeEntryEffect, WriteEntryEffect
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.scope import Scope
from workflows.language.findings import KeyPath
from workflows.language.forms.register import Register
from workflows.sentence import Sentence

ItemScope = tuple[Expression | None, Scope | None]


def read_record(
    draft: WorkflowDraft, raw: Mapping[str, Any], each: ItemScope, path: KeyPath
) -> WriteEntryEffect | None:
    """The effect `record`; None, with a finding, if its register or its key cannot be built."""
    register, key = _find_register(draft, raw["record"], (*path, "record")), _read_key(draft, raw, each, path)
    if register is None or key is None:
        return None
    expressions = {
        name: _read_column(draft, register, name, source, each, (*path, "with", name))
        for name, source in (raw.get("values") or {}).items()
        if source is not None
    }
    values = {name: value for name, value in expressions.items() if value is not None}
    return WriteEntryEffect(register=register.name, key=key, values=values, each=each[0])


def read_strike(
    draft: WorkflowDraft, raw: Mapping[str, Any], each: ItemScope, path: KeyPath
) -> StrikeEntryEffect | None:
    """The effect `strike`; None, with a finding, if its register or its key cannot be built."""
    register, key = _find_register(draft, raw["strike"], (*path, "strike")), _read_key(draft, raw, each, path)
    if register is None or key is None:
        return None
    return StrikeEntryEffect(register=register.name, key=key, each=each[0])


def _find_register(draft: WorkflowDraft, name: str, path: KeyPath) -> Register | None:
    if not draft.check_known("register", name, draft.context.registers, path):
        return None
    draft.used_company_names.add(f"register:{name}")
    return draft.context.registers[name]


def _read_key(
    draft: WorkflowDraft, raw: Mapping[str, Any], each: ItemScope, path: KeyPath
) -> Expression | None:
    place = (*path, "key")
    expression = draft.parse_expression(raw["key"], place, "any", each[1]) if raw.get("key") else None
    if expression is None:
        return None
    if expression.kind not in ("any", "text", "null"):
        draft.report_error(place, Sentence("type", "a key is a text; this is a {kind}", kind=expression.kind))
    if private := _find_personal_field(draft, expression, each[0]):
        draft.report_error(
            place,
            Sentence(
                "personal-leak", "{private!r} is personal; a key is shown to everybody", private=private
            ),
        )
    return expression


def _read_column(
    draft: WorkflowDraft, register: Register, name: str, source: str, each: ItemScope, path: KeyPath
) -> Expression | None:
    value = draft.parse_expression(source, path, "any", each[1])
    if not draft.check_known("column", name, register.fields, path) or value is None:
        return None
    column = register.fields[name]
    if name == register.key:
        draft.report_error(
            path,
            Sentence(
                "misplaced-key",
                "{name!r} is the key of {register}; it is said by `key`",
                name=name,
                register=register.name,
            ),
            key=True,
        )
    elif not is_compatible(value, column):
        draft.report_error(
            path,
            Sentence(
                "type",
                "{name!r} of {register} is a {type} field; this is a {kind}",
                name=name,
                register=register.name,
                type=column.type,
                kind=value.kind,
            ),
        )
    elif not column.personal and (private := _find_personal_field(draft, value, each[0])):
        draft.report_error(
            path,
            Sentence(
                "personal-leak",
                "{private!r} is personal, and {name!r} of {register} is for everybody to see",
                private=private,
                name=name,
                register=register.name,
            ),
        )
    return value


def _find_personal_field(draft: WorkflowDraft, value: Expression, each: Expression | None) -> str | None:
    """The personal field that an expression uses, if any. A row is as personal as its table."""
    names = value.names | (each.names if each and "item" in value.names else frozenset())
    return next(
        (name for name in sorted(names) if name in draft.fields and draft.fields[name].personal), None
    )
