"""The glossary is the law: names of classes and modules are of its words, and a name means one thing."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
SOURCES = [
    file
    for room in ("workflows", "service")
    for file in (ROOT / room).rglob("*.py")
    if "versions" not in file.parts
]
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")


def words_of(name: str) -> list[str]:
    """The words of a name: `RosterPlace` and `roster_place` are roster and place."""
    return [found.lower() for part in name.split("_") for found in _WORD.findall(part)]


def singular(word: str) -> str:
    """The word without the ending of its plural."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("s", "")):
        if word.endswith(ending) and len(word) > 3 and not word.endswith(("ss", "us", "is")):
            return word[: -len(ending)] + instead
    return word


def section(title: str) -> str:
    """A section of the glossary, by its heading."""
    return GLOSSARY.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def terms() -> set[str]:
    """Every word that names may be made of: the bold terms, and the technical words below them."""
    bold = (
        word
        for term in re.findall(r"\*\*(.+?)\*\*", GLOSSARY)
        for word in re.findall(r"[a-z0-9]+", term.lower())
    )
    technical = re.findall(r"[a-z0-9]+", section("Technical words").lower())
    return {singular(word) for word in (*bold, *technical)}


def classes() -> Iterator[tuple[str, Path]]:
    """Every public class and where it stands."""
    for file in SOURCES:
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, file


def test_no_two_public_classes_share_a_name() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for name, file in classes():
        found[name].append(str(file.relative_to(ROOT)))
    assert {name: files for name, files in found.items() if len(files) > 1} == {}


def test_every_word_of_a_public_class_is_in_the_glossary() -> None:
    known = terms()
    unknown = {word: name for name, _ in classes() for word in words_of(name) if singular(word) not in known}
    assert unknown == {}


def test_every_word_of_a_module_is_in_the_glossary() -> None:
    known = terms()
    modules = {file.stem for file in SOURCES} | {file.parent.name for file in SOURCES}
    unknown = {
        word: name
        for name in modules
        if not name.startswith("__")
        for word in words_of(name)
        if singular(word) not in known
    }
    assert unknown == {}


def test_neighbouring_modules_differ_by_more_than_a_letter() -> None:
    rooms: dict[Path, set[str]] = defaultdict(set)
    for file in SOURCES:
        if not file.stem.startswith("__"):
            rooms[file.parent].add(file.stem)
        elif file.stem == "__init__":
            rooms[file.parent.parent].add(file.parent.name)
    alike = [
        (str(room.relative_to(ROOT)), one, other)
        for room, names in rooms.items()
        for one, other in combinations(sorted(names), 2)
        if apart(one, other) < 2
    ]
    assert alike == []


def apart(one: str, other: str) -> int:
    """By how many letters two words differ: inserted, left out or changed (2 = two or more)."""
    if abs(len(one) - len(other)) > 1:
        return 2
    start = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    short, long = sorted((one[start:], other[start:]), key=len)
    same = short == long[1:] if len(short) < len(long) else short[1:] == long[1:]
    return int(one != other) if same or one == other else 2


def test_no_module_is_a_gerund() -> None:
    """But for those that are the field's own nouns; the glossary says which."""
    own = set(re.findall(r"\w+ing\b", section("Technical words")))
    gerunds = {file.stem for file in SOURCES if any(word.endswith("ing") for word in words_of(file.stem))}
    assert {name for name in gerunds if not any(word in own for word in words_of(name))} == set()


def test_no_name_speaks_the_words_that_were_given_up() -> None:
    """Neither a class nor a function, whether public or not."""
    given_up = set(re.findall(r"[a-z]+", section("Words given up").lower().split("```text")[1]))
    found: dict[str, str] = {}
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                found |= {
                    word: f"{file.relative_to(ROOT)}: {node.name}"
                    for word in words_of(node.name)
                    if word in given_up
                }
    assert found == {}
