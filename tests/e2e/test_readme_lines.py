"""What the README tells a newcomer to type after `make run` does what is written beside it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from running_desk import ROOT, RunningDesk, surroundings

README = (ROOT / "README.md").read_text("utf-8")
ADDRESS = "API=http://127.0.0.1:8123/api\n"


def lines_of(heading: str) -> str:
    """The shell block below a heading of the README."""
    _, _, below = README.partition(f"\n## {heading}\n")
    found = re.search(r"```sh\n(.*?)```", below.partition("\n## ")[0], re.S)
    assert found is not None, heading
    return found[1]


def test_the_first_overdue_ticket_is_listed_explained_and_acted_on(desk: RunningDesk, tmp_path: Path) -> None:
    """One line after the other, as they stand there; only the port is another."""
    lines = lines_of("The first overdue ticket")
    assert lines.startswith(ADDRESS)
    program = tmp_path / "huifang"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m service "$@"\n')
    program.chmod(0o755)
    env = surroundings(desk.folder)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines.replace(":8123/", f":{desk.port}/")],
        env=env | {"PATH": f"{tmp_path}:{env['PATH']}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    heard = re.sub(r"\s+", " ", done.stdout)
    listed, _, after = heard.partition('"clocks"')
    assert "Number,Title,Process,State,Opened at,Due at" in listed
    assert "Complaint,Registered" in listed
    explained, _, rest = after.partition('"trigger": "determine-nature"')
    for seen in ('"verdict": "overdue"', '"promise": "2 working hours"', '"why": "', '"kind": "escalation"'):
        assert seen in explained, seen
    assert '"state": "classified"' in rest
    assert '"verdict": "missed"' in rest
    assert '"verdict": "running"' in rest
