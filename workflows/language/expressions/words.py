"""Slips that CEL's types cannot catch: parts no row has, options no choice has.

Such a guard would be read without complaint and then never hold.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflows.language.expressions.messages import did_you_mean
from workflows.language.expressions.names import RESERVED_NAMES, Name
from workflows.language.expressions.text import ExpressionText, Loop, Path
from workflows.language.forms.field import Field, FieldType

Names = Mapping[str, Name]


def named(path: Path, names: Names) -> Name | None:
    """What a dotted name stands for."""
    return next((names[key] for n in (3, 2, 1) if (key := ".".join(path.parts[:n])) in names), None)


def judge_words(text: ExpressionText, names: Names) -> None:
    """ExpressionError for the first slip."""
    for loop in text.loops:
        _judge_loop(text, loop, names)
    for path in text.paths:
        _judge_entry(text, path, names)
        name = named(path, names)
        if name and name.field:
            _judge_literals(text, path, name.field)


def _judge_entry(text: ExpressionText, path: Path, names: Names) -> None:
    """`record.<field>.<column>` of a field that names an entry, and a column that is for all to see."""
    if path.parts[0] != "record" or "record" in names or named(path, names) is not None:
        return
    columns = [key.split(".")[1:] for key in names if key.startswith("record.")]
    field, *column = path.parts[1:3] or ("",)
    fields = {name for name, _ in columns}
    if field not in fields:
        raise text.error_at(
            f"{field!r} is no field that names an entry{did_you_mean(field, fields)}", path.at
        )
    known = [name for of, name in columns if of == field]
    if not column or column[0] not in known:
        meant = did_you_mean(column[0], known) if column else ""
        what = f"{column[0]!r} of the entry" if column else "which column of the entry"
        raise text.error_at(
            f"{what} that {field!r} names is not to be read{meant}; there are {', '.join(known)}", path.at
        )


def _judge_loop(text: ExpressionText, loop: Loop, names: Names) -> None:
    if loop.variable in names or loop.variable in RESERVED_NAMES:
        raise text.error(f"{loop.variable!r} is taken; call the item something else", loop.start)
    listed = names.get(".".join(loop.range))
    rows = listed.rows if listed else None
    if rows is None:
        return
    for path in text.paths:
        if not (loop.start < path.after <= loop.end and path.parts[0] == loop.variable and path.parts[1:]):
            continue
        part = path.parts[1]
        if part not in rows:
            whose = ".".join(loop.range)
            raise text.error_at(f"an item of {whose} has no {part!r}{did_you_mean(part, rows)}", path.at)
        _judge_literals(text, path, rows[part])


def _judge_literals(text: ExpressionText, path: Path, asked: Field | None) -> None:
    if asked is None or asked.type is not FieldType.CHOICE:
        return
    options = [option.value for option in asked.options]
    for index in text.compared(path.after):
        literal = text.words[index].literal()
        if literal is not None and literal not in options:
            whose = ".".join(path.parts)
            raise text.error(f"{literal!r} is no option of {whose}{did_you_mean(literal, options)}", index)
