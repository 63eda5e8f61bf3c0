"""Conditions that do not hold, in the reader's language: what the definition says about them, or the fields
that they read. An expression is never shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from service.texts import localize, say
from workflows.core.people import Directory
from workflows.errors import UnmetCondition
from workflows.language.definition import Definition
from workflows.value_texts import SentenceWriter


def describe_conditions(
    conditions: Sequence[UnmetCondition], language: str, definition: Definition | None
) -> str:
    """One sentence: what the condition wants; of several, of which one would be enough, all of them with what
    each lacks."""
    if len(conditions) == 1:
        return _describe(conditions[0], language, definition)
    sentences = _distinct(_describe_way(each, conditions, language, definition) for each in conditions)
    if len(sentences) == 1:
        return sentences[0]
    ways = [_say(language, "way", n=n, text=text) for n, text in enumerate(sentences, 1)]
    return _say(language, "one-of", ways=("" if _is_chinese(language) else "; ").join(ways))


def render_alternatives(
    conditions: Sequence[UnmetCondition], language: str, definition: Definition | None
) -> list[dict[str, Any]]:
    """The conditions one by one, for programs."""
    return [
        {
            "message": _describe(each, language, definition),
            "fields": list(each.fields),
            "missing": list(each.missing),
            "to": each.to,
        }
        for each in conditions
    ]


def _describe(condition: UnmetCondition, language: str, definition: Definition | None) -> str:
    if condition.because and definition is not None and condition.named is not None:
        nobody, zone = Directory(site="", staff={}), ZoneInfo(condition.zone)  # it names no staff
        writer = SentenceWriter(definition=definition, directory=nobody, zone=zone, language=language)
        return writer.fill(condition.because, condition.named)
    if condition.because:
        return localize(condition.because, language)
    if not condition.fields:
        return _say(language, "plain")
    return _say(language, "fields", fields=_field_titles(condition.fields, language, definition))


def _describe_way(
    condition: UnmetCondition,
    among: Sequence[UnmetCondition],
    language: str,
    definition: Definition | None,
) -> str:
    text = _describe(condition, language, definition)
    shared = set.intersection(*(set(each.missing) for each in among))  # these are reasons of their own
    lacking = [name for name in condition.missing if name not in shared]
    if lacking:
        titles = _field_titles(lacking, language, definition)
        text = _say(language, "missing", text=text, fields=titles)
    state = definition.states.get(condition.to or "") if definition else None
    if state is None or len({each.to for each in among}) == 1:
        return text
    return _say(language, "to", state=localize(state.title, language), text=text)


def _field_titles(names: Iterable[str], language: str, definition: Definition | None) -> str:
    fields = definition.fields if definition else {}
    titles = (localize(fields[name].title, language) if name in fields else name for name in names)
    return ("、" if _is_chinese(language) else ", ").join(titles)


def _say(language: str, key: str, **facts: object) -> str:
    sentence = say(language, "conditions", key, facts)
    assert sentence is not None, "every language has the sentences about conditions"
    return sentence


def _distinct(sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentences))


def _is_chinese(language: str) -> bool:
    return language.startswith("zh")
