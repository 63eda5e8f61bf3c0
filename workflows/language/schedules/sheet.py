"""schedules.yaml while it is being read: what it may name, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.language.building.context import Context
from workflows.language.building.draft import Expected
from workflows.language.definition import Definition
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.scope import Scope
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.field import LANGUAGES, Field
from workflows.language.problems import Path, Report
from workflows.timing.problems import did_you_mean

Registers = Mapping[str, Mapping[str, Field]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`shape` holds what is out of shape: what would only follow from that is not complained about again.

    known    the processes that can be used
    names    those that there are, also the ones with problems of their own
    """

    context: Context
    known: Mapping[str, Definition]
    names: Collection[str]
    registers: Registers
    shape: Report
    report: Report

    def wrong(self, path: Path, message: str, *, key: bool = False, within: tuple[int, int] = (1, 1)) -> None:
        """Complain about the value at `path`."""
        if not self.shape.touches(path):
            self.report.add(path, message, key=key, within=within)

    def knows(self, what: str, name: str, among: Collection[str], path: Path) -> bool:
        """Whether `name` is one of those; a complaint if not."""
        if name not in among:
            self.wrong(path, f"unknown {what} {name!r}{did_you_mean(name, among)}")
        return name in among

    def titled(self, title: Mapping[str, str] | None, path: Path) -> Mapping[str, str]:
        """A title, which must be there in all languages."""
        missing = [language for language in LANGUAGES if language not in (title or {})]
        if missing and title is not None:
            self.wrong(path, f"the title lacks {', '.join(missing)}")
        return title or {}

    def expression(self, source: str, path: Path, expect: Expected, scope: Scope) -> Expression | None:
        """The expression, checked."""
        try:
            found = scope.check(source, expect)
        except ExpressionError as error:
            self.wrong(path, str(error), within=(error.line, error.column))
            return None
        if found.visited:
            self.wrong(path, "there is no ticket yet, so none has visited a state")
        return found


class Below(Report):
    """A report about a part of a file: its paths begin at `above`."""

    def __init__(self, whole: Report, above: Path) -> None:
        self._whole, self._above = whole, above

    def add(self, path: Path, message: str, **more: Any) -> None:
        """Note a problem of the part in the whole."""
        self._whole.add((*self._above, *path), message, **more)

    def touches(self, path: Path) -> bool:
        """Whether something was found there."""
        return self._whole.touches((*self._above, *path))
