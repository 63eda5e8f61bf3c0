"""Builds a definition from a whole file: section by section, then the checks across sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workflows.language.builder.conditions import read_conditions
from workflows.language.builder.context import CompanyContext
from workflows.language.builder.draft import WorkflowDraft
from workflows.language.builder.fields import read_fields
from workflows.language.builder.prints import read_prints
from workflows.language.builder.repetition import read_duplicates, read_merge, read_urge
from workflows.language.builder.rosters import fields_written_by, read_rosters
from workflows.language.builder.scenarios import read_scenarios
from workflows.language.builder.states import read_clocks, read_states
from workflows.language.builder.transitions import read_start, read_transitions
from workflows.language.builder.visibility_and_retention import read_retention, read_visible
from workflows.language.definition import (
    Definition,
    Invariant,
    PassesInvariant,
    SeparationInvariant,
    Start,
    State,
    Transition,
)
from workflows.language.files.source import SourceFile
from workflows.language.findings import Findings, KeyPath, structural_errors
from workflows.language.forms.field import Field, Titles
from workflows.language.forms.field_types import TRAITS
from workflows.language.promise import ClockSpec
from workflows.language.schemas.fields import Judgement
from workflows.language.schemas.load import is_about_key, load_part, load_with_schema
from workflows.language.schemas.schema_values import list_items, locate_items
from workflows.language.schemas.workflow import WorkflowSchema
from workflows.sentence import Sentence

Lost = Mapping[KeyPath, str]
"""The path of each part that could not be built, and the reason."""

_WORKFLOW_SCHEMA = WorkflowSchema()
_NUMBERING = re.compile(r"[A-Za-z0-9-]*(?:\{year\}(?:-?\{month\})?[A-Za-z0-9-]*)?\{seq(?::[1-9])?\}")


def build_definition(
    text: str, source: SourceFile, context: CompanyContext, findings: Findings
) -> Definition | None:
    """The definition that `text` describes; None if it has any error but in its scenarios. The errors
    are added to the findings."""
    schema_findings = source.new_findings()
    draft = WorkflowDraft(
        load_with_schema(source.data, _WORKFLOW_SCHEMA, schema_findings), schema_findings, findings, context
    )
    definition = _WorkflowBuilder(draft, source).definition(text)
    findings.merge(schema_findings)
    spoiled = structural_errors((*findings.in_file_order, *source.findings))
    return None if spoiled or draft.depends_on_broken else definition


def build_stored(
    text: str, source: SourceFile, context: CompanyContext, report: Findings
) -> tuple[Definition | None, Lost]:
    """A stored version as far as it can still be built, and what could not be.

    None if its calendar is unknown. The findings are what would be refused today.
    """
    data, complaints = load_part(source.data, _WORKFLOW_SCHEMA, ())
    shape = source.new_findings()
    for path, message in complaints:
        shape.add(path, message, key=is_about_key(message))
    draft = WorkflowDraft(data, shape, report, context, stored=True)
    draft.lost |= {path: each for path, each in complaints if not isinstance(each, Judgement)}
    definition = _WorkflowBuilder(draft, source).definition(text)
    report.merge(shape)
    return definition, draft.lost


class _WorkflowBuilder:
    """Builds the sections in the order in which they depend on each other."""

    def __init__(self, draft: WorkflowDraft, source: SourceFile) -> None:
        self._draft, self._source = draft, source
        draft.fields = read_fields(draft)
        draft.fields = read_conditions(draft)
        self.states = read_states(draft)
        self.clocks = read_clocks(draft)
        self.start = read_start(draft)
        self.rows = read_transitions(draft, self._lines("transitions"))
        self.prints = read_prints(draft)
        self.visible, self.retention = read_visible(draft), read_retention(draft)
        self.duplicates, self.urge = read_duplicates(draft), read_urge(draft)
        self.merge = read_merge(draft, self.states)
        self.invariants = tuple(_read_invariants(draft))
        self.rosters = read_rosters(draft)
        self.scenarios = read_scenarios(draft, self._lines("scenarios"))

    def definition(self, text: str) -> Definition | None:
        """The definition with all its sections; None if it has any error."""
        data, context = self._draft.data, self._draft.context
        _check_head(self._draft)
        _check_readers(self._draft)
        calendar = context.calendars.get(data.get("calendar") or "")
        if calendar is None:
            return None
        policies = _used_policies(self.states, self.clocks)
        return Definition(
            name=data.get("workflow") or "",
            title=data.get("title") or {},
            purpose=data.get("purpose") or "",
            said=data.get("said") or {},
            covers=tuple(each or "" for each in data.get("covers") or ()),
            numbering=data.get("numbering") or "",
            calendar=calendar,
            fields=self._used_fields(),
            summary=data.get("summary"),
            client=data.get("client") or {},
            readers=frozenset(list_items(data, "readers")),
            start=self.start,
            states=self.states,
            transitions=self.rows,
            clocks=self.clocks,
            invariants=self.invariants,
            scenarios=self.scenarios,
            prints=self.prints,
            visible=self.visible,
            retention=self.retention,
            duplicates=self.duplicates,
            urge=self.urge,
            merge=self.merge,
            policies={name: context.policies[name] for name in policies if name in context.policies},
            organisation=context.organisation,
            rosters=self.rosters,
            registers={
                n: r
                for n, r in context.registers.items()
                if f"register:{n}" in self._draft.used_company_names
            },
            digest=context.digest(text, policies, self._used_company_names()),
            reads_child_data=self._draft.reads_child_data,
            links=list_items(data, "children"),
        )

    def _used_company_names(self) -> set[str]:
        """The settings that expressions use, and the shapes that the process is like."""
        return self._draft.used_company_names | {
            f"shape:{name}" for name in self._draft.data.get("like") or ()
        }

    def _lines(self, section: str) -> Mapping[int, int]:
        """Index in a list -> line in the file; rows that stand in a shape have none."""
        source, count = self._source, len(self._draft.data.get(section) or ())
        own = [index for index in range(count) if source.file_of((section, index)) == source.file]
        return {index: source.locate((section, index))[0] for index in own}

    def _used_fields(self) -> dict[str, Field]:
        """The declared fields, and the predeclared ones that the file uses."""
        declared = self._draft.data.get("fields_") or {}
        used = (
            _field_names(self.start, self.rows)
            | self._draft.used_names
            | set(_unique_names(self._draft.data))
        )
        used |= {name for due in _all_dues(self.states, self.clocks) for name in due.fields}
        return {
            name: field
            for name, field in sorted(self._draft.fields.items(), key=lambda each: each[0] not in declared)
            if name in declared or name in used
        }


def _field_names(start: Start, rows: tuple[Transition, ...]) -> set[str]:
    """The fields that forms and effects name."""
    steps: tuple[Start | Transition, ...] = (start, *rows)
    written = {name for step in steps for effect in step.effects for name in fields_written_by(effect)}
    return written | {name for step in steps for name in step.fields}


def _all_dues(states: Mapping[str, State], clocks: Mapping[str, ClockSpec]) -> Iterator[Any]:
    yield from (state.due for state in states.values() if state.due)
    yield from (clock.due for clock in clocks.values())


def _unique_names(data: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name in (data.get("summary"), *(data.get("client") or {}).values()) if name)


def _used_policies(states: Mapping[str, State], clocks: Mapping[str, ClockSpec]) -> frozenset[str]:
    named = [state.escalation for state in states.values()] + [clock.escalation for clock in clocks.values()]
    return frozenset(name for name in named if name)


def _check_head(draft: WorkflowDraft) -> None:
    """Check the keys at the top of the file."""
    data = draft.data
    if name := data.get("calendar"):
        draft.check_known("calendar", name, draft.context.calendars, ("calendar",))
    if (pattern := data.get("numbering")) and not _NUMBERING.fullmatch(pattern):
        draft.report_error(
            ("numbering",),
            Sentence(
                "numbering",
                "{pattern!r} is no numbering; write letters, {{year}} (and {{month}}), {{seq:5}}",
                pattern=pattern,
            ),
        )
    if name := data.get("summary"):
        field = draft.find_field(name, ("summary",))
        if field and (field.personal or not TRAITS[field.type].title):
            pattern = "{name!r} is a {type}; it cannot title a ticket"
            message = Sentence("field-type", pattern, name=name, type=field.type)
            if field.personal:
                pattern = "{name!r} is personal; it cannot title a ticket"
                message = Sentence("personal-leak", pattern, name=name)
            draft.report_error(("summary",), message)
    for key, name in (data.get("client") or {}).items():
        draft.find_field(name, ("client", key))


def _check_readers(draft: WorkflowDraft) -> None:
    data = draft.data
    for place, role in locate_items(data, "readers", ()):
        draft.check_role(role, place)
    declared = data.get("fields_") or {}
    personal = [name for name in declared if draft.fields[name].personal]
    if personal and not data.get("readers"):
        draft.report_error(
            ("fields", personal[0]),
            Sentence(
                "personal-leak",
                "who may read the personal field {personal!r}? Say `readers`",
                personal=personal[0],
            ),
            key=True,
        )


def _read_invariants(draft: WorkflowDraft) -> Iterator[Invariant]:
    for path, raw in draft.list_rows(("invariants",), draft.data.get("invariants")):
        match raw:
            case {"passes": passes, "before": before}:
                yield _read_passes(draft, passes, before, path)
            case {"separate": triggers}:
                yield _read_separate(draft, triggers, raw.get("because") or {}, path)


def _read_passes(draft: WorkflowDraft, passes: str, before: str, path: KeyPath) -> PassesInvariant:
    draft.check_state(passes, (*path, "passes"))
    draft.check_state(before, (*path, "before"))
    return PassesInvariant(passes=passes, before=before)


def _read_separate(
    draft: WorkflowDraft, triggers: tuple[str | None, ...], because: Titles, path: KeyPath
) -> SeparationInvariant:
    for index, trigger in enumerate(triggers):
        if trigger:
            draft.check_known("trigger", trigger, draft.triggers, (*path, "separate", index))
    named = tuple(trigger for trigger in triggers if trigger)
    if len(set(named)) < 2:
        draft.report_error(
            (*path, "separate"),
            Sentence("duplicate-item", "two different triggers are needed to be kept apart"),
        )
    return SeparationInvariant(triggers=named, because=because)
