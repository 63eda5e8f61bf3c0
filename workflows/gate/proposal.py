"""What is proposed: a whole folder, a file of it, or one text that is to join what is in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflows.gate.in_force import InForce
from workflows.language.builder.templates import apply_shapes
from workflows.language.definition import Definition
from workflows.language.files.source import SourceFile
from workflows.language.load import Folder, read_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The definitions as they would be in force: `after`, and the `names` of those that are proposed and have
    no errors of their own.

    whole     a whole folder is proposed: what is not in it is no longer wanted
    proposed  of one text, its process as far as it could be built
    file      the company's file that is proposed by itself, to join what is in force
    moving    the versions, by process, whose open tickets move with the publication
    """

    after: Folder
    names: tuple[str, ...]
    whole: bool = False
    proposed: Definition | None = None
    text: str = ""
    file: str = ""
    moving: frozenset[tuple[str, int]] = frozenset()

    @property
    def name(self) -> str:
        """The process of one text that has no errors of its own; empty otherwise."""
        return self.names[0] if self.is_text and self.names else ""

    @property
    def is_text(self) -> bool:
        """Whether one text is proposed, to join what is in force."""
        return bool(self.text)


def propose_folder(folder: Folder) -> Proposal:
    """The proposal of a whole folder."""
    return Proposal(after=folder, names=tuple(folder.definitions), whole=True)


def propose_file(folder: Folder, file: str) -> Proposal:
    """The proposal of one file of a folder, of which only what is related to it was read."""
    names = (name for name, source in folder.sources.items() if source.file == file)
    return Proposal(after=folder, names=tuple(names))


def propose_text(text: str, filename: str, in_force: InForce) -> Proposal:
    """The proposal of one text, which takes the place of the process of its name."""
    reading = read_text(text, filename, in_force.context, in_force.definitions)
    found, sources = reading.definition, {}
    definitions, texts = dict(in_force.definitions), dict(in_force.texts)
    if found is not None:
        definitions[found.name], texts[found.name], sources[found.name] = found, text, reading.source
    after = Folder(
        context=in_force.context,
        company=in_force.company,
        definitions=definitions,
        texts=texts,
        sources=PublishedSources(in_force, sources),
        findings=reading.findings,
        schedules=in_force.schedules,
        reports=in_force.reports,
    )
    return Proposal(after=after, names=tuple(sources), proposed=reading.built, text=text)


def propose_without(name: str, in_force: InForce) -> Proposal:
    """The proposal that a process is no longer there."""
    return Proposal(
        names=(),
        after=Folder(
            context=in_force.context,
            company=in_force.company,
            definitions={each: of for each, of in in_force.definitions.items() if each != name},
            texts={each: text for each, text in in_force.texts.items() if each != name},
            sources=PublishedSources(in_force),
            findings=(),
            schedules=in_force.schedules,
            reports=in_force.reports,
        ),
    )


class PublishedSources(Mapping[str, SourceFile]):
    """The sources of published texts, each parsed when it is first asked for: most are never. A file is named
    `complaint@3`, by process and version."""

    def __init__(self, in_force: InForce, more: Mapping[str, SourceFile] | None = None) -> None:
        self._in_force = in_force
        self._parsed = dict(more or {})

    def __getitem__(self, name: str) -> SourceFile:
        if name not in self._parsed:
            text, version = self._in_force.texts[name], self._in_force.versions[name]
            source = SourceFile(text, f"{name}@{version}")
            apply_shapes(source, self._in_force.context.shapes, source.new_findings())
            self._parsed[name] = source
        return self._parsed[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._in_force.texts, **self._parsed})

    def __len__(self) -> int:
        return len({**self._in_force.texts, **self._parsed})
