"""A roster: the sign-in book of one day, whose turn is used up, who makes one up, who may not receive.

A *turn* is somebody's place in one round of the book. `Place.had` counts the rounds whose turn is done with:
used, lost, or kept as a make-up. So the next in turn is the first of the book who has had fewer rounds than
the round that is going on: no pointer can point at somebody who has gone home, and a turn that was used
before it came (a client asked for him) is simply had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from workflows.language.rulebooks import Readings, Row, Rulebook
from workflows.timing.instants import Instant


class Presence(StrEnum):
    """Where somebody is who has signed in."""

    READY = "ready"  # at the door or at the first desk
    INSIDE = "inside"  # on the premises, but neither
    OFFICIAL = "official"  # away on official business
    PRIVATE = "private"  # away on private business
    SHORT = "short"  # away for a moment, and the next one knows
    GONE = "gone"  # signed out


HERE = frozenset({Presence.READY, Presence.INSIDE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """A client on site: whose ticket, and whose turn it used (None: nobody's)."""

    ticket: str
    charged: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One line of the sign-in book."""

    person: str
    signed_at: Instant
    had: int = 0  # rounds whose turn is done with
    used: int = 0  # clients received in turn
    lost: int = 0  # turns skipped for nothing
    presence: Presence = Presence.READY
    receiving: tuple[Reception, ...] = ()
    permitted: bool = False  # the manager lets him take a client beside the one on site
    substitute: str | None = None  # who receives in his turn while he is away on private business
    off_shift: bool = False  # early or late: outside his own shift

    @property
    def here(self) -> bool:
        """Whether he is on the premises."""
        return self.presence in HERE

    @property
    def busy(self) -> bool:
        """Whether a client of his is on site, and he may not take another."""
        return bool(self.receiving) and not self.permitted


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeUp:
    """A turn to be made up, before the order goes on. `why` is a word of `choosing`."""

    person: str
    why: str
    ticket: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Somebody may not receive on these days, both included, as YYYY-MM-DD."""

    person: str
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Known of somebody for good: the ability in percent of an ordinary one, the ISO weekdays of rest."""

    ability: int = 100
    rests: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Rules:
    """A roster as its process declares it."""

    name: str
    members: str  # the role whose holders take turns
    kept_by: frozenset[str] = frozenset()  # roles that sign others in and out
    led_by: frozenset[str] = frozenset()  # roles that permit, suspend, grant
    rulebook: str = ""
    readings: Readings | None = None
    table: Mapping[str, Row] = field(default_factory=dict)

    @classmethod
    def by(
        cls, name: str, members: str, rulebook: Rulebook, readings: Mapping[str, str], **more: Any
    ) -> Self:
        """Rules by a rulebook, some of it read otherwise."""
        read = replace(rulebook.readings, **readings)
        return cls(
            name=name,
            members=members,
            rulebook=rulebook.name,
            readings=read,
            table=rulebook.table(read),
            **more,
        )

    @property
    def read(self) -> Readings:
        """The readings; asked only of a roster that takes turns."""
        assert self.readings is not None, f"{self.name} has no rulebook"
        return self.readings


@dataclass(frozen=True, kw_only=True)
class Roster:
    """How a roster stands. `seq` counts what has happened to it and is its lock."""

    site: str
    name: str
    day: str = ""  # YYYY-MM-DD
    seq: int = 0
    places: tuple[Place, ...] = ()  # in the order of signing in
    make_ups: tuple[MakeUp, ...] = ()  # the oldest first
    suspensions: tuple[Suspension, ...] = ()
    members: Mapping[str, Member] = field(default_factory=dict)
    given: Mapping[str, int] = field(default_factory=dict)  # person -> `seq` at which he was last chosen

    @cached_property
    def by_person(self) -> Mapping[str, Place]:
        """The places by who holds them."""
        return {place.person: place for place in self.places}

    @property
    def round(self) -> int:
        """The round that is going on: it ends when the last of the book has had a turn."""
        return 1 + min((place.had for place in self.places), default=0)

    def place(self, person: str | None) -> Place | None:
        """Somebody's line of the book, if he has signed in today."""
        return self.by_person.get(person) if person else None

    def member(self, person: str) -> Member:
        """What is known of somebody."""
        return self.members.get(person, Member())

    def suspended(self, person: str) -> Suspension | None:
        """The suspension under which he stands today."""
        return next(
            (s for s in self.suspensions if s.person == person and s.first <= self.day <= s.last), None
        )

    def change(self, person: str, **more: object) -> Self:
        """The roster with somebody's place changed."""
        changed = tuple(replace(p, **more) if p.person == person else p for p in self.places)  # type: ignore[arg-type]
        return replace(self, places=changed)

    def receives(self, person: str, ticket: str, charged: str | None) -> Self:
        """The roster with one more client at somebody's hands; a permission is used up by it."""
        reception = Reception(ticket=ticket, charged=charged)
        now = self.by_person[person].receiving
        return self.change(person, receiving=(*now, reception), permitted=False)

    def owe(self, person: str, why: str, ticket: str | None = None) -> Self:
        """The roster with one more turn to be made up."""
        return replace(self, make_ups=(*self.make_ups, MakeUp(person=person, why=why, ticket=ticket)))

    def on(self, day: str, *, carried: bool = False) -> Self:
        """The roster on a day: another day begins with an empty book."""
        if self.day == day:
            return self
        return replace(
            self,
            day=day,
            places=(),
            make_ups=self.make_ups if carried else (),
            suspensions=tuple(each for each in self.suspensions if each.last >= day),
        )
