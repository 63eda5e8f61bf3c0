"""The text of one expression: its words, what it speaks of, and what is forbidden before CEL ever sees it.

CEL bounds iterations and depth, but not the memory of texts joined inside a loop, and it reads `has(x)` of a
plain name as the value of x. Both are refused here. Whole numbers are mended too: people write `fee > 10`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

LONGEST = 2_000
_LOOPS = frozenset({"all", "exists", "exists_one", "filter", "map"})
_WORD = re.compile(
    r"""(?P<blank>\s+|//[^\n]*)
    |(?P<string>[rRbB]{0,2}(?:\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<float>\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|(?<![\w)\]])\.\d+)
    |(?P<int>0[xX][0-9a-fA-F]+[uU]?|\d+[uU]?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>&&|\|\||[<>=!]=|.)""",
    re.VERBOSE,
)


class ExpressionError(ValueError):
    """An expression that cannot be used. `line` and `column` count from 1 within the expression."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class Word(NamedTuple):
    """One word: a name, a literal or a sign, and where it begins."""

    kind: str
    text: str
    at: int

    def literal(self) -> str | None:
        """The text between the quotation marks; None where this is no plain string."""
        if self.kind != "string" or self.text[0] in "rRbB":
            return None
        try:
            return str(ast.literal_eval(self.text))  # the escapes of CEL and Python agree where it matters
        except (ValueError, SyntaxError):
            return None


class Path(NamedTuple):
    """A dotted name and the index of the word behind it: `ticket.state`."""

    parts: tuple[str, ...]
    at: int
    after: int


class Loop(NamedTuple):
    """`range.filter(variable, …)`: the words between the brackets are `start` to `end`."""

    range: tuple[str, ...]
    variable: str
    start: int
    end: int


@dataclass(frozen=True)
class ExpressionText:
    """The words of `source`. `mended` are the places (in `source`) where whole numbers were given a `.0`."""

    source: str
    mended: tuple[int, ...] = ()

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words, without blanks and comments."""
        found = (Word(m.lastgroup or "sign", m.group(), m.start()) for m in _WORD.finditer(self.source))
        return tuple(word for word in found if word.kind != "blank")

    def sign(self, index: int) -> str:
        """The text of the word at `index`, empty outside."""
        return self.words[index].text if 0 <= index < len(self.words) else ""

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """Every dotted name that is not a function, in order."""
        return tuple(self._paths())

    def _paths(self) -> Iterator[Path]:
        index = 0
        while index < len(self.words):
            start, parts = index, []
            while self._is_name(index) and self.sign(index + 1) != "(":
                parts.append(self.sign(index))
                index += 2
                if self.sign(index - 1) != ".":
                    break
            after = max(index - 1, start + 1)
            if parts and self.sign(start - 1) != ".":
                yield Path(tuple(parts), self.words[start].at, after)
            index = after

    def _is_name(self, index: int) -> bool:
        return index < len(self.words) and self.words[index].kind == "name"

    @cached_property
    def loops(self) -> tuple[Loop, ...]:
        """Every `filter`, `all`, `exists` …"""
        ranges = {path.after: path.parts for path in self.paths}
        return tuple(
            Loop(ranges.get(index - 1, ()), self.sign(index + 2), index + 2, self._closing(index + 1))
            for index, word in enumerate(self.words)
            if word.text in _LOOPS and self.sign(index - 1) == "." and self.sign(index + 1) == "("
        )

    def _closing(self, opening: int) -> int:
        depth = 0
        for index in range(opening, len(self.words)):
            depth += {"(": 1, ")": -1}.get(self.sign(index), 0)
            if depth == 0:
                return index
        return len(self.words)

    @cached_property
    def visited(self) -> frozenset[str]:
        """The states that `visits("…")` asks for."""
        return frozenset(self._visited(index) for index in self._visits)

    @cached_property
    def _visits(self) -> tuple[int, ...]:
        words = enumerate(self.words)
        return tuple(i for i, word in words if word.text == "visits" and self.sign(i - 1) != ".")

    def _visited(self, index: int) -> str:
        state = self.words[index + 2].literal() if index + 3 < len(self.words) else None
        if self.sign(index + 1) != "(" or self.sign(index + 3) != ")" or state is None:
            raise self.error(
                'visits needs the name of one state in quotation marks: visits("revisited")', index
            )
        return state

    @cached_property
    def below(self) -> frozenset[tuple[str, str]]:
        """Link and name of every field of a child that is spoken of; empty where one cannot be told.

        In `children.x.filter(c, …).all(c, c.data.fee > 3)` the link of the second loop's items is not told.
        """
        spoken = any(path.parts[0] == "children" for path in self.paths)
        return frozenset(self._below()) if spoken else frozenset()

    def _below(self) -> Iterator[tuple[str, str]]:
        for index, word in enumerate(self.words):
            if word.text == "data" and self.sign(index - 1) == ".":
                field = self.sign(index + 2) if self.sign(index + 1) == "." else ""
                loops = (loop for loop in self.loops if loop.start < index < loop.end)
                inner = [loop for loop in loops if loop.variable == self.sign(index - 2)]
                link = inner[-1].range[1] if inner and inner[-1].range[:1] == ("children",) else ""
                yield link, field

    def runnable(self) -> str:
        """The source as it is run: `visits("x")` becomes a look-up in the map `visits`."""
        text = self.source
        for index in reversed(self._visits):
            start, end = self.words[index].at, self.words[index + 3].at + 1
            text = f"{text[:start]}visits[{self.words[index + 2].text}]{text[end:]}"
        return text

    def judge(self) -> None:
        """ExpressionError if it is too long or does what is forbidden."""
        if len(self.source) > LONGEST:
            raise ExpressionError(
                f"an expression has at most {LONGEST} characters; this one {len(self.source)}"
            )
        for index, word in enumerate(self.words):
            if word.text == "has" and word.kind == "name" and self.sign(index + 1) == "(":
                raise self.error("has(…) is not used here: compare with null, `field != null`", index)
        for index in self._visits:
            self._visited(index)
        for loop in self.loops:
            for index in range(loop.start, loop.end):
                if self.sign(index) == "+":
                    raise self.error("+ is not allowed inside filter, map, all and exists", index)

    def error(self, message: str, index: int) -> ExpressionError:
        """An error about the word at `index`."""
        return self.error_at(message, self.words[index].at)

    def error_at(self, message: str, offset: int) -> ExpressionError:
        """An error at `offset` of the source, told in lines and columns as the author wrote it."""
        begin = self.source.rfind("\n", 0, offset) + 1
        added = sum(2 for place in self.mended if begin <= place < offset)
        return ExpressionError(message, self.source.count("\n", 0, offset) + 1, offset - begin - added + 1)

    def offset(self, line: int, column: int) -> int:
        """The offset of CEL's line and column."""
        lines = self.source.split("\n")
        return sum(len(each) + 1 for each in lines[: line - 1]) + column - 1

    def decimal(self, offset: int, *, left: bool) -> ExpressionText | None:
        """The text with the whole number beside the sign at `offset` made a decimal, if one is there."""
        index = next((i for i, word in enumerate(self.words) if word.at == offset), None)
        if index is None:
            return None
        if self.sign(index) == "?":
            numbers = [self._otherwise(index)]
        elif self.sign(index) == "in":
            numbers = list(range(index + 1, self._bracket_end(index + 1)))
        else:
            numbers = [index - 1] if left else [index + 1 + (self.sign(index + 1) == "-")]
        return self._with_decimals([n for n in numbers if 0 <= n < len(self.words)])

    def compared(self, index: int) -> list[int]:
        """What a name before `index` is compared with: the word after `==` or `!=`, or a list after `in`."""
        if self.sign(index) in ("==", "!="):
            return [index + 1] if index + 1 < len(self.words) else []
        return list(range(index + 1, self._bracket_end(index + 1))) if self.sign(index) == "in" else []

    def _otherwise(self, question: int) -> int:
        depth = 0
        for index in range(question, len(self.words)):
            depth += {"?": 1, ":": -1}.get(self.sign(index), 0)
            if depth == 0:
                return index + 1
        return -1

    def _bracket_end(self, opening: int) -> int:
        if self.sign(opening) != "[":
            return opening
        return next((i for i in range(opening, len(self.words)) if self.sign(i) == "]"), opening)

    def _with_decimals(self, indexes: list[int]) -> ExpressionText | None:
        text, mended = self.source, self.mended
        for index in sorted(indexes, reverse=True):
            word = self.words[index]
            if word.kind == "int" and word.text.isdigit():
                end = word.at + len(word.text)
                text = f"{text[:end]}.0{text[end:]}"
                mended = (*(place + 2 if place >= end else place for place in mended), end)
        return ExpressionText(text, tuple(sorted(mended))) if text != self.source else None
