"""The points of an inspection: an item of the checklist, what was said of it before, and what others have
said since the form was opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from service.console.forms.checklists import is_inspected
from service.console.forms.form_input import FormInput
from service.console.http.console_request import ConsoleRequest
from service.texts import localize
from workflows.core.ticket import StepContext
from workflows.language.forms.field import Field

RESULT, NOTE = "result", "note"
_MOST_EVENTS = 30  # that are asked for what others have answered


class PointAnswer(NamedTuple):
    """An answer that stands in the ticket: by whom or on which checklist, the result, and what was said."""

    source: str
    value: str
    result: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionPoint:
    """One item, to be answered by `result`, `note` and `photo`."""

    title: str
    result: FormInput
    note: FormInput
    photo: FormInput
    before: tuple[PointAnswer, ...] = ()
    meanwhile: tuple[PointAnswer, ...] = ()


def build_points(
    call: ConsoleRequest, context: StepContext, checklist: FormInput, since: int | None
) -> tuple[InspectionPoint, ...]:
    """The points of the checklist; with what others have answered since that step, if there is one."""
    field = context.definition.fields[checklist.name]
    before = _list_answers(call, context)
    meanwhile = _find_changes(call, context, field, since) if since is not None else {}
    items = {f"{field.name}.{place}.{RESULT}": item.value for place, item in enumerate(field.items)}
    points = []
    for row in checklist.rows:
        result, note, photo = row.inputs
        item = items[result.name]
        points.append(
            InspectionPoint(
                title=row.title,
                result=result,
                note=note,
                photo=photo,
                before=tuple(answer for name, answer in before if name == item and item not in meanwhile),
                meanwhile=tuple(filter(None, (meanwhile.get(item),))),
            )
        )
    return tuple(points)


def _list_answers(call: ConsoleRequest, context: StepContext) -> list[tuple[str, PointAnswer]]:
    """What the checklists of the ticket say of each item: those of an earlier round, and of this one."""
    fields = [each for each in context.definition.fields.values() if is_inspected(each) and not each.personal]
    return [
        (item, answer)
        for field in fields
        for item, answer in _read_rows(
            call, field, context.ticket.data.get(field.name), localize(field.title, call.language)
        )
    ]


def _find_changes(
    call: ConsoleRequest, context: StepContext, field: Field, since: int
) -> Mapping[str, PointAnswer]:
    """The newest answers to the items of a checklist that steps after `since` have brought."""
    events = call.desk.queries.history(context.ticket.site, context.ticket.id, since, _MOST_EVENTS)
    return {
        item: answer
        for event in events
        for item, answer in _read_rows(call, field, event.data.get(field.name), event.actor_name)
    }


def _read_rows(
    call: ConsoleRequest, field: Field, rows: Any, source: str
) -> Iterable[tuple[str, PointAnswer]]:
    results = next(part for part in field.parts if part.name == RESULT)
    titles = {option.value: localize(option.title, call.language) for option in results.options}
    for row in rows if isinstance(rows, list) else ():
        value = str(row.get(RESULT) or "")
        if value:
            note = str(row.get(NOTE) or "")
            yield str(row.get("item")), PointAnswer(source, value, titles.get(value, value), note)
