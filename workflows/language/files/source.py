"""YAML 1.2 text → plain data that remembers its places. The text may come from a stranger.

The scanner gives events only: no object is made from a tag, and what a plain word means is decided here, as
YAML 1.2 has it. So `on`, `08:30`, `2026-03-02` and `010` are text. Size, depth, aliases and what aliases add
up to are limited while the events come in, before anything is built.
"""

from __future__ import annotations

from typing import Any

from workflows.language.files.composing import Composer, Node, SourceError
from workflows.language.problems import Path, Problem, Report

LARGEST = 1_000_000  # bytes


class Source:
    """One file as plain data, with the place of everything in it."""

    def __init__(self, text: str | bytes, file: str) -> None:
        self.file = file
        self._root = Node(None, 1, 1)
        self._refused: list[tuple[SourceError, Path]] = []
        try:
            self._root, self._refused = Composer(_decoded(text)).document()
        except SourceError as error:
            self._refused = [(error, ())]
            self.whole = False
        else:
            self.whole = True

    @property
    def data(self) -> Any:
        """Mappings, lists, texts, numbers, booleans and None."""
        return self._root.data

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the text as YAML. When it is not `whole`, there is no data."""
        return tuple(
            Problem(
                file=self.file,
                line=error.line,
                column=error.column,
                message=str(error),
                path="/".join(map(str, path)),
            )
            for error, path in self._refused
        )

    def locate(self, path: Path, *, key: bool = False, within: tuple[int, int] = (1, 1)) -> tuple[int, int]:
        """Line and column of the value at `path`, or of what is nearest above it; with `key`, of its key."""
        node, place = self._root, (self._root.line, self._root.column)
        for step in path:
            if step not in node.inner:  # it is missing; or one value stands for a list of one
                return place if isinstance(node.data, dict | list) else (node.line, node.column)
            place = node.keys[step]
            node = node.inner[step]
        if key or not path:
            return place
        if node.inset is None or within[0] > 1:
            return node.line, node.column
        return node.line, node.column + within[1] - 1 + (node.inset if within[1] > 1 else 0)

    def home(self, path: Path) -> str:
        """The file in which the value at `path`, or what is nearest above it, stands."""
        node = self._root
        for step in path:
            if step not in node.inner:
                break
            node = node.inner[step]
        return node.file or self.file

    @property
    def root(self) -> Node:
        """The whole, with its places."""
        return self._root

    def become(self, root: Node) -> None:
        """Be this instead: what the text says, with the shapes it is like laid under it."""
        self._root = root

    def report(self) -> Report:
        """An empty report about this file."""
        return Report(self)


def _decoded(text: str | bytes) -> str:
    if len(text) > LARGEST:
        raise SourceError(f"the file is larger than {LARGEST:,} bytes; no definition needs that much")
    try:
        raw = text.encode() if isinstance(text, str) else text
        if len(raw) > LARGEST:
            raise SourceError(f"the file is larger than {LARGEST:,} bytes; no definition needs that much")
        return raw.decode()
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        raise SourceError("the file is not UTF-8 text", before.count(b"\n") + 1) from None
    except UnicodeEncodeError as error:
        before_it = error.object[: error.start]
        raise SourceError(
            "half a character (a lone surrogate) in the text", before_it.count("\n") + 1
        ) from None
