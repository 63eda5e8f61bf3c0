"""Reads one schedule, and holds it against the process it opens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workflows.language.building.crossing import check_values
from workflows.language.definition import Definition
from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Field, FieldType
from workflows.language.problems import Path
from workflows.language.schedule import Each, EventKind, OnEvent, Schedule
from workflows.language.schedules.scope import ScheduleScope
from workflows.language.schedules.sheet import Sheet
from workflows.language.schedules.times import read_on_event, read_recurrence
from workflows.timing.calendars import Calendar
from workflows.timing.recurrence import Recurrence

CLOCK = "clock"
_NUMBER = Field(name="number", type=FieldType.TEXT, title={})
Said = Mapping[str, Any]
Row = Mapping[str, str | bool | int | float]


def read_schedule(sheet: Sheet, name: str, raw: Said, events: Mapping[str, EventKind]) -> Schedule | None:
    """The schedule; None where too little of it can be understood."""
    path: Path = (name,)
    title = sheet.titled(raw.get("title"), (*path, "title"))
    target = _target(sheet, raw.get("opens"), (*path, "opens"))
    event = _event(sheet, raw, path, events)
    each = _each(sheet, raw, path)
    item = _item(sheet, each)
    scope = ScheduleScope(item, event.fields if event else None, sheet.context.settings)
    where = _where(sheet, raw, path, each)
    values = dict(_values(sheet, raw.get("values") or {}, path, scope))
    personal = _personal(values, item or {})
    for field, columns in personal.items():
        _check_personal(
            sheet,
            values[field],
            columns,
            target.fields.get(field) if target else None,
            (*path, "with", field),
        )
    calendar = _calendar(sheet, raw, path, target)
    when = _when(sheet, raw, path, calendar, event)
    each = _with_link(sheet, raw, path, each, where)
    if target is not None and len(values) == len(raw.get("values") or {}):
        check_values(target, values, path, "opens", sheet.report)
    if target is None or calendar is None or when is None:
        return None
    return Schedule(
        name=name,
        title=title,
        opens=target.name,
        calendar=calendar,
        when=when,
        each=each,
        values=values,
        catch_up=raw.get("catch_up") or "latest",
        sites=tuple(site for site in raw.get("sites") or () if site),
        personal=frozenset().union(*personal.values()),
    )


def _target(sheet: Sheet, name: str | None, path: Path) -> Definition | None:
    """The process that is opened. The clock must be among those who may open it."""
    if not name or not sheet.knows("workflow", name, sheet.names, path):
        return None
    target = sheet.known.get(name)
    if target is not None and CLOCK not in target.start.roles:
        sheet.wrong(
            path, f"{name!r} does not let the clock open it; name `clock` in the roles of its `start`"
        )
    return target


def _event(sheet: Sheet, raw: Said, path: Path, events: Mapping[str, EventKind]) -> EventKind | None:
    name = raw.get("event")
    if ("on" in raw) == ("event" in raw):
        place = (*path, "event") if "on" in raw else path
        sheet.wrong(place, "say when it opens: either `on` or `event`", key=True)
    if not name or not sheet.knows("event", name, events, (*path, "event")):
        return None
    return events[name]


def _calendar(sheet: Sheet, raw: Said, path: Path, target: Definition | None) -> Calendar | None:
    """The calendar that is named, or that of the process."""
    name, known = raw.get("calendar"), sheet.context.calendars
    if name and sheet.knows("calendar", name, known, (*path, "calendar")):
        return known[name]
    # with neither, the times are judged all the same: all that is wrong comes at once
    return target.calendar if target else next(iter(known.values()), None)


def _when(
    sheet: Sheet, raw: Said, path: Path, calendar: Calendar | None, event: EventKind | None
) -> Recurrence | OnEvent | None:
    if "on" in raw:
        return read_recurrence(sheet, raw, path, calendar) if calendar else None
    return read_on_event(sheet, raw, path, event.fields) if event else None


def _each(sheet: Sheet, raw: Said, path: Path) -> Each | None:
    said, place = raw.get("each"), (*path, "each")
    if said is None:
        return None
    workflow, register, rows = said.get("workflow"), said.get("register"), said.get("rows")
    states = tuple(state for state in said.get("state") or () if state)
    if [workflow, register, rows].count(None) != 2:
        sheet.wrong(place, "each of what? Name one `workflow` or one `register`, or write `rows`")
    if states and workflow is None:
        sheet.wrong((*place, "state"), "only tickets stand in a state; say `workflow`, or `where`", key=True)
    if rows is not None:
        return Each(rows=tuple(_rows(sheet, rows, (*place, "rows"))))
    if register is not None and sheet.knows("register", register, sheet.registers, (*place, "register")):
        return Each(register=register)
    if workflow is None or not sheet.knows("workflow", workflow, sheet.names, (*place, "workflow")):
        return None
    found = sheet.known.get(workflow)
    for index, state in enumerate(states if found else ()):
        assert found is not None, "states are only looked at where there is a process"
        sheet.knows(f"state of {workflow!r}", state, found.states, (*place, "state", index))
    return Each(workflow=workflow, states=states)


def _rows(sheet: Sheet, rows: Sequence[Row | None], path: Path) -> Iterator[Row]:
    """Rows that all tell the same things, of the same kinds."""
    first = next((row for row in rows if row), {})
    if not first:
        sheet.wrong(path, "there is no row")
    seen: list[Row] = []
    for index, row in enumerate(rows):
        if not row:
            continue
        if row in seen:
            sheet.wrong((*path, index), "this row stands there already")
        if any(isinstance(value, list) for value in row.values()):
            sheet.wrong((*path, index), "a row tells texts, numbers, yes and no; no lists")
        if {name: type(value) for name, value in row.items()} != {n: type(v) for n, v in first.items()}:
            sheet.wrong((*path, index), f"each row tells {', '.join(first)}, and of the same kinds")
        seen.append(row)
        yield row


def _column(name: str, value: object) -> Field:
    kind = FieldType.TEXT
    if isinstance(value, bool):
        kind = FieldType.BOOLEAN
    elif isinstance(value, int | float):
        kind = FieldType.NUMBER
    return Field(name=name, type=kind, title={})


def _personal(values: Mapping[str, Expression], item: Mapping[str, Field]) -> dict[str, frozenset[str]]:
    """Field → the personal parts of an item that its expression speaks of."""
    parts = {f"item.{name}": name for name, field in item.items() if field.personal}
    found = {name: frozenset(parts[key] for key in each.keys & parts.keys()) for name, each in values.items()}
    return {name: used for name, used in found.items() if used}


def _check_personal(
    sheet: Sheet, value: Expression, parts: frozenset[str], field: Field | None, path: Path
) -> None:
    """What is personal stays so: it is handed on as it is, into a personal field."""
    if field is not None and not field.personal:
        sheet.wrong(path, f"{min(parts)!r} is personal, and the field {field.name!r} is for all to read")
    if value.source.strip() != f"item.{min(parts)}":
        sheet.wrong(
            path, f"{min(parts)!r} is personal; it can only be handed on as it is: `item.{min(parts)}`"
        )


def _open(item: Mapping[str, Field] | None) -> Mapping[str, Field] | None:
    """What may be asked of an item: nothing personal."""
    return item and {name: field for name, field in item.items() if not field.personal}


def _item(sheet: Sheet, each: Each | None) -> Mapping[str, Field] | None:
    """What an item has."""
    if each is None:
        return None
    if each.rows:
        return {name: _column(name, value) for name, value in each.rows[0].items()}
    if each.register is not None:
        return sheet.registers[each.register]
    found = sheet.known.get(each.workflow or "")
    return {**(found.fields if found else {}), "number": _NUMBER}


def _where(sheet: Sheet, raw: Said, path: Path, each: Each | None) -> Expression | None:
    source = (raw.get("each") or {}).get("where")
    if not source or each is None:
        return None
    return sheet.expression(
        source,
        (*path, "each", "where"),
        "bool",
        ScheduleScope(_open(_item(sheet, each)), None, sheet.context.settings),
    )


def _values(
    sheet: Sheet, raw: Mapping[str, str | None], path: Path, scope: ScheduleScope
) -> Iterator[tuple[str, Expression]]:
    for name, source in raw.items():
        if source is None:
            continue
        found = sheet.expression(source, (*path, "with", name), "any", scope)
        if found is not None:
            yield name, found


def _with_link(
    sheet: Sheet, raw: Said, path: Path, each: Each | None, where: Expression | None
) -> Each | None:
    """The items, with the name by which their tickets know what is opened for them."""
    link = raw.get("link") or (str(raw.get("opens")).replace("-", "_") if raw.get("parent") else None)
    if link is not None and (each is None or each.workflow is None):
        place = (*path, "as" if raw.get("link") else "parent")
        sheet.wrong(place, "whose child? Only `each: {workflow: …}` has tickets to be parents", key=True)
    elif link is not None and each is not None:
        parent = sheet.known.get(each.workflow or "")
        if parent is not None and link not in parent.known_links:
            message = f"{parent.name!r} knows no children called {link!r}; say `children: [{link}]` there"
            sheet.wrong((*path, "as" if raw.get("link") else "parent"), message)
    if each is None:
        return None
    return replace(each, where=where, link=link)
