"""A desk with something of each kind that is verified, and ways to change it behind its back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from storage_samples import LI, NOW, SITE, clock, moving

from workflows.core.people import Absence, Membership, Staff
from workflows.core.records import EntryWrite
from workflows.storage import tables as t
from workflows.storage.audit.hash_chain import HASHED_COLUMNS, UNKEYED_COLUMNS, compute_unkeyed_hash
from workflows.storage.audit.head import compare
from workflows.storage.audit.verify import verify
from workflows.storage.database import Database
from workflows.storage.definitions import DefinitionStore
from workflows.storage.people.accounts import Accounts
from workflows.storage.people.people import People
from workflows.storage.people.staff_changes import Author
from workflows.storage.tickets.privacy import Privacy
from workflows.storage.tickets.store import Store

OLD, NEWEST = "ticket-1", "ticket-2"


Row = dict[str, Any]


@dataclass
class Scene:
    """A desk on which something has happened in every book. `earlier` are the rows of one step before the
    last of everything, `lines` is the head."""

    database: Database
    earlier: dict[str, list[Row]] = field(default_factory=dict)
    lines: list[bytes] = field(default_factory=list)

    def run(self, statement: Any) -> None:
        """Change rows behind the desk's back."""
        with self.database.transaction() as session:
            assert session.connection.execute(statement).rowcount != 0

    def rows(self, table: Table) -> list[Row]:
        """All rows of a table."""
        return [dict(row._mapping) for row in self.database.rows(select(table))]

    def put_back(self, *only: Table) -> None:
        """Put tables (all of them, if none is named) back to how they stood earlier."""
        with self.database.transaction() as session:
            for table in reversed(t.metadata.sorted_tables):
                if not only or table in only:
                    session.connection.execute(delete(table))
            for table in t.metadata.sorted_tables:
                if self.earlier[table.name] and (not only or table in only):
                    session.connection.execute(insert(table), self.earlier[table.name])

    def found(self) -> set[tuple[str, str]]:
        """What the audit finds: kind, and whose."""
        return {(each.kind, each.ticket) for each in verify(self.database)}

    def missed(self) -> set[tuple[str, str]]:
        """What the head knows and the database does not."""
        return {(each.kind, each.ticket) for each in compare(self.database, self.lines)}


def advance(database: Database, turn: int) -> None:
    """Something happens in every book."""
    store, people, library = Store(database), People(database), DefinitionStore(database)
    loaded = store.load(SITE, OLD)
    assert loaded is not None
    changed = moving(
        loaded[0],
        state=f"state-{turn}",
        note=f"note {turn}",
        data={"turn": turn},
        assignee=f"staff-{turn}",
        audience=("staff-li", f"staff-{turn}"),
        priority=turn,
        personal={"contact": str(turn)},
        clocks=(clock(due_at=NOW + turn),),
    )
    store.record([changed])
    Privacy(database, store).record_reading(SITE, OLD, LI, ["contact"], NOW + turn)
    car = EntryWrite("cars", "A-1", "plate", data={"model": str(turn)}, personal={"owner": f"owner {turn}"})
    store.entries.write(SITE, [car], LI, NOW + turn)
    said = people.settings(SITE)
    assert people.change_settings(SITE, said, {"quiet": turn}, LI, NOW + turn)
    away = Absence(site=SITE, staff_id="wang", from_at=NOW + turn, to_at=NOW + 99, substitute_id="li")
    people.store_absence(away, LI, NOW + turn)
    if (account := people.account("wu")) is not None:
        Accounts(database).update(account, Author(LI, NOW + turn), name=f"name {turn}")
    library.publish("workflow", "complaint", str(turn), f"text {turn}", {}, NOW + turn, "li")


def hire_wu(database: Database) -> None:
    """An account that is added with a post, each with a row of its book."""
    wu = Staff(id="wu", account="wu", name="wu", memberships=(Membership(SITE, "clerk"),))
    Accounts(database).add(wu, None, {}, Author(LI, NOW))


def change_ticket(**values: object) -> Callable[[Scene], None]:
    return lambda scene: scene.run(update(t.tickets).where(t.tickets.c.id == OLD).values(values))


def make_chain_anew(scene: Scene, *, keep_outcome: bool) -> None:
    """Everything is said by somebody else, and hashed again as it was before the chain was keyed."""
    prev = ""
    rows = [row for row in scene.rows(t.history) if row["ticket_id"] == OLD]
    for row in sorted(rows, key=lambda row: row["seq"]):
        row |= {"actor_name": "nobody", "prev": prev}
        if not keep_outcome:
            row["outcome"] = None
        prev = row["hash"] = compute_unkeyed_hash(
            [row[name] for name in (HASHED_COLUMNS if keep_outcome else UNKEYED_COLUMNS)]
        )
        scene.run(
            update(t.history).where(t.history.c.ticket_id == OLD, t.history.c.seq == row["seq"]).values(row)
        )
    change_ticket(head=prev)(scene)


CARS, ROW = "register-history/cars/A-1", "row-changed"


COMPLAINT, READ = "definitions/workflow/complaint", f"readings/{OLD}"


WU = "staff-changes/wu"


BOOKS = (OLD, READ, CARS, COMPLAINT, WU, "setting-changes", "absence-changes")
