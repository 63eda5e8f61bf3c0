"""For each harmful change of the shipped processes a plan is proposed that leaves no ticket stuck, and whose
undo leaves every row as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import pytest
from harmful_changes import HARMFUL, Edit

from service.bootstrap import Desk, build_desk
from service.settings import Settings
from tests.every_row import rows_now, rows_that_stood
from workflows.core.commands import Actor
from workflows.core.step import HistoryEvent, Step
from workflows.core.ticket import Ticket, Trail
from workflows.gate.in_force import InForce
from workflows.gate.proposal import propose_text
from workflows.language.checks.examples import ExampleValues
from workflows.language.definition import Definition
from workflows.language.forms.form import store_value
from workflows.language.load import Folder
from workflows.language.migrations.propose import find_leading_on
from workflows.storage.database import Database
from workflows.storage.people.people import Site
from workflows.storage.tickets.migrations import StoredMigration
from workflows.versions import WORKFLOW

pytestmark = pytest.mark.usefixtures("built_once")
SITE = "garden"
WHEN = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
NOW = int(WHEN.timestamp())
OPENER = Actor(id="cleo", name="Cleo", roles=frozenset())


@pytest.fixture
def desk(database: Database, tmp_path: Path, ours: Folder) -> Desk:
    """All shipped processes are in force."""
    environ = {"HUIFANG_DATA": str(tmp_path), "HUIFANG_DATABASE_URL": "sqlite://"}
    found = build_desk(Settings.load(environ=environ), database)
    found.people.store_site(Site(id=SITE, name=SITE, zone="Asia/Shanghai"))
    found.definitions.publish(ours, NOW, "lead", reviewed=True)
    return found


def test_the_proposed_plans_leave_no_ticket_stuck_and_are_undone(desk: Desk, ours: Folder) -> None:
    """All changes of different processes at once; the second change of a process after that."""
    rounds = list(in_rounds())
    present = InForce(context=ours.context, definitions=ours.definitions)
    for number, changes in enumerate(rounds):
        before = {name: desk.definitions.latest(name) for name in changes}
        texts = {name: ours.texts[name] for name in changes}
        for definition in before.values():
            stand_everywhere(desk, definition)
        for name, edit in changes.items():
            put_in_force(desk, present, name, edit(texts[name]))
        stood = rows_now(desk.database)
        plans = {name: desk.migrator.propose(name) for name in changes}
        moved = [carry_out(desk, plan) for plan in plans.values()]
        for name in changes:
            new = desk.definitions.latest(name)
            assert new.version == before[name].version + 1
            standing = desk.migrator.standing(name, new.version)
            assert standing != {}
            assert standing.keys() <= find_leading_on(new), (name, plans[name])
            assert desk.migrator.standing(name, before[name].version) == {}, (name, plans[name])
        for migration in reversed(moved):
            while desk.migrator.undo(migration, NOW, "lead"):
                pass
        assert rows_that_stood(desk.database, stood) == stood
        for name in changes.keys() & set().union(*rounds[number + 1 :]):
            put_in_force(desk, present, name, texts[name])
    assert sum(map(len, rounds)) == len(HARMFUL)


def in_rounds() -> Iterator[Mapping[str, Edit]]:
    """The changes, one for each process at a time."""
    waiting = list(HARMFUL.values())
    while waiting:
        now: dict[str, Edit] = {}
        later = []
        for name, edit in waiting:
            later += [(name, edit)] if name in now else []
            now.setdefault(name, edit)
        yield now
        waiting = later


def put_in_force(desk: Desk, present: InForce, name: str, text: str) -> None:
    """Publish a text past the gate, as if there had been none."""
    definition = propose_text(text, f"{name}.yaml", present).proposed
    assert definition is not None
    company = desk.definitions.company_versions()
    desk.definition_store.publish(WORKFLOW, name, definition.digest, text, dict(company), NOW, "lead")


def carry_out(desk: Desk, text: str) -> StoredMigration:
    plan, findings = desk.migrator.read(text, "proposed.yaml")
    assert plan is not None, (text, [str(each) for each in findings])
    migration = desk.migrator.start(text, plan, NOW, "lead")
    while desk.migrator.run(migration, NOW, "lead"):
        pass
    refused = desk.migrator.with_status(migration, "refused")
    assert refused == [], (text, refused)
    return migration


def stand_everywhere(desk: Desk, definition: Definition) -> None:
    """An open ticket in each state but those that are left at once, with an example in each field."""
    examples = ExampleValues(definition.organisation, WHEN)
    values: dict[bool, dict[str, object]] = {False: {}, True: {}}
    for name in definition.input_fields:
        field = definition.fields[name]
        for example in examples.of(field)[:1] if name not in definition.attachment_parts else ():
            values[field.personal][name] = store_value(field, example)
    for state, each in definition.states.items():
        passing = any(row.auto for row in definition.transitions_by_source[state])
        if not each.category.ended and not passing:
            stand(desk, definition, state, values[False], values[True])


def stand(
    desk: Desk, definition: Definition, state: str, data: dict[str, object], personal: dict[str, object]
) -> None:
    after = Ticket(
        site=SITE,
        id=str(uuid5(NAMESPACE_URL, f"{definition.name} {definition.version} {state}")),
        number="",
        workflow=definition.name,
        version=definition.version,
        title="",
        state=state,
        category=str(definition.states[state].category),
        seq=1,
        opener=OPENER.id,
        opened_at=NOW,
        changed_at=NOW,
        entered_at=NOW,
        due_at=None,
        trail=Trail({state: 1}, {}),
        data=data,
        personal=personal,
        audience=None,
    )
    event = HistoryEvent(seq=1, at=NOW, kind="open", actor=OPENER, to=state, data=data, personal=personal)
    step = Step(before=None, after=after, event=event, clocks=())
    desk.store.record([step], {after.id: definition.numbering})
