"""Rehearses all scenarios of a folder of definitions, one after another, on one virtual desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from workflows.language.load import Folder, read_folder
from workflows.language.scenario import Scenario
from workflows.rehearsal.scenario import LineFinder, ScenarioResult, StepPath, rehearse
from workflows.rehearsal.virtual_desk import VirtualDesk

_PUBLISHED_AT = 0
_PUBLISHER = "rehearsal"


def rehearse_folder(folder: Path | str, only: str | None = None) -> Iterator[ScenarioResult]:
    """Publish the folder to a virtual desk and run every scenario, in the order of the processes' names; with
    `only`, those of one process.

    Raises `Invalid` with every problem if the folder cannot be published.
    """
    read = read_folder(folder)
    return rehearse_processes(read, [name for name in read.definitions if only in (None, name)])


def rehearse_processes(
    read: Folder, names: Iterable[str], *, reviewed: bool = False
) -> Iterator[ScenarioResult]:
    """The same of a folder that has been read, for the processes of these names. With `reviewed`, it is not
    checked once more."""
    desk = VirtualDesk.create()
    try:
        desk.definitions.publish(read, _PUBLISHED_AT, _PUBLISHER, reviewed=reviewed)
        desk.add_sample_staff(read.context.organisation, "UTC")
        for name in sorted(names):
            definition = desk.definitions.latest(name)
            for index, scenario in enumerate(definition.scenarios):
                yield rehearse(
                    desk,
                    scenario,
                    definition,
                    _line_finder(read, name, index, scenario),
                    _file_of(read, name),
                )
    finally:
        desk.close()


def _line_finder(folder: Folder, name: str, index: int, scenario: Scenario) -> LineFinder:
    """A function that gives the line in the file for a path within the scenario."""

    def line(path: StepPath) -> int:
        found, _ = folder.sources[name].locate(("scenarios", index, *path))
        return found or scenario.line

    return line


def _file_of(folder: Folder, name: str) -> str:
    return folder.sources[name].file
