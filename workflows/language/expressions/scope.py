"""Expressions of definitions in CEL: checked when they are read, of bounded cost, and safe as guards.

A `Scope` holds the names that may be used and checks types; it turns a source into an `Expression`. Fields
may be empty: whatever an empty field makes impossible counts as "no", with the reason. Lists are empty, never
null. Dates compare as texts ("2026-03-02"), datetimes as instants, money as a number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Literal

from cel_expr_python import cel

from workflows.language.expressions.expression import Expression
from workflows.language.expressions.messages import explain, kind_of_type, wants_decimal
from workflows.language.expressions.name_checks import check_names, find_name
from workflows.language.expressions.names import (
    BUILT_IN,
    ExpressionName,
    child_names,
    field_names,
    item_names,
)
from workflows.language.expressions.program import Program, ProgramError, compile_program, judge_texts
from workflows.language.expressions.slips import check_slips
from workflows.language.expressions.text import ExpressionError, ExpressionText
from workflows.language.expressions.tree import TreeNode, parse_tree
from workflows.language.forms.field import Field, FieldType
from workflows.sentence import Sentence, sentence_of

_FAILURE = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_MAX_PATCHES = 40  # CEL reports some twenty mistakes at a time, and an expression is at most 32 deep


class Scope:
    """The names that the expressions of one process may use: fields, links to children, the ticket.

    `item` are the parts of the row for which the expressions of an `open … each` are evaluated; `more` are
    further names, such as the settings.
    """

    def __init__(
        self,
        fields: Mapping[str, Field],
        links: Iterable[str] = (),
        item: Mapping[str, Field] | None = None,
        more: Iterable[ExpressionName] = (),
    ) -> None:
        self._own_fields, self._links, self._more = dict(fields), tuple(links), tuple(more)
        self._set_names(
            (
                *field_names(fields),
                *item_names(item or {}),
                *child_names(self._links),
                *BUILT_IN,
                *self._more,
            )
        )

    has_calendar = True
    """Whether there is one calendar, so that expressions may use the opening hours."""

    def _set_names(self, names: Collection[ExpressionName]) -> None:
        """Set the names that may be used."""
        self._names: dict[str, ExpressionName] = {name.key: name for name in names}
        visits = cel.Overload("visits_text", return_type=cel.Type.INT, parameters=[cel.Type.STRING])
        functions = [cel.FunctionDecl("visits", [visits])]
        if self.has_calendar:
            opening = cel.Overload("is_open_at", return_type=cel.Type.BOOL, parameters=[cel.Type.TIMESTAMP])
            functions.append(cel.FunctionDecl("is_open", [opening]))
        self._check_env = cel.NewEnv(variables={name.key: name.type for name in names}, functions=functions)

    def check(
        self, source: str, expect: Literal["bool", "any", "list"] = "any", *, stored: bool = False
    ) -> Expression:
        """The checked expression of `source`. Raises ExpressionError if it is invalid or its value is of
        another kind.

        An expression of a `stored` version is only built: newer rules are not applied to it.
        """
        text = ExpressionText(source)
        if not stored:
            text.check()
            check_slips(text)
        text.forbid()
        if not stored:
            check_names(text, self._names)
        text, checked = self._check_types(text)
        answer = kind_of_type(checked.return_type().name())
        if expect == "bool" and answer != "boolean" and not stored:
            raise ExpressionError(
                Sentence("type", "a guard must be yes or no; compare it with something, `… == true`")
                if answer == "any"
                else Sentence("type", "a guard must be yes or no, and this answers {answer}", answer=answer)
            )
        if expect == "list" and answer != "list":
            raise ExpressionError(
                Sentence("type", "this must be a list, and it answers {answer}", answer=answer)
            )
        tree, program = self._compile(text, checked, stored=stored)
        return Expression(source, text, answer, self._find_names(text), tree, program)

    def with_item(self, each: Expression) -> Scope:
        """This scope with `item`: a row of the one table or checklist that `each` goes through, or a chosen
        option of a `choices` field as `item.value`."""
        lists = [self._own_fields[name] for name in each.names if name in self._own_fields]
        lists = [field for field in lists if field.parts or field.type is FieldType.CHOICES]
        if len(lists) != 1:
            raise ExpressionError(
                Sentence(
                    "expression", "`each` must go through one table, checklist or `choices` of this process"
                )
            )
        item = {part.name: part for part in _parts(lists[0])}
        return Scope(self._own_fields, self._links, item, self._more)

    def _find_names(self, text: ExpressionText) -> tuple[ExpressionName, ...]:
        possible = (find_name(path, self._names) for path in text.dotted_names)
        return tuple({name.key: name for name in possible if name}.values())

    def _check_types(self, text: ExpressionText) -> tuple[ExpressionText, cel.Expression]:
        """The text in which CEL accepts the expression (whole numbers turned into decimals where needed), and
        CEL's result."""
        for _ in range(_MAX_PATCHES):
            try:
                return text, self._check_env.compile(text.source)
            except RuntimeError as error:
                text = self._patch_numbers(text, str(error))
        raise ExpressionError(
            Sentence("type", "whole numbers and decimals are mixed all over; write 10.0 for 10")
        )

    def _patch_numbers(self, text: ExpressionText, failure: str) -> ExpressionText:
        """The text with every whole number that CEL reports turned into a decimal."""
        places: list[int] = []
        for match in _FAILURE.finditer(failure):
            if int(match[1]) < 1:  # no position: too deep, or more mistakes than CEL reports
                continue
            offset = text.offset(int(match[1]), int(match[2]))
            left = wants_decimal(match[3])
            mendable = [] if left is None else text.whole_numbers(offset, left=left)
            if not mendable:
                raise text.error_at(explain(match[3], self._names), offset) from None
            places += mendable
        if not places:
            raise ExpressionError(Sentence("too-large", "the expression is nested too deeply")) from None
        return text.with_decimals(places)

    def _compile(
        self, text: ExpressionText, checked: cel.Expression, *, stored: bool
    ) -> tuple[TreeNode, Program]:
        try:
            tree = parse_tree(checked.serialize())
            if not stored:
                judge_texts(tree)
            return tree, compile_program(tree)
        except ProgramError as error:
            raise text.error_at(sentence_of(error, "expression"), max(error.at, 0)) from None


def _parts(field: Field) -> tuple[Field, ...]:
    """The parts of an item: the cells of a row, or the `value` of a chosen option."""
    return field.parts or (replace(field, name="value", type=FieldType.CHOICE),)
