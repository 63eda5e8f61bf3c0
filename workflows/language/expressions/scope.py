"""Expressions of the definitions: CEL, checked when read, bounded and never raising when a guard is asked.

`Scope` says what may be spoken of and checks types against it; an `Expression` that comes out of it can be
asked. Fields may be empty: whatever an empty field makes impossible counts as "no", with the reason. Lists
are empty, never null. Dates compare as texts ("2026-03-02"), datetimes as instants, money as a number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from threading import Lock
from typing import Literal

from cel_expr_python import cel

from workflows.language.expressions.expression import Expression
from workflows.language.expressions.messages import kind, sentence, wants_decimal
from workflows.language.expressions.names import (
    BUILT_IN,
    Name,
    child_names,
    field_names,
    item_names,
)
from workflows.language.expressions.text import ExpressionError, ExpressionText
from workflows.language.expressions.words import judge_words, named
from workflows.language.forms.field import Field, FieldType

_FAILURE = re.compile(r"<input>:(-?\d+):(-?\d+): (.*)")


class Scope:
    """What expressions of one process may speak of: fields, links to children, the ticket around them.

    `item` are the parts of the row that the expressions of an `open … each` are worked out for; `more` are
    further names, such as those of the settings.
    """

    def __init__(
        self,
        fields: Mapping[str, Field],
        links: Iterable[str] = (),
        item: Mapping[str, Field] | None = None,
        more: Iterable[Name] = (),
    ) -> None:
        self._own_fields, self._links, self._more = dict(fields), tuple(links), tuple(more)
        self._speak_of(
            (
                *field_names(fields),
                *item_names(item or {}),
                *child_names(self._links),
                *BUILT_IN,
                *self._more,
            )
        )

    def _speak_of(self, names: Collection[Name]) -> None:
        """Take up the names that may be spoken of."""
        self._names: dict[str, Name] = {name.key: name for name in names}
        self._lock = Lock()
        self._run_envs: dict[frozenset[str], cel.Env] = {}
        visits = cel.Overload("visits_text", return_type=cel.Type.INT, parameters=[cel.Type.STRING])
        self._check_env = cel.NewEnv(
            variables={name.key: name.type for name in names},
            functions=[cel.FunctionDecl("visits", [visits])],
        )

    def check(self, source: str, expect: Literal["bool", "any", "list"] = "any") -> Expression:
        """The expression of `source`. ExpressionError if it cannot be one, or answers something else."""
        text = ExpressionText(source)
        text.judge()
        judge_words(text, self._names)
        text, answer = self._typed(text)
        if expect == "bool" and answer != "boolean":
            hint = ": compare it with something, `… == true`" if answer == "any" else ""
            raise ExpressionError(f"a guard must be yes or no, and this answers {answer}{hint}")
        if expect == "list" and answer != "list":
            raise ExpressionError(f"this must be a list, and it answers {answer}")
        return Expression(source, text, answer, self._used(text), self)

    def within(self, each: Expression) -> Scope:
        """This scope plus `item`: a row of the one table or checklist that `each` goes through, or one of the
        `choices`, whose `item.value` it is."""
        lists = [self._own_fields[name] for name in each.names if name in self._own_fields]
        lists = [field for field in lists if field.parts or field.type is FieldType.CHOICES]
        if len(lists) != 1:
            raise ExpressionError("`each` must go through one table, checklist or `choices` of this process")
        item = {part.name: part for part in _parts(lists[0])}
        return Scope(self._own_fields, self._links, item, self._more)

    def compile(self, source: str, empty: frozenset[str]) -> cel.Expression:
        """The program that is run while the instants in `empty` have no value. Safe from many threads."""
        with self._lock:
            if empty not in self._run_envs:
                self._run_envs[empty] = cel.NewEnv(variables=self._run_types(empty))
            return self._run_envs[empty].compile(source)

    def _run_types(self, empty: frozenset[str]) -> dict[str, cel.Type]:
        # CEL takes Python's datetimes only for what is declared a timestamp, and None only for what is not.
        instants = {name.key for name in self._names.values() if name.instant} - empty
        types = {key: cel.Type.TIMESTAMP if key in instants else cel.Type.DYN for key in self._names}
        return types | {"visits": cel.Type.DYN}

    def _used(self, text: ExpressionText) -> tuple[Name, ...]:
        found = (named(path, self._names) for path in text.paths)
        return tuple({name.key: name for name in found if name}.values())

    def _typed(self, text: ExpressionText) -> tuple[ExpressionText, str]:
        """The text as CEL accepts it, whole numbers made decimals where needed, and the kind it answers."""
        while True:
            try:
                return text, kind(self._check_env.compile(text.source).return_type().name())
            except RuntimeError as error:
                text = self._mended(text, str(error))

    def _mended(self, text: ExpressionText, failure: str) -> ExpressionText:
        found = _FAILURE.search(failure)
        if not found or int(found[1]) < 1:
            raise ExpressionError("the expression is nested too deeply") from None
        offset = text.offset(int(found[1]), int(found[2]))
        left = wants_decimal(found[3])
        better = None if left is None else text.decimal(offset, left=left)
        if better is None:
            raise text.error_at(sentence(found[3], self._names), offset) from None
        return better


def _parts(field: Field) -> tuple[Field, ...]:
    """What may be said of an item: the cells of a row, or the `value` that was chosen."""
    return field.parts or (replace(field, name="value", type=FieldType.CHOICE),)
