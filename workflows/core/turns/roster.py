"""A roster: the sign-in book of one day, with turns, make-ups and suspensions.

A *turn* is a person's place in one round of the book. `RosterPlace.had` counts the rounds whose turn is over:
used, lost, or kept as a make-up. The next in turn is the first in the book with fewer rounds than the current
one. So nothing points at a person who may have gone home, and a turn used in advance (a client asked for that
person) simply counts as had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from workflows.language.reception_rulebooks import Readings, ReceptionRow, Rulebook
from workflows.timing.instants import Instant


class Presence(StrEnum):
    """Where a person who has signed in is."""

    READY = "ready"  # at the door or at the first desk
    INSIDE = "inside"  # on the premises, but neither
    OFFICIAL = "official"  # away on official business
    PRIVATE = "private"  # away on private business
    SHORT = "short"  # away for a moment, and the next one knows
    GONE = "gone"  # signed out


HERE = frozenset({Presence.READY, Presence.INSIDE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """A client on site: the ticket, and the person whose turn it used (None: nobody's)."""

    ticket: str
    charged: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPlace:
    """One line of the sign-in book."""

    person: str
    signed_at: Instant
    had: int = 0  # rounds whose turn is over
    used: int = 0  # clients received in turn
    lost: int = 0  # turns skipped for nothing
    presence: Presence = Presence.READY
    receiving: tuple[Reception, ...] = ()
    permitted: bool = False  # by the manager, to take a second client
    substitute: str | None = None  # receives in this turn during private leave
    off_shift: bool = False  # outside their own shift

    @property
    def here(self) -> bool:
        """Whether the person is on the premises."""
        return self.presence in HERE

    @property
    def busy(self) -> bool:
        """Whether the person has a client on site and no permission for a second one."""
        return bool(self.receiving) and not self.permitted


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeUp:
    """A turn owed to a person, taken before the order. `why` is a code of `order`."""

    person: str
    why: str
    ticket: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """The days, both included, as YYYY-MM-DD, on which a person may not receive."""

    person: str
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterMember:
    """Lasting facts of a person: ability in percent of the ordinary, and ISO weekdays of rest."""

    ability: int = 100
    rests: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class RosterRules:
    """The rules of a roster, as its definition declares them."""

    name: str
    members: str  # the role whose holders take turns
    kept_by: frozenset[str] = frozenset()  # roles that sign others in and out
    led_by: frozenset[str] = frozenset()  # roles that permit, suspend, grant
    rulebook: str = ""
    readings: Readings | None = None
    table: Mapping[str, ReceptionRow] = field(default_factory=dict)

    @classmethod
    def from_rulebook(
        cls, name: str, members: str, rulebook: Rulebook, readings: Mapping[str, str], **more: Any
    ) -> Self:
        """Rules by a rulebook, with some of its readings replaced."""
        effective = replace(rulebook.readings, **readings)
        return cls(
            name=name,
            members=members,
            rulebook=rulebook.name,
            readings=effective,
            table=rulebook.table(effective),
            **more,
        )

    @property
    def required_readings(self) -> Readings:
        """The readings; only a roster with a rulebook has them."""
        assert self.readings is not None, f"{self.name} has no rulebook"
        return self.readings


@dataclass(frozen=True, kw_only=True)
class Roster:
    """The state of a roster. `seq` counts its log entries, and is its lock for compare-and-set."""

    site: str
    name: str
    day: str = ""  # YYYY-MM-DD
    seq: int = 0
    places: tuple[RosterPlace, ...] = ()  # in the order of signing in
    make_ups: tuple[MakeUp, ...] = ()  # the oldest first
    suspensions: tuple[Suspension, ...] = ()
    members: Mapping[str, RosterMember] = field(default_factory=dict)
    given: Mapping[str, int] = field(default_factory=dict)  # person -> `seq` at which they were last chosen

    @cached_property
    def by_person(self) -> Mapping[str, RosterPlace]:
        """Staff id → place."""
        return {place.person: place for place in self.places}

    @property
    def round(self) -> int:
        """The current round, from 1; it ends when the last in the book has had a turn."""
        return 1 + min((place.had for place in self.places), default=0)

    def place(self, person: str | None) -> RosterPlace | None:
        """The person's place, if signed in today."""
        return self.by_person.get(person) if person else None

    def member(self, person: str) -> RosterMember:
        """The lasting facts of a person; ordinary ones by default."""
        return self.members.get(person, RosterMember())

    def suspended(self, person: str) -> Suspension | None:
        """The suspension of a person that includes today; None without one."""
        return next(
            (s for s in self.suspensions if s.person == person and s.first <= self.day <= s.last), None
        )

    def change_place(self, person: str, **more: Any) -> Self:
        """The roster with these attributes of a person's place replaced."""
        changed = tuple(replace(p, **more) if p.person == person else p for p in self.places)
        return replace(self, places=changed)

    def add_reception(self, person: str, ticket: str, charged: str | None) -> Self:
        """The roster with one more client for a person, which uses up a permission."""
        reception = Reception(ticket=ticket, charged=charged)
        now = self.by_person[person].receiving
        return self.change_place(person, receiving=(*now, reception), permitted=False)

    def add_make_up(self, person: str, why: str, ticket: str | None = None) -> Self:
        """The roster with one more make-up."""
        return replace(self, make_ups=(*self.make_ups, MakeUp(person=person, why=why, ticket=ticket)))

    def for_day(self, day: str, *, carried: bool = False) -> Self:
        """The roster on a day; a new day begins with an empty book, and keeps make-ups if `carried`."""
        if self.day == day:
            return self
        return replace(
            self,
            day=day,
            places=(),
            make_ups=self.make_ups if carried else (),
            suspensions=tuple(each for each in self.suspensions if each.last >= day),
        )
