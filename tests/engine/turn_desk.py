"""A sales office on a database: three consultants, a roster by the project's rulebook, and receptions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from engine_desk import MONDAY, SITE, T, folder_of

from workflows.core.access.permissions import build_actor
from workflows.core.commands import CLOCK, Fire, Open
from workflows.core.people import Membership, Staff
from workflows.core.ticket import Ticket
from workflows.core.turns.events import RosterEvent
from workflows.core.turns.roster import Roster
from workflows.definitions import Definitions
from workflows.engine import Engine
from workflows.language.load import Folder
from workflows.rosters import RosterCommand
from workflows.storage.database import Database
from workflows.storage.definitions import DefinitionStore
from workflows.storage.people.people import Absence, People, Site
from workflows.storage.queries.queries import Queries
from workflows.storage.tickets.store import Store

NAMES = {"wang": "clerk", "li": "clerk", "zhao": "clerk", "chen": "chief"}

RECEPTION = f"""
workflow: reception
title: {T}
purpose: A client comes in and is received in turn.
numbering: 'V-{{seq:4}}'
calendar: office
fields:
  consultant: {{type: staff, title: {T}}}
  has: {{type: staff, title: {T}}}
  original: {{type: staff, title: {T}}}
  kind: {{type: choice, title: {T}, options: {{new-client: {T}, old-client: {T}}}}}
  deal: {{type: boolean, title: {T}}}
rosters:
  sales: {{title: {T}, members: clerk, kept_by: [chief], led_by: [chief], rulebook: project}}
start: {{state: arrived, roles: [clerk, chief]}}
states:
  arrived: {{title: {T}, owner: {{role: clerk}}, due: 1 hour}}
  receiving: {{title: {T}, owner: {{role: clerk}}, due: 8 hours}}
  done: {{title: {T}, category: closed}}
transitions:
  - trigger: receive
    title: {T}
    from: arrived
    to: receiving
    roles: [clerk, chief]
    effects:
      - assign:
          {{to: clerk, by: turn, roster: sales, occasion: new-client, into: consultant, belongs_to: has}}
  - trigger: meet
    title: {T}
    from: arrived
    to: receiving
    roles: [chief]
    requires: [original]
    effects:
      - assign:
          {{to: clerk, by: turn, roster: sales, occasion: old-client, named: original, into: consultant}}
  - trigger: sort
    title: {T}
    from: arrived
    to: receiving
    roles: [chief]
    accepts: [kind, original]
    effects:
      - assign:
          {{to: clerk, by: turn, roster: sales, occasion: kind, named: original, into: consultant}}
      - {{notify: consultant}}
  - trigger: recognise
    title: {T}
    from: receiving
    roles: [clerk, chief]
    requires: [original]
    effects:
      - {{roster: sales, mark: hand-over, person: consultant, other: original}}
      - {{set: consultant, value: original}}
      - {{assign: consultant}}
  - trigger: finish
    title: {T}
    from: receiving
    to: done
    roles: [clerk, chief]
    requires: [deal]
    effects:
      - {{roster: sales, mark: finish, person: consultant, free: '!deal'}}
"""

DISPUTE = f"""
workflow: dispute
title: {T}
purpose: Somebody loses the right to receive for a while.
numbering: 'D-{{seq:4}}'
calendar: office
fields:
  accused: {{type: staff, title: {T}}}
  last_day: {{type: date, title: {T}}}
  rests: {{type: table, title: {T}, columns: {{day: {{type: date, title: {T}}}}}}}
start: {{state: filed, roles: [clerk, chief], requires: [accused]}}
states:
  filed: {{title: {T}, owner: {{role: chief}}, due: 1 working day}}
  suspended: {{title: {T}, owner: {{role: chief}}, due: {{at: last_day}}}}
  over: {{title: {T}, category: closed}}
transitions:
  - trigger: prove
    title: {T}
    from: filed
    to: suspended
    roles: [chief]
    accepts: [rests]
    effects:
      - roster: sales
        mark: suspend
        person: accused
        days: 3
        resting: rests.map(r, r.day)
        into: last_day
  - trigger: lift
    title: {T}
    from: suspended
    to: over
    roles: [chief]
    effects: [{{roster: sales, mark: lift, person: accused}}]
"""


def keeping(by: str, more: str = "") -> str:
    """A process that gives its tickets out by a strategy when they are opened."""
    return f"""
workflow: record
title: {T}
purpose: Something to be looked after by somebody.
numbering: 'K-{{seq:4}}'
calendar: office
start:
  state: kept
  roles: [clerk, chief]
  effects: [{{assign: {{to: clerk, by: {by}{more}}}}}]
states:
  kept: {{title: {T}, owner: {{role: clerk}}, due: 5 working days}}
  gone: {{title: {T}, category: closed}}
transitions:
  - {{trigger: go, title: {T}, from: kept, to: gone, roles: [clerk]}}
"""


def sales_folder(path: Path, **more: str) -> Folder:
    """The office's definitions."""
    return folder_of(path, reception=RECEPTION, dispute=DISPUTE, **more)


@dataclass
class Office:
    """The engine and what is behind it."""

    engine: Engine
    people: People
    store: Store
    queries: Queries
    now: int = MONDAY

    @classmethod
    def on(cls, database: Database, folder: Folder) -> Office:
        people, store, library = People(database), Store(database), Definitions(DefinitionStore(database))
        people.store_site(Site(id=SITE, name="Garden", zone="Asia/Shanghai"))
        for name, role in NAMES.items():
            member = Staff(id=name, account=name, name=name.title(), memberships=(Membership(SITE, role),))
            people.add_staff(member)
        library.publish(folder, MONDAY, "lead")
        return cls(Engine(store, library, people), people, store, Queries(database))

    def tells(self, who: str, kind: str, about: str | None = None, **more: Any) -> Roster:
        """`who` reports something, of himself unless it is about somebody else."""
        actor = build_actor(self.people.directory(SITE).staff[who], SITE)
        what = RosterEvent(kind=kind, person=about or who, **more)
        return self.engine.rosters.apply(
            RosterCommand(site=SITE, roster="sales", actor=actor, event=what), self.now
        )

    def open(self, workflow: str = "reception", who: str = "chen", **data: Any) -> Ticket:
        actor = build_actor(self.people.directory(SITE).staff[who], SITE)
        command = Open(site=SITE, id=str(uuid4()), workflow=workflow, actor=actor, data=data)
        return self._ticket(self.engine.do(command, self.now).ticket)

    def fire(self, ticket: Ticket, trigger: str, who: str = "chen", **data: Any) -> Ticket:
        actor = build_actor(self.people.directory(SITE).staff[who], SITE)
        command = Fire(site=SITE, ticket=ticket.id, actor=actor, trigger=trigger, data=data)
        return self._ticket(self.engine.do(command, self.now).ticket)

    def received(self) -> Ticket:
        """A new client, received in turn."""
        return self.fire(self.open(), "receive")

    def why(self, ticket: Ticket) -> dict[str, Any]:
        """What the history says of the last choice."""
        found = [
            each.data["assignment"]
            for each in self.queries.history(SITE, ticket.id)
            if "assignment" in each.data
        ]
        return dict(found[-1])  # type: ignore[call-overload]

    def away(self, who: str) -> None:
        """Somebody is absent for the day."""
        self.people.store_absence(
            Absence(site=SITE, staff_id=who, from_at=self.now - 60, to_at=self.now + 86_400), CLOCK, self.now
        )

    @staticmethod
    def _ticket(ticket: Ticket | None) -> Ticket:
        assert ticket is not None
        return ticket
