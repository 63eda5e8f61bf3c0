"""Assignment of a visit by a rulebook: the rules of the occasion's row are tried from left to right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from workflows.core.turns.order import (
    IN_ORDER,
    RECEIVES,
    UNTOUCHED,
    TurnResult,
    TurnVerdict,
    find_hindrance,
    take_turn,
)
from workflows.core.turns.roster import Roster, RosterPlace, RosterRules
from workflows.language.reception_rulebooks import ClientOwner, ReceiverRule, ReceptionRow, TurnUse

_LAST = 2  # how many at the end of the order receive freely and answer calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A client or visitor on site. `time` is the local HH:MM; people are staff ids."""

    ticket: str
    occasion: str
    time: str = ""
    named: str | None = None  # whose client it is, or whom the visitor names
    designated: str | None = None  # chosen by the named colleague or the manager
    partners: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VisitAssignment:
    """Who receives (None: nobody can, the sales manager decides), whose client it is, rule and verdicts."""

    person: str | None
    belongs_to: str | None
    roster: Roster
    rule: str
    verdicts: tuple[TurnVerdict, ...]


def assign_visit(roster: Roster, rules: RosterRules, visit: Visit) -> VisitAssignment:
    """Assign the visit by the first rule of the row that finds somebody able to receive."""
    row = rules.table[visit.occasion]
    verdicts: list[TurnVerdict] = []
    for receiver_rule in row.receives:
        result = _try_rule(receiver_rule, row, roster, rules, visit)
        verdicts += result.verdicts
        if result.person is not None:
            return VisitAssignment(
                person=result.person,
                belongs_to=_find_client_owner(row, visit, result.person),
                roster=result.roster,
                rule=row.rule,
                verdicts=_complete_verdicts(verdicts, result),
            )
    return VisitAssignment(
        person=None, belongs_to=None, roster=roster, rule=row.rule, verdicts=tuple(verdicts)
    )


def is_noon_break(time: str, noon: str) -> bool:
    """Whether `time` is in the noon break, when no turn is used. `noon` is e.g. `12:00-13:30`, or `none`."""
    start, _, end = noon.partition("-")
    return noon != "none" and start <= time < end


def _try_rule(
    receiver_rule: ReceiverRule, row: ReceptionRow, roster: Roster, rules: RosterRules, visit: Visit
) -> TurnResult:
    match receiver_rule:
        case ReceiverRule.IN_TURN | ReceiverRule.FREELY_IN_TURN if is_noon_break(
            visit.time, rules.required_readings.noon
        ):
            return _assign_out_of_turn(
                "noon", _find_free_places(roster, rules), ReceptionRow(receives=()), roster, rules, visit
            )
        case ReceiverRule.IN_TURN:
            return take_turn(roster, rules, visit.ticket)
        case ReceiverRule.FREELY_IN_TURN:
            return take_turn(roster, rules, visit.ticket, free=True)
        case ReceiverRule.ANY_FREE:
            candidates = _find_free_places(roster, rules)
        case ReceiverRule.LAST_FREE:
            candidates = reversed(list(_find_free_places(roster, rules))[-_LAST:])
        case ReceiverRule.NAMED | ReceiverRule.NAMED_FREE:
            candidates = _find_places(roster, visit.named)
        case ReceiverRule.DESIGNATED:
            candidates = _find_places(roster, visit.designated)
        case ReceiverRule.PARTNER:
            candidates = _find_places(roster, *visit.partners)
        case ReceiverRule.SUBSTITUTE:
            named = roster.place(visit.named)
            candidates = _find_places(roster, named.substitute if named else None)
        case _ as forgotten:
            assert_never(forgotten)
    return _assign_out_of_turn(str(receiver_rule), candidates, row, roster, rules, visit)


def _find_places(roster: Roster, *people: str | None) -> Iterator[RosterPlace]:
    """The places of these people; for one who has not signed in, a place with `signed_at` -1."""
    for person in people:
        if person is not None:
            yield roster.place(person) or RosterPlace(person=person, signed_at=-1)


def _find_free_places(roster: Roster, rules: RosterRules) -> Iterator[RosterPlace]:
    return (
        place for place in roster.places if find_hindrance(place, roster, rules.required_readings) is None
    )


def _assign_out_of_turn(
    why: str,
    candidates: Iterator[RosterPlace],
    row: ReceptionRow,
    roster: Roster,
    rules: RosterRules,
    visit: Visit,
) -> TurnResult:
    """The first of the candidates who can receive; the order of turns does not move."""
    verdicts: list[TurnVerdict] = []
    for place in candidates:
        hindrance = (
            find_hindrance(place, roster, rules.required_readings)
            if place.signed_at >= 0
            else "not-signed-in"
        )
        if hindrance == "receiving" and why in (ReceiverRule.NAMED, ReceiverRule.DESIGNATED):
            hindrance = None  # their own client: they may receive both
        if hindrance is not None:
            verdicts.append(TurnVerdict(person=place.person, why=hindrance))
            continue
        after, charged = _charge_turn(roster, row, visit, place.person)
        turn = RECEIVES if charged == place.person else UNTOUCHED
        verdicts.append(TurnVerdict(person=place.person, why=why, turn=turn))
        after = after.add_reception(place.person, visit.ticket, charged)
        return TurnResult(person=place.person, roster=after, verdicts=tuple(verdicts))
    return TurnResult(person=None, roster=roster, verdicts=tuple(verdicts))


def _charge_turn(roster: Roster, row: ReceptionRow, visit: Visit, receiver: str) -> tuple[Roster, str | None]:
    """The roster with the turn that the row charges, and the person charged, if any."""
    place = roster.place(
        {TurnUse.NOBODY: None, TurnUse.RECEIVER: receiver, TurnUse.NAMED: visit.named}[row.uses]
    )
    if place is not None:
        roster = roster.change_place(place.person, had=place.had + 1, used=place.used + 1)
    if row.makes_up:
        roster = roster.add_make_up(receiver, "served-freely", visit.ticket)
    return roster, place.person if place else None


def _find_client_owner(row: ReceptionRow, visit: Visit, receiver: str) -> str | None:
    match row.belongs:
        case ClientOwner.RECEIVER:
            return receiver
        case ClientOwner.NAMED:
            return visit.named
        case ClientOwner.NOBODY:
            return None
        case _ as forgotten:
            assert_never(forgotten)


def _complete_verdicts(verdicts: list[TurnVerdict], taken: TurnResult) -> tuple[TurnVerdict, ...]:
    """The verdicts, with one added for everybody on the roster who was not tried."""
    explained = {verdict.person for verdict in verdicts}
    in_order = next((v.person for v in verdicts if v.why in IN_ORDER), None)
    reached = taken.roster.place(in_order)
    for place in taken.roster.places:
        if place.person not in explained:
            why = "not-asked" if reached is None else "had-turn" if place.had >= reached.had else "later"
            verdicts.append(TurnVerdict(person=place.person, why=why))
    return tuple(verdicts)
