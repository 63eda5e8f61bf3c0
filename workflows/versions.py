"""Published definition versions, built once and cached.

A version is read with the company files as they were when it was published. One that breaks later rules is
built as well (`language.stored`), so that its tickets can go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from workflows.errors import NotFound, Reason
from workflows.language.builder.company import CALENDARS, read_context
from workflows.language.builder.context import CompanyContext
from workflows.language.definition import Definition
from workflows.language.findings import errors
from workflows.language.load import read_text
from workflows.language.stored import read_stored
from workflows.storage.definitions import COMPANY as COMPANY_KIND
from workflows.storage.definitions import DefinitionStore, PublishedVersion

WORKFLOW = "workflow"
Leaning = tuple[tuple[str, int], ...]
"""Pairs of company file and version that a definition was published with."""


class Versions:
    """Definitions by name and version. `present` gives the company files in force, `published` a text."""

    def __init__(
        self,
        shelf: DefinitionStore,
        present: Callable[[], CompanyContext],
        published: Callable[[str, int], PublishedVersion | None],
        languages: tuple[str, ...],
    ) -> None:
        self._languages = languages
        self._shelf, self._present, self._published = shelf, present, published
        self._read = lru_cache(maxsize=1024)(self._strictly)
        self._rebuilt = lru_cache(maxsize=256)(self._rebuild)
        self.context = lru_cache(maxsize=64)(self._context)

    def forget(self) -> None:
        """Clear the caches."""
        for cache in (self._read, self._rebuilt, self.context):
            cache.cache_clear()

    def definition(self, name: str, version: int) -> Definition:
        """The definition of a version, even if it breaks later rules. Raises NotFound if there is none."""
        definition, _ = self._read(name, version)
        return definition or self._rebuilt(name, version, self._shelf.revision())

    def _strictly(self, name: str, version: int) -> tuple[Definition | None, tuple[str, ...]]:
        """The version by today's rules; or None, and what they find against it."""
        published = self._stored(name, version)
        reading = read_text(published.text, f"{name}@{version}", self.context(_leaned_on(published)))
        if reading.definition is None or errors(reading.findings):
            return None, tuple(map(str, reading.findings))
        return replace(reading.definition, version=version), ()

    def _rebuild(self, name: str, version: int, _revision: int) -> Definition:
        """The version as far as it can be built; missing company files are those in force at this
        revision."""
        published = self._stored(name, version)
        context = self._context(_leaned_on(published), stored=True).over(self._present())
        return read_stored(published.text, name, version, context, self._read(name, version)[1])

    def _stored(self, name: str, version: int) -> PublishedVersion:
        published = self._published(name, version)
        if published is None:
            raise NotFound(Reason("unknown-version", f"there is no version {version} of {name}", saw=version))
        return published

    def _context(self, leaning: Leaning, *, stored: bool = False) -> CompanyContext:
        files = {name: self._shelf.get(COMPANY_KIND, name, version) for name, version in leaning}
        context, _ = read_context(
            {n: e.text.encode() for n, e in files.items() if e}, stored=stored, languages=self._languages
        )
        calendars_file = files.get(CALENDARS)
        if calendars_file is None:
            return context
        calendars = {
            name: each.with_since(calendars_file.published_at) for name, each in context.calendars.items()
        }
        return replace(context, calendars=calendars)


def _leaned_on(published: PublishedVersion) -> Leaning:
    return tuple(sorted((key, int(str(version))) for key, version in published.context.items()))
