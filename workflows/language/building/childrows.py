"""Children that are written out in the file, row by row: their constants, and whether they fit the child."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workflows.language.building.draft import Draft
from workflows.language.definition import Definition
from workflows.language.effect import ChildRow, OpenChild
from workflows.language.forms.field import FieldType
from workflows.language.forms.form import store_value
from workflows.language.problems import Path
from workflows.language.shapes.fields import FIELD_NAME
from workflows.language.shapes.phrases import WHEN
from workflows.timing.problems import did_you_mean


def read_child_rows(draft: Draft, raw: Mapping[str, Any], path: Path) -> tuple[ChildRow, ...]:
    """The rows of an `open`; whether the child takes them is judged when it is known."""
    if "rows" not in raw:
        return ()
    if raw.get("each"):
        draft.wrong((*path, "rows"), "`rows` are written out and `each` are found; say one of them", key=True)
    if not raw["rows"]:
        draft.wrong((*path, "rows"), "no row; nothing would be opened")
    return tuple(_row(draft, row, raw, place) for place, row in draft.index((*path, "rows"), raw["rows"]))


def _row(draft: Draft, row: Mapping[str, Any], effect: Mapping[str, Any], path: Path) -> ChildRow:
    for name, value in row.items():
        if name != WHEN and not re.fullmatch(FIELD_NAME, name):
            draft.wrong((*path, name), f"{name!r} is no name of a field", key=True)
        if value is None:
            draft.wrong((*path, name), "nothing stands after the colon")
        if name in (effect.get("values") or {}):
            draft.wrong((*path, name), f"{name!r} is given in `with` too", key=True)
    source = row.get(WHEN)
    when = draft.expression(str(source), (*path, WHEN), "bool") if source is not None else None
    return ChildRow(values={name: value for name, value in row.items() if name != WHEN}, when=when)


def unfit(effect: OpenChild, child: Definition) -> Iterator[tuple[Path, str, bool]]:
    """What of the rows the child does not take: where, why, and whether it is about the key."""
    for index, row in enumerate(effect.rows):
        path = ("rows", index)
        for name, value in row.values.items():
            if name not in child.start.fields:
                meant = did_you_mean(name, child.start.fields)
                yield (
                    (*path, name),
                    f"{child.name!r} does not ask for {name!r} when it is opened{meant}",
                    True,
                )
            elif why := _why_not(child, name, value):
                yield (*path, name), why, False
        missing = [each for each in child.start.requires if each not in {*row.values, *effect.values}]
        if missing:
            why = f"{child.name!r} cannot begin without {', '.join(missing)}; give it in the row or in `with`"
            yield path, why, False


def _why_not(child: Definition, name: str, value: object) -> str | None:
    """Why the constant is none for this field of the child."""
    field, departments = child.fields[name], child.organisation.departments
    if field.type is FieldType.DEPARTMENT and value not in departments:
        return f"unknown department {value!r}{did_you_mean(str(value), departments)}"
    try:
        store_value(field, value)
    except ValueError as error:
        return str(error)
    return None
