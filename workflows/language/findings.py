"""The problems found in a definition: what is wrong, where it stands, and what was probably meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol, overload

from workflows.sentence import Sentence, as_sentence
from workflows.suggestions import find_nearest

KeyPath = tuple[str | int, ...]
"""The keys and list positions that lead to a value: `("transitions", 3, "to")`."""


class Severity(StrEnum):
    """An error prevents a definition from being used; a warning is advice to its author; a note says what a
    change means for what is there already."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Finding:
    """One problem. `line` and `column` count from 1; they are 0 when there is no place to point at.

    `code` is stable (for programs, waivers and the page about it); `message` is English, made of a `pattern`
    and `facts`, for other languages; `lines` are the further places of the same mistake; `waived` is the
    reason for which its file accepts it. `walk` is the shortest walk that shows the problem, as the YAML of a
    scenario; empty where none is needed. `used_in` is the process's file, if the problem stands in a shape
    and only its use there is wrong.
    """

    file: str
    line: int
    column: int
    message: str
    path: str = ""
    severity: Severity = Severity.ERROR
    used_in: str = ""
    code: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    walk: str = ""
    pattern: str = ""
    lines: tuple[int, ...] = ()
    waived: str = ""

    @classmethod
    def of(
        cls,
        sentence: Sentence,
        file: str,
        line: int = 0,
        column: int = 0,
        *,
        path: KeyPath = (),
        severity: Severity = Severity.ERROR,
    ) -> Finding:
        """The finding that a sentence makes at a place."""
        return cls(
            file=file,
            line=line,
            column=column,
            message=sentence,
            path="/".join(map(str, path)),
            severity=severity,
            code=sentence.code,
            facts=tuple(sentence.facts.items()),
            pattern=sentence.pattern,
        )

    def __str__(self) -> str:
        word = "" if self.severity is Severity.ERROR else f"{self.severity}: "
        word = "waived: " if self.waived else word
        return f"{self.file}:{self.line}:{self.column}: {word}{self.sentence} [{self.code}]"

    @property
    def sentence(self) -> str:
        """The message with the further lines, and the process in which a shape is used wrongly."""
        also = f"; also in line {', '.join(map(str, self.lines))}" if self.lines else ""
        user = f" (used in {self.used_in})" if self.used_in else ""
        because = f" ({self.waived})" if self.waived else ""
        return f"{self.message}{also}{user}{because}"


class Problem(NamedTuple):
    """What a check of a whole definition found, before its line is known; see `Finding` for the parts."""

    path: KeyPath
    message: str
    code: str = ""
    facts: Mapping[str, str] = MappingProxyType({})
    walk: str = ""


class SourceLocator(Protocol):
    """Knows the line and column of a path in a file."""

    @property
    def file(self) -> str: ...
    def locate(
        self, path: KeyPath, *, key: bool = False, within: tuple[int, int] = (1, 1)
    ) -> tuple[int, int]: ...
    def file_of(self, path: KeyPath) -> str: ...


_MAX_FINDINGS = 500
_UNKNOWN = "unknown-"
_ENDINGS = ("meant", "listed")
_MAX_SUGGESTION_NAMES = 500  # no suggestion among more names: a hostile text would take minutes
_FEW_NAMES = 8  # so many are listed where none is near


class Findings:
    """Collects the findings of one file, at most the first 500."""

    def __init__(self, places: SourceLocator) -> None:
        self._places = places
        self._found: dict[Finding, KeyPath] = {}

    @overload
    def add(
        self,
        path: KeyPath,
        message: Sentence,
        *,
        key: bool = ...,
        within: tuple[int, int] = ...,
        severity: Severity = ...,
        walk: str = ...,
    ) -> None: ...
    @overload
    def add(
        self,
        path: KeyPath,
        message: str,
        *,
        code: str,
        facts: Mapping[str, str] | None = ...,
        key: bool = ...,
        within: tuple[int, int] = ...,
        severity: Severity = ...,
        walk: str = ...,
    ) -> None: ...
    def add(
        self,
        path: KeyPath,
        message: str,
        *,
        code: str = "",
        facts: Mapping[str, str] | None = None,
        key: bool = False,
        within: tuple[int, int] = (1, 1),
        severity: Severity = Severity.ERROR,
        walk: str = "",
    ) -> None:
        """Add an error about the value at `path`: a sentence, or other words with their code. With `key` it
        points at the key; `within` is a line and column in a multi-line value."""
        if len(self._found) >= _MAX_FINDINGS:
            return
        sentence = as_sentence(message, code, facts or {})
        line, column = self._places.locate(path, key=key, within=within)
        whole, home = self._places.file, self._places.file_of(path)
        found = replace(
            Finding.of(sentence, home, line, column, path=path, severity=severity),
            used_in="" if home == whole else whole,
            walk=walk,
        )
        self._found.setdefault(found, path)

    def add_problem(self, problem: Problem, severity: Severity = Severity.ERROR) -> None:
        """Add what a check found, at the key of its path."""
        path, message, code, facts, walk = problem
        said = as_sentence(message, code, facts)
        self.add(path, said, key=True, severity=severity, walk=walk)

    def merge(self, other: Findings) -> None:
        """Add the findings of another collection about the same file."""
        self._found |= other._found

    def is_affected(self, path: KeyPath) -> bool:
        """Whether there is a finding at `path`, above it or below it: a further one would only be a
        consequence."""
        return any(path[: len(each)] == each[: len(path)] for each in self._found.values())

    def messages_at(self, path: KeyPath) -> tuple[str, ...]:
        """The messages of the findings at `path` and below it."""
        return tuple(found.message for found, at in self._found.items() if at[: len(path)] == path)

    @property
    def in_file_order(self) -> tuple[Finding, ...]:
        """All findings in the order of the file; an unknown name is reported once, with all its lines."""
        return tuple(sorted(_merge_unknown_names(sorted(self._found))))


def _merge_unknown_names(found: list[Finding]) -> Iterator[Finding]:
    """One finding for each unknown name, at its first place, with the lines of the others."""
    first: dict[tuple[object, ...], list[Finding]] = {}
    for each in found:
        if each.code.startswith(_UNKNOWN) and each.facts:
            name = tuple(fact for fact in each.facts if fact[0] not in _ENDINGS)
            first.setdefault((each.file, each.used_in, each.code, each.pattern, name), []).append(each)
        else:
            yield each
    for same in first.values():
        lines = dict.fromkeys(each.line for each in same[1:])
        yield replace(same[0], lines=tuple(lines))


def unknown(what: str, name: str, known: Collection[str]) -> Sentence:
    """That there is no such state, field, role … of this name among those known."""
    meant = find_nearest(name, known) if len(known) <= _MAX_SUGGESTION_NAMES else None
    code = f"{_UNKNOWN}{what.split(maxsplit=1)[0]}"
    listed = sorted(known) if len(known) <= _FEW_NAMES else ()
    return Sentence(code, f"unknown {what} {{name!r}}", name=name, meant=meant).listing(listed)


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that prevent a definition from being used."""
    return tuple(problem for problem in findings if problem.severity is Severity.ERROR)


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that prevent publication: errors, and warnings that no file waives."""
    return tuple(each for each in findings if each.severity is not Severity.NOTE and not each.waived)


def structural_errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The errors that leave no definition to be checked further: all but those of its scenarios."""
    return tuple(each for each in errors(findings) if not each.path.startswith("scenarios/"))
