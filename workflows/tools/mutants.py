"""Builds mutants of definitions: each lacks one guard, clock, role or invariant.

A mutant that no check and no scenario notices shows a part that nothing depends on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from workflows.language.findings import KeyPath

KINDS = ("guard", "clock", "role", "invariant")


class Mutant(NamedTuple):
    """A process without the part at `path`. `text` is the whole file."""

    kind: str
    path: KeyPath
    what: str
    text: str


def build_mutants(data: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every mutant of a process, given as plain data, in the order of its sections.

    The shapes it is `like` have been merged already; the mutant is not like them, or they would restore the
    part.
    """
    data = {key: value for key, value in data.items() if key != "like"}
    for kind, path, what in _removals(data):
        changed = deepcopy(data)
        _remove_at(changed, path)
        if path[-1] == "guard":  # `because` stands beside a guard only: that is not what should notice
            _step_at(changed, path).pop("because", None)
        yield Mutant(kind, path, what, as_text(changed))


def as_text(data: Mapping[str, Any]) -> str:
    """A process given as plain data, as the text of a file in JSON, which is YAML too."""
    return json.dumps(data, ensure_ascii=False)


def _removals(data: Mapping[str, Any]) -> Iterator[tuple[str, KeyPath, str]]:
    """The parts that can be removed: kind, path, and name for people."""
    yield from _step_removals(data.get("start") or {}, ("start",), "start")
    for name, state in (data.get("states") or {}).items():
        if "due" in (state or {}):
            yield "clock", ("states", name, "due"), f"the due of {name}"
    for index, row in enumerate(data.get("transitions") or ()):
        # An auto transition must have a guard, so the whole row is removed.
        if row.get("auto"):
            yield "guard", ("transitions", index), f"the auto row {row['trigger']}"
        else:
            yield from _step_removals(
                row, ("transitions", index), f"{row['trigger']} from {_join_names(row['from'])}"
            )
    for name in data.get("clocks") or {}:
        yield "clock", ("clocks", name), f"the clock {name}"
    for index, rule in enumerate(data.get("invariants") or ()):
        yield (
            "invariant",
            ("invariants", index),
            " ".join(f"{key} {_join_names(value)}" for key, value in rule.items() if key != "because"),
        )


def _step_removals(row: Mapping[str, Any], path: KeyPath, name: str) -> Iterator[tuple[str, KeyPath, str]]:
    if "guard" in row:
        yield "guard", (*path, "guard"), f"the guard of {name}"
    for index, role in enumerate(row.get("roles") or ()):
        yield "role", (*path, "roles", index), f"{role} of {name}"


def _join_names(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(map(str, value))


def _remove_at(data: Any, path: KeyPath) -> None:
    del _step_at(data, path)[path[-1]]


def _step_at(data: Any, path: KeyPath) -> Any:
    """What contains the value at the path."""
    for step in path[:-1]:
        data = data[step]
    return data
