"""Rosters and choices as the API shows them, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from service.texts import say, titled
from workflows.core.people import Directory
from workflows.core.ticket import Ticket
from workflows.core.turns.order import hindrance
from workflows.core.turns.receiving import Visit, receive
from workflows.core.turns.roster import Place, Roster
from workflows.core.turns.rota import Kept
from workflows.language.building.turns import ASSIGNMENT
from workflows.language.definition import RosterSpec
from workflows.storage.rosters import Logged
from workflows.storage.views import Past
from workflows.timing.instants import Instant, rfc3339, to_datetime

Json = dict[str, Any]
_ORDINARY = "new-client"  # the occasion that everybody waits for


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads it: the language, whom the ids mean, and which tickets do not exist for him."""

    language: str
    directory: Directory
    unseen: frozenset[str] = frozenset()

    def name(self, person: str | None) -> str | None:
        """What somebody is called; the id of one who has left."""
        member = self.directory.staff.get(person or "")
        return member.name if member else person

    def words(self, why: str) -> str:
        """A reason in words."""
        return say(self.language, "turns", why) or why


def line(site: str, spec: RosterSpec, language: str) -> Json:
    """A roster as a line of a list."""
    return {
        "site": site,
        "name": spec.name,
        "title": titled(spec.title, language),
        "members": spec.members,
        "rulebook": spec.rulebook,
    }


def whole(kept: Kept, spec: RosterSpec, log: Sequence[Logged], reader: Reader, now: Instant | None) -> Json:
    """A roster of a day. `now` says who would receive at this moment; a day that is over asks nobody."""
    roster, rules = kept.roster, kept.rules
    return {
        **line(roster.site, spec, reader.language),
        "date": roster.day,
        "seq": roster.seq,
        "round": roster.round,
        "readings": asdict(rules.readings) if rules.readings else None,
        "places": [
            _place(place, number, kept, reader) for number, place in enumerate(roster.places, start=1)
        ],
        "make_ups": [
            {
                "person": owed.person,
                "name": reader.name(owed.person),
                "why": owed.why,
                "words": reader.words(owed.why),
            }
            for owed in roster.make_ups
        ],
        "suspensions": [
            {"person": each.person, "name": reader.name(each.person), "first": each.first, "last": each.last}
            for each in roster.suspensions
        ],
        "next": _next(kept, reader, now) if now is not None else None,
        "log": [_logged(entry, reader) for entry in log],
    }


def _place(place: Place, number: int, kept: Kept, reader: Reader) -> Json:
    roster, rules = kept.roster, kept.rules
    suspended = roster.suspended(place.person)
    member = roster.member(place.person)
    return {
        "place": number,
        "person": place.person,
        "name": reader.name(place.person),
        "signed_at": rfc3339(place.signed_at),
        "presence": str(place.presence),
        "off_shift": place.off_shift,
        "receiving": [reception.ticket for reception in place.receiving],
        "permitted": place.permitted,
        "substitute": place.substitute,
        "suspended_until": suspended.last if suspended else None,
        "state": _state(place, roster),
        "hindrance": hindrance(place, roster, rules.readings) if rules.readings else None,
        "rounds": place.had,
        "used": place.used,
        "lost": place.lost,
        "make_ups": sum(owed.person == place.person for owed in roster.make_ups),
        "ability": member.ability,
        "rests": sorted(member.rests),
    }


def _state(place: Place, roster: Roster) -> str:
    """How somebody's turn of this round stands: the turn ledger's word."""
    if roster.suspended(place.person):
        return "suspended"
    if any(owed.person == place.person for owed in roster.make_ups):
        return "make-up-due"
    if place.receiving:
        return "receiving"
    return "had" if place.had >= roster.round else "waiting"


def _next(kept: Kept, reader: Reader, now: Instant) -> Json | None:
    """Who would receive a new client at this moment, and why nobody else."""
    if _ORDINARY not in kept.rules.table:
        return None
    time = to_datetime(now, kept.calendar.zone).strftime("%H:%M")
    found = receive(kept.roster, kept.rules, Visit(ticket="", occasion=_ORDINARY, time=time))
    return {
        "person": found.person,
        "name": reader.name(found.person),
        "verdicts": _verdicts([verdict._asdict() for verdict in found.verdicts], reader),
    }


def assignment(ticket: Ticket, past: Past | None, reader: Reader) -> Json:
    """Who has a ticket, and the last choice that a strategy made for it."""
    chosen = past.data[ASSIGNMENT] if past else None
    return {
        "ticket": ticket.number,
        "assignee": ticket.assignee,
        "assignee_name": reader.name(ticket.assignee),
        "chosen": _chosen(past, chosen, reader) if past and isinstance(chosen, Mapping) else None,
    }


def _chosen(past: Past, chosen: Mapping[str, Any], reader: Reader) -> Json:
    return {
        "seq": past.seq,
        "at": rfc3339(past.at),
        **{key: chosen[key] for key in ("by", "roster", "occasion", "rule", "person", "belongs_to")},
        "name": reader.name(chosen["person"]),
        "verdicts": _verdicts(chosen["verdicts"], reader),
    }


def _verdicts(verdicts: Iterable[Mapping[str, Any]], reader: Reader) -> list[Json]:
    return [
        {**verdict, "name": reader.name(verdict["person"]), "words": reader.words(verdict["why"])}
        for verdict in verdicts
    ]


def _logged(entry: Logged, reader: Reader) -> Json:
    return {
        "seq": entry.seq,
        "at": rfc3339(entry.at),
        "mark": entry.kind,
        "person": entry.person,
        "name": reader.name(entry.person),
        "actor": {"id": entry.actor_id, "name": entry.actor_name},
        "ticket": None if entry.ticket in reader.unseen else entry.ticket,
        "facts": entry.facts,
    }
