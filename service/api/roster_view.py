"""Rosters and assignments as JSON, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from service.texts import localize, say
from workflows.core.people import Directory
from workflows.core.ticket import Ticket
from workflows.core.turns.assign_visit import Visit, assign_visit
from workflows.core.turns.order import find_hindrance
from workflows.core.turns.roster import Roster, RosterPlace
from workflows.core.turns.selection_context import RosterWithRules
from workflows.language.builder.rosters import ASSIGNMENT
from workflows.language.roster_spec import RosterSpec
from workflows.storage.queries.results import StoredHistoryEvent
from workflows.storage.rosters import RosterLogEntry
from workflows.timing.instants import Instant, rfc3339, to_datetime

Json = dict[str, Any]
_DEFAULT_OCCASION = "new-client"  # the occasion that everybody waits for


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterViewer:
    """The reader: language, the directory for names, and which tickets are not visible to them."""

    language: str
    directory: Directory
    hidden: frozenset[str] = frozenset()

    def name_of(self, person: str | None) -> str | None:
        """The name of a member of staff; the id if they have left."""
        member = self.directory.staff.get(person or "")
        return member.name if member else person

    def explain(self, why: str) -> str:
        """The text of a reason code."""
        return say(self.language, "turns", why) or why


def render_roster_line(site: str, spec: RosterSpec, language: str) -> Json:
    """A roster as an item of a list."""
    return {
        "site": site,
        "name": spec.name,
        "title": localize(spec.title, language),
        "members": spec.members,
        "rulebook": spec.rulebook,
    }


def render_roster(
    loaded: RosterWithRules,
    spec: RosterSpec,
    log: Sequence[RosterLogEntry],
    viewer: RosterViewer,
    now: Instant | None,
) -> Json:
    """The roster of a day. `now` adds who would receive a client at this moment; None for a day that is
    over."""
    roster, rules = loaded.roster, loaded.rules
    return {
        **render_roster_line(roster.site, spec, viewer.language),
        "date": roster.day,
        "seq": roster.seq,
        "round": roster.round,
        "readings": asdict(rules.readings) if rules.readings else None,
        "places": [
            _render_turn(place, number, loaded, viewer) for number, place in enumerate(roster.places, start=1)
        ],
        "make_ups": [
            {
                "person": owed.person,
                "name": viewer.name_of(owed.person),
                "why": owed.why,
                "words": viewer.explain(owed.why),
            }
            for owed in roster.make_ups
        ],
        "suspensions": [
            {
                "person": each.person,
                "name": viewer.name_of(each.person),
                "first": each.first,
                "last": each.last,
            }
            for each in roster.suspensions
        ],
        "next": _render_next(loaded, viewer, now) if now is not None else None,
        "log": [_render_log_entry(entry, viewer) for entry in log],
    }


def _render_turn(place: RosterPlace, number: int, loaded: RosterWithRules, viewer: RosterViewer) -> Json:
    roster, rules = loaded.roster, loaded.rules
    suspended = roster.suspended(place.person)
    member = roster.member(place.person)
    return {
        "place": number,
        "person": place.person,
        "name": viewer.name_of(place.person),
        "signed_at": rfc3339(place.signed_at),
        "presence": str(place.presence),
        "off_shift": place.off_shift,
        "receiving": [reception.ticket for reception in place.receiving],
        "permitted": place.permitted,
        "substitute": place.substitute,
        "suspended_until": suspended.last if suspended else None,
        "state": _turn_state(place, roster),
        "hindrance": find_hindrance(place, roster, rules.readings) if rules.readings else None,
        "rounds": place.had,
        "used": place.used,
        "lost": place.lost,
        "make_ups": sum(owed.person == place.person for owed in roster.make_ups),
        "ability": member.ability,
        "rests": sorted(member.rests),
    }


def _turn_state(place: RosterPlace, roster: Roster) -> str:
    """The state of somebody's turn in this round, as the API names it."""
    if roster.suspended(place.person):
        return "suspended"
    if any(owed.person == place.person for owed in roster.make_ups):
        return "make-up-due"
    if place.receiving:
        return "receiving"
    return "had" if place.had >= roster.round else "waiting"


def _render_next(loaded: RosterWithRules, viewer: RosterViewer, now: Instant) -> Json | None:
    """Who would receive a new client at this moment, and why nobody else."""
    if _DEFAULT_OCCASION not in loaded.rules.table:
        return None
    time = to_datetime(now, loaded.calendar.zone).strftime("%H:%M")
    found = assign_visit(loaded.roster, loaded.rules, Visit(ticket="", occasion=_DEFAULT_OCCASION, time=time))
    return {
        "person": found.person,
        "name": viewer.name_of(found.person),
        "verdicts": _render_verdicts([verdict._asdict() for verdict in found.verdicts], viewer),
    }


def render_assignment(ticket: Ticket, past: StoredHistoryEvent | None, viewer: RosterViewer) -> Json:
    """The assignee of a ticket, and the last choice that an assignment strategy made for it."""
    chosen = past.data[ASSIGNMENT] if past else None
    return {
        "ticket": ticket.number,
        "assignee": ticket.assignee,
        "assignee_name": viewer.name_of(ticket.assignee),
        "chosen": _render_chosen(past, chosen, viewer) if past and isinstance(chosen, Mapping) else None,
    }


def _render_chosen(past: StoredHistoryEvent, chosen: Mapping[str, Any], viewer: RosterViewer) -> Json:
    return {
        "seq": past.seq,
        "at": rfc3339(past.at),
        **{key: chosen[key] for key in ("by", "roster", "occasion", "rule", "person", "belongs_to")},
        "name": viewer.name_of(chosen["person"]),
        "verdicts": _render_verdicts(chosen["verdicts"], viewer),
    }


def _render_verdicts(verdicts: Iterable[Mapping[str, Any]], viewer: RosterViewer) -> list[Json]:
    return [
        {**verdict, "name": viewer.name_of(verdict["person"]), "words": viewer.explain(verdict["why"])}
        for verdict in verdicts
    ]


def _render_log_entry(entry: RosterLogEntry, viewer: RosterViewer) -> Json:
    return {
        "seq": entry.seq,
        "at": rfc3339(entry.at),
        "mark": entry.kind,
        "person": entry.person,
        "name": viewer.name_of(entry.person),
        "actor": {"id": entry.actor_id, "name": entry.actor_name},
        "ticket": None if entry.ticket in viewer.hidden else entry.ticket,
        "facts": entry.facts,
    }
