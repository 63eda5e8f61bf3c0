"""Whoever knows only the API can walk every process to its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from api_desk import DEFINITIONS, caller, settings
from stranger import Stranger

from service.app import create_app
from service.wiring import assemble
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

ATTEMPTS = 12  # tickets of one process
PROCESSES = sorted(f.stem for f in DEFINITIONS.glob("*/*.yaml") if f.parent.name != "requirements")


@pytest.fixture(scope="module")
def stranger(furnished: Path, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher) -> Iterator[Stranger]:
    """One who can sign in as anybody, and has never seen the desk."""
    path = tmp_path_factory.mktemp("stranger") / "desk.db"
    path.write_bytes(furnished.read_bytes())
    desk = assemble(settings(path.parent), Database(f"sqlite:///{path}", cipher=cipher, synchronous="NORMAL"))
    app = create_app(desk)
    accounts = [each.staff for each in desk.people.everybody() if len(each.staff.departments("lake")) > 1]
    callers = [caller(app, desk, each.account) for each in accounts]
    yield Stranger(callers, {each.account: each.roles("lake") for each in accounts})
    desk.close()


def test_the_desk_has_the_processes_that_are_on_file(stranger: Stranger) -> None:
    """The list of the API is the folder's."""
    listed = stranger.callers[0].get("/api/workflows").json["items"]
    assert sorted(each["name"] for each in listed) == PROCESSES


@pytest.mark.parametrize("process", PROCESSES)
def test_a_stranger_walks_a_process_to_its_end(stranger: Stranger, process: str) -> None:
    """Opened, walked by forms and reasons alone, with all its children; at least one walk ends well."""
    shape = stranger.shape(process)
    good = {state["name"] for state in shape["states"] if state["category"] == "closed"}
    went: list[str] = []
    for attempt in range(ATTEMPTS):  # who fails at the likeliest way tries others
        stranger.luck = Random(attempt) if attempt else None
        try:
            ended = stranger.walk(stranger.open(process))
        except AssertionError as error:
            went.append(str(error)[:200])
            continue
        assert ended["category"] in ("closed", "cancelled")
        assert all(child["closed"] for child in ended["children"])
        if not good or ended["state"] in good:
            return
        went.append(f"ended as {ended['state']}")
    pytest.fail(f"{went}; {stranger.refused[-2:]}")
