"""Loads plain data by a schema: the valid parts, and an error with its path for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from marshmallow import ValidationError

from workflows.language.files.yaml_parser import kind
from workflows.language.findings import Findings, KeyPath
from workflows.language.schemas.fields import KEY_IS_MISSING, NameField, StrictSchema
from workflows.schema_messages import walk_messages
from workflows.sentence import Sentence

SchemaMessage = tuple[KeyPath, Sentence]
_NAMES = NameField()


class SpecError(ValueError):
    """Plain data that does not fit its shape. `problems` holds all that is wrong, each with its path."""

    def __init__(self, problems: Sequence[SchemaMessage]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(_format_message(path, message) for path, message in problems))


def load_with_schema(data: object, schema: StrictSchema, findings: Findings) -> dict[str, Any]:
    """The valid parts of `data`; the errors are added to `findings`."""
    loaded, complaints = load_part(data, schema, ())
    for path, message in complaints:
        findings.add(path, message, key=is_about_key(message))
    return loaded


def load_entry(
    data: object, schema: StrictSchema, path: KeyPath, findings: Findings, names: NameField = _NAMES
) -> dict[str, Any]:
    """The valid parts of an entry of a file; `path` ends with its name, which is one of `names`."""
    loaded, complaints = load_part(data, schema, path)
    for place, message in complaints:
        findings.add(place, message, key=is_about_key(message))
    try:
        names.read(path[-1])
    except ValidationError as error:
        for _, message in _sentences(error.messages, ()):
            findings.add(path, message, key=True)
    return loaded


def load_part(
    data: object, schema: StrictSchema, path: KeyPath
) -> tuple[dict[str, Any], list[SchemaMessage]]:
    """The valid parts of the `data` at `path`, and the errors about the rest."""
    if not isinstance(data, dict):
        return {}, [(path, Sentence("wrong-kind", "{kind} where a mapping belongs", kind=kind(data)))]
    try:
        return cast("dict[str, Any]", schema.load(data)), []
    except ValidationError as error:
        loaded = error.valid_data if isinstance(error.valid_data, dict) else {}
        return loaded, list(_sentences(error.messages, path))


def read_spec(data: Mapping[str, object], schema: StrictSchema) -> Any:
    """What the shape makes of `data`. SpecError with all that does not fit."""
    made, complaints = load_part(dict(data), schema, ())
    if complaints:
        raise SpecError(complaints)
    return made


def is_about_key(message: Sentence) -> bool:
    """Whether an error message is about a key, and not about its value."""
    return message.code == "unknown-key"


def is_missing(message: Sentence) -> bool:
    """Whether an error message says that a key is missing."""
    return message.pattern == KEY_IS_MISSING


def _sentences(messages: Any, path: KeyPath) -> Iterator[SchemaMessage]:
    for place, message in walk_messages(messages, path):
        said = message if isinstance(message, Sentence) else Sentence("wrong-kind", "{words}", words=message)
        yield place, said


def _format_message(path: KeyPath, message: str) -> str:
    return f"{'.'.join(map(str, path))}: {message}" if path else message
