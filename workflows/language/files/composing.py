"""The scanner's events → nodes, each with its place; what is hostile is refused while the events come in."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml  # type: ignore[import-untyped]

from workflows.language.problems import Path

DEEPEST = 30
MOST_ALIASES = 50
MOST_NODES = 50_000

_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_EMPTY = ("", "~", "null", "Null", "NULL")
# A leading zero makes a telephone number, not a number.
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
# The same events from both; the first is libyaml and thirty times as fast.
_LOADER = getattr(yaml, "CLoader", yaml.Loader)


class SourceError(ValueError):
    """A text that cannot be taken in at all. `line` and `column` count from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line, self.column = line, column


@dataclass(slots=True)
class Node:
    """One value and where it stands. `inset` is what a quote adds to the column; None when it spans lines.

    `file` is said of what stands in another file than the whole does: a part of a shape."""

    data: Any
    line: int
    column: int
    inset: int | None = None
    size: int = 1
    inner: dict[str | int, Node] = field(default_factory=dict)
    keys: dict[str | int, tuple[int, int]] = field(default_factory=dict)
    file: str | None = None


class Composer:
    """Builds the nodes of one document from the scanner's events."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._anchors: dict[str, Node] = {}
        self._aliases = self._nodes = 0
        self._path: list[str | int] = []
        self._refused: list[tuple[SourceError, Path]] = []

    def document(self) -> tuple[Node, list[tuple[SourceError, Path]]]:
        """The root, and what is wrong without spoiling the rest. SourceError for what spoils it."""
        try:
            return self._document(yaml.parse(self._text, Loader=_LOADER)), self._refused
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise SourceError(_complaint(error), mark.line + 1, mark.column + 1) from None
        except yaml.YAMLError:  # a ReaderError: it counts characters, not lines
            raise _unprintable(self._text) from None

    def _document(self, events: Iterator[Any]) -> Node:
        next(events)  # StreamStart
        if isinstance(next(events), yaml.StreamEndEvent):
            return Node(None, 1, 1)
        root = self._node(next(events), events)
        next(events)  # DocumentEnd
        if not isinstance(rest := next(events), yaml.StreamEndEvent):
            raise _at(rest, "a second document begins here; one file, one process")
        return root

    def _node(self, event: Any, events: Iterator[Any]) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._count(event, 1)
        if event.tag is not None:
            raise _at(event, f"tags such as {event.tag!r} are no part of the language")
        node = self._built(event, events)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _built(self, event: Any, events: Iterator[Any]) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if len(self._path) >= DEEPEST:
            raise _at(event, f"more than {DEEPEST} levels deep")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, events)
        return self._sequence(event, events)

    def _alias(self, event: Any) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            raise _at(event, f"the alias *{event.anchor} refers to nothing that stands before it")
        self._aliases += 1
        if self._aliases > MOST_ALIASES:
            raise _at(event, f"more than {MOST_ALIASES} aliases")
        self._count(event, node.size)
        return node

    def _count(self, event: Any, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            raise _at(event, f"more than {MOST_NODES:,} values, those counted that aliases repeat")

    def _sequence(self, event: Any, events: Iterator[Any]) -> Node:
        whole = Node([], *_place(event))
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            index = len(whole.data)
            self._path.append(index)
            node = self._node(item, events)
            self._path.pop()
            whole.data.append(node.data)
            self._keep(whole, index, node, _place(item))
        return whole

    def _mapping(self, event: Any, events: Iterator[Any]) -> Node:
        whole = Node({}, *_place(event))
        while not isinstance(item := next(events), yaml.MappingEndEvent):
            key = self._key(item)
            self._path.append(key)
            node = self._node(next(events), events)
            self._path.pop()
            if key in whole.data:
                first = whole.keys[key][0]
                self._refuse(item, key, f"duplicate key {key!r}, already in line {first}")
                continue
            whole.data[key] = node.data
            self._keep(whole, key, node, _place(item))
        return whole

    def _key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise _at(event, "a name is needed before the colon")
        if event.tag is not None or event.anchor:
            raise _at(event, "a name before the colon has no tag and no anchor")
        self._count(event, 1)
        meant = _meaning(event)
        if not isinstance(meant, str):
            message = f"{kind(meant)} ({event.value}) where a name belongs; if it is meant, put it in quotes"
            self._refuse(event, event.value, message)
        return str(event.value)

    def _refuse(self, event: Any, key: str, message: str) -> None:
        self._refused.append((_at(event, message), (*self._path, key)))

    @staticmethod
    def _keep(whole: Node, key: str | int, node: Node, place: tuple[int, int]) -> None:
        whole.inner[key], whole.keys[key] = node, place
        whole.size += node.size


def _scalar(event: Any) -> Node:
    one_line = event.start_mark.line == event.end_mark.line
    quoted = event.style in ("'", '"')
    inset = (1 if quoted else 0) if one_line and event.style in (None, "", "'", '"') else None
    return Node(_meaning(event), *_place(event), inset=inset)


def _meaning(event: Any) -> object:
    """What a scalar stands for: YAML 1.2's core schema, but for numbers that nobody counts with."""
    text: str = event.value
    if not event.implicit[0]:  # quoted, or a block of text
        return text
    if text in _EMPTY:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if len(text) <= 30 and _DECIMAL.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


def kind(value: object) -> str:
    """What a value that is no text is called."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case _:
            return "a text"


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _at(event: Any, message: str) -> SourceError:
    return SourceError(message, *_place(event))


def _complaint(error: Any) -> str:
    problem = error.problem or "this is no YAML"
    if "cannot start any token" in problem:
        problem += " (indent with blanks, not with tabs; put text that begins with % @ or ` in quotes)"
    return f"{problem} {error.context or ''}".strip()


def _unprintable(text: str) -> SourceError:
    """Where the first character stands that no text may hold."""
    found = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    before = text[: found.start()] if found else ""
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return SourceError("a control character (such as NUL) in the text", line, column)
