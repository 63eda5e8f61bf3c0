"""Plays a scenario of a definition on a real desk, at a chosen time."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from zlib import crc32

from service.bootstrap import Desk
from service.demo.files import DemoFiles
from service.demo.registers import households
from workflows.core.access.permissions import build_actor
from workflows.core.commands import CLOCK, Actor, Command, Fire, Open
from workflows.core.input.attachment_references import replace_references
from workflows.errors import Forbidden, Refusal
from workflows.language.definition import Definition
from workflows.language.forms.field import Field, FieldType
from workflows.language.scenario import Scenario
from workflows.timing.calendars import Calendar
from workflows.timing.durations import Duration
from workflows.timing.instants import Instant, from_datetime, parse_rfc3339, rfc3339

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
_NOT_STEPS = frozenset({"expect", "wait", "wait_until"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketScenario:
    """One ticket's scenario. `shift` is in seconds, after the time as written; at most `most` steps are
    played."""

    desk: Desk
    site: str
    definition: Definition
    scenario: Scenario
    ticket: str
    max_steps: int
    shift: int = 0

    @property
    def starts_at(self) -> Instant:
        """The instant of the first step."""
        return self._parse_time(self.scenario.at)

    @property
    def _calendar(self) -> Calendar:
        """The calendar of the site."""
        return self.desk.engine.calendars.at(self.desk.people.directory(self.site), self.definition.calendar)

    def shifted(self, shift: int) -> TicketScenario:
        """The same scenario, `shift` seconds later than written."""
        return replace(self, shift=shift)

    def play(self, until: Instant) -> Iterator[Instant]:
        """Take one step after another, those of children too; yields before each, except the first, the
        instant of it.

        The scenario ends at `until`, after `max_steps` steps, or when a step is refused.
        """
        yield from self._play_steps(self.scenario.steps, self.starts_at, until, [0])

    def _play_steps(
        self, steps: Sequence[Mapping[str, Any]], at: Instant, until: Instant, done: list[int]
    ) -> Generator[Instant, None, Instant | None]:
        """Take these steps from `at` on; returns the instant after them, None if the scenario has ended.
        `done` counts the steps of the whole scenario."""
        for step in steps:
            verb = next((key for key in step if key not in ("as", "refused", "steps")), "expect")
            at = self._time_after(at, verb, step.get(verb))
            if verb == "child":
                after = yield from self._play_child(step, at, until, done)
                if after is None:
                    return None
                at = after
                continue
            said = step.get(verb)
            if verb in _NOT_STEPS or "refused" in step or not isinstance(said, Mapping | None):
                continue  # a text is a note, or says who is to have it
            if done[0]:
                yield at
            if done[0] >= self.max_steps or at > until or not self._try_step(verb, step, at):
                return None
            done[0] += 1
        return at

    def _play_child(
        self, step: Mapping[str, Any], at: Instant, until: Instant, done: list[int]
    ) -> Generator[Instant, None, Instant | None]:
        """Take the steps of a child, which is found by its link and its place among those."""
        link, index = step["child"].get("link"), step["child"].get("index", 0)
        children = [each for each in self.desk.store.children(self.site, self.ticket) if each.link == link]
        if index >= len(children):
            return None
        child = children[index]
        definition = self.desk.definitions.get(child.workflow, child.version)
        played = replace(self, definition=definition, ticket=child.id)
        return (yield from played._play_steps(step.get("steps", ()), at, until, done))

    def _time_after(self, at: Instant, verb: str, value: object) -> Instant:
        if verb == "wait":
            return self._calendar.deadline(at, Duration.parse(str(value)))
        return self._parse_time(str(value)) if verb == "wait_until" else at

    def _parse_time(self, text: str) -> Instant:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=self._calendar.zone)
        return from_datetime(local) + self.shift

    def _try_step(self, verb: str, step: Mapping[str, Any], at: Instant) -> bool:
        """Whether some holder of the role was allowed to take the step."""
        data = {name: self._translate_value(name, value) for name, value in (step[verb] or {}).items()}
        data = self._with_photos(data) if verb == "open" else data
        files = DemoFiles(self.desk, self.site)
        for actor in self._actors_with_role(str(step.get("as"))):
            store = partial(files.upload, uploader=actor.id, now=at)
            try:
                named = replace_references(self.definition, data, store)
                self.desk.engine.do(self._build_command(verb, named, actor), at)
            except Forbidden:
                continue
            except Refusal:
                return False
            return True
        return False

    def _build_command(self, verb: str, data: Mapping[str, object], actor: Actor) -> Command:
        if verb == "open":
            return Open(site=self.site, id=self.ticket, workflow=self.definition.name, actor=actor, data=data)
        return Fire(site=self.site, ticket=self.ticket, actor=actor, trigger=verb, data=data)

    def _actors_with_role(self, role: str) -> Iterator[Actor]:
        """The holders of the role, those with the fewest posts first; `clock` is the desk's own."""
        if role in CLOCK.roles:
            yield CLOCK
            return
        holders = self.desk.people.directory(self.site).holders(role)
        for member in sorted(holders, key=lambda member: len(member.memberships)):
            yield build_actor(member, self.site, "demo")

    def _translate_value(self, name: str, value: object) -> object:
        """A value of the form, with times shifted; in a staff field a role becomes one of its holders."""
        field = self.definition.fields.get(name)
        return self._shift_dates(self._name_household(field, self._name_staff(field, value)))

    def _with_photos(self, data: dict[str, object]) -> dict[str, object]:
        """The start form with a picture in each field that takes files, as callers send them."""
        fields = self.definition.fields
        taking = [name for name in self.definition.start.fields if fields[name].type is FieldType.ATTACHMENT]
        return {**{name: [f"{name}.jpg"] for name in taking}, **data}

    def _name_household(self, field: Field | None, value: object) -> object:
        """People of outside, their phones and units become those of one invented household."""
        if field is None or not isinstance(value, str):
            return value
        homes = households(self.site)
        home = homes[crc32(self.ticket.encode()) % len(homes)]
        instead = {FieldType.PERSON: home.name, FieldType.PHONE: home.phone, FieldType.UNIT: home.unit}
        return instead.get(field.type, value)

    def _name_staff(self, field: Field | None, value: object) -> object:
        if field is None:
            return value
        if field.type is FieldType.STAFF:
            return next((actor.id for actor in self._actors_with_role(str(value))), value)
        if not (field.columns and isinstance(value, list)):
            return value
        columns = {column.name: column for column in field.columns}
        return [
            {name: self._name_staff(columns.get(name), cell) for name, cell in row.items()} for row in value
        ]

    def _shift_dates(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._shift_dates(each) for each in value]
        if isinstance(value, dict):
            return {key: self._shift_dates(each) for key, each in value.items()}
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            return rfc3339(parse_rfc3339(value) + self.shift)
        if isinstance(value, str) and _DATE.fullmatch(value):
            return rfc3339(parse_rfc3339(f"{value}T12:00:00Z") + self.shift)[:10]
        return value
