"""Conditions that hold with no value that a field takes."""

from __future__ import annotations

import pytest

from tests.language.language_desk import findings

GUARD = "    guard: severity == 'high'\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (GUARD, "    guard: severity.startsWith('x')\n"),
        (GUARD, "    guard: contact == 'nobody'\n"),
        (GUARD, "    guard: severity == 'high' && severity == null\n"),
        (
            "      - raise: priority\n",
            "      - raise: priority\n        when: severity == 'high' && severity == 'low'\n",
        ),
    ],
)
def test_a_condition_that_never_holds_is_found(old: str, new: str) -> None:
    (found,) = [each for each in findings(old, new) if "never-holds" in each]
    assert "never holds" in found


def test_a_condition_that_may_hold_is_not() -> None:
    assert not [each for each in findings(GUARD, "    guard: severity.startsWith('h')\n") if "never" in each]
