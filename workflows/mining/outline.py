"""The outline of a process: its states, steps, posts and promises, before anybody has written its forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from workflows.language.definition import Category
from workflows.language.scenario import SCENARIO_WORDS
from workflows.timing.durations import Duration

_LONGEST = 60
_RESERVED = SCENARIO_WORDS | {"open", "any"}
_WORD = re.compile(r"[a-z0-9]+")


OutlineTitle = str | Mapping[str, str]
"""A title by language, or one that is the same in all until somebody translates it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineState:
    """A state; `owner` is the role with the next move."""

    name: str
    title: OutlineTitle
    owner: str | None = None
    due: Duration | None = None
    category: Category = Category.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineStep:
    """A trigger that leads from its sources to one state."""

    trigger: str
    title: OutlineTitle
    sources: tuple[str, ...]
    to: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A whole process. `start` is the name of its first state, `waived` are warnings with the reason why they
    are right."""

    name: str
    title: OutlineTitle
    purpose: str
    numbering: str
    calendar: str
    start: str
    start_roles: tuple[str, ...]
    states: tuple[OutlineState, ...]
    steps: tuple[OutlineStep, ...]
    escalation: str | None = None
    waived: Mapping[str, str] = field(default_factory=dict)


def choose_names(titles: Collection[str], fallback: str) -> dict[str, str]:
    """Title -> a name of the language, no two the same; `fallback` and a number where a title has no Latin
    letters."""
    names: dict[str, str] = {}
    for title in titles:
        name = make_name(title) or fallback
        number, chosen = 1, name if name != fallback else f"{fallback}-1"
        while chosen in names.values() or chosen in _RESERVED:
            number += 1
            chosen = f"{name}-{number}"
        names[title] = chosen
    return names


def make_name(title: str) -> str:
    """The title as a name: lower-case words joined by hyphens; empty if it has no Latin letters."""
    plain = unicodedata.normalize("NFKD", title).lower()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = _WORD.findall(plain)
    if not any(word[0].isalpha() for word in words):
        return ""
    name = "-".join(words) if words[0][0].isalpha() else "-".join(["n", *words])
    return name[: _LONGEST - 4].rstrip("-")
