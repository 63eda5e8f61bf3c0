"""A sign-in book for tests: what happens to it said in a line, and read back in a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workflows.core.turns.assign_visit import Visit, VisitAssignment, assign_visit
from workflows.core.turns.events import RosterEvent, apply_event
from workflows.core.turns.roster import Roster, RosterRules
from workflows.language.reception_rulebooks import RULEBOOKS

FOUR = ("wang", "li", "zhao", "qian")
MONDAY = "2026-03-02"


def rules(rulebook: str, **readings: str) -> RosterRules:
    """The rules of a rulebook, some of it read otherwise."""
    return RosterRules.from_rulebook("sales", "consultant", RULEBOOKS[rulebook], readings)


@dataclass
class Book:
    """A day at the door."""

    rules: RosterRules
    roster: Roster
    visits: int = 0
    last: VisitAssignment | None = None
    tickets: dict[str, str] = field(default_factory=dict)  # person -> the client on site

    @classmethod
    def of(cls, rulebook: str, *people: str, **readings: str) -> Book:
        """A morning on which these have signed in, in this order."""
        book = cls(rules(rulebook, **readings), Roster(site="garden", name="sales", day=MONDAY))
        for person in people or FOUR:
            book.does(person, "sign-in")
        return book

    def does(self, person: str, kind: str, **more: Any) -> Book:
        """Something happens to somebody's place."""
        self.roster = apply_event(self.roster, self.rules, RosterEvent(kind=kind, person=person, **more))
        return self

    def comes(self, occasion: str = "new-client", **more: Any) -> str | None:
        """Somebody comes in; who receives."""
        self.visits += 1
        visit = Visit(ticket=f"t{self.visits}", occasion=occasion, **more)
        self.last = assign_visit(self.roster, self.rules, visit)
        self.roster = self.last.roster
        if self.last.person:
            self.tickets[self.last.person] = visit.ticket
        return self.last.person

    def leaves(self, person: str, *, free: bool = False) -> Book:
        """The client of somebody has left."""
        return self.does(person, "finish", ticket=self.tickets[person], free=free)

    def visit(self, occasion: str = "new-client", **more: Any) -> str | None:
        """Somebody comes in, is received, and leaves."""
        person = self.comes(occasion, **more)
        if person:
            self.leaves(person)
        return person

    def why(self) -> dict[str, str]:
        """Of the last visit: everybody and the last word on them."""
        assert self.last is not None
        return {verdict.person: verdict.why for verdict in self.last.verdicts}

    @property
    def owed(self) -> list[str]:
        """Who makes up a turn, the oldest first."""
        return [owed.person for owed in self.roster.make_ups]

    def used(self, person: str) -> int:
        """The turns somebody has used."""
        return self.roster.by_person[person].used

    def lost(self, person: str) -> int:
        """The turns somebody has lost."""
        return self.roster.by_person[person].lost

    @property
    def belongs(self) -> str | None:
        """Whose client the last visitor is."""
        assert self.last is not None
        return self.last.belongs_to
