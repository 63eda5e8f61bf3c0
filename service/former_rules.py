"""Finds the versions of processes in use that later rules refuse: they are read by the rules of their day."""

from __future__ import annotations

from service.bootstrap import Desk

_LOOKED_AT_ONCE = 5  # versions; each that was never used by this process must be built


class FormerRulesReader:
    """Finds them bit by bit: what was found of a version holds for ever."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._refused: dict[tuple[str, int], bool] = {}

    def read(self) -> list[tuple[str, int]]:
        """(process, version) of those with open tickets, as far as they have been looked at."""
        used = self._desk.counts.versions_in_use()
        for name, version in [each for each in used if each not in self._refused][:_LOOKED_AT_ONCE]:
            self._refused[name, version] = bool(self._desk.definitions.get(name, version).objections)
        return [each for each in used if self._refused.get(each)]
