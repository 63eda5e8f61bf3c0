"""The YAML of an outline: a definition to begin with, which `check` finds nothing wrong with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from workflows.language.definition import Category
from workflows.mining.outline import Outline, OutlineState, OutlineStep, OutlineTitle

_SUBJECT = {"en": "What it is about", "zh-Hans": "事由", "zh-Hant": "事由", "es": "Asunto"}


def write_outline(outline: Outline, languages: Sequence[str]) -> str:
    """The text of a process file, with its titles in these languages."""
    return "\n".join(_lines(outline, languages)) + "\n"


def _lines(outline: Outline, languages: Sequence[str]) -> Iterator[str]:
    yield f"workflow: {outline.name}"
    yield f"title: {_title(outline.title, languages)}"
    yield f"purpose: {_quoted(outline.purpose)}"
    yield f"numbering: {outline.numbering}"
    yield f"calendar: {outline.calendar}"
    if outline.waived:
        yield "waive:"
        yield from (f"  {code}: {_quoted(reason)}" for code, reason in outline.waived.items())
    yield "summary: subject"
    yield "fields:"
    yield f"  subject: {{type: text, max: 200, title: {_title(_SUBJECT, languages)}}}"
    yield f"start: {{state: {outline.start}, roles: {_names(outline.start_roles)}, requires: [subject]}}"
    yield "states:"
    for state in outline.states:
        yield from _state_lines(state, outline.escalation, languages)
    yield "transitions:"
    for step in outline.steps:
        yield from _step_lines(step, languages)


def _state_lines(state: OutlineState, escalation: str | None, languages: Sequence[str]) -> Iterator[str]:
    yield f"  {state.name}:"
    yield f"    title: {_title(state.title, languages)}"
    if state.category is not Category.OPEN:
        yield f"    category: {state.category}"
    if state.owner:
        yield f"    owner: {{role: {state.owner}}}"
    if state.due:
        yield f"    due: {state.due}"
        if escalation:
            yield f"    escalation: {escalation}"


def _step_lines(step: OutlineStep, languages: Sequence[str]) -> Iterator[str]:
    yield f"  - trigger: {step.trigger}"
    yield f"    title: {_title(step.title, languages)}"
    yield f"    from: {_names(step.sources)}"
    yield f"    to: {step.to}"
    yield f"    roles: {_names(step.roles)}"


def _title(title: OutlineTitle, languages: Sequence[str]) -> str:
    said = dict.fromkeys(languages, title) if isinstance(title, str) else title
    return f"{{{', '.join(f'{language}: {_quoted(said[language])}' for language in languages)}}}"


def _names(names: Sequence[str]) -> str:
    return f"[{', '.join(names)}]"


def _quoted(text: str) -> str:
    """The text in quotation marks, as YAML and JSON both read it."""
    return json.dumps(text, ensure_ascii=False)
