"""What a decision sees when it chooses a person: rosters, their rules, open tickets, absences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from workflows.core.turns.roster import Roster, RosterRules
from workflows.errors import Blocked, Reason
from workflows.language.expressions.expression import Expression
from workflows.language.forms.values import Values
from workflows.language.reception_rulebooks import READING_CHOICES, RULEBOOKS, is_time_span
from workflows.language.roster_spec import RosterSpec
from workflows.timing.calendars import Calendar
from workflows.timing.instants import Instant, to_datetime

Loads = Mapping[str, Mapping[str, int]]  # workflow -> staff id -> open tickets


class RosterHistoryEvent(NamedTuple):
    """One entry of a roster's log."""

    kind: str
    person: str | None
    at: Instant
    actor_id: str
    actor_name: str
    ticket: str | None = None
    facts: Mapping[str, object] = {}


class RosterChange(NamedTuple):
    """A roster before and after one log entry."""

    before: Roster
    after: Roster
    event: RosterHistoryEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterWithRules:
    """A roster with its rules, and the calendar of the definition that declares it."""

    roster: Roster
    rules: RosterRules
    calendar: Calendar

    def today(self, now: Instant) -> Roster:
        """The roster on the local day of `now`."""
        day = to_datetime(now, self.calendar.zone).date().isoformat()
        read = self.rules.readings
        return self.roster.for_day(day, carried=read is not None and read.make_ups == "carried")


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionContext:
    """The rosters that a definition's effects use, open tickets per assignee, and who is absent."""

    rosters: Mapping[str, RosterWithRules] = field(default_factory=dict)
    loads: Loads = field(default_factory=dict)
    away: frozenset[str] = frozenset()


NO_SELECTION = SelectionContext()


def build_rules(spec: RosterSpec, settings: Mapping[str, object], calendar: Calendar) -> RosterRules:
    """The rules of a roster at a site with these settings and this calendar.

    Raises `Blocked` if a setting gives no valid reading.
    """
    keepers, leaders = frozenset(spec.kept_by), frozenset(spec.led_by)
    if spec.rulebook is None:
        return RosterRules(name=spec.name, members=spec.members, kept_by=keepers, led_by=leaders)
    values = Values(settings=settings, zone=calendar.zone.key, is_open=calendar.is_open)
    readings = {key: _evaluate_reading(spec, key, value, values) for key, value in spec.readings.items()}
    return RosterRules.from_rulebook(
        spec.name, spec.members, RULEBOOKS[spec.rulebook], readings, kept_by=keepers, led_by=leaders
    )


def _evaluate_reading(spec: RosterSpec, key: str, reading: str | Expression, values: Values) -> str:
    word = reading if isinstance(reading, str) else str(reading.value(values))
    if word in READING_CHOICES[key] or (not READING_CHOICES[key] and is_time_span(word)):
        return word
    message = f"the roster {spec.name!r} cannot be read: {word!r} is no reading of {key!r}"
    raise Blocked(Reason("bad-reading", message, facts={"roster": spec.name, "reading": key, "word": word}))
