"""What was probably meant by a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_NAME = 100


def find_nearest(word: object, choices: Iterable[str]) -> str | None:
    """The choice nearest to `word`, or None if none is near. Words longer than `LONGEST_NAME` have none."""
    text = str(word)
    near = get_close_matches(text, sorted(choices), n=1, cutoff=0.5) if len(text) <= LONGEST_NAME else ()
    return near[0] if near else None


def did_you_mean(word: object, choices: Iterable[str]) -> str:
    """`; did you mean 'hours'?` with the choice nearest to `word`, or an empty text if none is near."""
    near = find_nearest(word, choices)
    return f"; did you mean {near!r}?" if near else ""
