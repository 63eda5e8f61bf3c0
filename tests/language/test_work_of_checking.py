"""The work of checking grows with a process, and not with the square of it: counted in calls, not in time."""

# ruff: noqa: E501  # YAML as its authors write it
from __future__ import annotations

import sys
from pathlib import Path

from workflows.gate.proposal import propose_folder
from workflows.gate.review import review
from workflows.language.load import read_folder
from workflows.mining.company_texts import write_company

NOW = 1_772_000_000
HEAD = """\
workflow: large
title: {en: Large}
purpose: As large as a process may be.
numbering: LG-{year}-{seq:5}
calendar: office
summary: subject
fields:
  subject: {type: text, title: {en: Subject}}
  kind: {type: choice, title: {en: Kind}, options: {a: {en: A}, b: {en: B}}}
  fee: {type: number, min: 0, max: 1000, title: {en: Fee}}
start: {state: s0, roles: [clerk], requires: [subject, kind, fee]}
states:
"""
STATE = "  s%d: {title: {en: State %d}, owner: {role: clerk}, due: 2 working hours, escalation: standard}\n"
ROWS = """\
  - {trigger: go%d, title: {en: Go %d}, from: s%d, to: s%d, roles: [clerk], guard: "kind == 'a' || fee > %d", because: {en: So.}}
  - {trigger: go%d, from: s%d, to: s%d, roles: [clerk]}
  - {trigger: back%d, title: {en: Back %d}, from: s%d, to: s%d, roles: [clerk], guard: "fee < %d", because: {en: So.}}
"""


def large_process(states: int) -> str:
    """A long way with jumps ahead, and loops that a guard ends: three rows and two guards for each state."""
    last = states - 1
    ways = "".join(
        ROWS % (n, n, n, n + 1, n, n, n, min(n + 7, last), n, n, n, max(n - 5, 0), n + 5) for n in range(last)
    )
    closed = f"  s{last}: {{title: {{en: Last}}, category: closed}}\n"
    return HEAD + "".join(STATE % (n, n) for n in range(last)) + closed + "transitions:\n" + ways


def count_calls(folder: Path, states: int) -> int:
    """The calls of functions while a company with this process is read and reviewed."""
    folder.mkdir()
    for name, text in write_company(["clerk"], "UTC", ("en",)).items():
        (folder / name).write_text(text, "utf-8")
    (folder / "large.yaml").write_text(large_process(states), "utf-8")
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        found = review(propose_folder(read_folder(folder, languages=("en",))), NOW).findings
    finally:
        sys.setprofile(before)
    assert found == ()
    return calls


def test_three_times_the_process_is_little_more_than_three_times_the_work(tmp_path: Path) -> None:
    count_calls(tmp_path / "warm", 10)
    small, large = count_calls(tmp_path / "small", 50), count_calls(tmp_path / "large", 150)
    assert large < 4 * small
    assert large < 1_500_000
