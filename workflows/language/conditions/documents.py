"""Under which conditions on a form the documents of a field are complete, and a checklist is gone through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from workflows.language.conditions import judgement
from workflows.language.conditions.condition import ALWAYS, NEVER, Condition, FieldCondition
from workflows.language.conditions.field_schemas import listed_schema, provided_schema
from workflows.language.conditions.form_facts import FormFacts
from workflows.language.conditions.judgement import Bounds, GuardVerdict, exactly
from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Field, Option
from workflows.language.forms.required_documents import provided_documents

Judge = Callable[[Expression, FormFacts], GuardVerdict]


def judge_complete(field: Field, facts: FormFacts, judge: Judge) -> Bounds:
    """Every option or item of the field that applies is provided."""
    done = provided_documents(field, facts.values.fields.get(field.name) or ())
    if field.options and field.name in facts.asked and not any(option.when for option in field.options):
        every = {"type": "array", "minItems": len(field.options)}
        return exactly(FieldCondition(field.name, every, len(done) == len(field.options)))
    return judgement.both_bounds(
        *(
            judgement.any_bounds(_spared(option, facts, judge), _provided(field, option, facts, done))
            for option in (*field.options, *field.items)
        )
    )


def judge_listed(items: Sequence[Option], field: Field, facts: FormFacts, judge: Judge) -> Bounds:
    """Those of the items of a required checklist that apply have been looked at."""
    return judgement.both_bounds(
        *(
            judgement.any_bounds(
                _spared(item, facts, judge), exactly(FieldCondition(field.name, listed_schema(item), False))
            )
            for item in items
        )
    )


def _provided(field: Field, option: Option, facts: FormFacts, done: Collection[str]) -> Bounds:
    provided = option.value in done
    found: Condition = ALWAYS if provided else NEVER
    if field.name in facts.asked:
        found = FieldCondition(field.name, provided_schema(field, option), provided)
    return exactly(found)


def _spared(option: Option, facts: FormFacts, judge: Judge) -> Bounds:
    """Where the option does not apply."""
    if option.when is None:
        return exactly(NEVER)
    if not isinstance(option.when, Expression):
        return judgement.OPEN.holds
    return judgement.opposite(judge(option.when, facts).holds)
