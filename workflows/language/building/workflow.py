"""Reads a whole file into a definition: section by section, then what holds the sections together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workflows.language.building.conditions import read_conditions
from workflows.language.building.context import Context
from workflows.language.building.draft import Draft
from workflows.language.building.fields import read_fields
from workflows.language.building.printing import read_prints
from workflows.language.building.promises import read_clocks, read_states
from workflows.language.building.secrecy import read_retention, read_visible
from workflows.language.building.steps import read_rows, read_start
from workflows.language.building.stories import read_scenarios
from workflows.language.building.turns import read_rosters, written_by
from workflows.language.definition import Definition, Invariant, Passes, Separate, Start, State, Transition
from workflows.language.files.source import Source
from workflows.language.forms.field import Field, FieldType
from workflows.language.problems import Path, Report
from workflows.language.promise import ClockSpec
from workflows.language.shapes.shaping import shaped
from workflows.language.shapes.workflow import WorkflowShape

_SHAPE = WorkflowShape()
_NUMBERING = re.compile(r"[A-Za-z0-9-]*(?:\{year\}(?:-?\{month\})?[A-Za-z0-9-]*)?\{seq(?::[1-9])?\}")
_UNTITLED = (FieldType.TABLE, FieldType.CHECKLIST, FieldType.ATTACHMENT, FieldType.FIGURES)


def build(text: str, source: Source, context: Context, report: Report) -> Definition | None:
    """The definition that `text` is; None when anything is wrong with it, which the report says."""
    shape = source.report()
    draft = Draft(shaped(source.data, _SHAPE, shape), shape, report, context)
    definition = _Builder(draft, source).definition(text)
    report.take(shape)
    return None if report.problems or source.problems else definition


class _Builder:
    """Goes through the sections in the order in which they lean on each other."""

    def __init__(self, draft: Draft, source: Source) -> None:
        self._draft, self._source = draft, source
        draft.fields = read_fields(draft)
        draft.fields = read_conditions(draft)
        self.states = read_states(draft)
        self.clocks = read_clocks(draft)
        self.start = read_start(draft)
        self.rows = read_rows(draft, self._lines("transitions"))
        self.prints = read_prints(draft)
        self.visible, self.retention = read_visible(draft), read_retention(draft)
        self.invariants = tuple(_invariants(draft))
        self.rosters = read_rosters(draft)
        self.scenarios = read_scenarios(draft, self._lines("scenarios"))

    def definition(self, text: str) -> Definition | None:
        """All sections together."""
        said, context = self._draft.said, self._draft.context
        _check_head(self._draft)
        _check_readers(self._draft)
        calendar = context.calendars.get(said.get("calendar") or "")
        if calendar is None:
            return None
        policies = _policies(self.states, self.clocks)
        return Definition(
            name=said.get("workflow") or "",
            title=said.get("title") or {},
            purpose=said.get("purpose") or "",
            covers=tuple(each or "" for each in said.get("covers") or ()),
            numbering=said.get("numbering") or "",
            calendar=calendar,
            fields=self._fields(),
            summary=said.get("summary"),
            client=said.get("client") or {},
            readers=frozenset(said.get("readers") or ()),
            start=self.start,
            states=self.states,
            transitions=self.rows,
            clocks=self.clocks,
            invariants=self.invariants,
            scenarios=self.scenarios,
            prints=self.prints,
            visible=self.visible,
            retention=self.retention,
            policies={name: context.policies[name] for name in policies if name in context.policies},
            organisation=context.organisation,
            rosters=self.rosters,
            registers={n: r for n, r in context.registers.items() if f"register:{n}" in self._draft.spoken},
            digest=context.digest(text, calendar.name, policies, self._spoken()),
            child_data=self._draft.below,
            links=tuple(link for link in said.get("children") or () if link),
        )

    def _spoken(self) -> set[str]:
        """The settings that expressions speak of, and the shapes that it is like."""
        return self._draft.spoken | {f"shape:{name}" for name in self._draft.said.get("like") or ()}

    def _lines(self, section: str) -> Mapping[int, int]:
        """Index in a list → line in the file; what stands in a shape has none."""
        source, count = self._source, len(self._draft.said.get(section) or ())
        own = [index for index in range(count) if source.home((section, index)) == source.file]
        return {index: source.locate((section, index))[0] for index in own}

    def _fields(self) -> dict[str, Field]:
        """The declared fields, and those of the predeclared ones that the file speaks of."""
        declared = self._draft.said.get("fields_") or {}
        used = _used(self.start, self.rows) | self._draft.expressed | set(_named_once(self._draft.said))
        used |= {name for due in _dues(self.states, self.clocks) for name in due.fields}
        return {
            name: field
            for name, field in sorted(self._draft.fields.items(), key=lambda each: each[0] not in declared)
            if name in declared or name in used
        }


def _used(start: Start, rows: tuple[Transition, ...]) -> set[str]:
    """The fields that forms and effects name."""
    steps: tuple[Start | Transition, ...] = (start, *rows)
    written = {name for step in steps for effect in step.effects for name in written_by(effect)}
    return written | {name for step in steps for name in step.fields}


def _dues(states: Mapping[str, State], clocks: Mapping[str, ClockSpec]) -> Iterator[Any]:
    yield from (state.due for state in states.values() if state.due)
    yield from (clock.due for clock in clocks.values())


def _named_once(said: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name in (said.get("summary"), *(said.get("client") or {}).values()) if name)


def _policies(states: Mapping[str, State], clocks: Mapping[str, ClockSpec]) -> frozenset[str]:
    named = [state.escalation for state in states.values()] + [clock.escalation for clock in clocks.values()]
    return frozenset(name for name in named if name)


def _check_head(draft: Draft) -> None:
    """The lines at the top of the file."""
    said = draft.said
    if name := said.get("calendar"):
        draft.knows("calendar", name, draft.context.calendars, ("calendar",))
    if (pattern := said.get("numbering")) and not _NUMBERING.fullmatch(pattern):
        draft.wrong(
            ("numbering",), f"{pattern!r} is no numbering; write letters, {{year}} (and {{month}}), {{seq:5}}"
        )
    if name := said.get("summary"):
        field = draft.field(name, ("summary",))
        if field and (field.personal or field.type in _UNTITLED):
            why = "is personal" if field.personal else f"is a {field.type}"
            draft.wrong(("summary",), f"{name!r} {why}; it cannot title a ticket")
    for key, name in (said.get("client") or {}).items():
        draft.field(name, ("client", key))


def _check_readers(draft: Draft) -> None:
    said = draft.said
    for index, role in enumerate(said.get("readers") or ()):
        if role:
            draft.knows_role(role, ("readers", index))
    declared = said.get("fields_") or {}
    personal = [name for name in declared if draft.fields[name].personal]
    if personal and not said.get("readers"):
        draft.wrong(
            ("fields", personal[0]),
            f"who may read the personal field {personal[0]!r}? Say `readers`",
            key=True,
        )


def _invariants(draft: Draft) -> Iterator[Invariant]:
    for path, raw in draft.index(("invariants",), draft.said.get("invariants")):
        match raw:
            case {"passes": passes, "before": before}:
                yield _passes(draft, passes, before, path)
            case {"separate": triggers}:
                yield _separate(draft, triggers, path)


def _passes(draft: Draft, passes: str, before: str, path: Path) -> Passes:
    draft.knows_state(passes, (*path, "passes"))
    draft.knows_state(before, (*path, "before"))
    return Passes(passes=passes, before=before)


def _separate(draft: Draft, triggers: tuple[str | None, ...], path: Path) -> Separate:
    for index, trigger in enumerate(triggers):
        if trigger:
            draft.knows("trigger", trigger, draft.triggers, (*path, "separate", index))
    named = tuple(trigger for trigger in triggers if trigger)
    if len(set(named)) < 2:
        draft.wrong((*path, "separate"), "two different triggers are needed to be kept apart")
    return Separate(triggers=named)
