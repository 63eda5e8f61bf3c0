"""The pure rotation: a roster in, who receives and the roster after it out, with a reason for everybody.

make-ups first        the oldest whose holder is ready
then the order        the rest of this round, then the next ones
passed over           with the turn lost, or kept as a make-up; never silently
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from workflows.core.turns.roster import Place, Presence, Roster, Rules
from workflows.language.rulebooks import Readings

_ROUNDS_AHEAD = 3  # so far the order is looked through: this round, and after a skip the next ones

# What became of somebody's turn when a client was given out.
RECEIVES, LOST, KEPT, UNTOUCHED = "receives", "lost", "made-up-later", "untouched"
IN_ORDER = frozenset({"in-turn", "substituted", "second-client"})  # the order of the book has come to him


class Verdict(NamedTuple):
    """Why somebody did, or did not, receive. `why` is a stable word, `turn` what became of his turn."""

    person: str
    why: str
    turn: str = UNTOUCHED


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Who receives (None: nobody can), the roster afterwards, and the verdicts in the order of asking."""

    person: str | None
    roster: Roster
    verdicts: tuple[Verdict, ...] = ()


@dataclass(slots=True)
class _Walk:
    """The order while it is walked: who has been passed over, and how."""

    roster: Roster
    verdicts: list[Verdict] = field(default_factory=list)

    def passes(self, place: Place, round_: int, why: str, turn: str) -> None:
        """Pass somebody over."""
        if turn == KEPT:
            self.roster = self.roster.change(place.person, had=round_).owe(place.person, why)
        else:
            lost = self.roster.by_person[place.person].lost + 1
            self.roster = self.roster.change(place.person, had=round_, lost=lost)
        self.verdicts.append(Verdict(person=place.person, why=why, turn=turn))


def take(roster: Roster, rules: Rules, ticket: str, *, free: bool = False) -> Taken:
    """The next in turn receives. With `free` he keeps his turn as a make-up: the visitor was no client."""
    made_up = _made_up(roster, rules, ticket, free=free)
    if made_up.person is not None:
        return made_up
    in_order = _in_order(roster, rules, ticket, free=free)
    return replace(in_order, verdicts=made_up.verdicts + in_order.verdicts)


def _made_up(roster: Roster, rules: Rules, ticket: str, *, free: bool) -> Taken:
    """The oldest make-up whose holder is ready."""
    verdicts: list[Verdict] = []
    for index, owed in enumerate(roster.make_ups):
        place = roster.place(owed.person)
        why = hindrance(place, roster, rules.read) if place else "not-signed-in"
        if place is None or why is not None or place.presence is not Presence.READY:
            verdicts.append(Verdict(person=owed.person, why=why or "not-at-the-door"))
            continue
        if not free:
            rest = roster.make_ups[:index] + roster.make_ups[index + 1 :]
            roster = replace(roster, make_ups=rest).change(owed.person, used=place.used + 1)
        roster = roster.receives(owed.person, ticket, None if free else owed.person)
        verdicts.append(Verdict(person=owed.person, why="makes-up", turn=KEPT if free else RECEIVES))
        return Taken(person=owed.person, roster=roster, verdicts=tuple(verdicts))
    return Taken(person=None, roster=roster, verdicts=tuple(verdicts))


def _in_order(roster: Roster, rules: Rules, ticket: str, *, free: bool) -> Taken:
    read, walk = rules.read, _Walk(roster)
    skipped = _not_at_the_door(roster, read)
    for place, round_ in lineup(roster):
        why = hindrance(place, roster, read)
        stand_in = _stand_in(place, roster, read)
        if stand_in is not None:
            return _received(walk, place, round_, ticket, stand_in=stand_in, free=free)
        if why is not None:
            walk.passes(place, round_, why, kept_or_lost(why, read))
        elif place.person in skipped:
            walk.passes(place, round_, skipped.pop(place.person), LOST)
        else:
            return _received(walk, place, round_, ticket, free=free)
    return _second(roster, rules, ticket, tuple(walk.verdicts), free=free)


def lineup(roster: Roster) -> Iterator[tuple[Place, int]]:
    """Whose turns come next, with the round each is of."""
    for round_ in range(roster.round, roster.round + _ROUNDS_AHEAD):
        yield from ((place, round_) for place in roster.places if place.had < round_)


def hindrance(place: Place, roster: Roster, read: Readings) -> str | None:
    """Why somebody cannot receive; None if he can."""
    if roster.suspended(place.person):
        return "suspended"
    if place.off_shift and read.off_shift == "skipped":
        return "off-shift"
    if not place.here:
        return str(place.presence)
    return "receiving" if place.busy else None


def kept_or_lost(why: str, read: Readings) -> str:
    """What becomes of the turn of somebody who is passed over."""
    reading = {"receiving": read.receiving, "official": read.official, "short": read.short_leave}.get(why)
    return KEPT if reading == "made-up" else LOST


def _stand_in(place: Place, roster: Roster, read: Readings) -> str | None:
    """The substitute whom somebody away on private business has arranged, if he can receive."""
    if place.presence is not Presence.PRIVATE or roster.suspended(place.person):
        return None
    other = roster.place(place.substitute)
    return other.person if other and hindrance(other, roster, read) is None else None


def _not_at_the_door(roster: Roster, read: Readings) -> dict[str, str]:
    """Who of the first two is skipped, because he (or the one beside him) does not stand ready."""
    if read.door == "none":
        return {}
    able = (p for p, _ in lineup(roster) if hindrance(p, roster, read) is None)
    first_two = list({place.person: place for place in able}.values())[:2]
    missing = {place.person for place in first_two if place.presence is not Presence.READY}
    if not missing:
        return {}
    both = read.door == "both"
    return {
        place.person: "not-at-the-door" if place.person in missing else "beside-one-missing"
        for place in first_two
        if both or place.person in missing
    }


def _received(
    walk: _Walk, place: Place, round_: int, ticket: str, *, free: bool, stand_in: str | None = None
) -> Taken:
    """The turn is used; by the substitute, if there is one. It is charged to whose turn it is."""
    roster, person = walk.roster, stand_in or place.person
    if free:
        roster = roster.change(place.person, had=round_).owe(place.person, "served-freely", ticket)
    else:
        used = roster.by_person[place.person].used + 1
        roster = roster.change(place.person, had=round_, used=used)
    roster = roster.receives(person, ticket, None if free else place.person)
    if stand_in is not None:
        walk.verdicts.append(Verdict(person=place.person, why="substituted", turn=KEPT if free else RECEIVES))
    why, turn = ("substitute", UNTOUCHED) if stand_in else ("in-turn", KEPT if free else RECEIVES)
    walk.verdicts.append(Verdict(person=person, why=why, turn=turn))
    return Taken(person=person, roster=roster, verdicts=tuple(walk.verdicts))


def _second(roster: Roster, rules: Rules, ticket: str, passed: tuple[Verdict, ...], *, free: bool) -> Taken:
    """Nobody is free: nobody is passed over; where the rulebook allows, the next in turn takes a second."""
    waiting = tuple(each._replace(turn=UNTOUCHED) for each in passed)
    seen = tuple({each.person: each for each in waiting}.values())
    if rules.read.second_client == "when-nobody-is-free":
        for place, round_ in lineup(roster):
            if hindrance(place, roster, rules.read) == "receiving":
                taken = _received(_Walk(roster), place, round_, ticket, free=free)
                last = Verdict(person=place.person, why="second-client", turn=KEPT if free else RECEIVES)
                return replace(taken, verdicts=(*(v for v in seen if v.person != place.person), last))
    return Taken(person=None, roster=roster, verdicts=seen)
