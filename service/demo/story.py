"""A scenario of a definition, told to a real desk at a time of our own choice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.wiring import Desk
from workflows.core.commands import Actor, Command, Fire, Open
from workflows.core.rights import actor_of
from workflows.errors import Forbidden, Refusal
from workflows.language.definition import Definition, Scenario
from workflows.language.forms.field import FieldType
from workflows.timing.durations import Duration
from workflows.timing.instants import Instant, from_datetime, parse_rfc3339, rfc3339

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
_NO_DEED = frozenset({"expect", "wait", "wait_until", "child"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One ticket's story. `shift` is how much later than written it happens; `most` deeds of it are told."""

    desk: Desk
    site: str
    definition: Definition
    scenario: Scenario
    ticket: str
    most: int
    shift: int = 0

    @property
    def begins(self) -> Instant:
        """When it begins."""
        return self._moment(self.scenario.at)

    def moved(self, shift: int) -> Story:
        """The same story, so much later than written."""
        return replace(self, shift=shift)

    def told(self, until: Instant) -> Iterator[Instant]:
        """Do one deed after another; says before each after the first when it is to be done.

        The story breaks off at `until`, after `most` deeds, and where something is refused.
        """
        at, done = self.begins, 0
        for step in self.scenario.steps:
            verb = next((key for key in step if key not in ("as", "refused", "steps")), "expect")
            at = self._later(at, verb, step.get(verb))
            if verb in _NO_DEED or "refused" in step:
                if verb == "child":
                    return
                continue
            if done:
                yield at
            if done >= self.most or at > until or not self._do(verb, step, at):
                return
            done += 1

    def _later(self, at: Instant, verb: str, said: object) -> Instant:
        if verb == "wait":
            return self.definition.calendar.deadline(at, Duration.parse(str(said)))
        return self._moment(str(said)) if verb == "wait_until" else at

    def _moment(self, text: str) -> Instant:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=self.definition.calendar.zone)
        return from_datetime(local) + self.shift

    def _do(self, verb: str, step: Mapping[str, Any], at: Instant) -> bool:
        """Whether somebody of the role could do it."""
        data = {name: self._value(name, value) for name, value in (step[verb] or {}).items()}
        for actor in self._actors(str(step.get("as"))):
            try:
                self.desk.engine.do(self._command(verb, data, actor), at)
            except Forbidden:
                continue
            except Refusal:
                return False
            return True
        return False

    def _command(self, verb: str, data: Mapping[str, object], actor: Actor) -> Command:
        if verb == "open":
            return Open(site=self.site, id=self.ticket, workflow=self.definition.name, actor=actor, data=data)
        return Fire(site=self.site, ticket=self.ticket, actor=actor, trigger=verb, data=data)

    def _actors(self, role: str) -> Iterator[Actor]:
        """The holders of the role, those with the fewest posts first."""
        holders = self.desk.people.directory(self.site).holders(role)
        for member in sorted(holders, key=lambda member: len(member.memberships)):
            yield actor_of(member, self.site, "demo")

    def _value(self, name: str, value: object) -> object:
        """A value of the form, moved in time; for a staff field the role becomes somebody who holds it."""
        field = self.definition.fields.get(name)
        if field is not None and field.type is FieldType.STAFF:
            return next((actor.id for actor in self._actors(str(value))), value)
        return self._moved(value)

    def _moved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._moved(each) for each in value]
        if isinstance(value, dict):
            return {key: self._moved(each) for key, each in value.items()}
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            return rfc3339(parse_rfc3339(value) + self.shift)
        if isinstance(value, str) and _DATE.fullmatch(value):
            return rfc3339(parse_rfc3339(f"{value}T12:00:00Z") + self.shift)[:10]
        return value
