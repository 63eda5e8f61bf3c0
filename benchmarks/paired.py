"""Compares two ways of doing the same, in turn: load changes, so only ratios of neighbouring rounds count."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter


def compare(
    name: str,
    ours: Callable[[], object],
    floor: Callable[[], object],
    work: int,
    unit: str,
    rounds: int,
    prepare: Callable[[], object] = lambda: None,
) -> float:
    """Run both `rounds` times after one round to warm up, each after an untimed `prepare`.

    Prints the rates and the ratio ours / floor; returns the median ratio.
    """
    pairs = [(_seconds(ours, prepare), _seconds(floor, prepare)) for _ in range(rounds + 1)][1:]
    ratios = sorted(theirs / mine for mine, theirs in pairs)
    mine, theirs = (work / median(times) for times in zip(*pairs, strict=True))
    print(
        f"{name:44} ours {mine:9.0f} {unit}   floor {theirs:9.0f} {unit}   "
        f"ratio {median(ratios):.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f}, {rounds} rounds)",
        flush=True,
    )
    return median(ratios)


def _seconds(work: Callable[[], object], prepare: Callable[[], object]) -> float:
    prepare()
    started = perf_counter()
    work()
    return perf_counter() - started
