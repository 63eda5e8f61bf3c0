"""Two versions of reports, schedules or shapes: which entries come and go, and what is different in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.difference.company.statement import CompanyChange, compare_entries
from workflows.language.forms.field import LANGUAGES, Titles

_EVENTS = "events"  # of the schedules, each of them an entry


def compare_data(before: object, after: object) -> Iterator[CompanyChange]:
    """The values at the same place in two files are compared; another order, or a comment, is nothing."""
    yield from compare_entries("entry", _entries(before), _entries(after), _title, _compare)


def _entries(data: object) -> dict[str, object]:
    if not isinstance(data, Mapping):
        return {}
    events = data.get(_EVENTS)
    named = (
        {f"{_EVENTS}.{name}": each for name, each in events.items()} if isinstance(events, Mapping) else {}
    )
    return named | {str(name): each for name, each in data.items() if name != _EVENTS}


def _title(_: str, entry: object) -> Titles:
    title = entry.get("title") if isinstance(entry, Mapping) else None
    return {str(key): str(text) for key, text in title.items()} if isinstance(title, Mapping) else {}


def _compare(name: str, old: object, new: object) -> Iterator[CompanyChange]:
    title, (one, other) = _title(name, old), (dict(_leaves("", each)) for each in (old, new))
    for key in {**one, **other}:
        before, after = one.get(key), other.get(key)
        if before != after:
            code = "value-added" if key not in one else "value-removed" if key not in other else "value"
            facts = {"place": key, "before": before or "", "after": after or ""}
            yield CompanyChange(code=code, entry=name, title=title, facts=facts)


def _leaves(path: str, data: object) -> Iterator[tuple[str, str]]:
    """The place of each value below the entry, and the value as text; lists are values. The title of the
    entry has a sentence of its own."""
    if not isinstance(data, Mapping) or (data and data.keys() <= set(LANGUAGES)):
        yield path, _text(data)
        return
    for key, value in data.items():
        if path or key != "title":
            yield from _leaves(f"{path}.{key}" if path else str(key), value)


def _text(data: object) -> str:
    if isinstance(data, list):
        return ", ".join(map(_text, data))
    if isinstance(data, Mapping):
        return ", ".join(f"{key}: {_text(value)}" for key, value in data.items())
    return str(data).lower() if isinstance(data, bool) else str(data)
