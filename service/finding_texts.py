"""Findings in the reader's language: a line for the terminal, a mapping for programs.

English is what a finding says itself; the other languages have their sentences in `texts/findings`, by code
and by the English pattern, and fill the same facts in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

from workflows.language.findings import Finding, Severity

_GENERAL = "#"  # begins the key of a sentence whose English is put together elsewhere
FINDINGS_PAGE = "docs/findings.md"
_TEXTS = Path(__file__).with_name("texts") / "findings"


class _FindingTexts(NamedTuple):
    """One language: its sentences by code and pattern, all patterns whatever their code, the words of the
    language for the kinds of value, and what stands around a sentence."""

    sentences: Mapping[str, Mapping[str, str]]
    patterns: Mapping[str, str]
    words: Mapping[str, str]
    endings: Mapping[str, str]
    severities: Mapping[str, str]


def render_finding(found: Finding, language: str) -> dict[str, Any]:
    """A finding for programs, with its sentence in the language and the page that explains its code."""
    return {
        "code": found.code,
        "severity": str(found.severity),
        "file": found.file,
        "line": found.line,
        "column": found.column,
        "lines": list(found.lines),
        "path": found.path,
        "used_in": found.used_in,
        "message": say_finding(found, language),
        "facts": dict(found.facts),
        "walk": found.walk,
        "waived": found.waived,
        "page": f"{FINDINGS_PAGE}#{found.code}" if found.code else FINDINGS_PAGE,
    }


def format_finding(found: Finding, language: str) -> str:
    """The line of a finding: `file:line:column: severity: sentence [code]`."""
    if language == "en":
        return str(found)
    texts = _load_texts(language)
    kind = "waived" if found.waived else found.severity
    word = "" if kind is Severity.ERROR else f"{texts.severities[kind]}: "
    return f"{found.file}:{found.line}:{found.column}: {word}{say_finding(found, language)} [{found.code}]"


def say_finding(found: Finding, language: str) -> str:
    """The sentence of a finding; in English where the language has none for it."""
    if language == "en":
        return found.sentence
    texts = _load_texts(language)
    facts = {name: texts.words.get(fact, fact) for name, fact in found.facts}
    own = texts.sentences.get(found.code, {})
    pattern = own.get(found.pattern) or texts.patterns.get(found.pattern) or _best_pattern(own, facts)
    if pattern is None or (said := _fill(pattern, facts)) is None:
        return found.sentence
    if "meant" in facts:
        said += texts.endings["meant"].format(meant=facts["meant"])
    elif "listed" in facts:
        said += texts.endings["listed"].format(listed=facts["listed"])
    if found.lines:
        said += texts.endings["lines"].format(lines=", ".join(map(str, found.lines)))
    if found.used_in:
        said += texts.endings["used_in"].format(used_in=found.used_in)
    return said + (texts.endings["waived"].format(waived=found.waived) if found.waived else "")


def _best_pattern(sentences: Mapping[str, str], facts: Mapping[str, str]) -> str | None:
    """The general sentence of a code that says most of the facts; None if none can be said with them."""
    named = {each: _names(each) for key, each in sentences.items() if key.startswith(_GENERAL)}
    fitting = [each for each, names in named.items() if names <= facts.keys()]
    return max(fitting, key=lambda each: len(named[each]), default=None)


def _names(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name}


def _fill(pattern: str, facts: Mapping[str, str]) -> str | None:
    try:
        return pattern.format_map(facts)
    except (KeyError, ValueError, IndexError):  # a fact of the sentence is missing
        return None


@lru_cache(maxsize=8)
def _load_texts(language: str) -> _FindingTexts:
    book = tomllib.loads((_TEXTS / f"{language}.toml").read_text("utf-8"))
    sentences: dict[str, dict[str, str]] = book["sentences"]
    patterns = {pattern: said for each in sentences.values() for pattern, said in each.items() if pattern}
    return _FindingTexts(sentences, patterns, book["words"], book["endings"], book["severities"])
