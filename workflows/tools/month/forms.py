"""The forms that the staff fill in: those of the processes' scenarios, with the dates moved to the current
day."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from workflows.language.definition import Definition, Start, Transition
from workflows.language.effect import OpenChildEffect
from workflows.timing.instants import Instant, from_datetime, parse_rfc3339, rfc3339, to_datetime

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
_MODIFIERS = frozenset({"as", "refused", "steps"})
_NO_FORM = frozenset({"wait", "wait_until", "expect", "child", "note", "assign", "amend"})

Data = Mapping[str, Any]


class FilledForm(NamedTuple):
    """A form from a scenario, the role that filled it in, and the instant `at` in the scenario."""

    data: Data
    role: str
    at: Instant


class FilledForms:
    """All forms filled in by the scenarios of the processes."""

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self._definitions = definitions
        self._found: dict[tuple[str, str], list[FilledForm]] = defaultdict(list)
        for definition in definitions.values():
            for scenario in definition.scenarios:
                local = datetime.strptime(scenario.at, "%Y-%m-%d %H:%M").replace(
                    tzinfo=definition.calendar.zone
                )
                self._collect(definition, scenario.steps, from_datetime(local))

    def _collect(self, definition: Definition, steps: Sequence[Mapping[str, Any]], at: Instant) -> None:
        for step in steps:
            verb = next((key for key in step if key not in _MODIFIERS), "expect")
            if verb == "child":
                child = _child_workflow(definition, step["child"]["link"])
                if child is not None and child in self._definitions:
                    self._collect(self._definitions[child], step.get("steps", ()), at)
            elif "refused" not in step and isinstance(step[verb], Mapping) and verb not in _NO_FORM:
                self._found[definition.name, verb].append(FilledForm(step[verb], str(step.get("as")), at))

    def forms_for(self, workflow: str, trigger: str, now: Instant, random: Random) -> Iterator[FilledForm]:
        """The forms of a trigger (or `open`) in random order, as they would be filled in `now`.

        Dates move by whole days, so that a moment keeps its time of day.
        """
        found = list(self._found[workflow, trigger])
        random.shuffle(found)
        zone = self._definitions[workflow].calendar.zone
        for filled in found:
            days = (to_datetime(now, zone).date() - to_datetime(filled.at, zone).date()).days
            yield filled._replace(data=_shift_dates(filled.data, days), at=now)


def _child_workflow(definition: Definition, link: str) -> str | None:
    """The workflow of the children under a link; None if there is none."""
    steps: tuple[Start | Transition, ...] = (definition.start, *definition.transitions)
    effects = (effect for step in steps for effect in step.effects)
    return next(
        (each.workflow for each in effects if isinstance(each, OpenChildEffect) and each.link == link), None
    )


def _shift_dates(value: Any, days: int) -> Any:
    if isinstance(value, Mapping):
        return {key: _shift_dates(each, days) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shift_dates(each, days) for each in value]
    if isinstance(value, str) and _DATETIME.fullmatch(value):
        return rfc3339(parse_rfc3339(value) + days * 86_400)
    if isinstance(value, str) and _DATE.fullmatch(value):
        return (date.fromisoformat(value) + timedelta(days=days)).isoformat()
    return value
