"""The benchmarks name parts of the program, and renaming one must not break them unseen; the one that refuses
says no to what it is there for."""

from __future__ import annotations

from benchmarks.callers import Cost, find_growth, find_leaks
from benchmarks.parts import FLOOR, OURS


def test_every_part_of_a_request_that_is_timed_exists():
    places = [place for watched in (OURS, FLOOR) for each in watched.values() for place in each]
    assert [name for owner, name in places if not hasattr(owner, name)] == []


def test_what_costs_more_than_three_times_as_much_is_named() -> None:
    """In the work of the database, or in the rows that are touched."""
    few = {name: Cost(100, 10, 0.1, 1) for name in ("a", "b", "c")}
    many = {"a": Cost(300, 30, 9.9, 9), "b": Cost(301, 10, 0.1, 1), "c": Cost(100, 31, 0.1, 1)}
    assert [each.split()[0] for each in find_growth(few, many)] == ["b", "c"]


def test_what_is_found_or_costs_otherwise_for_who_may_not_read_it_is_named() -> None:
    nothing = Cost(100, None, 0.1, 0)
    costs = {"there": nothing, "found": nothing._replace(found=1), "slow": nothing._replace(work=106)}
    pairs = [(name, "absent") for name in costs]
    found = list(find_leaks(costs | {"absent": nothing}, pairs))
    assert [each.split()[:2] for each in found] == [["found", "finds"], ["slow", "costs"]]
