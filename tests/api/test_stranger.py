"""Whoever knows only the API can walk every process to its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from api_desk import DEFINITIONS, caller, settings

from service.app import create_app
from service.wiring import assemble
from tests.stranger import TIMED, Stranger
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

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
    found = Stranger(callers, {each.account: each.roles("lake") for each in accounts})
    found.sign_in()
    yield found
    desk.close()


def test_the_desk_has_the_processes_that_are_on_file(stranger: Stranger) -> None:
    """The list of the API is the folder's."""
    listed = stranger.callers[0].get("/api/workflows").json["items"]
    assert sorted(each["name"] for each in listed) == PROCESSES


@pytest.mark.parametrize("process", [name for name in PROCESSES if name not in TIMED])
def test_a_stranger_walks_a_process_to_its_end(stranger: Stranger, process: str) -> None:
    """Opened, walked by forms and reasons alone, with all its children; at least one walk ends well."""
    stranger.brings_to_a_good_end(process)
