"""A manager's mistakes over the shipped definitions: edits that are made anew although lines have moved."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT.parent / "shared" / "trust-cases"
COMPLAINT = "complaints/complaint.yaml"
_ENCODINGS = {"gbk": "gb18030", "bom": "utf-8-sig", "utf16": "utf-16"}
# Where the passage itself has changed since: what the edit means, by the file; each row is taken out whole.
TAKEN_OUT = {"public/meeting-service.yaml": "close"}


class Case(NamedTuple):
    """One edit, the code that is expected, and the places where it may stand; none: wherever."""

    name: str
    edit: str
    code: str
    lines: tuple[tuple[str, int], ...]


class Change(NamedTuple):
    """A run of changed lines of a diff, the line of the old file, and what stands before and after it."""

    file: str
    at: int
    before: str
    removed: list[str]
    added: list[str]
    after: str


def cases() -> Iterator[Case]:
    """Every edit at hand that is a mistake by itself; the others are mistakes because of open tickets."""
    for file in sorted(CASES.glob("*/edit.diff")) if CASES.exists() else ():
        told = file.with_name("case.md").read_text("utf-8")
        code = re.search(r"^code: (\S+)", told, re.MULTILINE)
        lines = re.search(r"^lines accepted: (.*)", told, re.MULTILINE)
        if lines is None:
            continue
        places = tuple(ast.literal_eval(lines[1]))
        yield Case(file.parent.name, file.read_text("utf-8"), code[1] if code else "", places)


def apply_edit(trade: Path, case: Case) -> dict[str, int]:
    """Make the edit in the folder; how far the lines of each file had moved. Raises LookupError if a passage
    is not there any more."""
    if not case.edit.strip():
        (trade / COMPLAINT).rename((trade / COMPLAINT).with_suffix(".yml"))
        return {}
    if case.edit.startswith("#"):
        _encode_anew(trade / COMPLAINT, case.name)
        return {}
    moved: dict[str, int] = {}
    for change in _changes(case.edit):
        file = trade / change.file
        lines = file.read_text("utf-8").split("\n") if file.exists() else []
        wanted = change.at + moved.get(change.file, 0)
        place = _find_place(change, lines, wanted)
        lines[place : place + len(change.removed)] = change.added
        file.write_text("\n".join(lines), "utf-8")
        moved[change.file] = place - change.at
    return moved


def touched_files(trade: Path, case: Case) -> list[Path]:
    """The files that an edit changes, makes or takes away."""
    named = re.findall(r"^(?:\+\+\+ b|--- a)/(\S+)", case.edit, re.MULTILINE)
    complaint = trade / COMPLAINT
    return [trade / each for each in dict.fromkeys(named)] or [complaint, complaint.with_suffix(".yml")]


def _encode_anew(file: Path, name: str) -> None:
    text = file.read_text("utf-8")
    kind = name.rpartition("-")[2]
    raw = text.replace("\n", "\r\n").encode() if kind == "crlf" else text.encode(_ENCODINGS[kind])
    file.write_bytes(raw)


def _changes(edit: str) -> Iterator[Change]:
    file, at, before = "", 0, ""
    removed: list[str] = []
    added: list[str] = []
    for line in [*edit.splitlines(), " "]:
        kind, text = line[:1], line[1:]
        if kind in "+-" and not line.startswith(("+++ ", "--- ")):
            (removed if kind == "-" else added).append(text)
            continue
        if removed or added:
            yield Change(file, at, before, removed, added, text)
            at, removed, added = at + len(removed), [], []
        if line.startswith("+++ "):
            file = line.removeprefix("+++ b/")
        elif found := re.match(r"@@ -(\d+)", line):
            at = int(found[1]) - 1
        elif kind in (" ", ""):
            at, before = at + 1, text


def _find_place(change: Change, lines: list[str], wanted: int) -> int:
    """The place nearest to where it was at which the same lines stand."""
    size = len(change.removed)
    if size:
        places = [at for at in range(len(lines)) if lines[at : at + size] == change.removed]
    else:
        around = zip(lines, [*lines[1:], ""], strict=True)
        places = [at + 1 for at, pair in enumerate(around) if pair == (change.before, change.after)]
        places = places or [at for at, line in enumerate(lines) if line == change.after]
    if not places and (trigger := TAKEN_OUT.get(change.file)):
        start = lines.index(f"  - trigger: {trigger}")
        change.removed[:] = lines[start : _end_of_row(lines, start)]
        return start
    if not places:
        raise LookupError(f"{change.file}: {change.removed}")
    return min(places, key=lambda at: abs(at - wanted))


def _end_of_row(lines: list[str], start: int) -> int:
    return next(at for at in range(start + 1, len(lines)) if re.match(r"  \S|\S", lines[at]))
