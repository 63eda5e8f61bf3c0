"""Who receives somebody who has come in: the rulebook's row for the occasion, tried from left to right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.core.turns.order import IN_ORDER, RECEIVES, UNTOUCHED, Taken, Verdict, hindrance, take
from workflows.core.turns.roster import Place, Roster, Rules
from workflows.language.rulebooks import Belongs, Row, Uses, Whom

_LAST = 2  # so many at the end of the order receive freely and answer calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody has come in. `time` is the wall clock's HH:MM; people are staff ids."""

    ticket: str
    occasion: str
    time: str = ""
    named: str | None = None  # whose client it is, or who is asked for
    designated: str | None = None  # whom the named one, or the manager, has told to receive
    partners: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Received:
    """Who receives (None: nobody can, the sales manager decides), whose client it is, and why."""

    person: str | None
    belongs: str | None
    roster: Roster
    rule: str
    verdicts: tuple[Verdict, ...]


def receive(roster: Roster, rules: Rules, visit: Visit) -> Received:
    """Give the visit to the first of the row who can receive it."""
    row = rules.table[visit.occasion]
    verdicts: list[Verdict] = []
    for whom in row.receives:
        taken = _asked(whom, row, roster, rules, visit)
        verdicts += taken.verdicts
        if taken.person is not None:
            return Received(
                person=taken.person,
                belongs=_owner(row, visit, taken.person),
                roster=taken.roster,
                rule=row.rule,
                verdicts=_complete(verdicts, taken),
            )
    return Received(person=None, belongs=None, roster=roster, rule=row.rule, verdicts=tuple(verdicts))


def resting(time: str, noon: str) -> bool:
    """Whether it is the noon break, when no turn is used. `noon` is `12:00-13:30` or `none`."""
    start, _, end = noon.partition("-")
    return noon != "none" and start <= time < end


def _asked(whom: Whom, row: Row, roster: Roster, rules: Rules, visit: Visit) -> Taken:
    match whom:
        case Whom.IN_TURN | Whom.FREELY_IN_TURN if resting(visit.time, rules.read.noon):
            return _out_of_turn("noon", _free(roster, rules), Row(receives=()), roster, rules, visit)
        case Whom.IN_TURN:
            return take(roster, rules, visit.ticket)
        case Whom.FREELY_IN_TURN:
            return take(roster, rules, visit.ticket, free=True)
        case Whom.ANY_FREE:
            found = _free(roster, rules)
        case Whom.LAST_FREE:
            found = reversed(list(_free(roster, rules))[-_LAST:])
        case Whom.NAMED | Whom.NAMED_FREE:
            found = _places(roster, visit.named)
        case Whom.DESIGNATED:
            found = _places(roster, visit.designated)
        case Whom.PARTNER:
            found = _places(roster, *visit.partners)
        case Whom.STAND_IN:
            named = roster.place(visit.named)
            found = _places(roster, named.substitute if named else None)
    return _out_of_turn(str(whom), found, row, roster, rules, visit)


def _places(roster: Roster, *people: str | None) -> Iterator[Place]:
    """The places of people; of one who has not signed in, a place that nobody can be found at."""
    for person in people:
        if person is not None:
            yield roster.place(person) or Place(person=person, signed_at=-1)


def _free(roster: Roster, rules: Rules) -> Iterator[Place]:
    return (place for place in roster.places if hindrance(place, roster, rules.read) is None)


def _out_of_turn(
    why: str, found: Iterator[Place], row: Row, roster: Roster, rules: Rules, visit: Visit
) -> Taken:
    """The first of those found who can: the order of the others stands still."""
    verdicts: list[Verdict] = []
    for place in found:
        against = hindrance(place, roster, rules.read) if place.signed_at >= 0 else "not-signed-in"
        if against == "receiving" and why in (Whom.NAMED, Whom.DESIGNATED):
            against = None  # his own client: he may receive both
        if against is not None:
            verdicts.append(Verdict(person=place.person, why=against))
            continue
        after, charged = _charged(roster, row, visit, place.person)
        turn = RECEIVES if charged == place.person else UNTOUCHED
        verdicts.append(Verdict(person=place.person, why=why, turn=turn))
        after = after.receives(place.person, visit.ticket, charged)
        return Taken(person=place.person, roster=after, verdicts=tuple(verdicts))
    return Taken(person=None, roster=roster, verdicts=tuple(verdicts))


def _charged(roster: Roster, row: Row, visit: Visit, receiver: str) -> tuple[Roster, str | None]:
    """The roster with the turn used that the row says, and whose it was."""
    place = roster.place({Uses.NOBODYS: None, Uses.RECEIVERS: receiver, Uses.NAMEDS: visit.named}[row.uses])
    if place is not None:
        roster = roster.change(place.person, had=place.had + 1, used=place.used + 1)
    if row.makes_up:
        roster = roster.owe(receiver, "served-freely", visit.ticket)
    return roster, place.person if place else None


def _owner(row: Row, visit: Visit, receiver: str) -> str | None:
    match row.belongs:
        case Belongs.RECEIVER:
            return receiver
        case Belongs.NAMED:
            return visit.named
    return None


def _complete(verdicts: list[Verdict], taken: Taken) -> tuple[Verdict, ...]:
    """A word on everybody in the book: also on those who were not asked."""
    judged = {verdict.person for verdict in verdicts}
    in_order = next((v.person for v in verdicts if v.why in IN_ORDER), None)
    reached = taken.roster.place(in_order)
    for place in taken.roster.places:
        if place.person not in judged:
            why = "not-asked" if reached is None else "had-turn" if place.had >= reached.had else "later"
            verdicts.append(Verdict(person=place.person, why=why))
    return tuple(verdicts)
