"""A register keeps what is personal of an entry as long after its end as it says, and no longer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import clock_desk
import pytest
from clock_desk import MONDAY, SITE

from service.bootstrap import Desk
from service.scheduler import clean_up
from workflows.core.commands import CLOCK
from workflows.core.records import EntryWrite
from workflows.language.load import read_folder
from workflows.storage.errors import Conflict

DAY = 86_400
T = "{en: T, zh-Hans: 题, zh-Hant: 題, es: T}"


def keep_for(desk: Desk, folder: Path, length: str | None) -> None:
    """From now on the register of keys says how long it keeps what is personal."""
    kept = f"  retention: {length}\n" if length else ""
    text = (
        f"keys:\n  title: {T}\n  key: number\n  readers: [clerk]\n{kept}  fields:\n"
        f"    number: {{type: text, title: {T}}}\n    holder: {{type: person, title: {T}}}\n"
    )
    copied = folder / f"definitions {length}"
    shutil.copytree(clock_desk.ERRANDS, copied)
    (copied / "registers.yaml").write_text(text, encoding="utf-8")
    desk.definitions.publish(read_folder(copied), MONDAY, "tests")


def struck(desk: Desk, key: str = "K-1") -> None:
    """A key that somebody had until Monday."""
    for strike in (False, True):
        filing = EntryWrite(
            "keys", key, "number", personal={} if strike else {"holder": "王秘密"}, strike=strike
        )
        desk.store.entries.write(SITE, [filing], CLOCK, MONDAY)


def held(desk: Desk, key: str = "K-1") -> dict[str, object]:
    found = desk.store.entries.find(SITE, "keys", key)
    assert found is not None
    return dict(found.personal)


def test_when_the_time_is_over_the_people_are_forgotten(desk: Desk, tmp_path: Path) -> None:
    """The history says so, and it is done once."""
    keep_for(desk, tmp_path, "30 days")
    struck(desk)
    assert clean_up(desk, MONDAY + 30 * DAY) == 0
    assert held(desk) == {"holder": "王秘密"}
    assert clean_up(desk, MONDAY + 30 * DAY + 1) == 1
    assert held(desk) == {}
    last = desk.store.entries.history(SITE, "keys", "K-1")[-1]
    assert (last.kind, last.actor_id, last.note) == ("erase", "system", "kept for 30 days after its end")
    assert clean_up(desk, MONDAY + 31 * DAY) == 0


def test_a_register_that_says_nothing_keeps_them_until_it_does(desk: Desk, tmp_path: Path) -> None:
    """What it says now holds for what was struck before."""
    keep_for(desk, tmp_path, None)
    struck(desk)
    assert clean_up(desk, MONDAY + 9_999 * DAY) == 0
    keep_for(desk, tmp_path, "1 week")
    assert clean_up(desk, MONDAY + 8 * DAY) == 1
    assert held(desk) == {}


def test_many_are_erased_in_batches(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until none is left: a clock that was stopped between two goes on with the next."""
    keep_for(desk, tmp_path, "1 week")
    for number in range(3):
        struck(desk, f"K-{number}")
    eraser = desk.store.entries.eraser
    found = eraser.find_expired
    monkeypatch.setattr(eraser, "find_expired", lambda register, before: found(register, before, 2))
    assert clean_up(desk, MONDAY + 8 * DAY) == 3
    assert [held(desk, f"K-{number}") for number in range(3)] == [{}, {}, {}]


def test_one_that_moves_at_this_moment_waits_for_the_next_round(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And keeps nobody else waiting."""
    keep_for(desk, tmp_path, "1 week")
    struck(desk, "K-1")
    struck(desk, "K-2")
    eraser = desk.store.entries.eraser
    erase = eraser.erase

    def busy(author: Any, register: str, key: str, **more: Any) -> bool:
        if key == "K-1":
            raise Conflict("somebody is quicker")
        return erase(author, register, key, **more)

    monkeypatch.setattr(eraser, "erase", busy)
    assert clean_up(desk, MONDAY + 8 * DAY) == 1
    assert (held(desk, "K-1"), held(desk, "K-2")) == ({"holder": "王秘密"}, {})
