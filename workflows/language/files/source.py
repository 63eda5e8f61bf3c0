"""Parses YAML 1.2 into plain data with the place of every value. The text may come from a stranger.

PyYAML only scans: no object is built from a tag, and plain scalars are resolved here, by the rules of YAML
1.2. So `on`, `08:30`, `2026-03-02` and `010` are texts. Size, depth, aliases and what aliases add up to are
limited while the events arrive, before anything is built.
"""

from __future__ import annotations

from typing import Any

from workflows.language.files.yaml_parser import Node, SourceError, YamlParser
from workflows.language.findings import Finding, Findings, KeyPath
from workflows.sentence import Sentence

MAX_BYTES = 1_000_000  # bytes


class SourceFile:
    """One file as plain data, with the place of every value in it."""

    def __init__(self, text: str | bytes, file: str) -> None:
        self.file = file
        self._root = Node(None, 1, 1)
        self._errors: list[tuple[SourceError, KeyPath]] = []
        try:
            self._root, self._errors = YamlParser(_decode(text)).parse()
        except SourceError as error:
            self._errors = [(error, ())]
            self.is_complete = False
        else:
            self.is_complete = True

    @property
    def data(self) -> Any:
        """The contents as mappings, lists, texts, numbers, booleans and None."""
        return self._root.data

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The YAML errors of the text. If it is not `is_complete`, there is no data."""
        return tuple(
            Finding.of(error.sentence, self.file, error.line, error.column, path=path)
            for error, path in self._errors
        )

    def locate(
        self, path: KeyPath, *, key: bool = False, within: tuple[int, int] = (1, 1)
    ) -> tuple[int, int]:
        """Line and column of the value at `path`, or of the nearest existing one above it; with `key`, of its
        key."""
        node, place = self._root, (self._root.line, self._root.column)
        for step in path:
            if step not in node.children:  # it is missing, or a single value stands for a list of one
                return place if isinstance(node.data, dict | list) else (node.line, node.column)
            place = node.keys[step]
            node = node.children[step]
        if key or not path:
            return place
        if node.quote_offset is None or within[0] > 1:
            return node.line, node.column
        return node.line, node.column + within[1] - 1 + (node.quote_offset if within[1] > 1 else 0)

    def file_of(self, path: KeyPath) -> str:
        """The file that contains the value at `path`, or the nearest existing one above it."""
        node = self._root
        for step in path:
            if step not in node.children:
                break
            node = node.children[step]
        return node.file or self.file

    @property
    def root(self) -> Node:
        """The root node, with the places of all others."""
        return self._root

    def replace_root(self, root: Node) -> None:
        """Replace the contents by this root: the text merged with its shapes."""
        self._root = root

    def new_findings(self) -> Findings:
        """An empty collection of findings about this file."""
        return Findings(self)


def _decode(text: str | bytes) -> str:
    if len(text) > MAX_BYTES:
        raise SourceError(
            Sentence(
                "too-large",
                "the file is larger than {most} bytes; no definition needs that much",
                most=f"{MAX_BYTES:,}",
            )
        )
    try:
        raw = text.encode() if isinstance(text, str) else text
        if len(raw) > MAX_BYTES:
            raise SourceError(
                Sentence(
                    "too-large",
                    "the file is larger than {most} bytes; no definition needs that much",
                    most=f"{MAX_BYTES:,}",
                )
            )
        return raw.decode()
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        raise SourceError(
            Sentence("encoding", "the file is not UTF-8 text"), before.count(b"\n") + 1
        ) from None
    except UnicodeEncodeError as error:
        before_it = error.object[: error.start]
        raise SourceError(
            Sentence("encoding", "half a character (a lone surrogate) in the text"), before_it.count("\n") + 1
        ) from None
