"""Finds mistakes that CEL's types cannot: parts that no row has, options that no choice has.

A guard with such a mistake would be accepted and then never hold.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflows.language.expressions.names import RESERVED_NAMES, ExpressionName
from workflows.language.expressions.text import DottedName, ExpressionText, LoopCall
from workflows.language.forms.field import Field, FieldType
from workflows.sentence import Sentence
from workflows.suggestions import find_nearest

Names = Mapping[str, ExpressionName]


def find_name(path: DottedName, names: Names) -> ExpressionName | None:
    """The name that a dotted name stands for; None if it is unknown."""
    return next((names[key] for n in (3, 2, 1) if (key := ".".join(path.parts[:n])) in names), None)


def check_names(text: ExpressionText, names: Names) -> None:
    """Raises ExpressionError for the first mistake."""
    for loop in text.loop_calls:
        _check_loop(text, loop, names)
    for path in text.dotted_names:
        _check_entry_column(text, path, names)
        name = find_name(path, names)
        if name and name.field:
            _check_literals(text, path, name.field)


def _check_entry_column(text: ExpressionText, path: DottedName, names: Names) -> None:
    """Check `record.<field>.<column>`: the field must name an entry, and the column must not be personal."""
    if path.parts[0] != "record" or "record" in names or find_name(path, names) is not None:
        return
    columns = [key.split(".")[1:] for key in names if key.startswith("record.")]
    field, *column = path.parts[1:3] or ("",)
    fields = {name for name, _ in columns}
    if field not in fields:
        raise text.error_at(
            Sentence(
                "unknown-name",
                "{field!r} is no field that names an entry",
                field=field,
                meant=find_nearest(field, fields),
            ),
            path.at,
        )
    known = [name for of, name in columns if of == field]
    if not column or column[0] not in known:
        meant = find_nearest(column[0], known) if column else None
        raise text.error_at(
            Sentence(
                "unknown-name",
                "the entry that {field!r} names has no column {column!r} to be read; there are {known}",
                field=field,
                column=column[0] if column else "",
                known=", ".join(known),
                meant=meant,
            ),
            path.at,
        )


def _check_loop(text: ExpressionText, loop: LoopCall, names: Names) -> None:
    if loop.variable in names or loop.variable in RESERVED_NAMES:
        raise text.error(
            Sentence(
                "reserved-name", "{variable!r} is taken; call the item something else", variable=loop.variable
            ),
            loop.start,
        )
    listed = names.get(".".join(loop.range))
    rows = listed.rows if listed else None
    if rows is None:
        return
    for path in text.dotted_names:
        if not (loop.start < path.after <= loop.end and path.parts[0] == loop.variable and path.parts[1:]):
            continue
        part = path.parts[1]
        if part not in rows:
            owner = ".".join(loop.range)
            raise text.error_at(
                Sentence(
                    "unknown-name",
                    "an item of {owner} has no {part!r}",
                    owner=owner,
                    part=part,
                    meant=find_nearest(part, rows),
                ),
                path.at,
            )
        _check_literals(text, path, rows[part])


def _check_literals(text: ExpressionText, path: DottedName, field: Field | None) -> None:
    if field is None or field.type is not FieldType.CHOICE:
        return
    options = [option.value for option in field.options]
    for index in text.compared_literals(path.after):
        literal = text.tokens[index].literal()
        if literal is not None and literal not in options:
            owner = ".".join(path.parts)
            raise text.error(
                Sentence(
                    "unknown-option",
                    "{literal!r} is no option of {owner}",
                    literal=literal,
                    owner=owner,
                    meant=find_nearest(literal, options),
                ),
                index,
            )
