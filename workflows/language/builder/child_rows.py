"""Builds the children that a definition lists row by row with constant values, and checks that these fit the
child."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workflows.language.builder.draft import WorkflowDraft
from workflows.language.definition import Definition
from workflows.language.effect import ChildRow, OpenChildEffect
from workflows.language.findings import KeyPath, unknown
from workflows.language.forms.field import FieldType
from workflows.language.forms.form import store_value
from workflows.language.schemas.common import WHEN
from workflows.language.schemas.fields import FIELD_NAME
from workflows.sentence import Sentence, sentence_of
from workflows.suggestions import find_nearest


def read_child_rows(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> tuple[ChildRow, ...]:
    """The rows of an `open`; whether they fit the child's process is checked later, see `find_misfits`."""
    if "rows" not in raw:
        return ()
    if raw.get("each"):
        draft.report_error(
            (*path, "rows"),
            Sentence("choose-one", "`rows` are written out and `each` are found; say one of them"),
            key=True,
        )
    if not raw["rows"]:
        draft.report_error((*path, "rows"), Sentence("empty", "no row; nothing would be opened"))
    return tuple(
        _read_row(draft, row, raw, place) for place, row in draft.list_rows((*path, "rows"), raw["rows"])
    )


def _read_row(
    draft: WorkflowDraft, row: Mapping[str, Any], effect: Mapping[str, Any], path: KeyPath
) -> ChildRow:
    for name, value in row.items():
        if name != WHEN and not re.fullmatch(FIELD_NAME, name):
            draft.report_error(
                (*path, name), Sentence("spelling", "{name!r} is no name of a field", name=name), key=True
            )
        if value is None:
            draft.report_error((*path, name), Sentence("empty", "nothing stands after the colon"))
        if name in (effect.get("values") or {}):
            draft.report_error(
                (*path, name),
                Sentence("duplicate-item", "{name!r} is given in `with` too", name=name),
                key=True,
            )
    source = row.get(WHEN)
    when = draft.parse_expression(str(source), (*path, WHEN), "bool") if source is not None else None
    return ChildRow(values={name: value for name, value in row.items() if name != WHEN}, when=when)


def find_misfits(effect: OpenChildEffect, child: Definition) -> Iterator[tuple[KeyPath, Sentence, bool]]:
    """The values of the rows that do not fit the child's process: path, message, whether it is about the
    key."""
    for index, row in enumerate(effect.rows):
        path = ("rows", index)
        for name, value in row.values.items():
            if name not in child.start.fields:
                meant = find_nearest(name, child.start.fields)
                yield (
                    (*path, name),
                    Sentence(
                        "unknown-value",
                        "{child!r} does not ask for {name!r} when it is opened",
                        child=child.name,
                        name=name,
                        meant=meant,
                    ),
                    True,
                )
            elif why := _misfit_reason(child, name, value):
                yield (*path, name), why, False
        missing = [each for each in child.start.requires if each not in {*row.values, *effect.values}]
        if missing:
            why = Sentence(
                "missing-value",
                "{child!r} cannot begin without {missing}; give it in the row or in `with`",
                child=child.name,
                missing=", ".join(missing),
            )
            yield path, why, False


def _misfit_reason(child: Definition, name: str, value: object) -> Sentence | None:
    """Why the constant does not fit this field of the child; None if it fits."""
    field, departments = child.fields[name], child.organisation.departments
    if field.type is FieldType.DEPARTMENT and value not in departments:
        return unknown("department", str(value), departments)
    try:
        store_value(field, value)
    except ValueError as error:
        return sentence_of(error, "type")
    return None
