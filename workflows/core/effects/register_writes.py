"""Register writes: by the effects `record` and `strike`, and by hand; and references to entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.core.input.mapping import Items
from workflows.core.records import EntryWrite
from workflows.core.ticket import StepContext
from workflows.errors import Invalid, Reason
from workflows.language.effect import StrikeEntryEffect, WriteEntryEffect
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.form import store_value
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.register import Register
from workflows.language.forms.values import Values


def build_entry_writes(
    effect: WriteEntryEffect | StrikeEntryEffect, items: Items, values: Values, context: StepContext
) -> Iterator[EntryWrite]:
    """One write for each item. Raises `Invalid` if a key is empty, or a value does not fit its column."""
    register = context.definition.registers[effect.register]
    for item in items:
        item_values = values._replace(item=item)
        key = _compute_key(effect.key, register, item_values, context)
        if isinstance(effect, StrikeEntryEffect):
            yield EntryWrite(register.name, key, register.key, strike=True)
            continue
        columns = {
            name: value
            for name, each in effect.values.items()
            if (value := _compute_column(each, register, name, item_values, context)) is not None
        }
        private = register.personal_columns
        yield EntryWrite(
            register.name,
            key,
            register.key,
            data={name: value for name, value in columns.items() if name not in private},
            personal={name: value for name, value in columns.items() if name in private},
        )


def _compute_key(expression: Expression, register: Register, values: Values, context: StepContext) -> str:
    key = _compute_column(expression, register, register.key, values, context)
    if not isinstance(key, str):
        raise _bad_entry(register, register.key, "it is empty")
    return key


def _compute_column(
    expression: Expression, register: Register, name: str, values: Values, context: StepContext
) -> object:
    """The value in the column's stored form. The refusal does not quote values that may be personal."""
    try:
        value = expression.value(values)
        return store_value(register.fields[name], value, context.calendar.zone)
    except ExpressionError as error:
        why = "" if expression.names & context.definition.personal_fields else str(error)
        raise _bad_entry(register, name, why) from error
    except ValueError as error:
        raise _bad_entry(register, name, "" if register.fields[name].personal else str(error)) from error


def _bad_entry(register: Register, column: str, why: str) -> Invalid:
    message = f"{column} of {register.name} cannot be written" + (f": {why}" if why else "")
    facts = {"register": register.name, "column": column}
    return Invalid(Reason("bad-entry", message, field=f"{register.name}.{column}", facts=facts))


def parse_entry(register: Register, data: Mapping[str, object], organisation: Organisation) -> EntryWrite:
    """The write for an entry that a person filled in. Raises `Invalid` with every reason if it does not fit.

    Columns that are not given stay as they were; null empties one.
    """
    values = register.form.load(data, organisation)
    key, private = values.pop(register.key), register.personal_columns
    return EntryWrite(
        register.name,
        str(key),
        register.key,
        data={name: value for name, value in values.items() if name not in private},
        personal={name: value for name, value in values.items() if name in private},
    )
