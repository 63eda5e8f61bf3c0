"""`huifang check --watch`: what has changed since the last look, and what is found in it.

Files are looked at by their time and size: a few hundred of them in milliseconds, three times a second, on
every file system and with no library. Events of the system come at once, but are lost on shared folders, and
editors that save by renaming give several for one change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from workflows.gate.review import Review
from workflows.language.findings import Finding
from workflows.language.load import is_process

PAUSE = 0.3  # seconds between two looks

Snapshot = Mapping[Path, tuple[int, int]]
"""File -> when it was written, in nanoseconds, and its size."""


def take_snapshot(folder: Path) -> Snapshot:
    """The files of a folder that are read as definitions, and those that an ending keeps from it."""
    found: dict[Path, tuple[int, int]] = {}
    for file in folder.rglob("*.y*ml"):
        try:
            written = file.stat()
        except OSError:  # an editor has just put it away
            continue
        found[file] = (written.st_mtime_ns, written.st_size)
    return found


def find_changes(folder: Path, pause: Callable[[float], None] = time.sleep) -> Iterator[frozenset[Path]]:
    """For ever, the files that were changed, made or removed since the last look; waits for the next."""
    before = take_snapshot(folder)
    while True:
        pause(PAUSE)
        now = take_snapshot(folder)
        changed = frozenset(file for file in {*before, *now} if before.get(file) != now.get(file))
        before = now
        if changed:
            yield changed


class WatchedFindings:
    """The findings of a folder or of one file, kept up to date; only what a change may touch is read again.

    review    reviews a folder, or a single file with all that leans on its process
    is_about  whether a finding would be told in the review of a single file
    """

    def __init__(
        self,
        path: Path,
        review: Callable[[Path], Review],
        is_about: Callable[[Finding, Path, Review], bool],
    ) -> None:
        self._path, self._review, self._is_about = path, review, is_about
        self.findings: tuple[Finding, ...] = review(path).findings

    def update(self, changed: Collection[Path]) -> None:
        """Take in that these files have changed: processes one by one, with their callers; anything else in a
        folder is read with everything that leans on it."""
        if not self._path.is_dir() or not all(map(self._stands_alone, changed)):
            self.findings = self._review(self._path).findings
            return
        for file in sorted(changed):
            reviewed = self._review(file)
            others = [each for each in self.findings if not self._is_about(each, file, reviewed)]
            self.findings = tuple(sorted({*others, *reviewed.findings}))

    def _stands_alone(self, file: Path) -> bool:
        return file.exists() and file.suffix == ".yaml" and is_process(file, self._path)
