"""The mutants that may survive, each with its author's reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from workflows.errors import Invalid, Reason
from workflows.language.files.source import SourceFile
from workflows.language.load import SURVIVORS_FILE
from workflows.language.schemas.containers import MappingField
from workflows.language.schemas.fields import HYPHENS, NameField, StrictSchema, TextField
from workflows.language.schemas.load import load_part


class _SurvivorsSchema(StrictSchema):
    """The whole of survivors.yaml under one key, so that the names of processes are checked."""

    entries = MappingField(NameField(HYPHENS), MappingField(TextField(), TextField()))


_SCHEMA = _SurvivorsSchema()


def read_survivors(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """Process -> removed part -> why nothing notices. Empty without the file. Raises `Invalid` if it has
    errors."""
    file = folder / SURVIVORS_FILE
    if not file.exists():
        return {}
    source = SourceFile(file.read_bytes(), str(file))
    data, complaints = load_part({"entries": source.data or {}}, _SCHEMA, ())
    wrong = [f"{problem}" for problem in source.findings]
    wrong += [f"{file}:{source.locate(path[1:])[0]}: {message}" for path, message in complaints]
    if wrong:
        raise Invalid(*(Reason("bad-value", each) for each in wrong))
    entries: Mapping[str, Mapping[str, str]] = data.get("entries") or {}
    return entries
