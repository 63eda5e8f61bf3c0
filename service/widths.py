"""How wide a text is, roughly: a Chinese character is as wide as two Latin ones."""

from __future__ import annotations

from itertools import groupby
from unicodedata import east_asian_width

_LONGEST_WORD = 22  # in Latin characters; a longer one may be broken where it is


def width(text: str) -> int:
    """In Latin characters, of all on one line."""
    return sum(map(_one, text))


def has_long_word(text: str) -> bool:
    """Whether there is a word in it that would push a table over the edge. Chinese breaks anywhere."""
    runs = groupby(text, key=lambda c: not c.isspace() and _one(c) == 1)
    return any(solid and len(list(run)) > _LONGEST_WORD for solid, run in runs)


def _one(character: str) -> int:
    return 2 if east_asian_width(character) in "WF" else 1
