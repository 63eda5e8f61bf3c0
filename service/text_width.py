"""The approximate width of a text: a Chinese character is as wide as two Latin ones."""

from __future__ import annotations

from itertools import groupby
from unicodedata import east_asian_width

_LONGEST_WORD = 22  # in Latin characters; a longer one may be broken where it is


def text_width(text: str) -> int:
    """The width of the text on one line, in Latin characters."""
    return sum(map(_character_width, text))


def has_long_word(text: str) -> bool:
    """Whether a word is too long for a table column. Chinese text may break anywhere."""
    runs = groupby(text, key=lambda c: not c.isspace() and _character_width(c) == 1)
    return any(solid and len(list(run)) > _LONGEST_WORD for solid, run in runs)


def _character_width(character: str) -> int:
    return 2 if east_asian_width(character) in "WF" else 1
