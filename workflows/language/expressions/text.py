"""The tokens of an expression: which names it uses, and what is forbidden before CEL reads it.

CEL limits iterations and depth, but not the memory of texts joined in a loop, and it reads `has(x)` of a
plain name as the value of x. Both are refused here. Whole numbers are turned into decimals: people write `fee
> 10`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from workflows.language.punctuation import find_full_width, full_width_sentence
from workflows.sentence import Sentence

MAX_LENGTH = 2_000
_LOOP_FUNCTIONS = frozenset({"all", "exists", "exists_one", "filter", "map"})
_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*)
    |(?P<string>[rRbB]{0,2}(?:\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<float>\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|(?<![\w)\]])\.\d+)
    |(?P<int>0[xX][0-9a-fA-F]+[uU]?|\d+[uU]?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>&&|\|\||[<>=!]=|.)""",
    re.VERBOSE,
)


class ExpressionError(ValueError):
    """An invalid expression. `line` and `column` count from 1 within the expression."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class ExpressionToken(NamedTuple):
    """A token: a name, a literal or a sign, and its offset."""

    kind: str
    text: str
    at: int

    def literal(self) -> str | None:
        """The value of a plain text literal; None for any other token."""
        if self.kind != "string" or self.text[0] in "rRbB":
            return None
        quotes = 3 if self.text[:3] in ('"""', "'''") else 1
        inside = self.text[quotes:-quotes].encode("latin-1", "backslashreplace")
        try:  # CEL and Python agree on the escapes that matter; `ast.literal_eval` is not safe among threads
            return inside.decode("unicode_escape")
        except ValueError:
            return None


class DottedName(NamedTuple):
    """A dotted name such as `ticket.state`, and the index of the token after it."""

    parts: tuple[str, ...]
    at: int
    after: int


class LoopCall(NamedTuple):
    """`range.filter(variable, …)`: the tokens in the brackets are `start` to `end`."""

    range: tuple[str, ...]
    variable: str
    start: int
    end: int


@dataclass(frozen=True)
class ExpressionText:
    """The tokens of `source`. `mended` are the offsets in `source` where a whole number got a `.0`."""

    source: str
    patched: tuple[int, ...] = ()

    @cached_property
    def tokens(self) -> tuple[ExpressionToken, ...]:
        """All tokens, without blanks and comments."""
        words = (
            ExpressionToken(m.lastgroup or "sign", m.group(), m.start()) for m in _TOKEN.finditer(self.source)
        )
        return tuple(word for word in words if word.kind != "blank")

    def text_at(self, index: int) -> str:
        """The text of the token at `index`; empty outside the source."""
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    @cached_property
    def dotted_names(self) -> tuple[DottedName, ...]:
        """Every dotted name that is not a function call, in order."""
        return tuple(self._find_dotted_names())

    def _find_dotted_names(self) -> Iterator[DottedName]:
        index = 0
        while index < len(self.tokens):
            start, parts = index, []
            while self._is_name(index) and self.text_at(index + 1) != "(":
                parts.append(self.text_at(index))
                index += 2
                if self.text_at(index - 1) != ".":
                    break
            after = max(index - 1, start + 1)
            if parts and self.text_at(start - 1) != ".":
                yield DottedName(tuple(parts), self.tokens[start].at, after)
            index = after

    def _is_name(self, index: int) -> bool:
        return index < len(self.tokens) and self.tokens[index].kind == "name"

    @cached_property
    def loop_calls(self) -> tuple[LoopCall, ...]:
        """Every call of `filter`, `all`, `exists` and the other loops."""
        ranges = {path.after: path.parts for path in self.dotted_names}
        return tuple(
            LoopCall(
                ranges.get(index - 1, ()),
                self.text_at(index + 2),
                index + 2,
                self._closing_bracket(index + 1),
            )
            for index, word in enumerate(self.tokens)
            if word.text in _LOOP_FUNCTIONS
            and self.text_at(index - 1) == "."
            and self.text_at(index + 1) == "("
        )

    def _closing_bracket(self, opening: int) -> int:
        depth = 0
        for index in range(opening, len(self.tokens)):
            depth += {"(": 1, ")": -1}.get(self.text_at(index), 0)
            if depth == 0:
                return index
        return len(self.tokens)

    @cached_property
    def visited_states(self) -> frozenset[str]:
        """The states named in `visits("…")`."""
        return frozenset(self._visited_state(index) for index in self._visit_calls)

    @cached_property
    def _visit_calls(self) -> tuple[int, ...]:
        words = enumerate(self.tokens)
        return tuple(i for i, word in words if word.text == "visits" and self.text_at(i - 1) != ".")

    def _visited_state(self, index: int) -> str:
        state = self.tokens[index + 2].literal() if index + 3 < len(self.tokens) else None
        if self.text_at(index + 1) != "(" or self.text_at(index + 3) != ")" or state is None:
            raise self.error(
                Sentence(
                    "expression", 'visits needs the name of one state in quotation marks: visits("revisited")'
                ),
                index,
            )
        return state

    @cached_property
    def child_fields(self) -> frozenset[tuple[str, str]]:
        """Link and name of every field of a child that is used; either is empty where it cannot be
        determined.

        In `children.x.filter(c, …).all(c, c.data.fee > 3)` the link of the second loop's items cannot be.
        """
        spoken = any(path.parts[0] == "children" for path in self.dotted_names)
        return frozenset(self._find_child_fields()) if spoken else frozenset()

    def _find_child_fields(self) -> Iterator[tuple[str, str]]:
        for index, word in enumerate(self.tokens):
            if word.text == "data" and self.text_at(index - 1) == ".":
                field = self.text_at(index + 2) if self.text_at(index + 1) == "." else ""
                loops = (loop for loop in self.loop_calls if loop.start < index < loop.end)
                inner = [loop for loop in loops if loop.variable == self.text_at(index - 2)]
                link = inner[-1].range[1] if inner and inner[-1].range[:1] == ("children",) else ""
                yield link, field

    def check(self) -> None:
        """Raises ExpressionError if the source is too long, or has numbers that CEL would read as other
        ones."""
        if len(self.source) > MAX_LENGTH:
            raise ExpressionError(
                Sentence(
                    "too-large",
                    "an expression has at most {most} characters; this one {number}",
                    most=MAX_LENGTH,
                    number=len(self.source),
                )
            )
        for index, word in enumerate(self.tokens):
            if word.kind == "sign" and find_full_width(word.text) is not None:
                raise self.error(full_width_sentence(word.text), index)
            self._check_number(word, index)

    def forbid(self) -> None:
        """Raises ExpressionError for what CEL would read in another sense, or take unbounded
        memory."""
        for index, word in enumerate(self.tokens):
            if word.text == "has" and word.kind == "name" and self.text_at(index + 1) == "(":
                raise self.error(
                    Sentence("expression", "has(…) is not used here: compare with null, `field != null`"),
                    index,
                )
        for index in self._visit_calls:
            self._visited_state(index)
        for loop in self.loop_calls:
            for index in range(loop.start, loop.end):
                if self.text_at(index) == "+":
                    raise self.error(
                        Sentence("expression", "+ is not allowed inside filter, map, all and exists"), index
                    )

    def _check_number(self, word: ExpressionToken, index: int) -> None:
        """Raises ExpressionError for a number that changes when CEL reads it as a double."""
        counted = word.kind == "float" or (word.kind == "int" and word.text.isdigit())
        if counted and Decimal(word.text) != Decimal(repr(float(word.text))):
            raise self.error(Sentence("too-large", "a number has at most 15 digits"), index)

    def error(self, message: Sentence, index: int) -> ExpressionError:
        """An error at the token at `index`."""
        return self.error_at(message, self.tokens[index].at)

    def error_at(self, message: Sentence, offset: int) -> ExpressionError:
        """An error at an offset of the source, with the line and column of what the author wrote."""
        begin = self.source.rfind("\n", 0, offset) + 1
        added = sum(2 for place in self.patched if begin <= place < offset)
        return ExpressionError(message, self.source.count("\n", 0, offset) + 1, offset - begin - added + 1)

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column as CEL gives them."""
        lines = self.source.split("\n")
        return sum(len(each) + 1 for each in lines[: line - 1]) + column - 1

    def whole_numbers(self, offset: int, *, left: bool) -> list[int]:
        """The indexes of the whole numbers beside the sign at `offset` that must become decimals."""
        index = self._index_by_offset.get(offset)
        if index is None:
            return []
        if self.text_at(index) == "?":
            numbers = [self._else_sign(index)]
        elif self.text_at(index) == "in":
            numbers = list(range(index + 1, self._bracket_end(index + 1)))
        else:
            numbers = [index - 1] if left else [index + 1 + (self.text_at(index + 1) == "-")]
        return [n for n in numbers if 0 <= n < len(self.tokens) and self._is_integer(n)]

    def _is_integer(self, index: int) -> bool:
        return self.tokens[index].kind == "int" and self.tokens[index].text.isdigit()

    @cached_property
    def _index_by_offset(self) -> dict[int, int]:
        """Offset -> the index of the token that begins there."""
        return {word.at: index for index, word in enumerate(self.tokens)}

    def compared_literals(self, index: int) -> list[int]:
        """The indexes of the literals that the name before `index` is compared with: after `==` or `!=`, or
        in a list after `in`."""
        if self.text_at(index) in ("==", "!="):
            return [index + 1] if index + 1 < len(self.tokens) else []
        return list(range(index + 1, self._bracket_end(index + 1))) if self.text_at(index) == "in" else []

    def _else_sign(self, question: int) -> int:
        depth = 0
        for index in range(question, len(self.tokens)):
            depth += {"?": 1, ":": -1}.get(self.text_at(index), 0)
            if depth == 0:
                return index + 1
        return -1

    def _bracket_end(self, opening: int) -> int:
        if self.text_at(opening) != "[":
            return opening
        return next((i for i in range(opening, len(self.tokens)) if self.text_at(i) == "]"), opening)

    def with_decimals(self, indexes: Iterable[int]) -> ExpressionText:
        """The text with these whole numbers turned into decimals."""
        ends = sorted({self.tokens[index].at + len(self.tokens[index].text) for index in indexes})
        pieces = [self.source[start:end] for start, end in zip([0, *ends], [*ends, None], strict=True)]
        before = [place + 2 * sum(end <= place for end in ends) for place in self.patched]
        added = [end + 2 * index for index, end in enumerate(ends)]
        return ExpressionText(".0".join(pieces), tuple(sorted((*before, *added))))
