"""How the staff fill in forms: as the scenarios of the process do, with the dates moved to today."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from workflows.language.definition import Definition, Start, Transition
from workflows.language.effect import OpenChild
from workflows.timing.instants import Instant, from_datetime, parse_rfc3339, rfc3339, to_datetime

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
_MANNERS = frozenset({"as", "refused", "steps"})
_NO_FORM = frozenset({"wait", "wait_until", "expect", "child", "note", "assign", "amend"})

Data = Mapping[str, Any]


class Filled(NamedTuple):
    """A form as a scenario fills it in, in which role, on the day `at` of the story."""

    data: Data
    role: str
    at: Instant


class FilledForms:
    """All forms that the scenarios of a company's processes fill in."""

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self._definitions = definitions
        self._found: dict[tuple[str, str], list[Filled]] = defaultdict(list)
        for definition in definitions.values():
            for scenario in definition.scenarios:
                local = datetime.strptime(scenario.at, "%Y-%m-%d %H:%M").replace(
                    tzinfo=definition.calendar.zone
                )
                self._gather(definition, scenario.steps, from_datetime(local))

    def _gather(self, definition: Definition, steps: Sequence[Mapping[str, Any]], at: Instant) -> None:
        for step in steps:
            verb = next((key for key in step if key not in _MANNERS), "expect")
            if verb == "child":
                child = _opened_as(definition, step["child"]["link"])
                if child is not None and child in self._definitions:
                    self._gather(self._definitions[child], step.get("steps", ()), at)
            elif "refused" not in step and isinstance(step[verb], Mapping) and verb not in _NO_FORM:
                self._found[definition.name, verb].append(Filled(step[verb], str(step.get("as")), at))

    def of(self, workflow: str, trigger: str, now: Instant, random: Random) -> Iterator[Filled]:
        """The forms of a trigger (or `open`), shuffled, as they would be filled in `now`.

        Moments move with the day of the story, and stay at their time of day.
        """
        found = list(self._found[workflow, trigger])
        random.shuffle(found)
        zone = self._definitions[workflow].calendar.zone
        for filled in found:
            days = (to_datetime(now, zone).date() - to_datetime(filled.at, zone).date()).days
            yield filled._replace(data=_moved(filled.data, days), at=now)


def _opened_as(definition: Definition, link: str) -> str | None:
    """The workflow of the children under a link."""
    steps: tuple[Start | Transition, ...] = (definition.start, *definition.transitions)
    effects = (effect for step in steps for effect in step.effects)
    return next(
        (each.workflow for each in effects if isinstance(each, OpenChild) and each.link == link), None
    )


def _moved(value: Any, days: int) -> Any:
    if isinstance(value, Mapping):
        return {key: _moved(each, days) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_moved(each, days) for each in value]
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return rfc3339(parse_rfc3339(value) + days * 86_400)
    if isinstance(value, str) and _DATE.fullmatch(value):
        return (date.fromisoformat(value) + timedelta(days=days)).isoformat()
    return value
