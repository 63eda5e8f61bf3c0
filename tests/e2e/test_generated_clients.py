"""Clients that public generators make of the running desk's description do a working day, with typed answers.

The programs are in `clients/`. Those of the npm registry are installed once, below the user's cache.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from running_desk import RunningDesk, sent

PROGRAMS = Path(__file__).with_name("clients")
BIN = Path(sys.executable).parent
PATIENCE = 240  # seconds for one program, on a machine that may be busy
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def run(folder: Path, *words: str | Path) -> str:
    """What a program writes that has to succeed."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"{words[0]}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def described(desk: RunningDesk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the programs, two photos, and the document that the server gives."""
    folder = tmp_path_factory.mktemp("clients") / "room"
    shutil.copytree(PROGRAMS, folder)
    answer = sent(desk.port, "GET", "/api/openapi.json", None, {})
    assert answer.status == 200
    (folder / "openapi.json").write_bytes(answer.body)
    for colour in ("red", "blue"):
        Image.new("RGB", (320, 240), colour).save(folder / f"{colour}.jpg")
    return folder


@pytest.fixture(scope="module")
def node_room(described: Path) -> Path:
    """The folder, with the packages of `package.json`; skips where they cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no node and npm on this machine")
    wanted = (PROGRAMS / "package.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "huifang-tests"
    kept = cache / f"node-{hashlib.sha256(wanted).hexdigest()[:16]}"
    if not kept.exists():
        _install(wanted, kept)
    (described / "node_modules").symlink_to(kept / "node_modules")
    return described


def _install(wanted: bytes, kept: Path) -> None:
    """Install beside it, and give it its name when all is there."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        room = Path(folder) / "room"
        room.mkdir()
        (room / "package.json").write_bytes(wanted)
        words = ["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            done = subprocess.run(
                words, cwd=room, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            pytest.skip("the packages did not come in time")
        if done.returncode:
            pytest.skip(f"the packages cannot be had: {done.stderr.strip()[-200:]}")
        room.rename(kept)


def a_day(desk: RunningDesk, folder: Path, *program: str | Path) -> dict[str, Any]:
    """What the program's day came to, but for the number of its ticket."""
    said = run(folder, *program, f"http://127.0.0.1:{desk.port}", desk.password, "red.jpg", "blue.jpg")
    seen = dict(json.loads(said))
    assert seen.pop("ticket").startswith("BX-")
    return seen


AS_IT_SHOULD_BE = {
    "found": True,
    "alike": True,
    "urges": 1,
    "waiting": True,
    "could": ["reschedule", "start"],
    "photos": 2,
    "picture": "ffd8",
    "state": "done",
    "moved": 4,
    "refused": ["stale", "stale"],
    "told": ["assignee", "client", "property-assistant"],
}


def test_a_generated_python_client_does_a_day(desk: RunningDesk, described: Path) -> None:
    """Nothing is left out of it, and `mypy --strict` accepts all of it, with the program that uses it."""
    generator = (BIN / "openapi-python-client", "generate", "--path", "openapi.json", "--meta", "none")
    told = ("--output-path", "huifang_client", "--config", "python-client.yaml", "--fail-on-warning")
    run(described, *generator, *told)
    whole = ("-p", "huifang_client", "-m", "day")
    run(described, BIN / "mypy", "--strict", "--config-file", os.devnull, *whole)
    assert a_day(desk, described, sys.executable, "day.py") == AS_IT_SHOULD_BE


def test_a_generated_typescript_client_does_a_day(desk: RunningDesk, node_room: Path) -> None:
    """`tsc --strict` accepts its types with the program that uses them."""
    run(node_room, "node", "generate.mjs", (node_room / "openapi.json").as_uri())
    run(node_room, "node_modules/.bin/tsc")
    assert a_day(desk, node_room, "node", "built/day.js") == AS_IT_SHOULD_BE


def test_public_linters_find_no_error_in_the_description(node_room: Path) -> None:
    """Spectral with the rules of OpenAPI, and Redocly with those that it recommends."""
    run(node_room, "node_modules/.bin/spectral", "lint", "openapi.json", "--ruleset", "spectral.yaml")
    run(node_room, "node_modules/.bin/redocly", "lint", "openapi.json", "--extends", "recommended")
