"""What an expression wants of a form, read from its syntax tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from workflows.language.conditions import judgement
from workflows.language.conditions.condition import (
    NEVER,
    FieldCondition,
    JsonSchema,
    render_condition,
)
from workflows.language.conditions.documents import judge_complete
from workflows.language.conditions.field_schemas import (
    MIRRORED,
    OPPOSITE,
    bound_schema,
    constant_schema,
    empty_schema,
    filled_schema,
    options_schema,
)
from workflows.language.conditions.form_facts import FormFacts
from workflows.language.conditions.judgement import OPEN, GuardVerdict, exactly
from workflows.language.conditions.loops import Loop, read_loop
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.program import MAX_ROUNDS, ROUNDS, Frame, compile_program
from workflows.language.expressions.tree import (
    Comprehension,
    FieldAccess,
    FunctionCall,
    TreeNode,
    Variable,
)
from workflows.language.expressions.unreadable import Unreadable
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.field_types import LIST_TYPES

_NO_VALUE = object()  # what cannot be worked out


def judge(expression: Expression, facts: FormFacts) -> GuardVerdict:
    """Under which conditions on the form the expression will hold, and fail."""
    if isinstance(expression, Unreadable):
        return judgement.NO_RESULT
    return _Translator(facts, expression.frame(facts.values)).judge(expression.tree)


@dataclass(frozen=True, slots=True)
class _Translator:
    """Translates the parts of one expression. In a loop over a list, `row` are the fields of its rows, and
    `item` is the name of the row."""

    facts: FormFacts
    frame: Frame
    row: Mapping[str, Field] | None = None
    item: str = ""

    def judge(self, node: TreeNode) -> GuardVerdict:
        """Where the part holds, and where it fails."""
        if self._is_settled(node):
            return judgement.settled(self._value(node))
        match node:
            case FunctionCall(function="_&&_", arguments=(left, right)):
                return judgement.conjunction(self.judge(left), self.judge(right))
            case FunctionCall(function="_||_", arguments=(left, right)):
                return judgement.disjunction(self.judge(left), self.judge(right))
            case FunctionCall(function="!_", arguments=(of,)):
                return judgement.negation(self.judge(of))
            case FunctionCall(function="_?_:_", arguments=(condition, then, otherwise)):
                return judgement.choice(self.judge(condition), self.judge(then), self.judge(otherwise))
            case FunctionCall(function="_==_", arguments=(left, right)):
                return self._equality(left, right)
            case FunctionCall(function="_!=_", arguments=(left, right)):
                return judgement.negation(self._equality(left, right))
            case FunctionCall(function=sign, arguments=(left, right)) if sign in OPPOSITE:
                return self._comparison(node, sign, left, right)
            case FunctionCall(function="@in", arguments=(value, options)):
                return self._membership(node, value, options)
            case Comprehension():
                return self._loop(node)
        return self._boolean(node)

    def _boolean(self, node: TreeNode) -> GuardVerdict:
        """A field that is yes or no, or one that is worked out to be."""
        if field := self._field(node):
            return self._test(node, field, {"const": True}, {"const": False}) if _is_boolean(field) else OPEN
        computed = self._computed(node)
        if (
            computed is None
            or computed.type is not FieldType.BOOLEAN
            or not isinstance(computed.value, Expression)
        ):
            return OPEN
        inner = replace(self, frame=computed.value.frame(self.facts.values))
        return inner.judge(computed.value.tree)

    def _equality(self, left: TreeNode, right: TreeNode) -> GuardVerdict:
        """`left == right`."""
        if self._field(left) is None and self._size(left) is None:
            left, right = right, left
        node = FunctionCall("_==_", (left, right), -1)
        if self._is_settled(right) and (size := self._size(left)):
            return self._count(node, size, "_==_", self._value(right))
        field = self._field(left)
        if field is None:
            booleans = _yields_boolean(left) and _yields_boolean(right)
            return judgement.equality(self.judge(left), self.judge(right)) if booleans else OPEN
        if isinstance(right, FunctionCall) and right.function == "_?_:_":
            condition, then, otherwise = right.arguments
            return judgement.choice(
                self.judge(condition), self._equality(left, then), self._equality(left, otherwise)
            )
        if self._is_settled(right):
            return self._constant(node, field, self._value(right))
        return (
            self._same_answer(left, self.judge(right))
            if _is_boolean(field) and _yields_boolean(right)
            else OPEN
        )

    def _constant(self, node: TreeNode, field: Field, value: object) -> GuardVerdict:
        """A field equals a known value."""
        if value is _NO_VALUE:
            return judgement.NO_RESULT
        if value is None:
            if field.type in LIST_TYPES:  # never null in expressions
                return judgement.settled(False)
            return self._test(node, field, empty_schema(field), filled_schema(field))
        schema = constant_schema(field, value)
        return OPEN if schema is None else self._test(node, field, schema, {"not": schema})

    def _same_answer(self, left: TreeNode, other: GuardVerdict) -> GuardVerdict:
        """A yes-no field of the form equals another expression of that kind; empty, it equals neither."""
        own = self.judge(left)
        same = judgement.equality(own, other)
        empty = judgement.both_bounds(judgement.opposite(own.holds), judgement.opposite(own.fails))
        decided = judgement.any_bounds(other.holds, other.fails)
        return GuardVerdict(
            same.holds, judgement.any_bounds(same.fails, judgement.both_bounds(empty, decided))
        )

    def _comparison(self, node: TreeNode, sign: str, left: TreeNode, right: TreeNode) -> GuardVerdict:
        if self._field(left) is None and self._size(left) is None:
            left, right, sign = right, left, MIRRORED[sign]
        if not self._is_settled(right):
            return OPEN
        limit = self._value(right)
        if size := self._size(left):
            return self._count(node, size, sign, limit)
        field = self._field(left)
        if field is None:
            return OPEN
        holds, fails = bound_schema(field, sign, limit), bound_schema(field, OPPOSITE[sign], limit)
        return OPEN if holds is None or fails is None else self._test(node, field, holds, fails)

    def _count(self, node: TreeNode, field: Field | GuardVerdict, sign: str, limit: object) -> GuardVerdict:
        """The size of a list or a text is compared: only whether there is anything."""
        some = (sign, limit) in (("_>_", 0), ("_>=_", 1))
        none = (sign, limit) in (("_==_", 0), ("_<_", 1), ("_<=_", 0))
        if not some and not none:
            return OPEN
        if isinstance(field, GuardVerdict):
            return judgement.negation(field) if some else field
        filled, empty = filled_schema(field), empty_schema(field)
        if field.type not in LIST_TYPES:  # an empty text is null, which has no size
            nothing: JsonSchema = {"not": {}}
            return self._test(node, field, filled if some else nothing, nothing if some else filled)
        return self._test(node, field, filled if some else empty, empty if some else filled)

    def _membership(self, node: TreeNode, value: TreeNode, options: TreeNode) -> GuardVerdict:
        field = self._field(value)
        if field and self._is_settled(options):
            listed = self._value(options)
            schema = options_schema(field, listed) if isinstance(listed, list) else None
            return self._test(node, field, schema, {"not": schema}) if schema else OPEN
        field = self._field(options)
        if field and field.type is FieldType.CHOICES and self._is_settled(value):
            schema = {"type": "array", "contains": {"const": self._value(value)}}
            return self._test(node, field, schema, {"not": schema})
        return OPEN

    def _loop(self, node: Comprehension) -> GuardVerdict:
        """`all`, `exists`, and `filter` before them, over a list of the form."""
        loop = read_loop(node)
        field = self._field(loop.over) if loop else None
        if loop is None or field is None or not field.parts:
            return OPEN
        inner = replace(self, row={part.name: part for part in field.parts}, item=loop.item)
        chosen = inner._chosen(loop)
        wanted = inner.judge(loop.wanted)
        if inner._is_moving(loop):
            return OPEN
        return self._rows(node, field, loop, chosen, wanted)

    def _chosen(self, loop: Loop) -> GuardVerdict:
        return self.judge(loop.where) if loop.where is not None else judgement.settled(True)

    def _is_moving(self, loop: Loop) -> bool:
        """Whether the rows are judged by something that is not in the row and not known."""
        parts = [self.judge(each) for each in (loop.wanted, loop.where) if each is not None]
        return not all(each.holds.exact and each.fails.exact for each in parts)

    def _rows(
        self, node: TreeNode, field: Field, loop: Loop, chosen: GuardVerdict, wanted: GuardVerdict
    ) -> GuardVerdict:
        kept = judgement.conjunction(chosen, wanted)
        passes = judgement.any_bounds(chosen.fails, kept.holds).least
        breaks = judgement.both_bounds(chosen.holds, wanted.fails).least
        decided = judgement.any_bounds(chosen.holds, chosen.fails).least
        if loop.every:
            holds, fails = _every_row(passes), _some_row(breaks)
        else:
            holds = _some_row(kept.holds.least)
            fails = _every_row(judgement.any_bounds(chosen.fails, exactly(breaks)).least)
        if loop.where is not None and not loop.every:
            holds = {"allOf": [holds, _every_row(decided)]}
        if loop.where is not None and loop.every:
            fails = {"allOf": [fails, _every_row(decided)]}
        return self._test(node, field, holds, fails)

    def _test(self, node: TreeNode, field: Field, holds: JsonSchema, fails: JsonSchema) -> GuardVerdict:
        """The judgement of a value of the form. Where it is not sent, what the ticket has counts."""
        without = self._value(node)
        return GuardVerdict(
            exactly(FieldCondition(field.name, holds, without is True)),
            exactly(FieldCondition(field.name, fails, without is False)),
        )

    def _field(self, node: TreeNode) -> Field | None:
        """The field of the form, or the column of the row, that the node is."""
        match node:
            case Variable(key=key) if self.row is None and key in self.facts.asked:
                return self.facts.fields[key]
            case FieldAccess(of=Variable(key=key), name=name) if self.row is not None and key == self.item:
                return self.row.get(name)
        return None

    def _computed(self, node: TreeNode) -> Field | None:
        field = self.facts.fields.get(node.key) if isinstance(node, Variable) and self.row is None else None
        return field if field is not None and field.value is not None else None

    def _size(self, node: TreeNode) -> Field | GuardVerdict | None:
        """What the node is the size of: a list or a text of the form, or the documents that are missing of a
        field, as the judgement that none is."""
        if not isinstance(node, FunctionCall) or node.function != "size":
            return None
        (of,) = node.arguments
        if isinstance(of, Variable) and of.key.startswith("missing.") and self.row is None:
            complete = judge_complete(self.facts.fields[of.key.removeprefix("missing.")], self.facts, judge)
            return GuardVerdict(complete, judgement.opposite(complete))
        field = self._field(of)
        texts = (FieldType.TEXT, FieldType.UNIT, FieldType.PERSON)
        return field if field and field.type in (*LIST_TYPES, *texts) else None

    def _is_settled(self, node: TreeNode) -> bool:
        """Whether the value of the part is known, whatever the form will say."""
        return self.facts.settles(node, (self.item,))

    def _value(self, node: TreeNode) -> Any:
        """The value of the part as the ticket stands, and in a row without any cell."""
        frame = {**self.frame, ROUNDS: [MAX_ROUNDS]}
        if self.row is not None:
            frame[self.item] = dict.fromkeys(self.row)
        try:
            return compile_program(node)(frame)
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
            return _NO_VALUE


def _is_boolean(field: Field) -> bool:
    return field.type is FieldType.BOOLEAN


def _yields_boolean(node: TreeNode) -> bool:
    """Whether the part is a comparison, or made of some."""
    signs = {"_&&_", "_||_", "!_", "_==_", "_!=_", "@in", *OPPOSITE}
    return isinstance(node, FunctionCall) and node.function in signs


def _every_row(condition: Any) -> JsonSchema:
    return {"items": render_condition(condition)}


def _some_row(condition: Any) -> JsonSchema:
    return {"not": {}} if condition == NEVER else {"type": "array", "contains": render_condition(condition)}
