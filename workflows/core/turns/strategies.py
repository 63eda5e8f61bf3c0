"""Strategies that choose an assignee without a rulebook: least loaded, balanced, rotation.

Ties are resolved alike in all: who was chosen longer ago comes first, then who comes first by staff id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from workflows.core.turns.order import RECEIVES, TurnResult, TurnVerdict
from workflows.core.turns.roster import Roster

ABILITY = 100  # percent, the ordinary ability


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A holder of the role. `open_tickets` counts those that matter to the strategy; `away` means absent."""

    person: str
    open_tickets: int = 0
    away: bool = False


def least_loaded(roster: Roster, candidates: Sequence[Candidate]) -> TurnResult:
    """Choose the candidate with the fewest open tickets."""
    return _choose(
        roster, candidates, {c.person: Fraction(c.open_tickets) for c in candidates}, "least-loaded"
    )


def balanced(roster: Roster, candidates: Sequence[Candidate]) -> TurnResult:
    """Choose the candidate furthest below an equal share, weighted by ability; an ability of 0 excludes."""
    able = [each for each in candidates if roster.member(each.person).ability > 0]
    shares = {c.person: Fraction(c.open_tickets * ABILITY, roster.member(c.person).ability) for c in able}
    return _choose(roster, candidates, shares, "below-share")


def rotation(roster: Roster, candidates: Sequence[Candidate]) -> TurnResult:
    """Choose the candidate who was chosen longest ago."""
    return _choose(roster, candidates, {c.person: Fraction(0) for c in candidates}, "next-in-rotation")


def _choose(
    roster: Roster, candidates: Sequence[Candidate], claims: Mapping[str, Fraction], why: str
) -> TurnResult:
    """Choose the present candidate with the smallest claim, the load that is to be kept even."""
    ranked = sorted(
        (each for each in candidates if not each.away and each.person in claims),
        key=lambda each: (claims[each.person], roster.given.get(each.person, -1), each.person),
    )
    verdicts = [TurnVerdict(person=each.person, why="away") for each in candidates if each.away]
    verdicts += [
        TurnVerdict(person=each.person, why="no-ability")
        for each in candidates
        if not each.away and each.person not in claims
    ]
    if not ranked:
        return TurnResult(person=None, roster=roster, verdicts=tuple(verdicts))
    first, *others = ranked
    chosen = [TurnVerdict(person=first.person, why=why, turn=RECEIVES)]
    chosen += [TurnVerdict(person=each.person, why=_explain_rank(each, first, claims)) for each in others]
    given = {**roster.given, first.person: roster.seq + 1}
    return TurnResult(person=first.person, roster=replace(roster, given=given), verdicts=(*chosen, *verdicts))


def _explain_rank(other: Candidate, first: Candidate, claims: Mapping[str, Fraction]) -> str:
    return "has-more" if claims[other.person] > claims[first.person] else "chosen-later"
