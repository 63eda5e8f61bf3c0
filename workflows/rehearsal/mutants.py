"""Definitions with one thing taken away: what a guard, a clock, a role or an invariant is there for.

A mutant that no check and no scenario notices shows that nobody would miss what was taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from workflows.language.problems import Path

KINDS = ("guard", "clock", "role", "invariant")


class Mutant(NamedTuple):
    """A process without what stood at `path`. `text` is the whole file."""

    kind: str
    path: Path
    what: str
    text: str


def mutants(data: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every mutant of a process, given as plain data, in the order of its sections.

    What it is `like` has been laid under it already; the mutant stands alone, so that nothing grows back.
    """
    data = {key: said for key, said in data.items() if key != "like"}
    for kind, path, what in _losses(data):
        changed = deepcopy(data)
        _take(changed, path)
        yield Mutant(kind, path, what, as_text(changed))


def as_text(data: Mapping[str, Any]) -> str:
    """A process given as plain data, as the text of a file (JSON is YAML, too)."""
    return json.dumps(data, ensure_ascii=False)


def _losses(data: Mapping[str, Any]) -> Iterator[tuple[str, Path, str]]:
    """What can be taken away: its kind, its place, and how it is spoken of."""
    yield from _of_step(data.get("start") or {}, ("start",), "start")
    for name, state in (data.get("states") or {}).items():
        if "due" in (state or {}):
            yield "clock", ("states", name, "due"), f"the due of {name}"
    for index, row in enumerate(data.get("transitions") or ()):
        # Without its guard an `auto` row cannot be read; that it is needed shows when the row is gone.
        if row.get("auto"):
            yield "guard", ("transitions", index), f"the auto row {row['trigger']}"
        else:
            yield from _of_step(row, ("transitions", index), f"{row['trigger']} from {_listed(row['from'])}")
    for name in data.get("clocks") or {}:
        yield "clock", ("clocks", name), f"the clock {name}"
    for index, rule in enumerate(data.get("invariants") or ()):
        yield (
            "invariant",
            ("invariants", index),
            " ".join(f"{key} {_listed(said)}" for key, said in rule.items()),
        )


def _of_step(row: Mapping[str, Any], path: Path, name: str) -> Iterator[tuple[str, Path, str]]:
    if "guard" in row:
        yield "guard", (*path, "guard"), f"the guard of {name}"
    for index, role in enumerate(row.get("roles") or ()):
        yield "role", (*path, "roles", index), f"{role} of {name}"


def _listed(said: Any) -> str:
    return said if isinstance(said, str) else ", ".join(map(str, said))


def _take(data: Any, path: Path) -> None:
    *way, last = path
    for step in way:
        data = data[step]
    del data[last]
