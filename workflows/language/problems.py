"""What is wrong with a definition, where it stands, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

Path = tuple[str | int, ...]
"""The keys and list positions that lead to a value: `("transitions", 3, "to")`."""


class Severity(StrEnum):
    """An error keeps a definition from being used, a warning is for its author to weigh."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Problem:
    """One thing that is wrong. `line` and `column` count from 1; 0 when there is no place to point at.

    `used_in` is the process's file, where the fault stands in a shape and only this use of it is wrong.
    """

    file: str
    line: int
    column: int
    message: str
    path: str = ""
    severity: Severity = Severity.ERROR
    used_in: str = ""

    def __str__(self) -> str:
        word = "warning: " if self.severity is Severity.WARNING else ""
        user = f" (used in {self.used_in})" if self.used_in else ""
        return f"{self.file}:{self.line}:{self.column}: {word}{self.message}{user}"


class Places(Protocol):
    """Whatever knows where in a file a path stands."""

    @property
    def file(self) -> str: ...
    def locate(
        self, path: Path, *, key: bool = False, within: tuple[int, int] = (1, 1)
    ) -> tuple[int, int]: ...
    def home(self, path: Path) -> str: ...


_MOST = 500


class Report:
    """Collects the problems of one file: the first 500, nobody reads more."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._found: dict[Problem, Path] = {}

    def add(
        self,
        path: Path,
        message: str,
        *,
        key: bool = False,
        within: tuple[int, int] = (1, 1),
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a problem with the value at `path`; `key`: with its key; `within`: a place in its text."""
        if len(self._found) >= _MOST:
            return
        line, column = self._places.locate(path, key=key, within=within)
        whole, home = self._places.file, self._places.home(path)
        found = Problem(
            file=home,
            line=line,
            column=column,
            message=message,
            path="/".join(map(str, path)),
            severity=severity,
            used_in="" if home == whole else whole,
        )
        self._found.setdefault(found, path)

    def warn(self, path: Path, message: str) -> None:
        """Note something doubtful about `path`."""
        self.add(path, message, key=True, severity=Severity.WARNING)

    def take(self, other: Report) -> None:
        """Take over what another report about the same file says."""
        self._found |= other._found

    def touches(self, path: Path) -> bool:
        """Whether something was found at `path`, above it or below it: what follows from it is not news."""
        return any(path[: len(each)] == each[: len(path)] for each in self._found.values())

    def about(self, path: Path) -> tuple[str, ...]:
        """What was found at `path` and below it."""
        return tuple(found.message for found, at in self._found.items() if at[: len(path)] == path)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that was found, in the order of the file."""
        return tuple(sorted(self._found))


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that keep a definition from being used."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)
