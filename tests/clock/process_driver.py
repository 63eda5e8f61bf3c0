"""Raises processes to be killed, and hears what they say until then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep

WORKER = Path(__file__).with_name("worker.py")


@dataclass(frozen=True, slots=True)
class Raiser:
    """A process that forks a child for each line it is given, and says when that is dead."""

    process: subprocess.Popen[str]

    def life(self, line: str, deeds: int, after: float) -> list[str]:
        """What a child says: so many lines, and whatever else within `after` seconds, until it is killed."""
        child = self._born(line)
        said = [self._heard() for _ in range(deeds)]
        sleep(after)
        os.kill(child, signal.SIGKILL)
        while (heard := self._heard()) != "dead\n":
            said.append(heard)
        return said

    def _born(self, line: str) -> int:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return int(self._heard().removeprefix("pid "))

    def _heard(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@contextmanager
def raising(work: str, url: str, data: Path) -> Iterator[Raiser]:
    """This work of `worker.py`, done on the database at `url`."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(WORKER.parent), str(Path.cwd())])}
    command = [sys.executable, str(WORKER), url, str(data), work]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield Raiser(process)
        assert process.stdin is not None
        process.stdin.close()
