"""The columns of an entry as they are read and typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from service.console.forms.form_builder import FormContents, build_inputs
from service.console.forms.form_input import FormInput
from service.console.forms.form_reader import read_form, write_texts
from service.console.http.console_request import ConsoleRequest
from service.refusals import reason
from service.texts import localize
from workflows.errors import NotFound
from workflows.language.forms.field import Field
from workflows.language.forms.register import Register
from workflows.language.forms.schema import json_schema

PATH = "/registers"
NO_WRONGS: Mapping[str, Sequence[str]] = {}


def find_register(call: ConsoleRequest, name: str) -> Register:
    """The register. Raises NotFound."""
    found = call.desk.definitions.company().registers.get(name)
    if found is None:
        raise NotFound(reason("unknown-register", "there is no such register"))
    return found


def column_titles(call: ConsoleRequest, register: Register) -> dict[str, str]:
    """Column -> what it is called."""
    return {name: localize(each.title, call.language) for name, each in register.fields.items()}


def register_path(register: str, site: str) -> str:
    """The address of the list of entries."""
    return f"{PATH}/{quote(register, safe='')}?{urlencode({'site': site})}"


def entry_path(register: str, site: str, key: str, act: str = "entries") -> str:
    """The address of an entry, or of an act on it."""
    return f"{PATH}/{quote(register, safe='')}/{act}/{quote(key, safe='')}?{urlencode({'site': site})}"


def write_column(call: ConsoleRequest, field: Field, value: object) -> str:
    """A value as it is read; masked ones are texts already."""
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return call.text("forms", "yes" if value else "no")
    if isinstance(value, list):
        return ", ".join(write_column(call, field, each) for each in value)
    titles = next((each.title for each in field.options if each.value == value), {})
    return localize(titles, call.language) or str(value)


def write_columns(
    call: ConsoleRequest, register: Register, values: Mapping[str, object]
) -> list[tuple[str, str, bool]]:
    """(title, text, whether it is personal) of the columns that have a value, in their order."""
    texts = ((each, write_column(call, each, values.get(name))) for name, each in register.fields.items())
    return [(localize(each.title, call.language), text, each.personal) for each, text in texts if text]


def build_entry_inputs(
    call: ConsoleRequest,
    register: Register,
    values: Mapping[str, object],
    wrong: Mapping[str, Sequence[str]] = NO_WRONGS,
    *,
    new: bool = False,
) -> tuple[FormInput, ...]:
    """The form of an entry, its key only for a `new` one: with what was typed, else with the `values` that
    are not personal."""
    asked = _asked_columns(register, new=new)
    shown = [each for each in asked if not each.personal]
    sent = call.request.form
    texts = dict(sent.lists()) if "seen" in sent else write_texts(shown, values, call.zone)
    organisation = call.desk.definitions.company().organisation
    schema = json_schema(asked, (register.key,) if new else (), call.language, organisation)
    return build_inputs(schema, register.fields, FormContents(texts=texts, wrong=wrong))


def read_entry(
    call: ConsoleRequest, register: Register, before: Mapping[str, object], *, new: bool = False
) -> dict[str, Any]:
    """What was typed. An open column that was emptied is taken away; a personal one that is empty stays as it
    was, since it was not shown."""
    shown = {name: value for name, value in before.items() if name in register.open_columns}
    return read_form(_asked_columns(register, new=new), dict(call.request.form.lists()), shown, call.zone)


def _asked_columns(register: Register, *, new: bool) -> list[Field]:
    return [each for name, each in register.fields.items() if new or name != register.key]
