"""Forms of steps as inputs, from the same JSON Schema that programs fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from service.console.forms.form_input import FormInput, FormRow, Texts
from service.console.forms.row_numbers import count_rows, row_name
from workflows.language.forms.field import Field, FieldType

ADD = "add"  # the name of the buttons that add a row; their value is the name of the table
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContents:
    """What stands in a form: the texts by input, what is wrong by input, the table that gets one more row,
    and what is said beside an input."""

    texts: Texts
    wrong: Mapping[str, Sequence[str]]
    grown: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)


def build_inputs(
    schema: Schema, fields: Mapping[str, Field], contents: FormContents
) -> tuple[FormInput, ...]:
    """The inputs of a form (see `service.api.tickets.forms`), in its order."""
    required = schema["required"]
    return tuple(
        _build_input(name, fields[name], shape, contents, required=name in required)
        for name, shape in schema["properties"].items()
    )


def _build_input(
    name: str, field: Field, shape: Schema, contents: FormContents, *, required: bool
) -> FormInput:
    rows = _build_rows(name, field, shape, contents)
    examples = shape.get("examples", ())
    return FormInput(
        name=name,
        kind=FieldType.ATTACHMENT.value if "x-upload" in shape else field.type.value,
        title=shape["title"],
        help=shape.get("description", "") if "x-upload" not in shape else "",
        example=str(examples[0])
        if examples and field.type not in (FieldType.DATE, FieldType.DATETIME)
        else "",
        required=required,
        multiline=field.multiline,
        personal=field.personal,
        texts=tuple(contents.texts.get(name, ())),
        options=_find_options(shape),
        rows=rows,
        growing=bool(field.parts) and not field.items,
        hint=contents.hints.get(name, ""),
        wrong=_find_faults(name, contents, bool(rows)),
    )


def _find_faults(name: str, contents: FormContents, has_rows: bool) -> tuple[str, ...]:
    """What is wrong with the field; of one with rows also what is wrong with a row as a whole."""
    found = list(contents.wrong.get(name, ()))
    if has_rows:
        rows = (path for path in contents.wrong if path.startswith(f"{name}.") and path.count(".") == 1)
        found += [message for path in rows for message in contents.wrong[path]]
    return tuple(dict.fromkeys(found))


def _find_options(shape: Schema) -> tuple[tuple[str, str], ...]:
    listed = shape.get("oneOf") or shape.get("items", {}).get("oneOf") or ()
    return tuple((each["const"], each["title"]) for each in listed if each.get("const") is not None)


def _build_rows(name: str, field: Field, shape: Schema, contents: FormContents) -> tuple[FormRow, ...]:
    if not field.parts:
        return ()
    parts = shape["items"]["properties"]
    if field.items:
        titles = dict(_find_options(parts["item"]))
        return tuple(
            _build_row(row_name(name, place), titles[item.value], field, parts, contents)
            for place, item in enumerate(field.items)
            if item.value in titles
        )
    number = max(1, count_rows(name, contents.texts)) + (contents.grown == name)
    return tuple(_build_row(row_name(name, place), "", field, parts, contents) for place in range(number))


def _build_row(prefix: str, title: str, field: Field, shapes: Schema, contents: FormContents) -> FormRow:
    """A row; of a checklist's item its title stands for the first part."""
    inputs = []
    for part in field.parts[1:] if field.items else field.parts:
        if part.name not in shapes:
            continue
        shown = _build_input(f"{prefix}.{part.name}", part, shapes[part.name], contents, required=False)
        if part.name in field.attachment_parts:
            several = part.type is FieldType.ATTACHMENT
            shown = replace(shown, kind=FieldType.ATTACHMENT.value, several=several, help="", example="")
        inputs.append(shown)
    return FormRow(title=title, inputs=tuple(inputs))
