"""The gate proposes a plan for the open tickets that a change would leave without a place, or strand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import yaml
from gate_desk import FEE, MONDAY, SITE, GateDesk

from tests.every_row import rows_now, rows_that_stood
from workflows.core.access.permissions import build_actor
from workflows.core.commands import Fire, Open
from workflows.core.people import Membership, Staff
from workflows.core.ticket import Ticket
from workflows.engine import Engine
from workflows.language.definition import Definition
from workflows.language.load import read_folder
from workflows.language.migration_plan import MigrationPlan
from workflows.migrations.migrator import Migrator
from workflows.reports import Reports
from workflows.storage.definitions import Authorship, DefinitionStore
from workflows.storage.people.people import People
from workflows.storage.queries.report_facts import ReportFacts
from workflows.storage.tickets.migrations import StoredMigration
from workflows.storage.tickets.store import Store


def test_a_plan_is_proposed_where_tickets_would_lose_their_place_and_only_there(yard: GateDesk) -> None:
    yard.stand("rental", "asked")
    yard.change("rental.yaml", ("purpose: A parking", "purpose: Any parking"))
    assert [each.plan for each in yard.review().impact] == [""]
    yard.change("rental.yaml", ("asked", "wanted"))
    (impact,) = yard.review().impact
    plan = yaml.safe_load(impact.plan)
    assert (plan["process"], plan["from"], plan["to"]) == ("rental", [1], "latest")
    assert plan["states"] == {"asked": "wanted"}


def test_a_parent_whose_newest_version_gets_on_is_proposed_to_move_there(yard: GateDesk) -> None:
    """It was mended before its child; what is left are the tickets of the old version."""
    yard.stand("rental", "asked")
    yard.change("rental.yaml", ("c.state == 'paid'", "c.closed"))
    yard.publish()
    review = yard.gate.review_text(FEE.replace("paid", "settled"), "fee.yaml", MONDAY, None)
    assert [each.code for each in review.blocking] == ["strands-parent"]
    (stranded,) = [each for each in review.impact if each.workflow == "rental"]
    assert stranded.change == "stranded"
    assert yaml.safe_load(stranded.plan)["from"] == [1]


@dataclass
class Clerk:
    """Somebody who rents spaces at the garden, and who moves tickets."""

    yard: GateDesk

    def __post_init__(self) -> None:
        people, definitions = People(self.yard.database), self.yard.definitions
        cleo = Staff(id="cleo", account="cleo", name="Cleo", memberships=(Membership(SITE, "clerk"),))
        people.add_staff(cleo)
        self.actor = build_actor(cleo, SITE)
        self.store = Store(self.yard.database, definitions)
        reports = Reports(definitions, ReportFacts(self.yard.database))
        self.engine = Engine(self.store, definitions, people, reports)
        shelf = DefinitionStore(self.yard.database)
        self.migrator = Migrator(self.engine, definitions, shelf, self.store, people)

    def open(self) -> Ticket:
        """A rental that is billed, so that its fee is due."""
        data = {"space": "A1", "plan": "yearly"}
        new = Open(site=SITE, id=str(UUID(int=99)), workflow="rental", actor=self.actor, data=data)
        return self.fire(self.engine.do(new, MONDAY).ticket, "bill")

    def fire(self, ticket: Ticket, trigger: str) -> Ticket:
        """Take a step of a ticket as it stands now."""
        return self.engine.do(
            Fire(site=SITE, ticket=ticket.id, actor=self.actor, trigger=trigger), MONDAY
        ).ticket

    def read(self, text: str, coming: Mapping[str, Definition]) -> MigrationPlan:
        """The plan of a text."""
        plan, findings = self.migrator.read(text, "rental.migration.yaml", coming)
        assert plan is not None, findings
        return plan

    def move(self, migration: StoredMigration) -> None:
        """Move every ticket."""
        while self.migrator.run(migration, MONDAY, "lead"):
            pass
        assert self.migrator.with_status(migration, "refused") == []


def test_parents_and_children_that_change_together_move_by_one_plan(yard: GateDesk) -> None:
    """The change is stopped, passes with the plan, and leaves nobody waiting in vain. Undone, every row is
    as it was."""
    clerk = Clerk(yard)
    parent = clerk.open()
    yard.stand("rental", "asked")
    yard.change("fee.yaml", ("paid", "settled"))
    yard.change("rental.yaml", ("paid'", "settled'"))
    stopped = yard.review()
    assert [each.code for each in stopped.blocking] == ["strands-parent"]
    (text,) = {each.plan for each in stopped.impact}
    plan = yaml.safe_load(text)
    assert (plan["process"], [each["process"] for each in plan["also"]]) == ("rental", ["fee"])

    moves = clerk.read(text, read_folder(yard.folder).definitions).moves
    moving = frozenset((move.process, version) for move in moves for version in move.sources)
    passed = yard.gate.review_folder(read_folder(yard.folder), MONDAY, moving)
    assert passed.blocking == ()
    yard.gate.publish_folder(passed, Authorship(at=MONDAY, by="cleo"))

    before = rows_now(yard.database)
    migration = clerk.migrator.start(text, clerk.read(text, {}), MONDAY, "lead")
    clerk.move(migration)
    while clerk.migrator.undo(migration, MONDAY, "lead"):
        pass
    assert rows_that_stood(yard.database, before) == before
    clerk.move(migration)
    (child,) = clerk.store.children(SITE, parent.id)
    assert clerk.fire(child, "pay").state == "settled"
    assert clerk.fire(parent, "issue").state == "issued"
