"""Whether everything that people read is there in all four languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from workflows.language.definition import Definition
from workflows.language.effect import Effect, Notify
from workflows.language.forms.field import LANGUAGES, Field, Titles
from workflows.language.problems import Path


class Wording(NamedTuple):
    """A title, a help or a notice: whose it is, under which key, and whether it must be there."""

    path: Path
    key: str
    texts: Titles
    needed: bool = True

    def fault(self) -> tuple[Path, str] | None:
        """What is missing, and where."""
        missing = [language for language in LANGUAGES if language not in self.texts]
        if len(missing) == len(LANGUAGES):
            owner = f"{self.path[-1]!r} has " if self.path and isinstance(self.path[-1], str) else ""
            return (self.path, f"{owner}no {self.key}") if self.needed else None
        return ((*self.path, self.key), f"the {self.key} lacks {', '.join(missing)}") if missing else None


def unworded(definition: Definition) -> Iterator[tuple[Path, str]]:
    """Where a text is missing, or lacks a language."""
    for wording in _wordings(definition):
        if fault := wording.fault():
            yield fault


def unworded_title(title: Titles, path: Path) -> Iterator[tuple[Path, str]]:
    """Likewise, of the title of what stands at `path`."""
    if fault := Wording(path, "title", title).fault():
        yield fault


def unworded_fields(fields: Mapping[str, Field], path: Path) -> Iterator[tuple[Path, str]]:
    """Likewise, of the fields that stand at `path`."""
    for wording in _of_fields(fields, path):
        if fault := wording.fault():
            yield fault


def _wordings(definition: Definition) -> Iterator[Wording]:
    yield Wording((), "title", definition.title)
    yield from _of_fields(definition.fields, ("fields",))
    for name, state in definition.states.items():
        yield Wording(("states", name), "title", state.title)
    for name, clock in definition.clocks.items():
        yield Wording(("clocks", name), "title", clock.title)
    for name, roster in definition.rosters.items():
        yield Wording(("rosters", name), "title", roster.title)
    for name, each in definition.prints.items():
        yield Wording(("prints", name), "title", each.title)
        yield Wording(("prints", name), "note", each.note, needed=False)
    yield from _of_notices(definition.start.effects, ("start",))
    seen: set[str] = set()
    for index, row in enumerate(definition.transitions):
        yield Wording(("transitions", index), "title", row.title, row.trigger not in seen)
        yield from _of_notices(row.effects, ("transitions", index))
        seen.add(row.trigger)


def _of_fields(fields: Mapping[str, Field], path: Path) -> Iterator[Wording]:
    for name, field in fields.items():
        yield Wording((*path, name), "title", field.title)
        yield Wording((*path, name), "help", field.help, needed=False)
        for key, options in (("options", field.options), ("items", field.items)):
            for option in options:
                yield Wording((*path, name, key, option.value), "title", option.title)
        yield from _of_fields({column.name: column for column in field.columns}, (*path, name, "columns"))


def _of_notices(effects: tuple[Effect, ...], path: Path) -> Iterator[Wording]:
    for index, effect in enumerate(effects):
        if isinstance(effect, Notify):
            yield Wording((*path, "effects", index), "text", effect.text, needed=False)
