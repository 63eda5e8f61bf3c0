"""Runs the mutants of a folder's definitions, and reports which are noticed, by what, and which survive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from workflows.definitions.base import IN_FORCE
from workflows.errors import Invalid, Reason
from workflows.language.definition import Definition, Start, Transition
from workflows.language.effect import ConvertEffect, OpenChildEffect
from workflows.language.load import Folder, ParsedWorkflow, read_folder
from workflows.rehearsal.scenario import rehearse
from workflows.rehearsal.virtual_desk import VirtualDesk
from workflows.storage.definitions import Authorship
from workflows.tools.mutants import Mutant, as_text, build_mutants
from workflows.tools.requirements import Requirement, find_unmet_requirements, read_requirements

_PUBLISHER = "mutation"
_AUTHORSHIP = Authorship(at=0, by=_PUBLISHER)


class MutantResult(NamedTuple):
    """The result of one mutant. `by` is what noticed it (check, coverage, a scenario); None if it
    survives."""

    workflow: str
    mutant: Mutant
    file: str
    line: int
    by: str | None

    @property
    def survives(self) -> bool:
        """Whether nothing noticed that the part is missing."""
        return self.by is None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.workflow} without {self.mutant.what}"


def mutate(path: Path | str, names: Sequence[str] = ()) -> Iterator[MutantResult]:
    """The result of every mutant of the processes `names` (of all, if none are named) of the folder at
    `path`.

    Raises `Invalid` if the folder cannot be published as it is, or a scenario fails without any mutant.
    """
    folder = replace(
        read_folder(path), schedules=b""
    )  # no scenario uses them, and each mutant would load them again
    desk = VirtualDesk.create()
    try:
        desk.definitions.publish(folder, 0, _PUBLISHER)
        desk.add_sample_staff(folder.context.organisation, "UTC")
        requirements = read_requirements(path, folder)[0]
        for name in sorted(names or folder.definitions):
            yield from _MutationRun(desk, folder, name, requirements).run()
    finally:
        desk.close()


class _MutationRun:
    """The mutants of one process, with everything that could notice them."""

    def __init__(
        self, desk: VirtualDesk, folder: Folder, name: str, requirements: Sequence[Requirement]
    ) -> None:
        self._desk, self._folder, self._name = desk, folder, name
        self._requirements = [
            each for each in requirements if any(part.startswith(f"{name}.") for part in each.met)
        ]
        self._findings: set[str] = set()
        self._dependents = [each for each in folder.definitions.values() if _depends_on(each, name)]

    def run(self) -> Iterator[MutantResult]:
        """Publish, check and rehearse each mutant; at the end the process is published unchanged."""
        source, text = self._folder.sources[self._name], self._folder.texts[self._name]
        self._findings = _messages(self._read(as_text(source.data)))
        if failing := self._first_failing_scenario(self._desk.definitions.latest(self._name)):
            raise Invalid(
                Reason("bad-value", f"{failing}: goes otherwise than written, so mutants tell nothing")
            )
        for mutant in build_mutants(source.data):
            yield MutantResult(
                self._name, mutant, source.file, source.locate(mutant.path)[0], self._noticed_by(mutant)
            )
        self._desk.definitions.publish_text(text, source.file, 0, _PUBLISHER)

    def _noticed_by(self, mutant: Mutant) -> str | None:
        reading = self._read(mutant.text)
        definition = reading.definition
        if definition is None or _messages(reading) - self._findings:
            return "check"
        definitions = {**self._folder.definitions, self._name: definition}
        if next(find_unmet_requirements(self._requirements, definitions), None):
            return "coverage"
        self._desk.definitions.publish_definition(
            definition, mutant.text, _AUTHORSHIP, IN_FORCE, self._desk.definition_store.revision()
        )
        return self._first_failing_scenario(self._desk.definitions.latest(self._name))

    def _read(self, text: str) -> ParsedWorkflow:
        """The text, read and checked as for a publication."""
        return self._desk.definitions.load_text(text, f"{self._name}.yaml")

    def _first_failing_scenario(self, definition: Definition) -> str | None:
        """The first scenario that fails, of the process or of one that depends on it."""
        for home in (definition, *self._dependents):
            for scenario in home.scenarios:
                if not rehearse(self._desk, scenario, home).ok:
                    return f"{home.name}: {scenario.name}"
        return None


def _messages(reading: ParsedWorkflow) -> set[str]:
    return {finding.message for finding in reading.findings}


def _depends_on(definition: Definition, name: str) -> bool:
    """Whether a process opens tickets of another, or converts tickets to it."""
    steps: tuple[Start | Transition, ...] = (definition.start, *definition.transitions)
    return definition.name != name and any(
        isinstance(effect, OpenChildEffect | ConvertEffect) and effect.workflow == name
        for step in steps
        for effect in step.effects
    )
