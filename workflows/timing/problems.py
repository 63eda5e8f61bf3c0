"""What is wrong with a piece of plain data, where, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeAlias

Path: TypeAlias = tuple[object, ...]
"""The keys and list positions that lead to a value, e.g. `("hours", "mon-fri", 0)`."""

Problem: TypeAlias = tuple[Path, str]


class SpecError(ValueError):
    """Plain data that cannot be used. `problems` holds all of them, each with its path."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(_sentence(path, message) for path, message in self.problems))


class CalendarError(SpecError):
    """A calendar that cannot be built, or (with an empty path) an instant beyond its years 1970 to 2200."""


class PolicyError(SpecError):
    """An escalation policy that cannot be built."""


def did_you_mean(word: object, choices: Iterable[str]) -> str:
    """`; did you mean 'hours'?` for the choice nearest to `word`, or nothing when none is near."""
    near = get_close_matches(str(word), list(choices), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""


def unknown_keys(spec: Mapping[str, object], known: Sequence[str], path: Path = ()) -> list[Problem]:
    """One problem for each key of `spec` that is not `known`."""
    return [
        ((*path, key), f"unknown key {key!r}{did_you_mean(key, known)}") for key in spec if key not in known
    ]


def _sentence(path: Path, message: str) -> str:
    return f"{'.'.join(map(str, path))}: {message}" if path else message
