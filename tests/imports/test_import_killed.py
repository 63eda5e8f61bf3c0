"""An import that is killed, and run again, leaves exactly what one leaves that was not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from import_desks import HERE, desk_on, written
from test_import_rows import HEADER, row

from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

KEYS = {1: b"k" * 32}
SCRIPT = """
import os, signal, sys
from pathlib import Path
from import_desks import MAPS, SITE, desk_again
from service.imports import case_importer, import_file
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

folder, die_at = Path(sys.argv[1]), int(sys.argv[2])
database = Database(f"sqlite:///{folder / 'desk.db'}", cipher=Cipher({1: b"k" * 32}, current=1))
desk = desk_again(database, "cn", folder)
case_importer.BATCH = 7
steps = 0
write = database.transaction

def counted(**options):
    global steps
    steps += 1
    if steps == die_at:
        os.kill(os.getpid(), signal.SIGKILL)
    return write(**options)

database.transaction = counted
import_file(desk, folder / "in.csv", MAPS / "messages.yaml", SITE)
"""


def brought(folder: Path, die_at: int) -> int:
    """The exit code of an import in a process of its own, which kills itself before a write."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE), str(HERE.parent)]),
    }
    command = [sys.executable, "-c", SCRIPT, str(folder), str(die_at)]
    return subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False).returncode


def left(folder: Path) -> list[object]:
    """Tickets, history and digests, without what is drawn by lot."""
    database = Database(f"sqlite:///{folder / 'desk.db'}", cipher=Cipher(KEYS, current=1))
    columns = ("id, number, state, seq, data", "ticket_id, seq, at, kind, data, note", "ticket_id, digest")
    tables = ("tickets", "history", "imports")
    try:
        return [
            database.read(f"SELECT {each} FROM {table} ORDER BY 1, 2", {})
            for each, table in zip(columns, tables, strict=True)
        ]
    finally:
        database.close()


def test_killed_in_the_middle_and_run_again_it_leaves_exactly_the_same(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """Wherever it is killed: before a batch, in it, between its rows and their digests."""
    rows = [row(str(number), replied="2018-03-02 09:00:00" if number % 2 else "") for number in range(1, 31)]
    rows[4] = row("5", at="yesterday")

    def prepared(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(sqlite_template, folder / "desk.db")
        written(folder / "in.csv", HEADER, rows)
        desk_on(
            Database(f"sqlite:///{folder / 'desk.db'}", cipher=Cipher(KEYS, current=1)),
            "cn",
            "Asia/Shanghai",
            folder,
        ).close()
        return folder

    whole = prepared("whole")
    assert brought(whole, 0) == 0
    for place in (6, 10):
        killed = prepared(f"killed-{place}")
        assert brought(killed, place) == -signal.SIGKILL
        assert len(left(killed)[0]) < 29
        assert brought(killed, 0) == 0
        assert left(killed) == left(whole)
