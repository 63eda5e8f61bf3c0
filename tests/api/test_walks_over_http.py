"""A walk that shows a mistake is walked over HTTP, on a desk where the mistake is in force: step by step it
goes as is said, and ends where nobody wants to be."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from api_desk import LAKE, caller, codes, settings
from flask import Flask
from time_machine import travel

from service import wallclock
from service.application import create_app
from service.bootstrap import Desk, build_desk
from tests.rehearsal.mistakes import CASES, apply_edit, cases, touched_files
from tests.rehearsal.test_mistakes_in_guards import MISTAKES as IN_GUARDS
from tests.rehearsal.test_mistakes_of_more_kinds import MISTAKES as OF_MORE_KINDS
from workflows.core.ticket import Ticket
from workflows.gate.in_force import InForce
from workflows.gate.proposal import propose_text
from workflows.gate.review import review
from workflows.language.definition import Definition
from workflows.rehearsal.staff import fill_staff_fields, find_actor
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.versions import WORKFLOW

DEFINITIONS = Path(__file__).resolve().parents[2] / "definitions"
MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
WALKED = ("no-good-end", "endless-loop", "auto-cycle")
WITHOUT = {  # the way leads over a child, or over a condition on the time of day
    "a call in vain is not counted",
    "attempts of a return visit without a bound",
}
Change = tuple[str, str, str, str]
"""Process, passage, what stands there instead, and the code of what is found."""


def changes() -> Iterator[tuple[str, Change]]:
    """The mistakes that are shown by a walk."""
    for name, each in IN_GUARDS.items():
        if each.walk:
            yield name, (each.process, each.old, each.new, each.code)
    for name, more in OF_MORE_KINDS.items():
        if more.code in WALKED and name not in WITHOUT:
            yield name, (Path(more.file).stem, more.old, more.new, more.code)


CHANGES = dict(changes())
EDITS = {each.name: each for each in cases() if each.code in (*WALKED, "dead-end", "gap")}


@pytest.fixture(scope="module")
def desk(furnished: Path, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher) -> Iterator[Desk]:
    """A desk on a Monday morning, where one mistake after the other is in force."""
    folder = tmp_path_factory.mktemp("walks")
    shutil.copy(furnished, folder / "desk.db")
    database = Database(f"sqlite:///{folder / 'desk.db'}", cipher=cipher, synchronous="OFF")
    with travel(MONDAY, tick=False):
        found = build_desk(settings(folder), database)
        yield found
        found.close()


@pytest.fixture(scope="module")
def in_force(desk: Desk) -> InForce:
    """What was in force before any mistake."""
    return desk.gate.in_force()


@pytest.mark.parametrize("name", CHANGES)
def test_a_walk_goes_over_http_as_is_said(desk: Desk, in_force: InForce, name: str) -> None:
    process, old, new, code = CHANGES[name]
    before = in_force.texts[process]
    assert old in before
    walk_over_http(desk, in_force, process, before.replace(old, new, 1), code)


@pytest.mark.skipif(not EDITS, reason=f"no edits of the field at {CASES}")
@pytest.mark.parametrize("name", EDITS)
def test_the_walk_of_an_edit_goes_over_http_as_is_said(
    desk: Desk, in_force: InForce, name: str, tmp_path: Path
) -> None:
    trade = tmp_path / "trade"
    shutil.copytree(DEFINITIONS, trade)
    apply_edit(trade, EDITS[name])
    (file,) = touched_files(trade, EDITS[name])
    walk_over_http(desk, in_force, file.stem, file.read_text("utf-8"), EDITS[name].code)


def walk_over_http(desk: Desk, in_force: InForce, process: str, text: str, code: str) -> None:
    """Put the text in force, and take the walk that shows what is found in it."""
    proposal = propose_text(text, f"{process}.yaml", in_force)
    found = review(proposal, wallclock.now(), in_force).findings
    walk = next(each.walk for each in found if each.code == code and each.walk)
    publish_past_the_gate(desk, proposal.after.definitions[process], proposal.text)
    (story,) = yaml.safe_load(walk)
    Walker(create_app(desk), desk, desk.definitions.latest(process)).follow(story["steps"])


def publish_past_the_gate(desk: Desk, definition: Definition, text: str) -> None:
    """As by a program of earlier days, which found nothing."""
    company = dict(desk.definitions.company_versions())
    digest, now = definition.digest, wallclock.now()
    desk.definition_store.publish(WORKFLOW, definition.name, digest, text, company, now, "tests")


class Walker:
    """Walks with one ticket, each step by whoever the walk names."""

    def __init__(self, app: Flask, desk: Desk, definition: Definition) -> None:
        self._app, self._desk, self._definition = app, desk, definition
        self._staff = desk.people.directory(LAKE).staff
        self._seen: dict[str, Any] = {}

    def follow(self, steps: list[dict[str, Any]]) -> None:
        """Take the steps. AssertionError where one goes otherwise."""
        for step in steps:
            if "expect" in step:
                wanted = step["expect"]
                assert {each: self._seen[each] for each in wanted} == wanted
            else:
                self._take(dict(step))

    def _take(self, step: dict[str, Any]) -> None:
        role, refused = step.pop("as"), step.pop("refused", None)
        ((trigger, form),) = step.items()
        ticket, definition = self._load(), self._definition
        account = self._staff[find_actor(role, self._staff, definition, ticket, form).id].account
        somebody = caller(self._app, self._desk, account)
        data = fill_staff_fields(form, self._staff, definition, ticket)
        if trigger == "open":
            answer = somebody.post("/api/tickets", {"workflow": definition.name, "data": data, "site": LAKE})
        else:
            answer = somebody.fire(self._seen, trigger, data)
        if refused is not None:
            assert answer.status_code in (403, 409, 422), (trigger, answer.text)
            assert set(refused) <= set(codes(answer)), (trigger, answer.text)
            return
        assert answer.status_code == 201, (trigger, form, answer.text)
        self._seen = dict(answer.json)

    def _load(self) -> Ticket | None:
        found = self._desk.store.load(LAKE, self._seen["id"]) if self._seen else None
        return found[0] if found else None
