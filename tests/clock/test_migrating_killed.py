"""`huifang migrate` is killed while tickets move, and while they are brought back. Run again, it goes on
from there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from clock_desk import ERRANDS, KEYS, MONDAY, open_errand

from service import cli
from service.bootstrap import Desk
from tests.every_row import rows_now, rows_that_stood
from workflows.language.load import read_folder
from workflows.storage.audit.verify import verify

TICKETS = 100  # not a second of work: it is killed as soon as some of them have moved
SOME = 5


def test_killed_while_tickets_move_and_come_back_nothing_is_lost_or_done_twice(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"HUIFANG_DATABASE_URL": desk.settings.database_url, "HUIFANG_KEYS": KEYS}
    environ["HUIFANG_DATA"] = str(tmp_path)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    for number in range(TICKETS):
        open_errand(desk, number)
    plan = put_a_clearer_name_in_force(desk, tmp_path)
    before = rows_now(desk.database)

    moved = [kill_after_some(desk, plan) for _ in range(2)]
    assert 0 < moved[0] < moved[1] < TICKETS
    assert list(verify(desk.database)) == []
    assert cli.run(["migrate", str(plan)]) == 0
    assert desk.migrator.standing("errand", 2) == {"waiting-there": TICKETS}
    events = "SELECT count(*) FROM history WHERE kind = 'migrated'"
    assert desk.database.read(desk.database.sql(events), {})[0][0] == TICKETS

    back = TICKETS - kill_after_some(desk, plan, "--undo")
    assert 0 < back < TICKETS
    assert cli.run(["migrate", str(plan), "--undo"]) == 0
    assert rows_that_stood(desk.database, before) == before
    assert list(verify(desk.database)) == []


def put_a_clearer_name_in_force(desk: Desk, folder: Path) -> Path:
    """Publish the errands with another name of their first state; the plan for the tickets that stand
    there."""
    errands = Path(shutil.copytree(ERRANDS, folder / "errands"))
    file = errands / "errand.yaml"
    file.write_text(file.read_text("utf-8").replace("todo", "waiting-there"), "utf-8")
    desk.definitions.publish(read_folder(errands), MONDAY, "test")
    plan = folder / "errand.migration.yaml"
    plan.write_text(desk.migrator.propose("errand"), "utf-8")
    return plan


def kill_after_some(desk: Desk, plan: Path, *more: str) -> int:
    """Kill the command when it has moved some tickets; how many are moved then."""
    begun = count_moved(desk)
    command = [sys.executable, "-m", "service", "migrate", str(plan), *more]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while abs(count_moved(desk) - begun) < SOME:
            assert process.poll() is None, "it was ready before it was killed"
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    return count_moved(desk)


def count_moved(desk: Desk) -> int:
    statuses = "SELECT count(*) FROM migrated_tickets WHERE status = 'moved'"
    return int(desk.database.read(desk.database.sql(statuses), {})[0][0])
