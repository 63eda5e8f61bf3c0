"""Takes guarantees away, one at a time, and asks whether a test notices: `python -m tests.sabotage`.

It works on a copy of what git knows of this tree. First the tests have to pass as they are; then each has to
fail without its guarantee. Exit code 0 if all do, 1 if one was not noticed, 2 if one could not be taken away:
then its text no longer stands in the file, and the list has to follow; nothing is run until it does.
`--quick` is the short form.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from tests.sabotage.guarantees import GUARANTEES, Guarantee, misfit

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 60  # seconds for one test; what hangs without its guarantee has noticed that it is gone
PASSED, FAILED = 0, 1  # exit codes of pytest


def main() -> int:
    """Ask for each of the chosen guarantees."""
    chosen, jobs = _chosen()
    if misfits := [said for each in GUARANTEES if (said := misfit(each, ROOT))]:
        print("\n".join(misfits), file=sys.stderr)
        return 2
    began = monotonic()
    with tempfile.TemporaryDirectory(prefix="huifang-sabotage-") as folder:
        copy = Path(folder) / "tree"
        _copy(copy)
        if _ask(copy, [each.test for each in chosen], *(["-n", str(jobs)] if jobs > 1 else [])) != PASSED:
            print("the tests do not pass as they are", file=sys.stderr)
            return 2
        outcomes = [_outcome(copy, each) for each in chosen]
    print(f"{outcomes.count(0)} of {len(outcomes)} were noticed ({monotonic() - began:.0f} s)")
    return max(outcomes)


def _chosen() -> tuple[Sequence[Guarantee], int]:
    parser = argparse.ArgumentParser(prog="python -m tests.sabotage", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="those that a few seconds can ask for")
    parser.add_argument("--jobs", type=int, default=1, help="processes for the tests as they are")
    parser.add_argument("names", nargs="*", help="guarantees, by name; all, if none is named")
    said = parser.parse_args()
    known = {each.name for each in GUARANTEES}
    if unknown := sorted(set(said.names) - known):
        parser.error(f"unknown: {', '.join(unknown)}")
    wanted = [each for each in GUARANTEES if not said.names or each.name in said.names]
    return [each for each in wanted if each.quick or not said.quick], said.jobs


def _copy(to: Path) -> None:
    """What git knows, as it stands here; what lies beside the tree can be seen from the copy as well."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file():
            target = to / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def _outcome(copy: Path, one: Guarantee) -> int:
    """0: noticed, 1: not, 2: it cannot be said, as the test could not be run."""
    file, began = copy / one.file, monotonic()
    whole = file.read_text("utf-8")
    file.write_text(whole.replace(one.text, one.instead), "utf-8")
    try:
        code = _ask(copy, [one.test], "-x")
    finally:
        file.write_text(whole, "utf-8")
    told = {PASSED: "NOT NOTICED", FAILED: "noticed"}.get(code, f"pytest ended with {code}")
    print(f"{one.name}: {told} ({monotonic() - began:.0f} s)", flush=True)
    return {PASSED: 1, FAILED: 0}.get(code, 2)


def _ask(copy: Path, tests: Sequence[str], *more: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--timeout={LONGEST}"]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    asking = [*command, *more, *dict.fromkeys(tests)]
    heard = copy.with_name("pytest.txt")
    with (
        heard.open("wb") as said,
        subprocess.Popen(asking, cwd=copy, env=environment, stdout=said, stderr=said) as process,
    ):
        try:
            code = process.wait(LONGEST * (1 + len(tests)))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)  # so that its database is stopped, too
            process.wait()
            return FAILED
    if code not in (PASSED, FAILED) or (code == FAILED and len(tests) > 1):
        print(*heard.read_text("utf-8", "replace").splitlines()[-20:], sep="\n", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
