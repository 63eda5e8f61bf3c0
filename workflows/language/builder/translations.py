"""Checks that every text shown to people exists in all four languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from workflows.language.definition import Definition, SeparationInvariant
from workflows.language.effect import Effect, NotifyEffect
from workflows.language.findings import KeyPath
from workflows.language.forms.field import LANGUAGES, Field, Titles, lacking_sentence, missing_languages
from workflows.sentence import Sentence


class TranslatedText(NamedTuple):
    """A title, a help text or a notice: the path of its owner, its key, and whether it is required."""

    path: KeyPath
    key: str
    texts: Titles
    needed: bool = True

    def find_missing(self, languages: Sequence[str]) -> tuple[KeyPath, Sentence] | None:
        """The path and the message if the text or one of the languages is missing; None if it is complete."""
        missing = missing_languages(self.texts, languages)
        if not self.texts:
            return (self.path, self._nothing_at_all()) if self.needed else None
        if not missing:
            return None
        return (*self.path, self.key), lacking_sentence(self.key, missing)

    def _nothing_at_all(self) -> Sentence:
        if self.path and isinstance(self.path[-1], str):
            return Sentence(
                "missing-translation", "{owner!r} has no {key}", owner=self.path[-1], key=self.key
            )
        return Sentence("missing-translation", "no {key}", key=self.key)


def find_untranslated(
    definition: Definition, languages: Sequence[str] = LANGUAGES
) -> Iterator[tuple[KeyPath, Sentence]]:
    """Path and message for each text of a definition that is missing or lacks a language."""
    for wording in _texts_of(definition):
        if fault := wording.find_missing(languages):
            yield fault


def find_untranslated_title(
    title: Titles, path: KeyPath, languages: Sequence[str] = LANGUAGES
) -> Iterator[tuple[KeyPath, Sentence]]:
    """Path and message if the title of the item at `path` lacks a language."""
    if fault := TranslatedText(path, "title", title).find_missing(languages):
        yield fault


def find_untranslated_fields(
    fields: Mapping[str, Field], path: KeyPath, languages: Sequence[str] = LANGUAGES
) -> Iterator[tuple[KeyPath, Sentence]]:
    """Path and message for each text of the fields at `path` that lacks a language."""
    for wording in _field_texts(fields, path):
        if fault := wording.find_missing(languages):
            yield fault


def _texts_of(definition: Definition) -> Iterator[TranslatedText]:
    yield TranslatedText((), "title", definition.title)
    yield from _field_texts(definition.fields, ("fields",))
    for name, state in definition.states.items():
        yield TranslatedText(("states", name), "title", state.title)
    for name, clock in definition.clocks.items():
        yield TranslatedText(("clocks", name), "title", clock.title)
    for name, roster in definition.rosters.items():
        yield TranslatedText(("rosters", name), "title", roster.title)
    for name, each in definition.prints.items():
        yield TranslatedText(("prints", name), "title", each.title)
        yield TranslatedText(("prints", name), "note", each.note, needed=False)
        yield TranslatedText(("prints", name), "because", each.because, needed=False)
    for index, rule in enumerate(definition.invariants):
        if isinstance(rule, SeparationInvariant):
            yield TranslatedText(("invariants", index), "because", rule.because, needed=False)
    yield TranslatedText(("start",), "because", definition.start.because, needed=False)
    yield from _notice_texts(definition.start.effects, ("start",))
    seen: set[str] = set()
    for index, row in enumerate(definition.transitions):
        yield TranslatedText(("transitions", index), "title", row.title, row.trigger not in seen)
        yield TranslatedText(("transitions", index), "because", row.because, needed=False)
        yield from _notice_texts(row.effects, ("transitions", index))
        seen.add(row.trigger)


def _field_texts(fields: Mapping[str, Field], path: KeyPath) -> Iterator[TranslatedText]:
    for name, field in fields.items():
        yield TranslatedText((*path, name), "title", field.title)
        yield TranslatedText((*path, name), "help", field.help, needed=False)
        for key, options in (("options", field.options), ("items", field.items)):
            for option in options:
                yield TranslatedText((*path, name, key, option.value), "title", option.title)
        yield from _field_texts({column.name: column for column in field.columns}, (*path, name, "columns"))


def _notice_texts(effects: tuple[Effect, ...], path: KeyPath) -> Iterator[TranslatedText]:
    for index, effect in enumerate(effects):
        if isinstance(effect, NotifyEffect):
            yield TranslatedText((*path, "effects", index), "text", effect.text, needed=False)
