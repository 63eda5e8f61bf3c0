"""Whether values that should name an entry of a register name one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.core.ticket import StepContext
from workflows.errors import Reason


def check_entry_references(context: StepContext, values: Mapping[str, object]) -> list[Reason]:
    """A reason for each value that should be a key of a register in use, and is not."""
    return [
        Reason(
            "no-entry",
            f"{place}: there is no such entry in {register}",
            field=place,
            saw=None if private else key,
            facts={"register": register, "field": place},
        )
        for place, register, key, private in _find_entry_references(context, values)
        if context.registers.find(register, key) is None and context.registers.is_in_use(register)
    ]


def _find_entry_references(
    context: StepContext, values: Mapping[str, object]
) -> Iterator[tuple[str, str, str, bool]]:
    """(place, register, key, personal) of each value that refers to an entry, in fields and table cells."""
    for name, value in values.items():
        field = context.definition.fields[name]
        if field.register is not None and isinstance(value, str):
            yield name, field.register, value, field.personal
        rows = value if isinstance(value, list) else []
        for column in field.parts:
            for index, row in enumerate(rows if column.register is not None else ()):
                key = row.get(column.name)
                if isinstance(key, str):
                    place = f"{name}[{index}].{column.name}"
                    yield place, str(column.register), key, field.personal or column.personal
