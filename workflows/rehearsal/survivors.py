"""The mutants that are allowed to survive, each with the reason its author gives."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath

from workflows.errors import Invalid, Reason
from workflows.language.files.source import Source
from workflows.language.reading import SURVIVORS
from workflows.language.shapes.fields import HYPHENS, Name, Shape, Text
from workflows.language.shapes.groups import ByName
from workflows.language.shapes.shaping import fitted


class _SurvivorsShape(Shape):
    """survivors.yaml, under one key so that the processes' names are judged."""

    entries = ByName(Name(HYPHENS), ByName(Text(), Text()))


_SHAPE = _SurvivorsShape()


def read_survivors(folder: FilePath) -> Mapping[str, Mapping[str, str]]:
    """Process → what was taken → why nothing notices. Empty without the file; `Invalid` if it is wrong."""
    file = folder / SURVIVORS
    if not file.exists():
        return {}
    source = Source(file.read_bytes(), str(file))
    said, complaints = fitted({"entries": source.data or {}}, _SHAPE, ())
    wrong = [f"{problem}" for problem in source.problems]
    wrong += [f"{file}:{source.locate(path[1:])[0]}: {message}" for path, message in complaints]
    if wrong:
        raise Invalid(*(Reason("bad-value", each) for each in wrong))
    entries: Mapping[str, Mapping[str, str]] = said.get("entries") or {}
    return entries
