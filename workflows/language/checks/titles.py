"""Finds what people cannot tell apart: two steps, or two states, that are called the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflows.language.definition import Definition, Transition
from workflows.language.findings import Problem
from workflows.language.forms.field import Titles
from workflows.sentence import Sentence

_NOBODY = frozenset({"clock", "parent", "child"})  # they do not read titles


def find_same_titles(definition: Definition, languages: Sequence[str]) -> Iterator[Problem]:
    """The second of two triggers of one title that are open to the same person in one state; the second of
    two states of one title."""
    yield from _same_steps(definition, languages)
    yield from _same_states(definition, languages)


def _same_steps(definition: Definition, languages: Sequence[str]) -> Iterator[Problem]:
    titled = {row.trigger: row for row in reversed(definition.transitions) if row.title}
    places = {
        row.trigger: index
        for index, row in enumerate(definition.transitions)
        if row is titled.get(row.trigger)
    }
    reported: set[str] = set()
    for state in definition.states:
        offered: dict[str, list[Transition]] = {}
        for row in definition.transitions_by_source[state]:
            if not row.auto and set(row.roles) - _NOBODY:
                offered.setdefault(row.trigger, []).append(row)
        for trigger, rows in offered.items():
            for other, others in offered.items():
                if trigger in reported or not 0 <= places.get(other, -1) < places.get(trigger, -1):
                    continue
                said = _same_title(titled[trigger].title, titled[other].title, languages)
                if said and _roles(rows) & _roles(others):
                    reported.add(trigger)
                    yield _problem(definition, state, said, places[other], places[trigger])


def _problem(definition: Definition, state: str, said: str, earlier: int, later: int) -> Problem:
    first, second = definition.transitions[earlier].trigger, definition.transitions[later].trigger
    pattern = (
        "in {state!r} two steps are called {title!r}: {first!r} and {second!r}; nobody can tell them apart"
    )
    message = Sentence("same-title", pattern, state=state, title=said, first=first, second=second)
    return Problem(("transitions", later, "title"), message)


def _same_states(definition: Definition, languages: Sequence[str]) -> Iterator[Problem]:
    names = list(definition.states)
    for place, name in enumerate(names):
        for other in names[:place]:
            said = _same_title(definition.states[name].title, definition.states[other].title, languages)
            if said:
                pattern = "two states are called {title!r}: {first!r} and {second!r}"
                message = Sentence("same-title", pattern, title=said, first=other, second=name)
                yield Problem(("states", name, "title"), message)
                break


def _roles(rows: list[Transition]) -> set[str]:
    return {role for row in rows for role in row.roles} - _NOBODY


def _same_title(title: Titles, other: Titles, languages: Sequence[str]) -> str:
    """What both are called in one of the languages; empty if in none."""
    for language in languages:
        said = title.get(language, "").strip()
        if said and said.casefold() == other.get(language, "").strip().casefold():
            return said
    return ""
