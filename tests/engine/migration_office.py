"""A desk whose repairs are published in a second version, and the plans that lead there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from engine_desk import MONDAY, REPAIR, SITE, Desk, T, folder_of

from workflows.core.ticket import StepContext, Ticket
from workflows.language.migration_plan import MigrationPlan
from workflows.migrations.migrator import Migrator
from workflows.migrations.preview import PreviewedTicket
from workflows.storage.definitions import DefinitionStore
from workflows.storage.tables import metadata
from workflows.storage.tickets.migrations import StoredMigration
from workflows.timing.clock import Clock

STANDING = ("tickets", "clocks", "texts", "watchers")
"""The tables of what is, beside those that only grow."""
COUNTING = ("seq", "head", "changed_at")
"""The columns that count a ticket's steps."""

FIRST = REPAIR.replace(
    "  phone: {type: phone",
    f"  nature: {{type: choice, title: {T}, options: {{water: {T}, sewage: {T}}}}}\n"
    f"  fee: {{type: text, title: {T}}}\n  nick: {{type: text, title: {T}}}\n  phone: {{type: phone",
).replace("accepts: [phone]", "accepts: [phone, nature, fee, nick]")
SECOND = (
    FIRST.replace("open-job", "in-repair")
    .replace("sewage", "drains")
    .replace("fee: {type: text", "cost: {type: number")
    .replace(f"  nick: {{type: text, title: {T}}}\n", "")
    .replace("nature, fee, nick]", "nature, cost]")
    .replace("due: 2 working hours", "due: 6 working hours")
    .replace("within: 3 working days", "within: 5 working days")
)
PLAN = """
process: repair
from: 2
to: latest
states: {open-job: in-repair}
fields:
  fee: {to: cost, convert: number}
  nick: drop
options: {nature: {sewage: drains}}
because: sewage is called drains
"""


@dataclass
class Migrations:
    """A desk with repairs on version 2, and version 3 in force."""

    desk: Desk
    folder: Path
    migrator: Migrator

    @classmethod
    def on(cls, desk: Desk, folder: Path) -> Migrations:
        shelf = DefinitionStore(desk.database)
        found = cls(desk, folder, Migrator(desk.engine, desk.library, shelf, desk.store, desk.people))
        found.publish(repair=FIRST)
        return found

    def publish(self, **processes: str) -> None:
        self.desk.library.publish(folder_of(self.folder, **processes), MONDAY, "lead")

    def forget(self) -> None:
        """What the desk has read of its definitions."""
        self.desk.library._clear_cache()

    def open(self, **data: object) -> Ticket:
        given = {"content": "lift", "phone": "13800000000", "nature": "sewage", "fee": "12.5", "nick": "x"}
        return self.desk.open("repair", **{**given, **data}).ticket

    def plan(self, text: str = PLAN) -> MigrationPlan:
        plan, findings = self.migrator.read(text, "plan.yaml")
        assert plan is not None, [str(each) for each in findings]
        return plan

    def preview(self, text: str = PLAN, now: int = MONDAY) -> dict[str, PreviewedTicket]:
        return {each.before.id: each for each in self.migrator.preview(self.plan(text), now)}

    def start(self, text: str = PLAN, now: int = MONDAY) -> StoredMigration:
        return self.migrator.start(text, self.plan(text), now, "lead")

    def run(self, text: str = PLAN, now: int = MONDAY) -> StoredMigration:
        migration = self.start(text, now)
        while self.migrator.run(migration, now, "lead", limit=3):
            pass
        return migration

    def undo(self, migration: StoredMigration, now: int = MONDAY) -> None:
        while self.migrator.undo(migration, now, "lead", limit=3):
            pass

    def loaded(self, ticket: Ticket | StepContext) -> tuple[Ticket, dict[str, Clock]]:
        which = ticket if isinstance(ticket, Ticket) else ticket.ticket
        found = self.desk.store.load(SITE, which.id)
        assert found is not None
        return found[0], {each.name: each for each in found[1]}

    def events(self, ticket: Ticket) -> list[tuple[str, Any]]:
        where = f"ticket_id = '{ticket.id}' ORDER BY seq"
        rows = self.desk.rows(f"SELECT kind, data FROM history WHERE {where}")
        return [(kind, orjson.loads(data)) for kind, data in rows]

    def standing(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of what is, without the columns that count steps."""
        return {name: self._rows(name) for name in STANDING}

    def _rows(self, table: str) -> list[tuple[object, ...]]:
        names = metadata.tables[table].c.keys()
        kept = ", ".join(name for name in names if name not in COUNTING)
        rows = self.desk.rows(f"SELECT {kept} FROM {table}")
        return sorted((tuple(map(repr, map(_plain, row))) for row in rows), key=repr)


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value
