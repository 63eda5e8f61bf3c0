"""What happens to a roster beside receiving: signing in and out, leaving, coming back, ending a reception.

Each takes the roster and gives the next one, or refuses with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from workflows.core.turns.roster import Member, Place, Presence, Reception, Roster, Rules
from workflows.core.turns.suspending import suspended
from workflows.errors import Blocked, Reason
from workflows.timing.instants import Instant

LEAVES = {"official": Presence.OFFICIAL, "private": Presence.PRIVATE, "short": Presence.SHORT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happens to one person's place, or is said of that person.

    kind        one of `KINDS`
    leave       official, private or short
    substitute  who receives in his turn meanwhile
    ticket      the reception that it is about
    first, last the days of a suspension
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


def happen(roster: Roster, rules: Rules, what: Happening) -> Roster:
    """The roster after it happened. Raises a refusal that says why it cannot."""
    return KINDS[what.kind](roster, rules, what)


def _sign_in(roster: Roster, _rules: Rules, what: Happening) -> Roster:
    known = roster.place(what.person)
    if known is None:
        place = Place(person=what.person, signed_at=what.at, had=roster.round - 1, off_shift=what.off_shift)
        return replace(roster, places=(*roster.places, place))
    if known.presence is not Presence.GONE:
        raise Blocked(
            Reason("signed-in-already", "has signed in already; nobody has two places", field="person")
        )
    return roster.change(what.person, presence=Presence.READY, off_shift=what.off_shift)


def _sign_out(roster: Roster, _rules: Rules, what: Happening) -> Roster:
    place = _free_to_go(roster, what)
    return roster.change(place.person, presence=Presence.GONE, substitute=None)


def _leave(roster: Roster, _rules: Rules, what: Happening) -> Roster:
    place = _free_to_go(roster, what)
    if what.substitute is not None:
        _check_substitute(roster, what)
    return roster.change(place.person, presence=LEAVES[what.leave], substitute=what.substitute)


def _check_substitute(roster: Roster, what: Happening) -> None:
    other = roster.place(what.substitute)
    if other is None or not other.here or other.person == what.person:
        raise Blocked(
            Reason(
                "no-substitute",
                "a substitute is somebody else who has signed in and is here",
                field="substitute",
            )
        )


def _return(roster: Roster, _rules: Rules, what: Happening) -> Roster:
    place = _signed_in(roster, what)
    return roster.change(place.person, presence=Presence.READY, substitute=None)


def _step_back(roster: Roster, _rules: Rules, what: Happening) -> Roster:
    place = _signed_in(roster, what)
    return roster.change(place.person, presence=Presence.INSIDE, substitute=None)


def _shift_over(roster: Roster, _rules: Rules, what: Happening) -> Roster:
    return roster.change(_signed_in(roster, what).person, off_shift=True)


def _permit(roster: Roster, _rules: Rules, what: Happening) -> Roster:
    return roster.change(_signed_in(roster, what).person, permitted=True)


def _grant(roster: Roster, _rules: Rules, what: Happening) -> Roster:
    return roster.owe(_signed_in(roster, what).person, "granted", what.ticket)


def _finish(roster: Roster, _rules: Rules, what: Happening) -> Roster:
    """The client has left. After a free service the turn is given back, to be made up."""
    reception = _reception(roster, what)
    if reception is None:
        return roster  # received before the roster was kept, or on another day
    after = _without(roster, what)
    return _given_back(after, reception) if what.free else after


def _hand_over(roster: Roster, rules: Rules, what: Happening) -> Roster:
    """A colleague's client: he goes on with him, and the first receiver has his turn back."""
    reception = _reception(roster, what)
    if reception is not None:
        roster = _without(roster, what)
        if rules.read.handed_over == "made-up":
            roster = _given_back(roster, reception)
    if roster.place(what.other) is not None and what.other and what.ticket:
        roster = roster.receives(what.other, what.ticket, None)
    return roster


def _pass_on(roster: Roster, _rules: Rules, what: Happening) -> Roster:
    """Somebody else goes on with the client; whose turn it was stays as it is."""
    reception = _reception(roster, what)
    if reception is None or what.other is None or roster.place(what.other) is None:
        return roster
    return _without(roster, what).receives(what.other, reception.ticket, reception.charged)


def _reception(roster: Roster, what: Happening) -> Reception | None:
    place = roster.place(what.person)
    return next((each for each in place.receiving if each.ticket == what.ticket), None) if place else None


def _without(roster: Roster, what: Happening) -> Roster:
    now = roster.by_person[what.person].receiving
    rest = tuple(each for each in now if each.ticket != what.ticket)
    return roster.change(what.person, receiving=rest, permitted=False)


def _given_back(roster: Roster, reception: Reception) -> Roster:
    """The turn that the reception used, to be made up; one that used none gives none back."""
    place = roster.place(reception.charged)
    if place is None:
        return roster
    after = roster.change(place.person, used=place.used - 1)
    return after.owe(place.person, "served-freely", reception.ticket)


def _suspend(roster: Roster, _rules: Rules, what: Happening) -> Roster:
    return suspended(roster, what.person, what.first, what.last)


def _lift(roster: Roster, _rules: Rules, what: Happening) -> Roster:
    rest = tuple(each for each in roster.suspensions if each.person != what.person)
    if rest == roster.suspensions:
        raise Blocked(Reason("not-suspended", "is not suspended", field="person"))
    return replace(roster, suspensions=rest)


def _describe(roster: Roster, _rules: Rules, what: Happening) -> Roster:
    known = roster.member(what.person)
    member = Member(
        ability=known.ability if what.ability is None else what.ability,
        rests=known.rests if what.rests is None else what.rests,
    )
    return replace(roster, members={**roster.members, what.person: member})


def _signed_in(roster: Roster, what: Happening) -> Place:
    place = roster.place(what.person)
    if place is None or place.presence is Presence.GONE:
        raise Blocked(Reason("not-signed-in", "has not signed in", field="person"))
    return place


def _free_to_go(roster: Roster, what: Happening) -> Place:
    place = _signed_in(roster, what)
    if place.busy:
        raise Blocked(
            Reason("still-receiving", "a client is on site; a reception is not broken off", field="person")
        )
    return place


KINDS: Mapping[str, Callable[[Roster, Rules, Happening], Roster]] = {
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
}
OWN = frozenset({"sign-in", "sign-out", "leave", "return", "step-back", "shift-over"})
"""What everybody may report of himself; who keeps the roster, of anybody."""
LEADING = frozenset({"permit", "grant", "suspend", "lift", "describe"})
"""What only who leads the roster may do."""
