"""Finds values that carry personal data into a place that everybody at the site may read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.language.checks.relatives import effects_of, workflows_opened_under
from workflows.language.definition import PARENT, Definition
from workflows.language.effect import (
    AmendChildrenEffect,
    ConvertEffect,
    Effect,
    FireRelativesEffect,
    OpenChildEffect,
    SetFieldEffect,
)
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.tree import Comprehension, FunctionCall, TreeNode, Variable, parts_of
from workflows.language.findings import Findings, KeyPath, Problem
from workflows.language.forms.field import Field
from workflows.language.forms.field_types import PERSONAL_TYPES
from workflows.sentence import Sentence

_TELLS_NOTHING = frozenset({"boolean", "number", "null"})  # kinds of values that name nobody
_CHOICE = "_?_:_"
_JUDGED = frozenset(
    {"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_&&_", "_||_", "!_", "@in", "size", "has"}
)


def find_leaks(definition: Definition) -> Iterator[Problem]:
    """`set` and computed values that carry a personal field into one that is not."""
    for path, effect in effects_of(definition):
        if isinstance(effect, SetFieldEffect) and not definition.fields[effect.field].personal:
            for private in _carried(definition, effect.value):
                yield _leak((*path, "value"), private.name, effect.field)
    for field in definition.computed_fields:
        if isinstance(field.value, Expression) and not field.personal:
            for private in _carried(definition, field.value):
                yield _leak(("fields", field.name), private.name, field.name)


def check_leaks(definition: Definition, definitions: Mapping[str, Definition], findings: Findings) -> None:
    """Report values that carry what names a person into an open field of another process. What is personal
    only because its file says so may be open there: a question, say."""
    for path, effect in effects_of(definition):
        targets = _targets(definition, effect, definitions)
        each = getattr(effect, "each", None)
        for name, value in getattr(effect, "values", {}).items() if targets else ():
            holding = [t for t in targets if name in t.fields and not t.fields[name].personal]
            for private in _carried(definition, value, each) if holding else ():
                if _names_a_person(private):
                    problem = _leak((*path, "with", name), private.name, name, holding[0].name)
                    findings.add_problem(problem)


def _targets(
    definition: Definition, effect: Effect, definitions: Mapping[str, Definition]
) -> tuple[Definition, ...]:
    match effect:
        case OpenChildEffect() | ConvertEffect():
            names = frozenset({effect.workflow})
        case AmendChildrenEffect():
            names = workflows_opened_under(definition, effect.link)
        case FireRelativesEffect() if effect.on != PARENT:
            names = workflows_opened_under(definition, effect.on)
        case FireRelativesEffect():
            names = frozenset(
                each.name
                for each in definitions.values()
                if any(
                    isinstance(e, OpenChildEffect) and e.workflow == definition.name
                    for _, e in effects_of(each)
                )
            )
        case _:
            names = frozenset()
    return tuple(definitions[name] for name in sorted(names) if name in definitions)


def _leak(path: KeyPath, private: str, into: str, process: str = "") -> Problem:
    pattern = (
        "{field!r} is personal, and {into!r} is for everybody to read"
        ": write something else, or make {into!r} `personal: true`"
    )
    if process:
        pattern = (
            "{field!r} is personal, and {into!r} of {process!r} is for everybody to read"
            ": hand on something else, or make {into!r} `personal: true` there"
        )
    return Problem(path, Sentence("personal-leak", pattern, field=private, into=into, process=process))


def _carried(definition: Definition, value: Expression, each: Expression | None = None) -> tuple[Field, ...]:
    """The personal fields whose contents are in the value: what is only compared or counted is not."""
    if value.kind in _TELLS_NOTHING:
        return ()
    known = dict(definition.fields)
    for name in each.names & known.keys() if each else ():
        known |= {f"item.{part.name}": part for part in definition.fields[name].parts}
    names = dict.fromkeys(_names_in(value.tree))
    return tuple(known[name] for name in names if name in known and known[name].personal)


def _names_a_person(field: Field) -> bool:
    """Whether the field is personal by its type, and not only by its author's choice."""
    return field.type in PERSONAL_TYPES or any(_names_a_person(part) for part in field.columns)


def _names_in(node: TreeNode) -> Iterator[str]:
    match node:
        case Variable(key=key):
            yield key
        case FunctionCall(function=function) if function in _JUDGED:
            return
        case FunctionCall(function=function, arguments=(_, *chosen)) if function == _CHOICE:
            for part in chosen:
                yield from _names_in(part)
        case Comprehension():
            yield from _names_in(node.over)
            yield from _names_in(node.step)
        case _:
            for part in parts_of(node):
                yield from _names_in(part)
