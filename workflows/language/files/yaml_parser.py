"""Builds nodes with their places from the events of PyYAML's scanner, and refuses hostile input while they
arrive."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml  # type: ignore[import-untyped]

from workflows.language.files.yaml_errors import explain_scanner_error, explain_tag
from workflows.language.findings import KeyPath
from workflows.sentence import Sentence

MAX_DEPTH = 30
MAX_ALIASES = 50
MAX_NODES = 50_000

_KEYWORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_EMPTY = ("", "~", "null", "Null", "NULL")
# A leading zero makes a telephone number, not a number.
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
# Both give the same events; the first is libyaml and thirty times as fast.
_LOADER = getattr(yaml, "CLoader", yaml.Loader)


_MERGE = "<<"
_NO_MERGE = Sentence(
    "merge-key", "merge keys (<<) are no part of YAML 1.2; write the keys out, or use `like` with a shape"
)


class SourceError(ValueError):
    """A text that cannot be parsed at all. `line` and `column` count from 1."""

    def __init__(self, sentence: Sentence, line: int = 1, column: int = 1) -> None:
        super().__init__(sentence)
        self.sentence, self.line, self.column = sentence, line, column


@dataclass(slots=True)
class Node:
    """One value and its place. `inset` is what a quotation mark adds to the column; None if the value spans
    lines.

    `file` is set for a node that comes from another file than the rest: a part of a shape.
    """

    data: Any
    line: int
    column: int
    quote_offset: int | None = None
    size: int = 1
    children: dict[str | int, Node] = field(default_factory=dict)
    keys: dict[str | int, tuple[int, int]] = field(default_factory=dict)
    file: str | None = None


class YamlParser:
    """Builds the nodes of one document from the events of the scanner."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._anchors: dict[str, Node] = {}
        self._aliases = self._nodes = 0
        self._path: list[str | int] = []
        self._refused: list[tuple[SourceError, KeyPath]] = []

    def parse(self) -> tuple[Node, list[tuple[SourceError, KeyPath]]]:
        """The root node, and the errors that leave the rest usable. Raises SourceError for any other."""
        try:
            return self._build_document(iter(_LOADER(self._text).get_event, None)), self._refused
        except yaml.MarkedYAMLError as error:
            sentence, place = explain_scanner_error(error, self._text)
            raise SourceError(sentence, *place) from None
        except yaml.YAMLError:  # a ReaderError: it counts characters, not lines
            raise _unprintable_error(self._text) from None

    def _build_document(self, events: Iterator[Any]) -> Node:
        next(events)  # StreamStart
        if isinstance(next(events), yaml.StreamEndEvent):
            return Node(None, 1, 1)
        root = self._next_node(next(events), events)
        next(events)  # DocumentEnd
        if not isinstance(rest := next(events), yaml.StreamEndEvent):
            raise _error_at(rest, Sentence("yaml", "a second document begins here; one file, one process"))
        return root

    def _next_node(self, event: Any, events: Iterator[Any]) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._resolve_alias(event)
        self._count(event, 1)
        if event.tag is not None:
            raise _error_at(event, explain_tag(event.tag, self._text.splitlines()[event.start_mark.line]))
        node = self._build_node(event, events)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _build_node(self, event: Any, events: Iterator[Any]) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return _build_scalar(event)
        if len(self._path) >= MAX_DEPTH:
            raise _error_at(event, Sentence("too-large", "more than {most} levels deep", most=MAX_DEPTH))
        if isinstance(event, yaml.MappingStartEvent):
            return self._build_mapping(event, events)
        return self._build_sequence(event, events)

    def _resolve_alias(self, event: Any) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            raise _error_at(
                event,
                Sentence(
                    "yaml", "the alias *{anchor} refers to nothing that stands before it", anchor=event.anchor
                ),
            )
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise _error_at(event, Sentence("too-large", "more than {most} aliases", most=MAX_ALIASES))
        self._count(event, node.size)
        return node

    def _count(self, event: Any, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise _error_at(
                event,
                Sentence(
                    "too-large",
                    "more than {most} values, those counted that aliases repeat",
                    most=f"{MAX_NODES:,}",
                ),
            )

    def _build_sequence(self, event: Any, events: Iterator[Any]) -> Node:
        whole = Node([], *_position(event))
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            index = len(whole.data)
            self._path.append(index)
            node = self._next_node(item, events)
            self._path.pop()
            whole.data.append(node.data)
            self._add_child(whole, index, node, _position(item))
        return whole

    def _build_mapping(self, event: Any, events: Iterator[Any]) -> Node:
        whole = Node({}, *_position(event))
        while not isinstance(item := next(events), yaml.MappingEndEvent):
            key = self._parse_key(item)
            self._path.append(key)
            node = self._next_node(next(events), events)
            self._path.pop()
            if key == _MERGE and item.implicit[0]:
                self._add_error(item, key, _NO_MERGE)
                continue
            if key in whole.data:
                first = whole.keys[key][0]
                self._add_error(
                    item,
                    key,
                    Sentence(
                        "duplicate-key",
                        "duplicate key {key!r}, already in line {first}",
                        key=key,
                        first=first,
                    ),
                )
                continue
            whole.data[key] = node.data
            self._add_child(whole, key, node, _position(item))
        return whole

    def _parse_key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise _error_at(event, Sentence("yaml", "a name is needed before the colon"))
        if event.tag is not None or event.anchor:
            raise _error_at(event, Sentence("yaml", "a name before the colon has no tag and no anchor"))
        self._count(event, 1)
        meant = _parse_scalar(event)
        if not isinstance(meant, str):
            message = Sentence(
                "wrong-kind",
                "{kind} ({value}) where a name belongs; if it is meant, put it in quotes",
                kind=kind(meant),
                value=event.value,
            )
            self._add_error(event, event.value, message)
        return str(event.value)

    def _add_error(self, event: Any, key: str, message: Sentence) -> None:
        self._refused.append((_error_at(event, message), (*self._path, key)))

    @staticmethod
    def _add_child(parent: Node, key: str | int, node: Node, place: tuple[int, int]) -> None:
        parent.children[key], parent.keys[key] = node, place
        parent.size += node.size


def _build_scalar(event: Any) -> Node:
    one_line = event.start_mark.line == event.end_mark.line
    quoted = event.style in ("'", '"')
    inset = (1 if quoted else 0) if one_line and event.style in (None, "", "'", '"') else None
    return Node(_parse_scalar(event), *_position(event), quote_offset=inset)


def _parse_scalar(event: Any) -> object:
    """The value of a scalar by the core schema of YAML 1.2, except that a number with a leading zero is a
    text."""
    text: str = event.value
    if not event.implicit[0]:  # quoted, or a block of text
        return text
    if text in _EMPTY:
        return None
    if text in _KEYWORDS:
        return _KEYWORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if len(text) <= 30 and _DECIMAL.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


def kind(value: object) -> str:
    """What an error message calls a value that is not a text."""
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


def _position(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _error_at(event: Any, message: Sentence) -> SourceError:
    return SourceError(message, *_position(event))


def _unprintable_error(text: str) -> SourceError:
    """An error at the first character that YAML does not allow."""
    match = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    before = text[: match.start()] if match else ""
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return SourceError(Sentence("encoding", "a control character (such as NUL) in the text"), line, column)
