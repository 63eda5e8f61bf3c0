"""Every POST of the routing table does under one key what it does once: at once, and after a kill.

What was done is told by the tables: the same rows as after one request without a key.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from api_desk import codes, open_for_tests
from post_requests import ASKINGS
from post_scene import Asking, Scene, read_few

from service.api import all_routes
from service.application import create_app
from workflows.language.load import Folder
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database, Session
from workflows.storage.sql import Sql

AT_ONCE = 6
MOST = 40  # statements of one request that write


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The company with a few of its processes."""
    return read_few(tmp_path_factory.mktemp("few"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, few: Folder, cipher: Cipher
) -> Iterator[Scene]:
    """A desk on either database, the same for all paths: opening one takes longer than a request."""
    folder = tmp_path_factory.mktemp("posts")
    with ExitStack() as clones:
        if request.param == "sqlite":
            url = f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), folder / 'desk.db')}"
        else:
            clone, template = (request.getfixturevalue(f"postgres_{name}") for name in ("clone", "template"))
            url = clones.enter_context(clone(template))
        database = Database(url, cipher=cipher, synchronous="OFF")
        desk = open_for_tests(database, folder, few)
        yield Scene(create_app(desk), desk)
        database.close()


def done(scene: Scene, before: dict[str, int]) -> dict[str, int]:
    """What has been added since."""
    return {name: number - before[name] for name, number in scene.rows().items() if number != before[name]}


def once(scene: Scene, path: str) -> dict[str, int]:
    """What one request without a key adds."""
    asking = ASKINGS[path](scene)
    scene.by(asking.account)
    before = scene.rows()
    answer = scene.send(asking)
    assert answer.status_code in (200, 201), answer.text
    return done(scene, before)


def test_there_is_a_request_here_for_each_post_of_the_table() -> None:
    """A new route is tried by the tests below, or this one fails."""
    assert {route.path for route in all_routes() if route.method == "POST"} == set(ASKINGS)


@pytest.mark.parametrize("path", ASKINGS)
def test_the_same_request_at_once_is_done_once(scene: Scene, path: str) -> None:
    """Six threads send it; all hear the same, five that it is a repetition. Another body is refused."""
    expected, asking, key = once(scene, path), ASKINGS[path](scene), f"at-once{path}"
    scene.by(asking.account)
    before = scene.rows()

    def send(_: int) -> tuple[int, bytes, bool]:
        answer = scene.send(asking, key)
        return answer.status_code, answer.data, "Idempotency-Replayed" in answer.headers

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, range(AT_ONCE)))
    assert {answer[:2] for answer in answers} == {answers[0][:2]}
    assert answers[0][0] in (200, 201), answers[0]
    assert sum(replayed for _, _, replayed in answers) == AT_ONCE - 1
    assert done(scene, before) == expected
    other = scene.send(asking, key, other=True)
    assert (other.status_code, codes(other)) == (422, ["key-reused"])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the desk that is killed is forked")
@pytest.mark.parametrize("path", ASKINGS)
def test_a_request_that_was_killed_and_is_sent_again_is_done_once(scene: Scene, path: str) -> None:
    """Killed before each statement that writes, until it gets through; the repetition then does it, or
    hears that it was done."""
    expected, number, killed = once(scene, path), 0, True
    while killed:
        asking, key = ASKINGS[path](scene), f"killed{path}{number}"
        scene.by(asking.account)
        before = scene.rows()
        killed = _dies_after(scene, asking, key, number)
        answer = scene.send(asking, key)
        assert answer.status_code in (200, 201), (number, answer.text)
        assert done(scene, before) == expected, number
        number += 1
    assert number > 1
    assert scene.send(asking, key).headers["Idempotency-Replayed"] == "true"


def _dies_after(scene: Scene, asking: Asking, key: str, writes: int) -> bool:
    """Send the request in a process that is killed after so many writes; False if it got through."""
    child = os.fork()
    if child == 0:
        try:
            _send_and_die(scene, asking, key, writes)
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9), "the request was refused"
    assert writes < MOST
    return status == 9


def _send_and_die(scene: Scene, asking: Asking, key: str, writes: int) -> None:
    database = scene.desk.database
    parents = list(database._idle)  # kept: closing them would end the parent's connections
    database._idle.clear()
    run, left = Session.run, [writes]

    def counted(session: Session, statement: Sql | str, *row: Any) -> object:
        ours = session._connection.engine is database.engine  # not one in memory where scenarios are played
        if ours and not getattr(statement, "text", str(statement)).startswith("SELECT"):
            if not left[0]:
                os._exit(9)
            left[0] -= 1
        return run(session, statement, *row)

    Session.run = counted  # type: ignore[assignment, method-assign]
    answer = scene.send(asking, key)
    os._exit(0 if answer.status_code in (200, 201) and parents is not None else 2)
