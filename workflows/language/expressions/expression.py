"""A checked expression, and the asking of it."""

from __future__ import annotations

import re
from typing import Any, Protocol

from cel_expr_python import cel

from workflows.language.expressions.answers import plain
from workflows.language.expressions.names import Name
from workflows.language.expressions.text import ExpressionError, ExpressionText
from workflows.language.forms.values import YES, Values, Verdict

_BOOL, _ERROR = cel.Type.BOOL, cel.Type.ERROR


class Compiler(Protocol):
    """Makes the program that is run while the instants in `empty` have no value."""

    def compile(self, source: str, empty: frozenset[str]) -> cel.Expression: ...


class Expression:
    """A checked expression. Two are equal when their sources are.

    names    the top-level names it uses: `nature`, `ticket`, `children`
    visited  the states its `visits("…")` ask for
    keys     the same in full: `nature`, `ticket.state`, `children.rework`
    below    (link, field) of the children's fields it speaks of: `children.x.all(c, c.data.fee > 3)`
    kind     what it answers: text, number, boolean, instant, duration, list, map, null, any
    """

    __slots__ = (
        "_compiler",
        "_fields",
        "_instants",
        "_programs",
        "_text",
        "_uses",
        "below",
        "keys",
        "kind",
        "names",
        "source",
        "visited",
    )

    def __init__(
        self, source: str, text: ExpressionText, kind: str, uses: tuple[Name, ...], compiler: Compiler
    ) -> None:
        self.source = source
        self.kind = kind
        self.visited = text.visited
        self.keys = frozenset(use.key for use in uses)
        self.below = text.below
        self.names = frozenset(use.key.partition(".")[0] for use in uses) | (
            {"visits"} if text.visited else set()
        )
        self._text = text.runnable()
        self._uses = uses
        self._instants = tuple(use.key for use in uses if use.instant)
        self._fields = tuple((use.key, use.field.personal, use.read) for use in uses if use.field)
        self._compiler = compiler
        self._programs: dict[frozenset[str], cel.Expression] = {}

    def __eq__(self, other: object) -> bool:
        return self.source == other.source if isinstance(other, Expression) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"

    def holds(self, values: Values) -> Verdict:
        """Whether it is so. Whatever goes wrong counts as "no" and says why."""
        answer = self._run(values)
        if not isinstance(answer, str) and answer.type() == _BOOL:
            return YES if answer.value() is True else Verdict(False, None, self._saw(values))
        why = self._failure(answer, values) or self._empty(values) or "it is neither yes nor no"
        return Verdict(False, why, self._saw(values))

    def value(self, values: Values) -> object:
        """What it comes to. ExpressionError if it cannot be worked out."""
        answer = self._run(values)
        failure = self._failure(answer, values)
        if failure is not None:
            raise ExpressionError(failure)
        return plain(answer)

    def _run(self, values: Values) -> Any:
        """CEL's value, which may be an error, or the sentence that says why there is none."""
        try:
            data = {use.key: use.value(values) for use in self._uses}
            if self.visited:
                data["visits"] = {state: values.visits.get(state, 0) for state in self.visited}
            empty = frozenset([key for key in self._instants if data[key] is None])
            program = self._programs.get(empty) or self._compile(empty)
            return program.eval(data=data)
        except (RuntimeError, TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
            return self._empty(values) or _first_line(error)

    def _failure(self, answer: Any, values: Values) -> str | None:
        """Why there is no answer, if there is none."""
        if isinstance(answer, str):
            return answer
        if answer.type() == _ERROR:
            return self._empty(values) or _first_line(answer.value())
        return None

    def _compile(self, empty: frozenset[str]) -> cel.Expression:
        self._programs[empty] = program = self._compiler.compile(self._text, empty)
        return program

    def _empty(self, values: Values) -> str | None:
        """Which of the names it uses have no value: nearly always why it could not be answered."""
        missing = [use.key for use in self._uses if not use.is_list and use.read(values) is None]
        if not missing:
            return None
        return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} empty"

    def _saw(self, values: Values) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, personal, read in self._fields:
            value = read(values)
            found[key] = "***" if personal and value is not None else value
        return found


def _first_line(error: object) -> str:
    """CEL's sentence without its code words."""
    line = str(error).partition("\n")[0]
    return re.sub(r"^[A-Z_]+: |\s*\[[A-Z_]+\]$", "", line)
