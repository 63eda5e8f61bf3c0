"""What the effects `record` and `strike` write into registers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.core.filling import Items
from workflows.core.records import Filing
from workflows.core.ticket import Situation
from workflows.errors import Invalid, Reason
from workflows.language.effect import Record, Strike
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.form import store_value
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.register import Register
from workflows.language.forms.values import Values


def filings(effect: Record | Strike, items: Items, values: Values, situation: Situation) -> Iterator[Filing]:
    """One for each of the items. `Invalid` if a key is empty, or a value does not fit its column."""
    register = situation.definition.registers[effect.register]
    for item in items:
        seen = values._replace(item=item)
        key = _key(effect.key, register, seen, situation)
        if isinstance(effect, Strike):
            yield Filing(register.name, key, register.key, strike=True)
            continue
        written = {
            name: value
            for name, each in effect.values.items()
            if (value := _value(each, register, name, seen, situation)) is not None
        }
        private = register.personal
        yield Filing(
            register.name,
            key,
            register.key,
            data={name: value for name, value in written.items() if name not in private},
            personal={name: value for name, value in written.items() if name in private},
        )


def _key(expression: Expression, register: Register, values: Values, situation: Situation) -> str:
    key = _value(expression, register, register.key, values, situation)
    if not isinstance(key, str):
        raise _unfit(register, register.key, "it is empty")
    return key


def _value(
    expression: Expression, register: Register, name: str, values: Values, situation: Situation
) -> object:
    """The value as the column keeps it. What does not fit is refused without quoting what may be personal."""
    try:
        said = expression.value(values)
        return store_value(register.fields[name], said, situation.definition.calendar.zone)
    except ExpressionError as error:
        why = "" if expression.names & situation.definition.personal else str(error)
        raise _unfit(register, name, why) from error
    except ValueError as error:
        raise _unfit(register, name, "" if register.fields[name].personal else str(error)) from error


def _unfit(register: Register, column: str, why: str) -> Invalid:
    message = f"{column} of {register.name} cannot be written" + (f": {why}" if why else "")
    facts = {"register": register.name, "column": column}
    return Invalid(Reason("bad-entry", message, field=f"{register.name}.{column}", facts=facts))


def written(register: Register, said: Mapping[str, object], organisation: Organisation) -> Filing:
    """What somebody writes into an entry by hand. `Invalid` with every reason if it does not fit.

    A column that is not spoken of stays as it was; null empties one.
    """
    values = register.form.load(said, organisation)
    key, private = values.pop(register.key), register.personal
    return Filing(
        register.name,
        str(key),
        register.key,
        data={name: value for name, value in values.items() if name not in private},
        personal={name: value for name, value in values.items() if name in private},
    )


def strangers(situation: Situation, values: Mapping[str, object]) -> list[Reason]:
    """A reason for each answer that should be a key of a register and is none, where the site keeps any."""
    return [
        Reason(
            "no-entry",
            f"{place}: there is no such entry in {register}",
            field=place,
            saw=None if private else key,
            facts={"register": register, "field": place},
        )
        for place, register, key, private in _named(situation, values)
        if situation.records.find(register, key) is None and situation.records.kept(register)
    ]


def _named(situation: Situation, values: Mapping[str, object]) -> Iterator[tuple[str, str, str, bool]]:
    """(place, register, key, personal) of each answer that names an entry; also in the cells of tables."""
    for name, value in values.items():
        field = situation.definition.fields[name]
        if field.register is not None and isinstance(value, str):
            yield name, field.register, value, field.personal
        rows = value if isinstance(value, list) else []
        for column in field.parts:
            for index, row in enumerate(rows if column.register is not None else ()):
                key = row.get(column.name)
                if isinstance(key, str):
                    place = f"{name}[{index}].{column.name}"
                    yield place, str(column.register), key, field.personal or column.personal
