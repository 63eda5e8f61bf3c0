"""Builds what an opening fixes for residents: who has no account is not asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.language.builder.draft import WorkflowDraft
from workflows.language.definition import GUEST
from workflows.language.findings import KeyPath, unknown
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.field_types import SETTING_TYPES
from workflows.language.forms.form import store_value
from workflows.language.schemas.schema_values import list_items
from workflows.sentence import Sentence, sentence_of
from workflows.suggestions import find_nearest

_TYPES = (*SETTING_TYPES, FieldType.DEPARTMENT)


def read_guest_values(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> dict[str, object]:
    """Field → the value that every ticket opened by a resident has in it, as it is stored."""
    given = raw.get("guest") or {}
    if given and GUEST not in list_items(raw, "roles"):
        draft.report_error(
            (*path, "guest"),
            Sentence("misplaced-key", "values for whom? No `guest` is among the `roles`"),
            key=True,
        )
    asked = (*list_items(raw, "requires"), *list_items(raw, "accepts"))
    values: dict[str, object] = {}
    for name, value in given.items():
        place = (*path, "guest", name)
        if not draft.check_known("field", name, draft.fields, place) or value is None:
            continue
        if name not in asked:
            draft.lose(
                place,
                Sentence(
                    "unknown-value",
                    "the opening does not ask for {name!r}, so nothing is to be fixed for residents",
                    name=name,
                    meant=find_nearest(name, asked),
                ),
            )
        elif why := _misfit_reason(draft, draft.fields[name], value):
            draft.lose(place, why)
        else:
            values[name] = store_value(draft.fields[name], value)
    return values


def _misfit_reason(draft: WorkflowDraft, field: Field, value: object) -> Sentence | None:
    """Why the field cannot have this value for all residents; None if it can."""
    if field.personal:
        message = "{name!r} is personal; it is not the same for all residents"
        return Sentence("personal-leak", message, name=field.name)
    if field.type not in _TYPES or field.register:
        message = "{name!r} is a {type} field; it cannot be fixed for residents"
        return Sentence("field-type", message, name=field.name, type=field.type)
    departments = draft.context.organisation.departments
    if field.type is FieldType.DEPARTMENT and value not in departments:
        return unknown("department", str(value), departments)
    try:
        store_value(field, value)
    except ValueError as error:
        return sentence_of(error, "type")
    return None
