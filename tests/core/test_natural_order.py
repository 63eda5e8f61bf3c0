"""Units and keys come in the order in which people count."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.natural_order import natural_key


@pytest.mark.parametrize(
    "in_order",
    [
        ["2", "10", "100"],
        ["3-2-901", "3-2-1001", "3-10-101", "10-1-101"],
        ["2-9", "2-10", "2-10A", "2-10B", "2-11"],
        ["1栋2单元301", "1栋10单元301", "2栋1单元301", "十栋1单元301"],
        ["一栋", "二栋", "九栋", "十栋", "十二栋", "二十栋", "一百零三栋"],
        ["甲栋", "乙栋", "丙栋", "丁栋"],
        ["地下2层", "地下1层", "1层", "2层", "10层"],
        ["3-B2-07", "3-B1-07", "3-1-07"],
        ["3-负二-7", "3-负一-7", "3-1-7"],
        ["-2-5", "-1-5", "1-5"],
        ["3--1-05", "3-1-05"],
        ["A栋-9", "A栋-101", "A栋-102"],
        ["P1", "P2", "P10", "Q1"],
        ["A-2", "B-1"],
        ["7", "7-1"],
    ],
)
def test_names_come_as_people_count(in_order: list[str]) -> None:
    for mixed in list(permutations(in_order))[:24]:
        assert sorted(mixed, key=natural_key) == in_order


@pytest.mark.parametrize(
    ("one", "other"),
    [("３－２－１００１", "3-2-1001"), ("地下壹", "地下壹"), ("負一", "负一"), ("a-007", "A-7")],
)
def test_one_name_in_two_spellings_has_one_place(one: str, other: str) -> None:
    assert natural_key(one) == natural_key(other)


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_numbers_come_as_numbers_however_long(one: int, other: int) -> None:
    assert (natural_key(f"x{one}") < natural_key(f"x{other}")) == (one < other)


@given(st.text(max_size=40))
def test_whatever_is_written_has_a_place(name: str) -> None:
    assert isinstance(natural_key(name), bytes)
