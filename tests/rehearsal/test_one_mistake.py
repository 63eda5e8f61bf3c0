"""One mistake is one finding: what only follows from it is not told, what is there but broken is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rehearsal.definitions_desk import problems
from workflows.language.findings import Finding
from workflows.language.load import read_folder

MOST = 2
pytestmark = pytest.mark.usefixtures("read_once")


@pytest.fixture
def findings_of_change(trade: Path) -> Iterator[Callable[[str, str, str], list[Finding]]]:
    """What is found when one passage of one file is changed, which is put back afterwards."""
    before: dict[Path, bytes] = {}

    def change(name: str, old: str, new: str) -> list[Finding]:
        file = trade / name
        before[file] = file.read_bytes()
        text = before[file].decode()
        assert old in text, f"{old!r} is not in {name}"
        file.write_text(text.replace(old, new, 1), "utf-8")
        return problems(trade)

    yield change
    for file, text in before.items():
        file.write_bytes(text)


MISTAKES = {
    "a key of a process that many open": ("repairs/repair.yaml", "\nnumbering:", "\nnumberin:"),
    "no YAML at all in it": ("repairs/repair.yaml", "\nstates:\n", "\nstates: [\n"),
    "a guard of it": ("complaints/complaint.yaml", "guard: ", "guard: nope && "),
    "two levels swapped in the policy that all use": ("escalations.yaml", "at: 80%", "at: 180%"),
    "a recipient of that policy": ("escalations.yaml", "notify: superior}", "notify: superiour}"),
    "a calendar that all use": ("calendars.yaml", "hours:", "hurs:"),
    "the superior of a role": ("organisation.yaml", "superior: office-director", "superior: office-directr"),
    "a setting's type": ("settings.yaml", "type: ", "type: x"),
    "the key of a register": ("registers.yaml", "  key: unit\n", "  key: unti\n"),
}


def test_nothing_is_wrong_with_the_trade_as_it_is(trade: Path) -> None:
    assert problems(trade) == []


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_finding(
    findings_of_change: Callable[[str, str, str], list[Finding]], name: str
) -> None:
    file, old, new = MISTAKES[name]
    found = findings_of_change(file, old, new)
    assert 1 <= len(found) <= MOST, "\n".join(map(str, found))
    assert {Path(each.file).name for each in found} == {Path(file).name}


def test_a_name_that_is_gone_is_told_once_with_all_its_lines(
    findings_of_change: Callable[[str, str, str], list[Finding]], trade: Path
) -> None:
    found = findings_of_change("complaints/complaint.yaml", "  - trigger: resume\n", "  - trigger: resumed\n")
    (about,) = [each for each in found if "unknown trigger 'resume'" in each.message]
    finding_lines = [about.line, *about.lines]
    lines = (trade / "complaints/complaint.yaml").read_text("utf-8").splitlines()
    assert len(finding_lines) > 3
    assert all("resume" in lines[line - 1] for line in finding_lines)


def test_what_leans_on_something_broken_is_not_used_either(
    findings_of_change: Callable[[str, str, str], list[Finding]], trade: Path
) -> None:
    findings_of_change("escalations.yaml", "at: 80%", "at: 180%")
    read = read_folder(trade)
    broken = re.search(r"^([a-z-]+):", (trade / "escalations.yaml").read_text("utf-8"), re.MULTILINE)
    assert broken is not None
    assert not [n for n, each in read.definitions.items() if broken[1] in each.policies]
    assert len(read.definitions) < len(list((trade).glob("*/*.yaml")))
