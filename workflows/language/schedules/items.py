"""Builds what a schedule opens tickets for: other tickets, entries of a register, or rows written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from workflows.language.expressions.expression import Expression
from workflows.language.findings import KeyPath
from workflows.language.forms.field import Field, FieldType
from workflows.language.schedule_spec import ForEach
from workflows.language.schedules.draft import CompanyFileDraft
from workflows.language.schedules.scope import ScheduleScope
from workflows.language.schedules.times import read_item_cycle
from workflows.language.schemas.schema_values import list_items
from workflows.sentence import Sentence

_NUMBER = Field(name="number", type=FieldType.TEXT, title={})
RawData = Mapping[str, Any]
ItemRow = Mapping[str, str | bool | int | float]


def read_each(draft: CompanyFileDraft, raw: RawData, path: KeyPath) -> ForEach | None:
    each_data, place = raw.get("each"), (*path, "each")
    if each_data is None:
        return None
    workflow, register, rows = each_data.get("workflow"), each_data.get("register"), each_data.get("rows")
    states = list_items(each_data, "state")
    if [workflow, register, rows].count(None) != 2:
        draft.report_error(
            place,
            Sentence("choose-one", "each of what? Name one `workflow` or one `register`, or write `rows`"),
        )
    if states and workflow is None:
        draft.report_error(
            (*place, "state"),
            Sentence("misplaced-key", "only tickets stand in a state; say `workflow`, or `where`"),
            key=True,
        )
    if rows is not None:
        return ForEach(rows=tuple(_read_rows(draft, rows, (*place, "rows"))))
    if register is not None and draft.check_known(
        "register", register, draft.registers, (*place, "register")
    ):
        return ForEach(register=register)
    if workflow is None or not draft.check_known("workflow", workflow, draft.names, (*place, "workflow")):
        return None
    process = draft.definitions.get(workflow)
    for index, state in enumerate(states if process else ()):
        assert process is not None, "states are only looked at where there is a process"
        draft.check_known("state", state, process.states, (*place, "state", index))
    return ForEach(workflow=workflow, states=states)


def is_unknown_source(draft: CompanyFileDraft, raw: RawData, each: ForEach | None) -> bool:
    """Whether its items come from something that has errors of its own, so that they cannot be checked."""
    if each is None:
        return bool(raw.get("each"))
    return each.workflow is not None and each.workflow not in draft.definitions


def _read_rows(draft: CompanyFileDraft, rows: Sequence[ItemRow | None], path: KeyPath) -> Iterator[ItemRow]:
    """The rows; all must have the same columns, with values of the same kinds."""
    first = next((row for row in rows if row), {})
    if not first:
        draft.report_error(path, Sentence("empty", "there is no row"))
    seen: list[ItemRow] = []
    for index, row in enumerate(rows):
        if not row:
            continue
        if row in seen:
            draft.report_error((*path, index), Sentence("duplicate-item", "this row stands there already"))
        if any(isinstance(value, list) for value in row.values()):
            draft.report_error(
                (*path, index), Sentence("wrong-kind", "a row tells texts, numbers, yes and no; no lists")
            )
        if {name: type(value) for name, value in row.items()} != {n: type(v) for n, v in first.items()}:
            draft.report_error(
                (*path, index),
                Sentence(
                    "wrong-kind", "each row tells {first}, and of the same kinds", first=", ".join(first)
                ),
            )
        seen.append(row)
        yield row


def item_fields(draft: CompanyFileDraft, each: ForEach | None) -> Mapping[str, Field] | None:
    """The parts of an item, as fields."""
    if each is None:
        return None
    if each.rows:
        return {name: _infer_column(name, value) for name, value in each.rows[0].items()}
    if each.register is not None:
        return draft.registers[each.register]
    process = draft.definitions.get(each.workflow or "")
    return {**(process.fields if process else {}), "number": _NUMBER}


def _infer_column(name: str, value: object) -> Field:
    kind = FieldType.TEXT
    if isinstance(value, bool):
        kind = FieldType.BOOLEAN
    elif isinstance(value, int | float):
        kind = FieldType.NUMBER
    return Field(name=name, type=kind, title={})


def read_where(
    draft: CompanyFileDraft, raw: RawData, path: KeyPath, each: ForEach | None
) -> Expression | None:
    source = (raw.get("each") or {}).get("where")
    if not source or each is None:
        return None
    return draft.parse_expression(
        source,
        (*path, "each", "where"),
        "bool",
        ScheduleScope(_open_parts(item_fields(draft, each)), None, draft.context.settings),
    )


def _open_parts(item: Mapping[str, Field] | None) -> Mapping[str, Field] | None:
    """The parts of an item that conditions may use: those that are not personal."""
    return item and {name: field for name, field in item.items() if not field.personal}


def add_cycle(
    draft: CompanyFileDraft,
    raw: RawData,
    path: KeyPath,
    each: ForEach | None,
    item: Mapping[str, Field] | None,
) -> ForEach | None:
    """The items, with a cycle of their own if the schedule recurs by their dates."""
    cycle = read_item_cycle(raw)
    if cycle is None:
        return each
    if each is None or item is None:
        place = (*path, "on", "from")
        draft.report_error(
            place, Sentence("misplaced-key", "whose date? Only with `each` there are items"), key=True
        )
        return each
    for name, key, kinds in (
        (cycle.start, "from", (FieldType.DATE, FieldType.DATETIME)),
        (cycle.every, "every", (FieldType.NUMBER,)),
    ):
        if isinstance(name, str) and draft.check_known("part of an item", name, item, (*path, "on", key)):
            _check_column(draft, item[name], kinds, each, (*path, "on", key))
    return replace(each, cycle=cycle)


def _check_column(
    draft: CompanyFileDraft, column: Field, kinds: tuple[FieldType, ...], each: ForEach, path: KeyPath
) -> None:
    """Check that the column holds dates and is not personal; the values of `rows` are checked one by one."""
    written = each.rows and column.type is FieldType.TEXT and FieldType.DATE in kinds
    if written:
        if not all(_is_date(str(row.get(column.name))) for row in each.rows):
            draft.report_error(
                path,
                Sentence(
                    "date", "{column!r} is no date in every row; write it as 2026-03-02", column=column.name
                ),
            )
    elif column.type not in kinds or column.personal:
        what = "personal" if column.personal else f"a {column.type} field"
        draft.report_error(
            path,
            Sentence(
                "type",
                "{column!r} is {what}; an open {kinds} field is needed here",
                column=column.name,
                what=what,
                kinds=kinds[0],
            ),
        )


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def add_link(
    draft: CompanyFileDraft, raw: RawData, path: KeyPath, each: ForEach | None, where: Expression | None
) -> ForEach | None:
    """The items, with the link under which their tickets have the opened ones as children."""
    link = raw.get("link") or (str(raw.get("opens")).replace("-", "_") if raw.get("parent") else None)
    if link is not None and (each is None or each.workflow is None):
        place = (*path, "as" if raw.get("link") else "parent")
        draft.report_error(
            place,
            Sentence("misplaced-key", "whose child? Only `each: {{workflow: …}}` has tickets to be parents"),
            key=True,
        )
    elif link is not None and each is not None:
        parent = draft.definitions.get(each.workflow or "")
        if parent is not None and link not in parent.known_links:
            message = Sentence(
                "unknown-link",
                "{parent!r} knows no children called {link!r}; say `children: [{link}]` there",
                parent=parent.name,
                link=link,
            )
            draft.report_error((*path, "as" if raw.get("link") else "parent"), message)
    if each is None:
        return None
    return replace(each, where=where, link=link)
