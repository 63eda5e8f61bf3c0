"""Codes and patterns of findings, as the sources of the language spell them out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("workflows/language", "workflows/timing", "workflows/definitions")
OF_GATE = ("workflows/gate/scenarios.py", "workflows/gate/review.py")  # the rest is about open tickets
OTHERS = {"migrations"}  # plans of migration are no definitions: their findings have no section
_SENTENCES = ("Sentence", "Judgement")
_NAMING = ("unknown", "check_known")  # their first argument says what is not known


class Spoken(NamedTuple):
    """A finding as a source spells it: its code, its pattern (empty if it is put together elsewhere), the
    names of its facts."""

    code: str
    pattern: str
    facts: frozenset[str] = frozenset()


@cache
def spoken_of_plans() -> frozenset[Spoken]:
    """Every finding about a plan of migration that the sources spell out."""
    files = (ROOT / "workflows/language/migrations").rglob("*.py")
    texts = [ast.parse(file.read_text("utf-8")) for file in files]
    patterns = frozenset(Spoken("unknown-in-plan", each) for each in _named_patterns(texts))
    return patterns.union(*map(_spoken_in, texts))


def _named_patterns(texts: list[ast.Module]) -> Iterator[str]:
    for tree in texts:
        for name, values in _constants(tree):
            if name.startswith("_NONE_"):
                yield from values


@cache
def spoken() -> frozenset[Spoken]:
    """Every finding that the sources spell out."""
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py") if not OTHERS & {*file.parts}]
    files += [ROOT / name for name in OF_GATE]
    return frozenset(each for file in files for each in _spoken_in(ast.parse(file.read_text("utf-8"))))


def known_codes() -> set[str]:
    """The codes that findings about definitions may have."""
    return {each.code for each in spoken()}


def _spoken_in(tree: ast.Module) -> Iterator[Spoken]:
    texts = dict(_constants(tree))
    for call in ast.walk(tree):
        if isinstance(call, ast.ClassDef):
            yield from _codes_of_fields(call)
        if not isinstance(call, ast.Call):
            continue
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        words = [each.value if isinstance(each, ast.Constant) else each for each in call.args]
        if name in _SENTENCES and len(words) > 1 and isinstance(words[0], str):
            patterns = (
                [words[1]] if isinstance(words[1], str) else texts.get(getattr(words[1], "id", ""), [""])
            )
            yield from (Spoken(words[0], pattern) for pattern in patterns)
        elif name in _NAMING and words and isinstance(words[0], str):
            yield Spoken(f"unknown-{words[0].split()[0]}", f"unknown {words[0]} {{name!r}}")
        elif name == "Problem" and len(words) > 2 and isinstance(words[2], str):
            facts = words[3] if len(words) > 3 else None
            keys = facts.keys if isinstance(facts, ast.Dict) else []
            yield Spoken(words[2], "", frozenset(str(getattr(key, "value", "")) for key in keys))
        else:
            yield from (
                Spoken(str(each.value.value), "")
                for each in call.keywords
                if each.arg in ("code", "unknown")
                and isinstance(each.value, ast.Constant)
                and each.value.value
            )


def _codes_of_fields(schema: ast.ClassDef) -> Iterator[Spoken]:
    """The codes that fields of schemas give to values of another kind: `code = "time"`."""
    for line in schema.body:
        is_code = isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "code"
        if is_code and isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
            yield Spoken(str(line.value.value), "")


def _constants(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """The texts that are bound to a name, all of each name."""
    found: dict[str, list[str]] = {}
    for line in ast.walk(tree):
        if not isinstance(line, ast.Assign):
            continue
        for target in line.targets:
            pairs = [(target, line.value)]
            if isinstance(target, ast.Tuple) and isinstance(line.value, ast.Tuple):
                pairs = list(zip(target.elts, line.value.elts, strict=True))
            for name, value in pairs:
                if (
                    isinstance(name, ast.Name)
                    and isinstance(value, ast.Constant)
                    and isinstance(value.value, str)
                ):
                    found.setdefault(name.id, []).append(value.value)
    yield from found.items()
