"""Builds one schedule, and checks it against the process it opens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from workflows.language.checks.opening_cycles import find_multiplying_path
from workflows.language.checks.references import check_values
from workflows.language.definition import Definition
from workflows.language.expressions.expression import Expression
from workflows.language.findings import KeyPath
from workflows.language.forms.field import Field
from workflows.language.schedule_spec import EventKind, EventTrigger, Schedule
from workflows.language.schedules.deadlines import find_past_deadlines
from workflows.language.schedules.draft import CompanyFileDraft, DiscardedFindings
from workflows.language.schedules.items import (
    RawData,
    add_cycle,
    add_link,
    is_unknown_source,
    item_fields,
    read_each,
    read_where,
)
from workflows.language.schedules.scope import ScheduleScope
from workflows.language.schedules.times import read_on_event, read_recurrence
from workflows.language.schemas.schema_values import list_items, pick_given
from workflows.sentence import Sentence
from workflows.timing.calendars import Calendar
from workflows.timing.recurrence import Recurrence

CLOCK = "clock"


def read_schedule(
    draft: CompanyFileDraft, name: str, raw: RawData, events: Mapping[str, EventKind]
) -> Schedule | None:
    """The schedule; None if too little of it is valid."""
    path: KeyPath = (name,)
    title = draft.check_title(raw.get("title"), (*path, "title"))
    target = _find_target(draft, raw.get("opens"), (*path, "opens"))
    event = _find_event(draft, raw, path, events)
    each = read_each(draft, raw, path)
    unseen = is_unknown_source(draft, raw, each)
    if unseen or (target is None and raw.get("opens")):  # what it depends on has errors of its own
        draft = replace(draft, findings=DiscardedFindings(draft.findings))
    item = item_fields(draft, each)
    scope = ScheduleScope(item, event.fields if event else None, draft.context.settings)
    where = read_where(draft, raw, path, each)
    values = dict(_read_values(draft, raw.get("values") or {}, path, scope))
    personal = _find_personal_parts(values, item or {})
    for field, columns in personal.items():
        _check_personal(
            draft,
            values[field],
            columns,
            target.fields.get(field) if target else None,
            (*path, "with", field),
        )
    calendar = _find_calendar(draft, raw, path, target)
    when = _read_when(draft, raw, path, calendar, event)
    each = add_link(draft, raw, path, each, where)
    each = add_cycle(draft, raw, path, each, item)
    if target is not None and len(values) == len(raw.get("values") or {}):
        check_values(target, values, path, "opens", draft.findings)
    if target is None or calendar is None or when is None or unseen:
        return None
    schedule = Schedule(
        name=name,
        title=title,
        opens=target.name,
        calendar=calendar,
        when=when,
        each=each,
        values=values,
        # an item is due on one day only: a missed day must be made up
        **({"catch_up": "all"} if each is not None and each.cycle is not None else {})
        | pick_given(raw, "catch_up"),
        sites=list_items(raw, "sites"),
        personal=frozenset().union(*personal.values()),
    )
    if way := find_multiplying_path(schedule, draft.definitions):
        draft.report_error(
            (*path, "each"),
            Sentence(
                "opening-cycle",
                "every slot opens one more for each there is, without an end: {walk}; say `where`",
                walk=" -> ".join(way),
            ),
        )
    for problem in find_past_deadlines(schedule, target):
        draft.findings.add_problem(problem)
    return schedule


def _find_target(draft: CompanyFileDraft, name: str | None, path: KeyPath) -> Definition | None:
    """The process that is opened. The role `clock` must be among those who may open it."""
    if not name or not draft.check_known("workflow", name, draft.names, path):
        return None
    target = draft.definitions.get(name)
    if target is not None and CLOCK not in target.start.roles:
        draft.report_error(
            path,
            Sentence(
                "no-right",
                "{name!r} does not let the clock open it; name `clock` in the roles of its `start`",
                name=name,
            ),
        )
    return target


def _find_event(
    draft: CompanyFileDraft, raw: RawData, path: KeyPath, events: Mapping[str, EventKind]
) -> EventKind | None:
    name = raw.get("event")
    if ("on" in raw) == ("event" in raw):
        place = (*path, "event") if "on" in raw else path
        draft.report_error(
            place, Sentence("choose-one", "say when it opens: either `on` or `event`"), key=True
        )
    if not name or not draft.check_known("event", name, events, (*path, "event")):
        return None
    return events[name]


def _find_calendar(
    draft: CompanyFileDraft, raw: RawData, path: KeyPath, target: Definition | None
) -> Calendar | None:
    """The calendar named, or that of the process."""
    name, known = raw.get("calendar"), draft.context.calendars
    if name and draft.check_known("calendar", name, known, (*path, "calendar")):
        return known[name]
    # without either, the times are still checked, so that all errors are reported at once
    return target.calendar if target else next(iter(known.values()), None)


def _read_when(
    draft: CompanyFileDraft, raw: RawData, path: KeyPath, calendar: Calendar | None, event: EventKind | None
) -> Recurrence | EventTrigger | None:
    if "on" in raw:
        return read_recurrence(draft, raw, path, calendar) if calendar else None
    return read_on_event(draft, raw, path, event.fields) if event else None


def _find_personal_parts(
    values: Mapping[str, Expression], item: Mapping[str, Field]
) -> dict[str, frozenset[str]]:
    """Field -> the personal parts of an item that its expression uses."""
    parts = {f"item.{name}": name for name, field in item.items() if field.personal}
    used_parts = {
        name: frozenset(parts[key] for key in each.keys & parts.keys()) for name, each in values.items()
    }
    return {name: used for name, used in used_parts.items() if used}


def _check_personal(
    draft: CompanyFileDraft, value: Expression, parts: frozenset[str], field: Field | None, path: KeyPath
) -> None:
    """Check that a personal value is only passed on unchanged, to a personal field."""
    if field is not None and not field.personal:
        draft.report_error(
            path,
            Sentence(
                "personal-leak",
                "{name!r} is personal, and the field {field!r} is for all to read",
                name=min(parts),
                field=field.name,
            ),
        )
    if value.source.strip() != f"item.{min(parts)}":
        draft.report_error(
            path,
            Sentence(
                "personal-leak",
                "{name!r} is personal; it can only be handed on as it is: `item.{name}`",
                name=min(parts),
            ),
        )


def _read_values(
    draft: CompanyFileDraft, raw: Mapping[str, str | None], path: KeyPath, scope: ScheduleScope
) -> Iterator[tuple[str, Expression]]:
    for name, source in raw.items():
        if source is None:
            continue
        expression = draft.parse_expression(source, (*path, "with", name), "any", scope)
        if expression is not None:
            yield name, expression
