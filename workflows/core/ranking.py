"""Report groups of free texts: the most frequent texts have their own rows, the others share one.

Texts that look alike (width, case, blanks) count as one, shown in the most frequent spelling.
"""

from __future__ import annotations

from collections import Counter

from workflows.folding import identity

OTHERS = ""
"""The group value of the shared row; no field holds an empty text."""


class RankedTexts:
    """Counts the texts of one field, then gives the group value of each. `most` texts get their own row."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._written: dict[str, Counter[str]] = {}

    def met(self, text: str) -> str:
        """Count a text once; returns its folded form, the same for texts that look alike."""
        folded = identity(text)
        self._written.setdefault(folded, Counter())[text] += 1
        return folded

    def shown(self) -> dict[str, str]:
        """Folded form → group value in the report, the most frequent first."""
        by_frequency = sorted(self._written, key=lambda common: (-self._written[common].total(), common))
        spellings = {common: _spelling(self._written[common]) for common in by_frequency[: self._most]}
        return spellings | dict.fromkeys(by_frequency[self._most :], OTHERS)


def _spelling(written: Counter[str]) -> str:
    return min(written, key=lambda text: (-written[text], text))
