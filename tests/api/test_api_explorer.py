"""Whoever knows only the API can walk every process to its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from api_desk import DEFINITIONS, LAKE, caller, settings
from time_machine import travel

from service.application import create_app
from service.bootstrap import Desk, build_desk
from tests.api_explorer import LED, TIMED, Stranger
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

PROCESSES = sorted(f.stem for f in DEFINITIONS.glob("*/*.yaml") if f.parent.name != "requirements")


@pytest.fixture(scope="module")
def desk(furnished: Path, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher) -> Iterator[Desk]:
    """A desk of the stranger's own."""
    path = tmp_path_factory.mktemp("stranger") / "desk.db"
    path.write_bytes(furnished.read_bytes())
    found = build_desk(
        settings(path.parent), Database(f"sqlite:///{path}", cipher=cipher, synchronous="NORMAL")
    )
    yield found
    found.close()


@pytest.fixture(scope="module")
def stranger(desk: Desk) -> Stranger:
    """One who can sign in as anybody, and has never seen the desk."""
    app = create_app(desk)
    accounts = [each.staff for each in desk.people.all_accounts() if len(each.staff.departments(LAKE)) > 1]
    callers = [caller(app, desk, each.account) for each in accounts]
    found = Stranger(callers, {each.account: each.roles(LAKE) for each in accounts})
    found.sign_in()
    return found


def test_the_desk_has_the_processes_that_are_on_file(stranger: Stranger) -> None:
    """The list of the API is the folder's."""
    listed = stranger.callers[0].get("/api/workflows").json["items"]
    assert sorted(each["name"] for each in listed) == PROCESSES


@pytest.mark.parametrize("process", [name for name in PROCESSES if name not in TIMED | LED])
def test_a_stranger_walks_a_process_to_its_end(stranger: Stranger, process: str) -> None:
    """Opened, walked by forms and reasons alone, with all its children; at least one walk ends well."""
    stranger.brings_to_a_good_end(process)


@pytest.mark.parametrize("process", sorted(TIMED))
def test_a_stranger_waits_for_what_is_held_at_its_hour(desk: Desk, process: str) -> None:
    """The refusal says from when on it can be done; when the hour has come, it is."""
    app = create_app(desk)
    posts = {each.staff.account: each.staff.roles(LAKE) for each in desk.people.all_accounts()}
    with travel(datetime.now(UTC)) as clock:
        callers = [caller(app, desk, account) for account in posts]

        def turn(moment: datetime) -> None:
            clock.move_to(moment)
            for each in callers:  # their tokens were good for an hour
                each.token = caller(app, desk, each.account).token

        Stranger(callers, posts, turn=turn).brings_to_a_good_end(process)
