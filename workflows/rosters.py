"""Rosters: what decisions see of them, and what people report about their own presence.

Assignments change a roster in the step's own transaction. Sign-ins and absences change it here: load, decide,
store, guarded by compare-and-set on the roster's `seq`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from workflows.core.commands import Actor
from workflows.core.people import Directory
from workflows.core.turns.events import LEADER_ONLY, SELF_REPORTED, RosterEvent, apply_event
from workflows.core.turns.roster import Roster, RosterRules
from workflows.core.turns.selection_context import (
    RosterChange,
    RosterHistoryEvent,
    RosterWithRules,
    SelectionContext,
    build_rules,
)
from workflows.definitions import Definitions
from workflows.errors import Forbidden, Invalid, NotFound, Reason, Stale
from workflows.language.definition import Definition
from workflows.language.effect import AssignByRosterEffect, RosterMarkEffect
from workflows.site_calendars import SiteCalendars
from workflows.storage.errors import Conflict
from workflows.storage.people.people import People
from workflows.storage.tickets.store import Store
from workflows.suggestions import did_you_mean
from workflows.timing.instants import Instant

_ATTEMPTS = 50
_COUNTING = ("least-loaded", "balanced")  # strategies that need no sign-in


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterCommand:
    """A person reports an event of a roster."""

    site: str
    roster: str
    actor: Actor
    event: RosterEvent


class RosterService:
    """The rosters of all sites with the rules in force."""

    def __init__(
        self, store: Store, definitions: Definitions, people: People, calendars: SiteCalendars | None = None
    ) -> None:
        self._store, self._definitions, self._people = store, definitions, people
        self._calendars = calendars or SiteCalendars(definitions, people)

    def find(self, site: str, name: str) -> RosterWithRules:
        """A roster with its rules. Raises NotFound with a suggestion."""
        rosters = self._definitions.rosters()
        if name not in rosters:
            shown = name[:100]
            message = f"there is no roster {shown!r}{did_you_mean(shown, rosters)}"
            raise NotFound(Reason("unknown-roster", message, field="roster", facts={"name": shown}))
        spec, calendar = rosters[name]
        directory = self._people.directory(site)
        calendar = self._calendars.at(directory, calendar)
        return RosterWithRules(
            roster=self._store.rosters.load(site, name),
            rules=build_rules(spec, directory.settings, calendar),
            calendar=calendar,
        )

    def build_selection(self, definition: Definition, directory: Directory, now: Instant) -> SelectionContext:
        """What the decisions of a definition see when they choose a person.

        The rosters are read before the counts: if a roster has moved since, compare-and-set on it fails.
        """
        site = directory.site
        effects_by_roster = {effect.roster: effect for effect in definition.roster_effects}
        rosters = {
            name: self._find_for_effect(directory, effect, definition)
            for name, effect in effects_by_roster.items()
        }
        counts = any(
            isinstance(each, AssignByRosterEffect) and each.by in _COUNTING
            for each in definition.roster_effects
        )
        return SelectionContext(
            rosters=rosters,
            loads=self._store.rosters.count_open_tickets(site) if counts else {},
            away=frozenset(absence.staff_id for absence in self._people.absences(site, now)),
        )

    def _find_for_effect(
        self, directory: Directory, effect: AssignByRosterEffect | RosterMarkEffect, definition: Definition
    ) -> RosterWithRules:
        """The roster of an effect. A counting strategy needs no declared roster: an undeclared one
        remembers choices."""
        if (
            isinstance(effect, RosterMarkEffect)
            or effect.by not in _COUNTING
            or effect.roster in self._definitions.rosters()
        ):
            return self.find(directory.site, effect.roster)
        return RosterWithRules(
            roster=self._store.rosters.load(directory.site, effect.roster),
            rules=RosterRules(name=effect.roster, members=effect.role),
            calendar=self._calendars.at(directory, definition.calendar),
        )

    def apply(self, command: RosterCommand, now: Instant) -> Roster:
        """Apply and store an event; the roster afterwards. Raises a refusal with the reason."""
        for _ in range(_ATTEMPTS):
            known = self.find(command.site, command.roster)
            self._check_rights(command, known.rules)
            before = known.today(now)
            after = replace(
                apply_event(before, known.rules, replace(command.event, at=now)), seq=before.seq + 1
            )
            try:
                self._store.rosters.record(RosterChange(before, after, _build_history_event(command, now)))
            except Conflict:
                continue
            return after
        raise Stale(Reason("moved", "others keep moving the roster; try again"))

    def _check_rights(self, command: RosterCommand, rules: RosterRules) -> None:
        """Raise a refusal unless the actor may report this kind of event about this person."""
        kind, roles = command.event.kind, command.actor.roles
        allowed = rules.led_by if kind in LEADER_ONLY else rules.kept_by | rules.led_by
        if not roles & allowed and not (kind in SELF_REPORTED and command.actor.id == command.event.person):
            who = tuple(sorted(allowed))
            raise Forbidden(
                Reason(
                    "role-needed", f"this is for: {', '.join(who)}", who=who, facts={"roles": ", ".join(who)}
                )
            )
        member = self._people.directory(command.site).staff.get(command.event.person)
        if member is None or rules.members not in member.roles(command.site):
            message = f"takes no turns here: that is for {rules.members}"
            raise Invalid(Reason("not-in-roster", message, field="person", facts={"role": rules.members}))


def _build_history_event(command: RosterCommand, now: Instant) -> RosterHistoryEvent:
    event = command.event
    facts = {
        "person": event.person,
        "leave": event.leave,
        "substitute": event.substitute,
        "first": event.first,
        "last": event.last,
        "ability": event.ability,
        "rests": sorted(event.rests) if event.rests is not None else None,
        "off_shift": event.off_shift,
    }
    return RosterHistoryEvent(
        kind=event.kind,
        person=event.person,
        at=now,
        actor_id=command.actor.id,
        actor_name=command.actor.name,
        facts={key: value for key, value in facts.items() if value not in (None, "", False)},
    )
