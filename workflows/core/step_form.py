"""The form of a step as JSON Schema: it asks for exactly what the door asks for.

Rows of one trigger become alternatives, and their guards conditions on the form, as far as JSON Schema can
say them. Left to the door is what hangs on the time, what compares amounts, days, instants or two fields of
the form, and what reads personal fields that are not on it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from workflows.language.conditions.condition import (
    ALWAYS,
    NEVER,
    AllConditions,
    Condition,
    FieldCondition,
    both,
    branch,
    either,
    exclude_each_other,
    negate,
    render_condition,
    simplify,
)
from workflows.language.conditions.documents import judge_complete, judge_listed
from workflows.language.conditions.field_schemas import filled_schema
from workflows.language.conditions.form_facts import FormFacts
from workflows.language.conditions.judgement import Bounds, exactly
from workflows.language.conditions.narrow import narrow_value
from workflows.language.conditions.translate import judge
from workflows.language.definition import Definition, Start, Transition
from workflows.language.forms.field import Field, FieldType, Option, localize
from workflows.language.forms.form import Form
from workflows.language.forms.values import Values

JsonSchema = dict[str, Any]
Row = Start | Transition
# What may be otherwise when the form of a new ticket comes back: who opens it, and where.
_MOVING_AT_START = ("now", "actor", "setting", "site", "record")
_MOVING = ("now",)


def build_step_form(
    definition: Definition,
    rows: Sequence[Transition],
    values: Values,
    language: str,
    *,
    actor_known: bool = True,
) -> JsonSchema:
    """The form of a step whose row among `rows` is decided when it comes back.

    `values` are those of the ticket; without `actor_known` somebody else may act.
    """
    moving = _MOVING if actor_known else (*_MOVING, "actor")
    return _build_form(definition, rows, values, language, moving)


def build_start_form(definition: Definition, language: str) -> JsonSchema:
    """The form that opens a ticket."""
    return _build_form(definition, (definition.start,), Values(), language, _MOVING_AT_START)


def build_guest_start_form(definition: Definition, language: str) -> JsonSchema:
    """The form that opens a ticket, for a resident: what is fixed for them is known, and not asked."""
    start = definition.guest_start
    return _build_form(definition, (start,), Values(start.guest), language, _MOVING_AT_START)


def _build_form(
    definition: Definition, rows: Sequence[Row], values: Values, language: str, moving: Sequence[str]
) -> JsonSchema:
    asked = _distinct(name for row in rows for name in row.fields)
    facts = FormFacts(asked=asked, fields=definition.fields, values=values, moving=moving)
    guards = [_judge_guard(row, facts) for row in rows]
    live = [(row, guard) for row, guard in zip(rows, guards, strict=True) if guard.most != NEVER]
    requires = [name for name in asked if live and all(name in row.requires for row, _ in live)]
    accepts = tuple(name for name in asked if name not in requires)
    base = _plain_form(definition, tuple(requires), accepts, language)
    filled = {name: filled_schema(definition.fields[name]) for name in requires}
    wanted = [
        (simplify(g.least, filled), simplify(g.most, filled), simplify(_wants(row, facts, requires), filled))
        for row, g in live
    ]
    if _are_exclusive(wanted):
        ways = [render_condition(both(guard, wants)) for guard, _, wants in wanted]
        return {
            **base,
            "oneOf": [
                _titled(way, row, definition, language) for way, (row, _) in zip(ways, live, strict=True)
            ],
        }
    return _constrain(base, _alternatives(wanted))


def _judge_guard(row: Row, facts: FormFacts) -> Bounds:
    return exactly(ALWAYS) if row.guard is None else judge(row.guard, facts).holds


def _wants(row: Row, facts: FormFacts, everywhere: Sequence[str]) -> Condition:
    """What the row requires of the form, beyond the fields that every row requires."""
    fields = facts.fields
    own = [
        FieldCondition(name, filled_schema(fields[name]), False)
        for name in row.requires
        if name not in everywhere
    ]
    lists = [fields[name] for name in row.requires if fields[name].type is FieldType.CHECKLIST]
    listed = [judge_listed(_items_to_list(each, everywhere), each, facts, judge).most for each in lists]
    complete = [judge_complete(fields[name], facts, judge).most for name in row.complete]
    return both(*own, *listed, *complete)


def _items_to_list(field: Field, everywhere: Sequence[str]) -> list[Option]:
    """The items of a checklist that the plain form does not ask for."""
    return [item for item in field.items if item.when or field.name not in everywhere]


def _alternatives(rows: Sequence[tuple[Condition, Condition, Condition]]) -> Condition:
    """The first row whose guard holds is taken, and asks for what it wants."""
    if not rows:
        return NEVER
    (least, most, wants), *others = rows
    if least == ALWAYS:
        return wants
    if least == most:
        return branch(least, wants, _alternatives(others))
    return either(both(most, wants), both(negate(least), _alternatives(others)))


def _are_exclusive(rows: Sequence[tuple[Condition, Condition, Condition]]) -> bool:
    exact = all(least == most for least, most, _ in rows)
    pairs = itertools.combinations([guard for guard, _, _ in rows], 2)
    return len(rows) > 1 and exact and all(exclude_each_other(one, other) for one, other in pairs)


def _constrain(base: JsonSchema, condition: Condition) -> JsonSchema:
    """The form under a condition: what concerns one field is written into its schema."""
    parts = condition.parts if isinstance(condition, AllConditions) else (condition,)
    single = [part for part in parts if isinstance(part, FieldCondition)]
    others = [part for part in parts if not isinstance(part, FieldCondition) and part != ALWAYS]
    properties: dict[str, JsonSchema] = dict(base["properties"])
    required = [*base["required"]]
    for part in single:
        properties[part.field] = narrow_value(properties[part.field], part.schema)
        required += [] if part.absent or part.field in required else [part.field]
    schema = {**base, "properties": properties, "required": required}
    if len(others) == 1:
        rendered = render_condition(others[0])
        return (
            {**schema, **rendered} if schema.keys().isdisjoint(rendered) else {**schema, "allOf": [rendered]}
        )
    return {**schema, "allOf": [render_condition(part) for part in others]} if others else schema


def _titled(way: JsonSchema, row: Row, definition: Definition, language: str) -> JsonSchema:
    """An alternative under the title of the state where it leads."""
    to = row.state if isinstance(row, Start) else row.to
    state = definition.states.get(to) if to else None
    return way if state is None else {"title": localize(state.title, language), **way}


@lru_cache(maxsize=4096)
def _plain_form(
    definition: Definition, requires: tuple[str, ...], accepts: tuple[str, ...], language: str
) -> JsonSchema:
    return Form.of(definition.fields, requires, accepts).json_schema(language, definition.organisation)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
