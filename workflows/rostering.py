"""The door to the rosters: what steps may look at, and what people report of themselves.

What is given out is given out by steps, in the step's own transaction. Here somebody signs in, leaves, comes
back: load, decide, record, guarded by the roster's `seq` like a ticket by its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from workflows.core.commands import Actor
from workflows.core.people import Directory
from workflows.core.turns.happenings import LEADING, OWN, Happening, happen
from workflows.core.turns.roster import Roster, Rules
from workflows.core.turns.rota import Entry, Kept, Move, Rota, rules_of
from workflows.errors import Forbidden, Invalid, NotFound, Reason, Stale
from workflows.language.definition import Definition
from workflows.language.effect import Allot, Mark
from workflows.library import Library
from workflows.storage.conflicts import Conflict
from workflows.storage.people import People
from workflows.storage.store import Store
from workflows.timing.instants import Instant
from workflows.timing.problems import did_you_mean

_ATTEMPTS = 50
_COUNTING = ("least-loaded", "balanced")  # strategies that do without anybody signing in


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Somebody says what has happened to somebody's place in a roster."""

    site: str
    roster: str
    actor: Actor
    what: Happening


class Rostering:
    """The rosters of all sites, with the rules that are in force."""

    def __init__(self, store: Store, library: Library, people: People) -> None:
        self._store, self._library, self._people = store, library, people

    def kept(self, site: str, name: str) -> Kept:
        """A roster that some process keeps. NotFound says what was probably meant."""
        rosters = self._library.rosters()
        if name not in rosters:
            shown = name[:100]
            message = f"there is no roster {shown!r}{did_you_mean(shown, rosters)}"
            raise NotFound(Reason("unknown-roster", message, field="roster", facts={"name": shown}))
        spec, calendar = rosters[name]
        rules = rules_of(spec, self._people.directory(site).settings)
        return Kept(roster=self._store.rosters.load(site, name), rules=rules, calendar=calendar)

    def rota(self, definition: Definition, directory: Directory, now: Instant) -> Rota:
        """What the steps of a process may look at when they give out work.

        The rosters are read first: what is counted after them can only be newer, and then they have moved on.
        """
        site = directory.site
        keeping = {effect.roster: effect for effect in definition.keeps}  # many rows speak of the same one
        rosters = {name: self._asked(site, effect, definition) for name, effect in keeping.items()}
        counts = any(isinstance(each, Allot) and each.by in _COUNTING for each in definition.keeps)
        return Rota(
            rosters=rosters,
            loads=self._store.rosters.loads(site) if counts else {},
            away=frozenset(absence.staff_id for absence in self._people.absences(site, now)),
        )

    def _asked(self, site: str, effect: Allot | Mark, definition: Definition) -> Kept:
        """The roster of an effect. Where nobody keeps one, it only remembers who was chosen last."""
        if isinstance(effect, Mark) or effect.by not in _COUNTING or effect.roster in self._library.rosters():
            return self.kept(site, effect.roster)
        return Kept(
            roster=self._store.rosters.load(site, effect.roster),
            rules=Rules(name=effect.roster, members=effect.role),
            calendar=definition.calendar,
        )

    def report(self, report: Report, now: Instant) -> Roster:
        """Write down what has happened; how the roster then stands. Raises a refusal with the reason."""
        for _ in range(_ATTEMPTS):
            kept = self.kept(report.site, report.roster)
            self._refuse_strangers(report, kept.rules)
            before = kept.today(now)
            after = replace(happen(before, kept.rules, replace(report.what, at=now)), seq=before.seq + 1)
            try:
                self._store.rosters.record(Move(before, after, _entry(report, now)))
            except Conflict:
                continue
            return after
        raise Stale(Reason("moved", "others keep moving the roster; try again"))

    def _refuse_strangers(self, report: Report, rules: Rules) -> None:
        """Whether the actor may say this, and of this person."""
        kind, roles = report.what.kind, report.actor.roles
        allowed = rules.led_by if kind in LEADING else rules.kept_by | rules.led_by
        if not roles & allowed and not (kind in OWN and report.actor.id == report.what.person):
            who = tuple(sorted(allowed))
            raise Forbidden(
                Reason(
                    "role-needed", f"this is for: {', '.join(who)}", who=who, facts={"roles": ", ".join(who)}
                )
            )
        member = self._people.directory(report.site).staff.get(report.what.person)
        if member is None or rules.members not in member.roles(report.site):
            message = f"takes no turns here: that is for {rules.members}"
            raise Invalid(Reason("not-in-roster", message, field="person", facts={"role": rules.members}))


def _entry(report: Report, now: Instant) -> Entry:
    what = report.what
    said = {
        "person": what.person,
        "leave": what.leave,
        "substitute": what.substitute,
        "first": what.first,
        "last": what.last,
        "ability": what.ability,
        "rests": sorted(what.rests) if what.rests is not None else None,
        "off_shift": what.off_shift,
    }
    return Entry(
        kind=what.kind,
        person=what.person,
        at=now,
        actor_id=report.actor.id,
        actor_name=report.actor.name,
        facts={key: value for key, value in said.items() if value not in (None, "", False)},
    )
