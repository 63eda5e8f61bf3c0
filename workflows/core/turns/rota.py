"""What a decision may look at when somebody is to be chosen: rosters, their rules, open work, who is away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from workflows.core.turns.roster import Roster, Rules
from workflows.errors import Blocked, Reason
from workflows.language.definition import RosterSpec
from workflows.language.expressions.expression import Expression
from workflows.language.forms.values import Values
from workflows.language.rulebooks import CHOICES, RULEBOOKS, is_span
from workflows.timing.calendars import Calendar
from workflows.timing.instants import Instant, to_datetime

Loads = Mapping[str, Mapping[str, int]]  # workflow -> staff id -> open tickets


class Entry(NamedTuple):
    """One thing that has happened to a roster, as its log keeps it."""

    kind: str
    person: str | None
    at: Instant
    actor_id: str
    actor_name: str
    ticket: str | None = None
    facts: Mapping[str, object] = {}


class Move(NamedTuple):
    """A roster before and after one entry."""

    before: Roster
    after: Roster
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A roster with the rules it is kept by, and the calendar of the process that keeps it."""

    roster: Roster
    rules: Rules
    calendar: Calendar

    def today(self, now: Instant) -> Roster:
        """The roster on the day of `now`."""
        day = to_datetime(now, self.calendar.zone).date().isoformat()
        read = self.rules.readings
        return self.roster.on(day, carried=read is not None and read.make_ups == "carried")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """The rosters that a process's steps may touch; empty for one that touches none."""

    rosters: Mapping[str, Kept] = field(default_factory=dict)
    loads: Loads = field(default_factory=dict)
    away: frozenset[str] = frozenset()


NO_ROTA = Rota()


def rules_of(spec: RosterSpec, settings: Mapping[str, object]) -> Rules:
    """The rules of a roster at a site that has said this of its settings. Blocked if a reading is no word."""
    kept, led = frozenset(spec.kept_by), frozenset(spec.led_by)
    if spec.rulebook is None:
        return Rules(name=spec.name, members=spec.members, kept_by=kept, led_by=led)
    values = Values(settings=settings)
    readings = {key: _read(spec, key, value, values) for key, value in spec.readings.items()}
    return Rules.by(spec.name, spec.members, RULEBOOKS[spec.rulebook], readings, kept_by=kept, led_by=led)


def _read(spec: RosterSpec, key: str, said: str | Expression, values: Values) -> str:
    word = said if isinstance(said, str) else str(said.value(values))
    if word in CHOICES[key] or (not CHOICES[key] and is_span(word)):
        return word
    message = f"the roster {spec.name!r} cannot be read: {word!r} is no reading of {key!r}"
    raise Blocked(Reason("bad-reading", message, facts={"roster": spec.name, "reading": key, "word": word}))
