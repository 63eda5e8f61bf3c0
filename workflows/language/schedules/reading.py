"""Reads schedules.yaml: what is opened by the clock, and the events that people announce."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from workflows.language.building.context import Context
from workflows.language.building.draft import Draft
from workflows.language.building.fields import read_fields
from workflows.language.definition import Definition
from workflows.language.files.composing import kind
from workflows.language.files.source import Source
from workflows.language.forms.field import Field
from workflows.language.problems import Path, Problem, Report
from workflows.language.schedule import NO_PLAN, EventKind, Plan, Schedule
from workflows.language.schedules.entry import read_schedule
from workflows.language.schedules.sheet import Below, Registers, Sheet
from workflows.language.shapes.fields import HYPHENS, Name, Shape
from workflows.language.shapes.schedules import EventShape, ScheduleShape
from workflows.language.shapes.shaping import fitted, is_about_key

SCHEDULES = "schedules.yaml"
EVENTS = "events"


class _Named(Shape):
    name = Name(HYPHENS)


_SCHEDULE, _EVENT, _NAMED = ScheduleShape(), EventShape(), _Named()


def read_schedules(
    text: str | bytes,
    file: str,
    context: Context,
    known: Mapping[str, Definition],
    names: Collection[str] | None = None,
    registers: Registers | None = None,
) -> tuple[Plan, tuple[Problem, ...]]:
    """The plan that a file is, and everything that is wrong with it.

    `known` are the processes that can be used, `names` all that there are. What is wrong is left out of the
    plan, and a schedule that is, stands among the broken ones.
    """
    source = Source(text, file)
    if not source.whole or source.data is None:
        return NO_PLAN, source.problems
    shape, report = source.report(), source.report()
    if registers is None:
        registers = {name: register.fields for name, register in context.registers.items()}
    sheet = Sheet(context, known, names if names is not None else known.keys(), registers, shape, report)
    plan = _plan(sheet, source.data)
    report.take(shape)
    return plan, tuple(sorted((*source.problems, *report.problems)))


def _plan(sheet: Sheet, data: Any) -> Plan:
    if not isinstance(data, dict):
        sheet.shape.add((), f"{kind(data)} where a mapping of names belongs")
        return NO_PLAN
    events = dict(_events(sheet, data.get(EVENTS)))
    schedules: dict[str, Schedule] = {}
    broken: dict[str, str] = {}
    for name, spec in data.items():
        if name == EVENTS:
            continue
        found = read_schedule(sheet, name, _shaped(sheet, spec, _SCHEDULE, (name,)), events)
        said = [*sheet.shape.about((name,)), *sheet.report.about((name,))]
        if said or found is None:
            broken[name] = "; ".join(said) or "the process it opens cannot be used"
        else:
            schedules[name] = found
    return Plan(schedules=schedules, events=events, broken=broken)


def _shaped(sheet: Sheet, spec: object, shape: Shape, path: Path) -> Mapping[str, Any]:
    """One entry, as far as it fits its shape."""
    said, complaints = fitted(spec, shape, path)
    for place, message in complaints:
        sheet.shape.add(place, message, key=is_about_key(message))
    for _, message in fitted({"name": path[-1]}, _NAMED, ())[1]:
        sheet.shape.add(path, message, key=True)
    return said


def _events(sheet: Sheet, data: object) -> Iterator[tuple[str, EventKind]]:
    if data is None:
        return
    if not isinstance(data, dict):
        sheet.shape.add((EVENTS,), f"{kind(data)} where a mapping of names belongs")
        return
    for name, spec in data.items():
        path = (EVENTS, name)
        raw = _shaped(sheet, spec, _EVENT, path)
        roles = tuple(role for role in raw.get("roles") or () if role)
        for index, role in enumerate(roles):
            sheet.knows("role", role, sheet.context.organisation.roles, (*path, "roles", index))
        yield (
            name,
            EventKind(
                name=name,
                title=sheet.titled(raw.get("title"), (*path, "title")),
                roles=roles,
                fields=_fields(sheet, raw, path),
                requires=tuple(_requires(sheet, raw, path)),
            ),
        )


def _fields(sheet: Sheet, raw: Mapping[str, Any], path: Path) -> dict[str, Field]:
    """The fields of an event. It is recorded in the open, so none may be personal."""
    below: tuple[Report, Report] = Below(sheet.shape, path), Below(sheet.report, path)
    declared = raw.get("fields_") or {}
    found = read_fields(Draft({"fields_": declared}, *below, sheet.context))
    for name in declared:
        place = (*path, "fields", name)
        sheet.titled(found[name].title or None, (*place, "title"))
        if not found[name].title:
            sheet.wrong(place, "the field has no title", key=True)
        if found[name].personal:
            sheet.wrong(place, "what is announced is for everybody to read; no field of it is personal")
    return {name: found[name] for name in declared}


def _requires(sheet: Sheet, raw: Mapping[str, Any], path: Path) -> Iterator[str]:
    for index, name in enumerate(raw.get("requires") or ()):
        if name and sheet.knows("field", name, raw.get("fields_") or {}, (*path, "requires", index)):
            yield name
