"""Loads schedules.yaml: what is opened automatically, and the events that people announce."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from workflows.language.builder.context import CompanyContext
from workflows.language.builder.draft import WorkflowDraft
from workflows.language.builder.fields import read_fields
from workflows.language.definition import Definition
from workflows.language.files.yaml_parser import kind
from workflows.language.findings import Finding, Findings, KeyPath
from workflows.language.forms.field import Field
from workflows.language.schedule_spec import NO_PLAN, EventKind, Schedule, SchedulePlan
from workflows.language.schedules.draft import CompanyFileDraft, NestedFindings, read_company_file
from workflows.language.schedules.entry import read_schedule
from workflows.language.schemas.load import load_entry
from workflows.language.schemas.schedules import EventSchema, ScheduleSchema
from workflows.language.schemas.schema_values import list_items, locate_items
from workflows.sentence import Sentence

SCHEDULES_FILE = "schedules.yaml"
EVENTS_KEY = "events"


_SCHEDULE_SCHEMA, _EVENT_SCHEMA = ScheduleSchema(), EventSchema()


def read_schedules(
    text: str | bytes,
    file: str,
    context: CompanyContext,
    definitions: Mapping[str, Definition],
    names: Collection[str] | None = None,
) -> tuple[SchedulePlan, tuple[Finding, ...]]:
    """The plan of a file, and its findings.

    `definitions` are the usable processes, `names` all that exist. Whatever has an error is left out of the
    plan; a schedule with one is among `broken`.
    """
    return read_company_file(text, file, context, definitions, names, _read_plan, NO_PLAN)


def _read_plan(draft: CompanyFileDraft, data: Any) -> SchedulePlan:
    events = dict(_read_events(draft, data.get(EVENTS_KEY)))
    schedules: dict[str, Schedule] = {}
    broken: dict[str, str] = {}
    for name, spec in data.items():
        if name == EVENTS_KEY:
            continue
        schedule = read_schedule(
            draft, name, load_entry(spec, _SCHEDULE_SCHEMA, (name,), draft.schema_findings), events
        )
        messages = [*draft.schema_findings.messages_at((name,)), *draft.findings.messages_at((name,))]
        if messages or schedule is None:
            broken[name] = "; ".join(messages) or Sentence(
                "leans-on-broken", "the process it opens cannot be used"
            )
        else:
            schedules[name] = schedule
    return SchedulePlan(schedules=schedules, events=events, broken=broken)


def _read_events(draft: CompanyFileDraft, data: object) -> Iterator[tuple[str, EventKind]]:
    if data is None:
        return
    if not isinstance(data, dict):
        draft.schema_findings.add(
            (EVENTS_KEY,), Sentence("wrong-kind", "{kind} where a mapping of names belongs", kind=kind(data))
        )
        return
    for name, spec in data.items():
        path = (EVENTS_KEY, name)
        raw = load_entry(spec, _EVENT_SCHEMA, path, draft.schema_findings)
        for place, role in locate_items(raw, "roles", path):
            draft.check_known("role", role, draft.context.organisation.roles, place)
        yield (
            name,
            EventKind(
                name=name,
                title=draft.check_title(raw.get("title"), (*path, "title")),
                roles=list_items(raw, "roles"),
                fields=_read_fields(draft, raw, path),
                requires=tuple(_read_requires(draft, raw, path)),
            ),
        )


def _read_fields(draft: CompanyFileDraft, raw: Mapping[str, Any], path: KeyPath) -> dict[str, Field]:
    """The fields of an event. It is stored unencrypted, so none may be personal."""
    below: tuple[Findings, Findings] = (
        NestedFindings(draft.schema_findings, path),
        NestedFindings(draft.findings, path),
    )
    declared = raw.get("fields_") or {}
    fields = read_fields(WorkflowDraft({"fields_": declared}, *below, draft.context))
    for name in declared:
        place = (*path, "fields", name)
        draft.check_title(fields[name].title or None, (*place, "title"))
        if not fields[name].title:
            draft.report_error(place, Sentence("missing-translation", "the field has no title"), key=True)
        if fields[name].personal:
            draft.report_error(
                place,
                Sentence(
                    "personal-leak", "what is announced is for everybody to read; no field of it is personal"
                ),
            )
    return {name: fields[name] for name in declared}


def _read_requires(draft: CompanyFileDraft, raw: Mapping[str, Any], path: KeyPath) -> Iterator[str]:
    for place, name in locate_items(raw, "requires", path):
        if draft.check_known("field", name, raw.get("fields_") or {}, place):
            yield name
