"""Runs the mutants of a folder's definitions: which are noticed, by what, and which survive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import NamedTuple

from workflows.errors import Invalid, Reason, Refusal
from workflows.language.checking.check import check
from workflows.language.definition import Definition, Start, Transition
from workflows.language.effect import Convert, OpenChild
from workflows.language.reading import Folder, read_folder
from workflows.language.tracing import Requirement, trace, untrue
from workflows.rehearsal.mutants import Mutant, as_text, mutants
from workflows.rehearsal.stage import Stage
from workflows.rehearsal.story import rehearse

_PUBLISHER = "mutation"


class Fate(NamedTuple):
    """What became of a mutant. `by` is what noticed it (check, coverage, a scenario), None if it survives."""

    workflow: str
    mutant: Mutant
    file: str
    line: int
    by: str | None

    @property
    def survives(self) -> bool:
        """Whether nothing has noticed that something is missing."""
        return self.by is None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.workflow} without {self.mutant.what}"


def mutate(path: FilePath | str, names: Sequence[str] = ()) -> Iterator[Fate]:
    """The fate of every mutant of the processes `names` (of all, if none are named) of the folder at `path`.

    Raises `Invalid` if the folder cannot be published as it is, or a scenario fails without any mutant.
    """
    folder = replace(
        read_folder(path), schedules=b""
    )  # no story hangs on them, and each mutant reads them anew
    stage = Stage.empty()
    try:
        stage.library.publish(folder, 0, _PUBLISHER)
        stage.people_it(folder.context.organisation, "UTC")
        requirements = trace(path, folder)[0]
        for name in sorted(names or folder.definitions):
            yield from _Bench(stage, folder, name, requirements).fates()
    finally:
        stage.close()


class _Bench:
    """One process and all that could notice that a part of it is missing."""

    def __init__(self, stage: Stage, folder: Folder, name: str, requirements: Sequence[Requirement]) -> None:
        self._stage, self._folder, self._name = stage, folder, name
        self._said = [each for each in requirements if any(part.startswith(f"{name}.") for part in each.met)]
        self._findings: set[str] = set()
        self._witnesses = [each for each in folder.definitions.values() if _leans_on(each, name)]

    def fates(self) -> Iterator[Fate]:
        """Each mutant published, judged and walked; in the end the process is as it was."""
        source = self._folder.sources[self._name]
        self._findings = self._found(as_text(source.data))
        if failing := self._walked(self._stage.library.latest(self._name)):
            raise Invalid(
                Reason("bad-value", f"{failing}: goes otherwise than written, so mutants tell nothing")
            )
        for mutant in mutants(source.data):
            yield Fate(self._name, mutant, source.file, source.locate(mutant.path)[0], self._noticed(mutant))
        self._stage.library.publish_text(self._folder.texts[self._name], source.file, 0, _PUBLISHER)

    def _noticed(self, mutant: Mutant) -> str | None:
        try:
            found = self._found(mutant.text)
        except Refusal:
            return "check"
        if found - self._findings:
            return "check"
        definition = self._stage.library.latest(self._name)
        if next(untrue(self._said, {**self._folder.definitions, self._name: definition}), None):
            return "coverage"
        return self._walked(definition)

    def _found(self, text: str) -> set[str]:
        """What the check says of a text, which is in force from now on. Raises `Invalid` if it is refused."""
        self._stage.library.publish_text(text, f"{self._name}.yaml", 0, _PUBLISHER)
        definition = self._stage.library.latest(self._name)
        return {problem.message for problem in check(definition, self._folder.definitions)}

    def _walked(self, definition: Definition) -> str | None:
        """The first scenario, of the process or of one that leans on it, that goes otherwise than written."""
        for home in (definition, *self._witnesses):
            for scenario in home.scenarios:
                if not rehearse(self._stage, scenario, home).ok:
                    return f"{home.name}: {scenario.name}"
        return None


def _leans_on(definition: Definition, name: str) -> bool:
    """Whether a process opens, or goes on as, a ticket of another."""
    steps: tuple[Start | Transition, ...] = (definition.start, *definition.transitions)
    return definition.name != name and any(
        isinstance(effect, OpenChild | Convert) and effect.workflow == name
        for step in steps
        for effect in step.effects
    )
