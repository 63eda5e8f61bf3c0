"""Checks the numbering of processes: no two give the same number, and none soon has too few digits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from workflows.language.definition import Definition
from workflows.language.findings import Findings, Problem
from workflows.sentence import Sentence

_PARTS = re.compile(r"\{(year|month|seq)(?::(\d))?\}|(.)")
_DIGITS = frozenset("0123456789")
_WIDTHS = {"year": 4, "month": 2}
_USUAL = 5  # digits that a count may come to, however few its numbering says
_LEAST = 3  # with fewer, a hundred tickets a year are too many


class Numbers(NamedTuple):
    """What a numbering's numbers look like: the characters possible before the count, and its digits."""

    before: tuple[frozenset[str], ...]
    width: int

    def at(self, place: int) -> frozenset[str]:
        """The characters that a number may have at this place."""
        return self.before[place] if place < len(self.before) else _DIGITS

    @property
    def lengths(self) -> range:
        """How long its numbers can be, counts beyond all expectation aside."""
        most = max(self.width + 1, _USUAL)
        return range(len(self.before) + self.width, len(self.before) + most + 1)


def check_numbers(definitions: Mapping[str, Definition], findings_by_name: Mapping[str, Findings]) -> None:
    """Report each process whose tickets could have the number of another process's ticket."""
    seen: dict[str, Numbers] = {}
    for name, definition in definitions.items():
        numbers = _numbers(definition.numbering)
        other = next((n for n, each in seen.items() if _may_meet(each, numbers)), None)
        seen[name] = numbers
        if other is not None:
            theirs, ours = definitions[other].numbering, definition.numbering
            pattern = "{other!r} has the numbering {numbering!r} already"
            if theirs != ours:
                pattern = "numbers of {numbering!r} may be those of {other!r}, whose numbering is {theirs!r}"
            message = Sentence("numbering-clash", pattern, numbering=ours, other=other, theirs=theirs)
            findings_by_name[name].add(("numbering",), message)


def find_short_numbering(definition: Definition) -> Iterator[Problem]:
    """A numbering whose digits are used up within a year by a hundred tickets."""
    count = re.search(r"\{seq:(\d)\}", definition.numbering)
    if count and int(count[1]) < _LEAST and "{month}" not in definition.numbering:
        most = 10 ** int(count[1]) - 1
        pattern = (
            "{numbering!r} has room for {most} tickets a year; after that its numbers are longer and no "
            "longer in order: write {{seq:5}}"
        )
        message = Sentence("numbering-overflow", pattern, numbering=definition.numbering, most=most)
        yield Problem(("numbering",), message)


def _numbers(pattern: str) -> Numbers:
    before: list[frozenset[str]] = []
    width = 1
    for word, digits, letter in _PARTS.findall(pattern):
        if letter:
            before.append(frozenset(letter))
        elif word == "seq":
            width = int(digits or 1)
        else:
            before.extend([_DIGITS] * _WIDTHS[word])
    return Numbers(tuple(before), width)


def _may_meet(one: Numbers, other: Numbers) -> bool:
    lengths = set(one.lengths) & set(other.lengths)
    longest = max(len(one.before), len(other.before))
    return bool(lengths) and all(one.at(place) & other.at(place) for place in range(longest))
