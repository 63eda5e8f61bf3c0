"""The list of guarantees follows the code: what is to be taken away is there, and who would notice it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sabotage.guarantees import GUARANTEES, Guarantee, misfit

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("one", GUARANTEES, ids=lambda one: one.name)
def test_what_would_be_taken_away_stands_there_once_and_has_its_test(one: Guarantee) -> None:
    """Else the sabotage would change nothing, and its red be worth nothing."""
    assert misfit(one, ROOT) is None


MADE_UP = Guarantee("made-up", "workflows/a.py", "if sure:", "if True:", "tests/test_a.py::test_sure[sqlite]")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"workflows/a.py": "if sure:", "tests/test_a.py": "def test_sure():"}, None),
        (
            {"workflows/b.py": "if sure:"},
            "workflows/a.py is no longer there: 'if sure:'; it stands in workflows/b.py",
        ),
        ({"workflows/a.py": "if certain:"}, "workflows/a.py no longer holds its text 'if sure:'"),
        ({"workflows/a.py": "if sure: if sure:"}, "its text stands 2 times in workflows/a.py"),
        ({"workflows/a.py": "if sure:"}, "its test's file tests/test_a.py is no longer there"),
        (
            {"workflows/a.py": "if sure:", "tests/test_a.py": "def test_certain():"},
            "tests/test_a.py has no test test_sure[sqlite] any more",
        ),
    ],
)
def test_code_that_has_moved_away_from_its_sabotage_is_said_with_the_place(
    files: dict[str, str], said: str | None, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    expected = said and f"made-up (tests/sabotage/guarantees.py:0): {said}"
    assert misfit(MADE_UP, tmp_path) == expected


def test_an_entry_that_does_not_fit_any_more_is_named_with_its_line(tmp_path: Path) -> None:
    (said,) = [misfit(GUARANTEES[0], tmp_path)]
    assert said is not None
    assert re.match(r"sqlite-begins-as-a-writer \(tests/sabotage/guarantees\.py:\d\d+\): workflows/", said)


def test_the_page_of_guarantees_names_each_and_no_other() -> None:
    """With the test that shows it."""
    page = (ROOT / "docs" / "guarantees.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \|.*\| `(tests/[^`]+)` \|$", page, re.M))
    assert rows == {one.name: one.test.partition("[")[0] for one in GUARANTEES}
