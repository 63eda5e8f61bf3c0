"""All the scenarios of a folder of definitions, one after the other, on one stage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath

from workflows.language.definition import Scenario
from workflows.language.reading import Folder, read_folder
from workflows.rehearsal.stage import Stage
from workflows.rehearsal.story import Lines, Path, Result, rehearse

_PUBLISHED_AT = 0
_PUBLISHER = "rehearsal"


def rehearse_folder(folder: FilePath | str, only: str | None = None) -> Iterator[Result]:
    """Publish the folder to a desk of its own and walk every scenario, in the order of the processes' names.

    With `only`, those of one process.

    Raises `Invalid` with every problem if the folder cannot be published.
    """
    read = read_folder(folder)
    stage = Stage.empty()
    try:
        stage.library.publish(read, _PUBLISHED_AT, _PUBLISHER)
        stage.people_it(read.context.organisation, "UTC")
        for name in sorted(name for name in read.definitions if only in (None, name)):
            definition = stage.library.latest(name)
            for index, scenario in enumerate(definition.scenarios):
                yield rehearse(
                    stage, scenario, definition, _lines(read, name, index, scenario), _file(read, name)
                )
    finally:
        stage.close()


def _lines(folder: Folder, name: str, index: int, scenario: Scenario) -> Lines:
    """The line of a path within the scenario."""

    def line(path: Path) -> int:
        found, _ = folder.sources[name].locate(("scenarios", index, *path))
        return found or scenario.line

    return line


def _file(folder: Folder, name: str) -> str:
    return folder.sources[name].file
