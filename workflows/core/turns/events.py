"""Roster events: signing in and out, leaving and returning, ending a reception, suspensions.

Each handler takes a roster and returns the next one, or refuses with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from workflows.core.turns.roster import Presence, Reception, Roster, RosterMember, RosterPlace, RosterRules
from workflows.core.turns.suspension import add_suspension
from workflows.errors import Blocked, Reason
from workflows.language.reception_rulebooks import ROSTER_MARKS, ROSTER_REPORTS
from workflows.registry import complete
from workflows.timing.instants import Instant

PRESENCE_BY_LEAVE = {"official": Presence.OFFICIAL, "private": Presence.PRIVATE, "short": Presence.SHORT}


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEvent:
    """An event about one person on a roster.

    * kind: a key of `EVENT_HANDLERS`
    * leave: official, private or short
    * substitute: receives in the person's turn meanwhile
    * ticket: the reception concerned
    * first, last: the days of a suspension, as YYYY-MM-DD
    """

    kind: str
    person: str
    at: Instant = 0
    leave: str = ""
    substitute: str | None = None
    ticket: str | None = None
    free: bool = False
    other: str | None = None
    first: str = ""
    last: str = ""
    ability: int | None = None
    rests: frozenset[int] | None = None
    off_shift: bool = False


def apply_event(roster: Roster, rules: RosterRules, event: RosterEvent) -> Roster:
    """The roster after the event. Raises a refusal that says why it cannot happen."""
    return EVENT_HANDLERS[event.kind](roster, rules, event)


def _sign_in(roster: Roster, _rules: RosterRules, event: RosterEvent) -> Roster:
    known = roster.place(event.person)
    if known is None:
        place = RosterPlace(
            person=event.person, signed_at=event.at, had=roster.round - 1, off_shift=event.off_shift
        )
        return replace(roster, places=(*roster.places, place))
    if known.presence is not Presence.GONE:
        raise Blocked(
            Reason("signed-in-already", "has signed in already; nobody has two places", field="person")
        )
    return roster.change_place(event.person, presence=Presence.READY, off_shift=event.off_shift)


def _sign_out(roster: Roster, _rules: RosterRules, event: RosterEvent) -> Roster:
    place = _require_free_to_leave(roster, event)
    return roster.change_place(place.person, presence=Presence.GONE, substitute=None)


def _leave(roster: Roster, _rules: RosterRules, event: RosterEvent) -> Roster:
    place = _require_free_to_leave(roster, event)
    if event.substitute is not None:
        _check_substitute(roster, event)
    return roster.change_place(
        place.person, presence=PRESENCE_BY_LEAVE[event.leave], substitute=event.substitute
    )


def _check_substitute(roster: Roster, event: RosterEvent) -> None:
    other = roster.place(event.substitute)
    if other is None or not other.here or other.person == event.person:
        raise Blocked(
            Reason(
                "no-substitute",
                "a substitute is somebody else who has signed in and is here",
                field="substitute",
            )
        )


def _return(roster: Roster, _rules: RosterRules, event: RosterEvent) -> Roster:
    place = _require_signed_in(roster, event)
    return roster.change_place(place.person, presence=Presence.READY, substitute=None)


def _step_back(roster: Roster, _rules: RosterRules, event: RosterEvent) -> Roster:
    place = _require_signed_in(roster, event)
    return roster.change_place(place.person, presence=Presence.INSIDE, substitute=None)


def _shift_over(roster: Roster, _rules: RosterRules, event: RosterEvent) -> Roster:
    return roster.change_place(_require_signed_in(roster, event).person, off_shift=True)


def _permit(roster: Roster, _rules: RosterRules, event: RosterEvent) -> Roster:
    return roster.change_place(_require_signed_in(roster, event).person, permitted=True)


def _grant(roster: Roster, _rules: RosterRules, event: RosterEvent) -> Roster:
    return roster.add_make_up(_require_signed_in(roster, event).person, "granted", event.ticket)


def _finish(roster: Roster, _rules: RosterRules, event: RosterEvent) -> Roster:
    """End a reception. After a free service the turn is given back as a make-up."""
    reception = _find_reception(roster, event)
    if reception is None:
        return roster  # received before the roster existed, or on another day
    after = _remove_reception(roster, event)
    return _give_turn_back(after, reception) if event.free else after


def _hand_over(roster: Roster, rules: RosterRules, event: RosterEvent) -> Roster:
    """Hand a client over to the colleague whose client it is; the first receiver gets the turn back."""
    reception = _find_reception(roster, event)
    if reception is not None:
        roster = _remove_reception(roster, event)
        if rules.required_readings.handed_over == "made-up":
            roster = _give_turn_back(roster, reception)
    if roster.place(event.other) is not None and event.other and event.ticket:
        roster = roster.add_reception(event.other, event.ticket, None)
    return roster


def _pass_on(roster: Roster, _rules: RosterRules, event: RosterEvent) -> Roster:
    """Let a colleague take over a reception; the turn stays charged to the same person."""
    reception = _find_reception(roster, event)
    if reception is None or event.other is None or roster.place(event.other) is None:
        return roster
    return _remove_reception(roster, event).add_reception(event.other, reception.ticket, reception.charged)


def _find_reception(roster: Roster, event: RosterEvent) -> Reception | None:
    place = roster.place(event.person)
    return next((each for each in place.receiving if each.ticket == event.ticket), None) if place else None


def _remove_reception(roster: Roster, event: RosterEvent) -> Roster:
    now = roster.by_person[event.person].receiving
    rest = tuple(each for each in now if each.ticket != event.ticket)
    return roster.change_place(event.person, receiving=rest, permitted=False)


def _give_turn_back(roster: Roster, reception: Reception) -> Roster:
    """Add a make-up for the turn that the reception used, if it used one."""
    place = roster.place(reception.charged)
    if place is None:
        return roster
    after = roster.change_place(place.person, used=place.used - 1)
    return after.add_make_up(place.person, "served-freely", reception.ticket)


def _suspend(roster: Roster, _rules: RosterRules, event: RosterEvent) -> Roster:
    return add_suspension(roster, event.person, event.first, event.last)


def _lift(roster: Roster, _rules: RosterRules, event: RosterEvent) -> Roster:
    rest = tuple(each for each in roster.suspensions if each.person != event.person)
    if rest == roster.suspensions:
        raise Blocked(Reason("not-suspended", "is not suspended", field="person"))
    return replace(roster, suspensions=rest)


def _describe(roster: Roster, _rules: RosterRules, event: RosterEvent) -> Roster:
    known = roster.member(event.person)
    member = RosterMember(
        ability=known.ability if event.ability is None else event.ability,
        rests=known.rests if event.rests is None else event.rests,
    )
    return replace(roster, members={**roster.members, event.person: member})


def _require_signed_in(roster: Roster, event: RosterEvent) -> RosterPlace:
    place = roster.place(event.person)
    if place is None or place.presence is Presence.GONE:
        raise Blocked(Reason("not-signed-in", "has not signed in", field="person"))
    return place


def _require_free_to_leave(roster: Roster, event: RosterEvent) -> RosterPlace:
    place = _require_signed_in(roster, event)
    if place.busy:
        raise Blocked(
            Reason("still-receiving", "a client is on site; a reception is not broken off", field="person")
        )
    return place


EVENT_HANDLERS: Mapping[str, Callable[[Roster, RosterRules, RosterEvent], Roster]] = complete(
    {*ROSTER_MARKS, *ROSTER_REPORTS},
    {
        "sign-in": _sign_in,
        "sign-out": _sign_out,
        "leave": _leave,
        "return": _return,
        "step-back": _step_back,
        "shift-over": _shift_over,
        "permit": _permit,
        "grant": _grant,
        "finish": _finish,
        "hand-over": _hand_over,
        "pass-on": _pass_on,
        "suspend": _suspend,
        "lift": _lift,
        "describe": _describe,
    },
    "core.turns.events.EVENT_HANDLERS",
)
SELF_REPORTED = frozenset({"sign-in", "sign-out", "leave", "return", "step-back", "shift-over"})
"""Kinds that people may report of themselves, and keepers of the roster of anybody."""
LEADER_ONLY = frozenset({"permit", "grant", "suspend", "lift", "describe"})
"""Kinds reserved to those who lead the roster."""
