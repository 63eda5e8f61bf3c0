"""A story may begin with entries in registers, and expect what has become of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from scenario_texts import ORDER

from workflows.rehearsal import ScenarioResult

RehearseText = Callable[[str], list[ScenarioResult]]
T = "{en: T, zh-Hans: 题, zh-Hant: 題, es: T}"
REGISTERS = f"""\
rooms:
  title: {T}
  key: room
  readers: [desk]
  fields:
    room: {{type: text, title: {T}}}
    keeper: {{type: staff, title: {T}}}
    guest: {{type: person, title: {T}}}
"""
CHANGES = (
    ("workflow: order", "workflow: room-order"),
    ("O-{year}", "R-{year}"),
    ("  what: {type: text,", "  what: {type: text, register: rooms,"),
    ("guard: what != 'no'", "guard: what != 'no'\n    effects: [{strike: rooms, key: what}]"),
)


@pytest.fixture
def rehearse_rooms(rehearse_text: RehearseText, tmp_path: Path) -> RehearseText:
    """Rehearses scenarios of a process whose field is a key of the register `rooms`."""
    (tmp_path / "registers.yaml").write_text(REGISTERS, encoding="utf-8")
    text = ORDER
    for old, new in CHANGES:
        assert text.count(old) == 1
        text = text.replace(old, new)

    def rehearse_scenarios(scenarios: str) -> list[ScenarioResult]:
        (tmp_path / "rooms.yaml").write_text(f"{text}\nscenarios:\n{scenarios}", encoding="utf-8")
        return rehearse_text("  []\n")

    return rehearse_scenarios


def story(
    *steps: str, name: str = "a story", registers: str = "{rooms: [{room: r1, keeper: desk, guest: Li}]}"
) -> str:
    """One scenario."""
    head = f"  - name: {name}\n    at: 2026-03-02 09:00\n    registers: {registers}\n    steps:\n"
    return head + "".join(f"      - {step}\n" for step in steps)


def test_a_story_begins_with_its_entries_and_leaves_none_behind(rehearse_rooms: RehearseText) -> None:
    results = rehearse_rooms(
        story("{open: {what: r1}, as: desk}", "{open: {what: r2}, as: desk, refused: [no-entry]}")
        + story("{open: {what: r2}, as: desk}", name="another", registers="{}")
    )
    assert [each.failure for each in results] == [None, None]


def test_a_story_expects_what_has_become_of_entries(rehearse_rooms: RehearseText) -> None:
    steps = (
        "{open: {what: r1}, as: desk}",
        "{expect: {registers: {rooms: {r1: {keeper: desk, guest: Li}, r2: null}}}}",
        "{give: {department: gardens}, as: desk}",
        "{finish: {}, as: worker}",
        "{expect: {registers: {rooms: {r1: null}}}}",
    )
    (result,) = rehearse_rooms(story(*steps))
    assert result.failure is None


@pytest.mark.parametrize(
    ("expected", "failure"),
    [
        ("{r1: null}", "rooms r1: None is expected, found {'room': 'r1', 'keeper': 'desk', 'guest': 'Li'}"),
        ("{r1: {guest: Wang}}", "rooms r1: guest: Wang is expected, found Li"),
        ("{r2: {guest: Wang}}", "rooms r2: {'guest': 'Wang'} is expected, found None"),
    ],
)
def test_what_is_otherwise_is_told(rehearse_rooms: RehearseText, expected: str, failure: str) -> None:
    steps = ("{open: {what: r1}, as: desk}", f"{{expect: {{registers: {{rooms: {expected}}}}}}}")
    (result,) = rehearse_rooms(story(*steps))
    assert result.failure == failure
