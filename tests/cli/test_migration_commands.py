"""Open tickets are moved to another version from the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from command_line import CALLER, ERRANDS, Huifang, desk_in, ticket_id
from jsonschema import Draft202012Validator

PLAN = """process: errand
from: 1
to: latest
states: {todo: waiting-there}
because: a clearer name
"""


@pytest.fixture
def plan(tickets: Huifang, tmp_path: Path) -> Path:
    """A plan for the late errands, whose first state has another name in the version in force."""
    folder = Path(shutil.copytree(ERRANDS, tmp_path / "errands"))
    for file in folder.glob("errand.yaml"):
        file.write_text(file.read_text("utf-8").replace("todo", "waiting-there"), "utf-8")
    assert tickets("publish", folder, "--take-over", "a clearer name").code == 0
    file = folder / "errand.migration.yaml"
    file.write_text(PLAN, "utf-8")
    return file


def test_a_plan_is_tried_carried_out_and_taken_back(tickets: Huifang, plan: Path, tmp_path: Path) -> None:
    tried = tickets("migrate", plan, "--dry-run")
    assert (tried.code, tried.out.splitlines()[-1]) == (
        0,
        "12 tickets would move, 0 would have to stay, 0 would become overdue",
    )
    assert "todo -> waiting-there, version 1 -> 2" in tried.out
    assert CALLER not in tried.out
    assert tickets("migrate", plan).out == "12 tickets moved, 0 had to stay\n"
    desk = desk_in(tmp_path / "data")
    assert desk.store.load("office", ticket_id(1))[0].state == "waiting-there"  # type: ignore[index]
    desk.close()
    assert tickets("migrate", plan).out == "12 tickets moved, 0 had to stay\n"
    assert tickets("migrate", plan, "--undo").out.startswith("12 tickets brought back, 0 have moved on")
    assert tickets("audit", "verify").out == "the record is whole\n"
    assert tickets("check", plan.parent).code == 0


def test_a_plan_with_a_mistake_moves_nothing_and_shows_its_line(tickets: Huifang, plan: Path) -> None:
    plan.write_text(PLAN.replace("waiting-there", "waiting-here"), "utf-8")
    said = tickets("migrate", plan)
    assert said.code == 1
    assert said.err.startswith(f"{plan}:4:")
    assert "did you mean 'waiting-there'?" in said.err


def test_a_mistake_in_a_plan_is_told_in_the_terminals_language(
    tickets: Huifang, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    plan.write_text(PLAN.replace("waiting-there", "waiting-here"), "utf-8")
    assert "没有“waiting-here”（state）；是不是 waiting-there？" in tickets("migrate", plan).err


def test_an_undo_of_a_plan_that_moved_nothing_is_refused(tickets: Huifang, plan: Path) -> None:
    assert tickets("migrate", plan, "--undo").code == 1
    assert tickets("migrate", "--undo").code == 2


def test_editors_know_a_plan_by_its_schema(huifang: Huifang) -> None:
    schema = json.loads(huifang("schema", "migration").out)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(yaml.safe_load(PLAN))
    assert list(Draft202012Validator(schema).iter_errors({"process": "errand"}))


def test_a_folder_is_published_and_its_plan_carried_out_at_once(tickets: Huifang, tmp_path: Path) -> None:
    """The plan is written before there is the version that it leads to."""
    folder = Path(shutil.copytree(ERRANDS, tmp_path / "errands"))
    file, plan = folder / "errand.yaml", folder / "errand.migration.yaml"
    file.write_text(file.read_text("utf-8").replace("todo", "waiting-there"), "utf-8")
    plan.write_text(PLAN, "utf-8")
    ready = ("publish", folder, "--take-over", "a clearer name", "--migrate", plan)
    assert tickets(*ready, "--dry-run").code == 0
    done = tickets(*ready)
    assert (done.code, done.out.splitlines()[-1]) == (0, "12 tickets moved, 0 had to stay")
    plan.write_text(PLAN.replace("waiting-there", "elsewhere"), "utf-8")
    assert tickets(*ready).code == 1
