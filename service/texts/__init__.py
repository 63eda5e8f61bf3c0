"""The texts of the desk in four languages: one TOML file for each, by codes of reasons and slugs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from workflows.language.forms.field import LANGUAGES, localize

__all__ = ["localize", "negotiate_language", "say", "terminal_language"]

_HANT = {"tw", "hk", "mo", "hant"}
_RANGE = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")
MAX_HEADER = 500


def say(language: str, part: str, key: str, facts: Mapping[str, object] | None = None) -> str | None:
    """The text `key` of `part` (reasons, problems, pages) with its facts filled in; None if there is none."""
    sentence = _load_texts(language).get(part, {}).get(key)
    if sentence is None:
        return None
    try:
        return sentence.format_map(facts or {})
    except (KeyError, ValueError, IndexError):  # a fact of the text is missing
        return None


@lru_cache(maxsize=512)
def negotiate_language(accept_language: str, default: str) -> str:
    """The supported language that the Accept-Language header prefers, or the default."""
    best, weight = default, 0.0
    for one in accept_language[:MAX_HEADER].split(","):
        found = _RANGE.fullmatch(one)
        if found is None:
            continue
        quality = float(found[2] or 1)
        ours = default if found[1] == "*" else _supported_language(found[1].lower())
        if ours and quality > weight:
            best, weight = ours, quality
    return best


def terminal_language(environment: Mapping[str, str], default: str) -> str:
    """The supported language of a terminal, by LC_ALL, LC_MESSAGES or LANG; the default for `C`."""
    named = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((each for each in named if each), "")
    return _supported_language(locale.partition(".")[0].replace("_", "-").lower()) or default


def _supported_language(tag: str) -> str | None:
    first, *rest = tag.split("-")
    if first == "zh":
        return "zh-Hant" if _HANT & set(rest) and "hans" not in rest else "zh-Hans"
    return first if first in LANGUAGES else None


@lru_cache(maxsize=len(LANGUAGES))
def _load_texts(language: str) -> dict[str, dict[str, str]]:
    file = Path(__file__).with_name(f"{language}.toml")
    return tomllib.loads(file.read_text("utf-8"))
