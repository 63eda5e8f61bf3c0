"""Who gets a ticket where no rulebook says so: whoever has least, whoever is owed most, whoever is next.

All of them are fair among equals by the same rule: of two with the same claim, the one who was chosen longer
ago, and then the one whose account comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from workflows.core.turns.order import RECEIVES, Taken, Verdict
from workflows.core.turns.roster import Roster

ABILITY = 100  # percent: an ordinary one


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who holds the post. `has` counts the tickets that weigh; `away` says who is absent."""

    person: str
    has: int = 0
    away: bool = False


def least_loaded(roster: Roster, candidates: Sequence[Candidate]) -> Taken:
    """Whoever has the fewest open tickets."""
    return _chosen(roster, candidates, {c.person: Fraction(c.has) for c in candidates}, "least-loaded")


def balanced(roster: Roster, candidates: Sequence[Candidate]) -> Taken:
    """Whoever is furthest below an equal share, a share being weighed by ability. Without any, nobody's."""
    able = [each for each in candidates if roster.member(each.person).ability > 0]
    shares = {c.person: Fraction(c.has * ABILITY, roster.member(c.person).ability) for c in able}
    return _chosen(roster, candidates, shares, "below-share")


def rotation(roster: Roster, candidates: Sequence[Candidate]) -> Taken:
    """Whoever of those on shift was chosen longest ago."""
    return _chosen(roster, candidates, {c.person: Fraction(0) for c in candidates}, "next-in-rotation")


def _chosen(
    roster: Roster, candidates: Sequence[Candidate], claims: Mapping[str, Fraction], why: str
) -> Taken:
    """The candidate with the smallest claim on being spared."""
    ranked = sorted(
        (each for each in candidates if not each.away and each.person in claims),
        key=lambda each: (claims[each.person], roster.given.get(each.person, -1), each.person),
    )
    verdicts = [Verdict(person=each.person, why="away") for each in candidates if each.away]
    verdicts += [
        Verdict(person=each.person, why="no-ability")
        for each in candidates
        if not each.away and each.person not in claims
    ]
    if not ranked:
        return Taken(person=None, roster=roster, verdicts=tuple(verdicts))
    first, *others = ranked
    told = [Verdict(person=first.person, why=why, turn=RECEIVES)]
    told += [Verdict(person=each.person, why=_behind(each, first, claims)) for each in others]
    given = {**roster.given, first.person: roster.seq + 1}
    return Taken(person=first.person, roster=replace(roster, given=given), verdicts=(*told, *verdicts))


def _behind(other: Candidate, first: Candidate, claims: Mapping[str, Fraction]) -> str:
    return "has-more" if claims[other.person] > claims[first.person] else "chosen-later"
