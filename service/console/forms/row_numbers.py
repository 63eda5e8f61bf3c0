"""The names of inputs in rows: `family.0.phone` is in the first row of `family`."""

from __future__ import annotations

from collections.abc import Iterable

MAX_ROWS = 500


def row_name(name: str, place: int) -> str:
    """The beginning of the names of a row's inputs."""
    return f"{name}.{place}"


def count_rows(name: str, inputs: Iterable[str]) -> int:
    """How many rows these inputs have for a table: one more than the highest number."""
    numbers = (
        each.removeprefix(f"{name}.").partition(".")[0] for each in inputs if each.startswith(f"{name}.")
    )
    places = (int(each) for each in numbers if each.isascii() and each.isdecimal() and len(each) < 4)
    return min(MAX_ROWS, max((place + 1 for place in places), default=0))


def input_name(path: str) -> str:
    """The name of the input that a reason is about: `family[0].phone` is `family.0.phone`."""
    return path.replace("[", ".").replace("]", "")
