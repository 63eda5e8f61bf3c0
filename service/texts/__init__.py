"""What the desk says, in the reader's language: one TOML file a language, by codes of reasons and slugs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from workflows.language.forms.field import LANGUAGES, Titles

_HANT = {"tw", "hk", "mo", "hant"}
_RANGE = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")
LONGEST_HEADER = 500


def say(language: str, part: str, key: str, facts: Mapping[str, object] | None = None) -> str | None:
    """The sentence `key` of `part` (reasons, problems, pages), its facts filled in; None if there is none."""
    sentence = _book(language).get(part, {}).get(key)
    if sentence is None:
        return None
    try:
        return sentence.format_map(facts or {})
    except (KeyError, ValueError, IndexError):  # the fact it speaks of was not told
        return None


def titled(titles: Titles, language: str) -> str:
    """The title in `language`, or in the nearest there is."""
    return titles.get(language) or titles.get("en") or next(iter(titles.values()), "")


@lru_cache(maxsize=512)
def negotiated(accept_language: str, default: str) -> str:
    """The language that the header asks for most, among ours."""
    best, weight = default, 0.0
    for one in accept_language[:LONGEST_HEADER].split(","):
        found = _RANGE.fullmatch(one)
        if found is None:
            continue
        quality = float(found[2] or 1)
        ours = default if found[1] == "*" else _ours(found[1].lower())
        if ours and quality > weight:
            best, weight = ours, quality
    return best


def _ours(tag: str) -> str | None:
    first, *rest = tag.split("-")
    if first == "zh":
        return "zh-Hant" if _HANT & set(rest) and "hans" not in rest else "zh-Hans"
    return first if first in LANGUAGES else None


@lru_cache(maxsize=len(LANGUAGES))
def _book(language: str) -> dict[str, dict[str, str]]:
    file = Path(__file__).with_name(f"{language}.toml")
    return tomllib.loads(file.read_text("utf-8"))
