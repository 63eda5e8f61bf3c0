"""The order of turns, as a pure function: who receives, the roster afterwards, and a verdict for each person.

* Make-ups come first: the oldest whose holder is ready.
* Then the order: the rest of this round, then the next rounds.
* Whoever is passed over loses the turn or keeps it as a make-up, always with a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from workflows.core.turns.roster import Presence, Roster, RosterPlace, RosterRules
from workflows.language.reception_rulebooks import Readings

_ROUNDS_AHEAD = 3  # rounds that are searched, this one included

# What becomes of a person's turn when a client is assigned.
RECEIVES, LOST, MADE_UP_LATER, UNTOUCHED = "receives", "lost", "made-up-later", "untouched"
IN_ORDER = frozenset({"in-turn", "substituted", "second-client"})  # reached in the order of the book


class TurnVerdict(NamedTuple):
    """Why somebody did or did not receive: `why` is a stable code, `turn` what became of their turn."""

    person: str
    why: str
    turn: str = UNTOUCHED


@dataclass(frozen=True, kw_only=True)
class TurnResult:
    """Who receives (None: nobody can), the next roster, and the verdicts in the order of trying."""

    person: str | None
    roster: Roster
    verdicts: tuple[TurnVerdict, ...] = ()


@dataclass(slots=True)
class _OrderScan:
    """The state of a search through the order: the roster with the turns passed over, and their verdicts."""

    roster: Roster
    verdicts: list[TurnVerdict] = field(default_factory=list)

    def pass_over(self, place: RosterPlace, round_: int, why: str, turn: str) -> None:
        """Take the turn of this round from a person, as lost or as a make-up."""
        if turn == MADE_UP_LATER:
            self.roster = self.roster.change_place(place.person, had=round_).add_make_up(place.person, why)
        else:
            lost = self.roster.by_person[place.person].lost + 1
            self.roster = self.roster.change_place(place.person, had=round_, lost=lost)
        self.verdicts.append(TurnVerdict(person=place.person, why=why, turn=turn))


def take_turn(roster: Roster, rules: RosterRules, ticket: str, *, free: bool = False) -> TurnResult:
    """Assign to the next in turn. With `free` the turn is kept as a make-up: the visitor was no client."""
    made_up = _take_make_up(roster, rules, ticket, free=free)
    if made_up.person is not None:
        return made_up
    in_order = _take_in_order(roster, rules, ticket, free=free)
    return replace(in_order, verdicts=made_up.verdicts + in_order.verdicts)


def _take_make_up(roster: Roster, rules: RosterRules, ticket: str, *, free: bool) -> TurnResult:
    """Assign to the holder of the oldest make-up who is ready."""
    verdicts: list[TurnVerdict] = []
    for index, owed in enumerate(roster.make_ups):
        place = roster.place(owed.person)
        why = find_hindrance(place, roster, rules.required_readings) if place else "not-signed-in"
        if place is None or why is not None or place.presence is not Presence.READY:
            verdicts.append(TurnVerdict(person=owed.person, why=why or "not-at-the-door"))
            continue
        if not free:
            rest = roster.make_ups[:index] + roster.make_ups[index + 1 :]
            roster = replace(roster, make_ups=rest).change_place(owed.person, used=place.used + 1)
        roster = roster.add_reception(owed.person, ticket, None if free else owed.person)
        verdicts.append(
            TurnVerdict(person=owed.person, why="makes-up", turn=MADE_UP_LATER if free else RECEIVES)
        )
        return TurnResult(person=owed.person, roster=roster, verdicts=tuple(verdicts))
    return TurnResult(person=None, roster=roster, verdicts=tuple(verdicts))


def _take_in_order(roster: Roster, rules: RosterRules, ticket: str, *, free: bool) -> TurnResult:
    readings, scan = rules.required_readings, _OrderScan(roster)
    skipped = _find_skipped(roster, readings)
    for place, round_ in list_turns(roster):
        why = find_hindrance(place, roster, readings)
        substitute = _find_substitute(place, roster, readings)
        if substitute is not None:
            return _use_turn(scan, place, round_, ticket, substitute=substitute, free=free)
        if why is not None:
            scan.pass_over(place, round_, why, decide_passed_turn(why, readings))
        elif place.person in skipped:
            scan.pass_over(place, round_, skipped.pop(place.person), LOST)
        else:
            return _use_turn(scan, place, round_, ticket, free=free)
    return _take_second_client(roster, rules, ticket, tuple(scan.verdicts), free=free)


def list_turns(roster: Roster) -> Iterator[tuple[RosterPlace, int]]:
    """The places whose turn comes next, each with its round."""
    for round_ in range(roster.round, roster.round + _ROUNDS_AHEAD):
        yield from ((place, round_) for place in roster.places if place.had < round_)


def find_hindrance(place: RosterPlace, roster: Roster, readings: Readings) -> str | None:
    """The code of what keeps somebody from receiving; None if nothing does."""
    if roster.suspended(place.person):
        return "suspended"
    if place.off_shift and readings.off_shift == "skipped":
        return "off-shift"
    if not place.here:
        return str(place.presence)
    return "receiving" if place.busy else None


def decide_passed_turn(why: str, readings: Readings) -> str:
    """Whether a turn that is passed over is lost or made up later, by the rulebook's readings."""
    reading = {
        "receiving": readings.receiving,
        "official": readings.official,
        "short": readings.short_leave,
    }.get(why)
    return MADE_UP_LATER if reading == "made-up" else LOST


def _find_substitute(place: RosterPlace, roster: Roster, readings: Readings) -> str | None:
    """The substitute of somebody away on private business, if able to receive."""
    if place.presence is not Presence.PRIVATE or roster.suspended(place.person):
        return None
    other = roster.place(place.substitute)
    return other.person if other and find_hindrance(other, roster, readings) is None else None


def _find_skipped(roster: Roster, readings: Readings) -> dict[str, str]:
    """Person → code, for those of the next two who lose their turn because one is not at the door."""
    if readings.door == "none":
        return {}
    able = (p for p, _ in list_turns(roster) if find_hindrance(p, roster, readings) is None)
    first_two = list({place.person: place for place in able}.values())[:2]
    missing = {place.person for place in first_two if place.presence is not Presence.READY}
    if not missing:
        return {}
    both = readings.door == "both"
    return {
        place.person: "not-at-the-door" if place.person in missing else "beside-one-missing"
        for place in first_two
        if both or place.person in missing
    }


def _use_turn(
    scan: _OrderScan,
    place: RosterPlace,
    round_: int,
    ticket: str,
    *,
    free: bool,
    substitute: str | None = None,
) -> TurnResult:
    """Use a turn; a substitute may receive, but it is charged to its owner."""
    roster, person = scan.roster, substitute or place.person
    if free:
        roster = roster.change_place(place.person, had=round_).add_make_up(
            place.person, "served-freely", ticket
        )
    else:
        used = roster.by_person[place.person].used + 1
        roster = roster.change_place(place.person, had=round_, used=used)
    roster = roster.add_reception(person, ticket, None if free else place.person)
    if substitute is not None:
        scan.verdicts.append(
            TurnVerdict(person=place.person, why="substituted", turn=MADE_UP_LATER if free else RECEIVES)
        )
    why, turn = ("substitute", UNTOUCHED) if substitute else ("in-turn", MADE_UP_LATER if free else RECEIVES)
    scan.verdicts.append(TurnVerdict(person=person, why=why, turn=turn))
    return TurnResult(person=person, roster=roster, verdicts=tuple(scan.verdicts))


def _take_second_client(
    roster: Roster, rules: RosterRules, ticket: str, verdicts: tuple[TurnVerdict, ...], *, free: bool
) -> TurnResult:
    """Nobody is free: keep all turns; if the rulebook allows, the next in turn takes a second client."""
    untouched = tuple(each._replace(turn=UNTOUCHED) for each in verdicts)
    last_verdicts = tuple({each.person: each for each in untouched}.values())
    if rules.required_readings.second_client == "when-nobody-is-free":
        for place, round_ in list_turns(roster):
            if find_hindrance(place, roster, rules.required_readings) == "receiving":
                taken = _use_turn(_OrderScan(roster), place, round_, ticket, free=free)
                last = TurnVerdict(
                    person=place.person, why="second-client", turn=MADE_UP_LATER if free else RECEIVES
                )
                others = tuple(each for each in last_verdicts if each.person != place.person)
                return replace(taken, verdicts=(*others, last))
    return TurnResult(person=None, roster=roster, verdicts=last_verdicts)
