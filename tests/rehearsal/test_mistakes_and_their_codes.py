"""Each mistake of a manager is found by its code, in its line, and with at most three findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rehearsal.definitions_desk import problems
from tests.rehearsal.mistakes import CASES, Case, apply_edit, cases, touched_files
from workflows.language.findings import Finding
from workflows.language.load import read_folder
from workflows.rehearsal import rehearse_processes

pytestmark = pytest.mark.usefixtures("read_once")
MOST = 3
BELOW = 80  # lines that have come in between an edit and what stands far below it
OTHERWISE = {  # found at another line than the one that was edited, and why
    "unused": "where a field might have been asked for is not known; where it is declared is",
}


def findings_after(trade: Path, case: Case) -> tuple[list[Finding], dict[str, int]]:
    """What is found in the folder with the edit, which is taken back; and how far lines had moved."""
    touched = touched_files(trade, case)
    before = {file: file.read_bytes() for file in touched if file.exists()}
    try:
        moved = apply_edit(trade, case)
        found = problems(trade)
        if case.code == "scenario" and not found:
            found = list(_failed_scenarios(trade, touched))
        return found, moved
    finally:
        for file in touched:
            file.unlink(missing_ok=True)
        for file, text in before.items():
            file.write_bytes(text)


def _failed_scenarios(trade: Path, touched: list[Path]) -> list[Finding]:
    folder = read_folder(trade)
    names = {name for name, each in folder.sources.items() if Path(each.file) in touched}
    return [
        Finding(file=each.file, line=each.line, column=1, message=str(each.failure), code="scenario")
        for each in rehearse_processes(folder, names, reviewed=True)
        if not each.ok
    ]


def is_accepted(found: Finding, case: Case, moved: dict[str, int]) -> bool:
    """Whether a finding has the code, and stands in a line that is accepted: as far from it as lines have
    moved since."""
    if found.code != case.code or case.code in OTHERWISE or not case.lines:
        return found.code == case.code
    further = BELOW if case.code in ("scenario", "invariant") else 0
    return any(
        found.file.endswith(file) and line + min(0, away) <= at <= line + max(0, away) + further
        for file, line in case.lines
        for away in (moved.get(file, 0),)
        for at in (found.line, *found.lines)
    )


@pytest.mark.skipif(not CASES.exists(), reason="needs ../shared/trust-cases, which is not here")
@pytest.mark.parametrize("case", [pytest.param(each, id=each.name) for each in cases()])
def test_a_mistake_is_found_by_its_code_at_its_line(trade: Path, case: Case) -> None:
    found, moved = findings_after(trade, case)
    told = "\n".join(map(str, found))
    assert len(found) <= MOST, told
    if case.code == "ok":
        assert found == []
    else:
        assert any(is_accepted(each, case, moved) for each in found), told
