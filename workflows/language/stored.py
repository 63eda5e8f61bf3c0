"""Builds versions that were published earlier, perhaps under other rules, without checking them again.

A text that is to be published is checked by every rule. A stored text was checked by the rules of its time,
and there are tickets on it: what newer rules refuse is reported (`objections`), and the version is still
read. Where a part cannot be built any more, the consequence is limited and reported:

* a step with a lost part (its guard, an effect, a field of its form) is refused, with the reason
* a field whose pattern cannot be matched takes any text up to its limit; a computed one keeps its value
* a lost promise is not made again; clocks that run go on
* a lost condition of `visible` restricts every ticket; a lost paper is not printed
* for a lost calendar or escalation policy, the current one of that name is used; if there is none, all time
  is working time, and the superior is notified when the promise has run out
* if nothing can be built, the tickets can be read, noted and swept, but take no step
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflows.language.builder.context import CompanyContext
from workflows.language.builder.templates import apply_shapes
from workflows.language.builder.workflow import Lost, build_stored
from workflows.language.definition import Category, Definition, Start, State, Transition, Visibility
from workflows.language.expressions.unreadable import Unreadable
from workflows.language.files.source import SourceFile
from workflows.language.findings import KeyPath
from workflows.language.forms.field import LANGUAGES, Field
from workflows.language.promise import ClockSpec, Due
from workflows.language.schemas.calendars import read_calendar
from workflows.timing.calendars import Calendar
from workflows.timing.escalation import EscalationLevel, EscalationPolicy

_ALWAYS_OPEN: Mapping[str, Any] = {"zone": "UTC", "hours": {"mon-sun": ["00:00-24:00"]}}
_SUPERIOR_ONLY = (EscalationLevel(at_percent=100, notify=("superior",)),)
_CALENDAR = re.compile(r"^calendar:\s*([a-z0-9-]+)", re.MULTILINE)
_DISPLAY_KEYS = ("title", "help", "because")  # texts for people only: losing one changes no behaviour
_WAY_OUT = "publish a version that keeps today's rules; new tickets get it"


def read_stored(
    text: str, name: str, version: int, context: CompanyContext, objections: tuple[str, ...] = ()
) -> Definition:
    """The version as it was published, with the objections of today's rules. Raises nothing, whatever the
    text contains."""
    source = SourceFile(text, f"{name}@{version}")
    try:
        definition, lost = _built(text, source, context)
    except Exception as error:  # an old text may contain anything, and its tickets must stay readable
        definition, lost = None, {(): type(error).__name__}
    if definition is not None:
        return _Repair(definition, lost, version).done(objections, context.policies)
    reasons = (*objections, *map(str, source.findings), *lost.values(), "it is no definition")
    why = _sentence(name, version, reasons[0])
    return _unusable(text, name, version, context, (why, *objections[1:]))


def _built(text: str, source: SourceFile, context: CompanyContext) -> tuple[Definition | None, Lost]:
    report = source.new_findings()
    if not source.is_complete or not apply_shapes(source, context.shapes, report):
        return None, {}
    calendar_name = source.data.get("calendar") if isinstance(source.data, dict) else None
    if isinstance(calendar_name, str) and calendar_name not in context.calendars:
        context = replace(
            context, calendars={**context.calendars, calendar_name: _always_open(calendar_name)}
        )
    definition, lost = build_stored(text, source, context, report)
    whole = definition is not None and definition.name and definition.states
    return (definition if whole else None), lost


def _sentence(name: str, version: int, why: str) -> str:
    return f"version {version} of {name} cannot be used any more: {why}; {_WAY_OUT}"


class _Repair:
    """Repairs a definition with lost parts, so that tickets can run by it."""

    def __init__(self, definition: Definition, lost: Lost, version: int) -> None:
        self._definition, self._lost, self._version = definition, lost, version

    def done(self, objections: tuple[str, ...], policies: Mapping[str, EscalationPolicy]) -> Definition:
        """The repaired definition, with the `objections` of newer rules and the policies that its clocks may
        have."""
        old = self._definition
        clocks = {name: self._clock(each) for name, each in old.clocks.items()}
        states = {name: self._state(each) for name, each in old.states.items()}
        return replace(
            old,
            version=self._version,
            fields={name: self._field(each) for name, each in old.fields.items()},
            states=_States(states),
            clocks=clocks,
            start=self._start(),
            transitions=tuple(self._row(index, row) for index, row in enumerate(old.transitions)),
            prints={name: each for name, each in old.prints.items() if not self._why("prints", name)},
            visible=self._visible(),
            policies=_Policies(policies),
            objections=objections,
        )

    def _why(self, *path: str | int, parts: tuple[str, ...] | None = None) -> str | None:
        """Why something at or below a path is lost; with `parts`, one of these keys. None if nothing is."""
        place: KeyPath = path
        for at, message in self._lost.items():
            inner = at[len(place) :][:1]
            within = not inner or (inner[0] in parts if parts else inner[0] not in _DISPLAY_KEYS)
            if at[: len(place)] == place and within:
                return message
        return None

    def _barred(self, row: Start | Transition, why: str) -> dict[str, Any]:
        message = _sentence(self._definition.name, self._version, why)
        source = row.guard.source if row.guard else "true"
        return {
            "guard": Unreadable(source, message),
            "requires": (),
            "accepts": (),
            "complete": (),
            "effects": (),
        }

    def _row(self, index: int, row: Transition) -> Transition:
        why = self._why("transitions", index)
        if why is None:
            return row
        to = row.to if row.to in self._definition.states else None
        return replace(row, to=to, **self._barred(row, why))

    def _start(self) -> Start:
        start, why = self._definition.start, self._why("start")
        if start.state not in self._definition.states:
            start = replace(start, state=next(iter(self._definition.states)))
        return start if why is None else replace(start, **self._barred(start, why))

    def _state(self, state: State) -> State:
        return replace(state, due=None) if self._why("states", state.name, parts=("due",)) else state

    def _clock(self, clock: ClockSpec) -> ClockSpec:
        lost = self._why("clocks", clock.name, parts=("due", "within", "by"))
        return replace(clock, due=Due()) if lost else clock

    def _field(self, field: Field) -> Field:
        """A field that may have been personal is treated as personal."""
        unsure = self._why("fields", field.name, parts=("type", "personal", "value"))
        return replace(field, personal=True) if unsure else field

    def _visible(self) -> Visibility | None:
        rule = self._definition.visible
        if self._why("visible") is None:
            return rule
        return Visibility(to=rule.to if rule else ())


class _States(dict[str, State]):
    """The states by name. A state that the text no longer has is open, and has no owner."""

    def __missing__(self, name: str) -> State:
        return State(name=name, category=Category.OPEN)


class _Policies(dict[str, EscalationPolicy]):
    """The policies by name. An unknown one notifies the superior when the promise has run out."""

    def __missing__(self, name: str) -> EscalationPolicy:
        return _superior_only(name)

    def get(self, name: str, default: Any = None) -> Any:
        """The policy of that name, as with `[]`; `default` if there is no name."""
        return self[name] if name else default


def _always_open(name: str) -> Calendar:
    return read_calendar(name, _ALWAYS_OPEN)


def _superior_only(name: str) -> EscalationPolicy:
    return EscalationPolicy(name, _SUPERIOR_ONLY)


def _unusable(
    text: str, name: str, version: int, context: CompanyContext, objections: tuple[str, ...]
) -> Definition:
    """A version of which nothing can be built: all staff who may see its tickets can read them and add notes,
    and its clocks run as before."""
    match = _CALENDAR.search(text)
    calendar = context.calendars.get(match[1]) if match else None
    everybody = tuple(context.organisation.roles)
    return Definition(
        name=name,
        title=dict.fromkeys(LANGUAGES, name),
        purpose="",
        covers=(),
        numbering="",
        calendar=calendar or _always_open(name),
        fields={},
        summary=None,
        client={},
        readers=frozenset(),
        start=Start(state="", roles=everybody, guard=Unreadable("true", objections[0])),
        states=_States(),
        transitions=(),
        clocks={},
        invariants=(),
        scenarios=(),
        policies=_Policies(context.policies),
        organisation=context.organisation,
        digest=context.digest(text, ()),
        version=version,
        objections=objections,
        readable=False,
    )
