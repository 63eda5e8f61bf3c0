"""Several managers publish at the same moment, by the API and from folders: no change is lost without a
refusal that shows it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from gate_desk import FILES, SITE

from service import auth, cli, wallclock
from service.application import create_app
from service.bootstrap import Desk, open_desk
from service.settings import Settings
from tests.clock.clock_desk import KEYS
from workflows.core.people import Membership, Staff
from workflows.storage.people.people import Site

FEE = "/api/workflows/fee/text"
MANAGERS = ("ann", "ben", "cem")


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Rentals and fees are in force, from the folder `trade`; three clerks may publish."""
    config = tmp_path / "config.toml"
    config.write_text("[api]\npublishers = ['clerk']\n", "utf-8")
    environ = {"HUIFANG_DATA": str(tmp_path / "data"), "HUIFANG_CONFIG": str(config), "HUIFANG_KEYS": KEYS}
    environ["HUIFANG_DATABASE_URL"] = database_url
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "trade").mkdir()
    for name, text in FILES.items():
        (tmp_path / "trade" / name).write_text(text, "utf-8")
    found = open_desk(Settings.load(environ=environ))
    found.people.store_site(Site(id=SITE, name="Garden", zone="Asia/Shanghai"))
    for name in MANAGERS:
        post = Membership(SITE, "clerk")
        found.people.add_staff(Staff(id=name, account=name, name=name.title(), memberships=(post,)))
    assert cli.run(["publish", str(tmp_path / "trade"), "--by", "ann"]) == 0
    yield found
    found.close()


class Manager:
    """Somebody who adds a line of their own to the fees by the API."""

    def __init__(self, desk: Desk, name: str) -> None:
        token, now = auth.new_secret(), wallclock.now()
        digest = auth.hash_token(token)
        desk.tokens.issue(
            id=token[:12],
            staff_id=name,
            name="test",
            digest=digest,
            scopes=(),
            expires_at=now + 3_600,
            at=now,
        )
        self._client, self._heads = create_app(desk).test_client(), {"Authorization": f"Bearer {token}"}
        self.line = f"# {name} was here"
        self.shown: list[str] = []

    def read(self) -> tuple[str, str]:
        """The text in force, and its ETag."""
        answer = self._client.get(FEE, headers=self._heads)
        return answer.text, answer.headers["ETag"]

    def publish(self, text: str, etag: str) -> Any:
        """Publish that text with the line."""
        body = {"text": f"{text}{self.line}\n", "reason": "a line"}
        return self._client.post("/api/workflows", json=body, headers={**self._heads, "If-Match": etag})

    def publish_at_last(self, text: str, etag: str) -> int:
        """Publish; what others have published meanwhile is taken in. The version."""
        while (answer := self.publish(text, etag)).status_code != 201:
            assert answer.status_code == 412, answer.text
            self.shown.append(answer.json["difference"])
            text, etag = self.read()
        return int(answer.json["version"])


def lines_of(text: str) -> set[str]:
    """The lines that managers have added."""
    return {line for line in text.splitlines() if line.startswith("# ")}


def test_managers_who_publish_at_once_are_shown_what_the_others_did(desk: Desk) -> None:
    """Each began from the same version; one is the first, and in the end all lines are there."""
    managers = [Manager(desk, name) for name in MANAGERS]
    started = Barrier(len(managers))

    def add(manager: Manager) -> int:
        text, etag = manager.read()
        started.wait()
        return manager.publish_at_last(text, etag)

    with ThreadPoolExecutor(len(managers)) as pool:
        versions = list(pool.map(add, managers))
    assert sorted(versions) == [2, 3, 4]
    stored = [each.text for each in desk.definition_store.versions("workflow", "fee")]
    for before, after in pairwise(stored):
        assert lines_of(before) < lines_of(after)
    assert lines_of(stored[-1]) == {each.line for each in managers}
    first = next(each for each, version in zip(managers, versions, strict=True) if version == 2)
    assert first.shown == []
    assert all(f"+{first.line}" in each.shown[0] for each in managers if each is not first)


def test_a_folder_and_the_api_at_once_lose_nothing_without_showing_it(desk: Desk, tmp_path: Path) -> None:
    """The folder is published by a process of its own; the API publishes as soon as that has said what it is
    about to do."""
    manager = Manager(desk, "ben")
    text, etag = manager.read()
    folder = changed_folder(tmp_path, "# by the folder")
    with publishing(folder) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        answer = manager.publish(text, etag)
        said += process.stdout.read()
    (winner, loser) = ("# by the folder", manager.line) if process.returncode == 0 else (manager.line, "")
    assert lines_of(manager.read()[0]) == {winner}
    if loser:
        assert answer.status_code == 412, answer.text
        assert f"+{winner}" in answer.json["difference"]
    else:
        assert answer.status_code == 201, answer.text
        assert f"+{winner}" in said


def test_a_folder_that_comes_after_the_api_is_refused_and_shown_the_line(desk: Desk, tmp_path: Path) -> None:
    manager = Manager(desk, "ben")
    assert manager.publish(*manager.read()).status_code == 201
    with publishing(changed_folder(tmp_path, "# by the folder")) as process:
        said = process.communicate()[0]
    assert process.returncode == 1
    assert f"+{manager.line}" in said
    assert lines_of(manager.read()[0]) == {manager.line}


def test_of_two_folders_that_are_published_at_once_one_is_refused(desk: Desk, tmp_path: Path) -> None:
    lines = ("# by one folder", "# by the other")
    processes = [publishing(changed_folder(tmp_path, line)) for line in lines]
    said = [each.communicate()[0] for each in processes]
    assert sorted(each.returncode for each in processes) == [0, 1]
    refused = next(number for number, each in enumerate(processes) if each.returncode)
    assert f"+{lines[1 - refused]}" in said[refused]
    assert lines_of(Manager(desk, "ann").read()[0]) == {lines[1 - refused]}


def changed_folder(home: Path, line: str) -> Path:
    """A copy of the folder that was published, with a line of its own in the fees."""
    folder = Path(shutil.copytree(home / "trade", home / line.strip("# ").replace(" ", "-")))
    with (folder / "fee.yaml").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    return folder


def publishing(folder: Path) -> subprocess.Popen[str]:
    """A process that publishes the folder."""
    command = [sys.executable, "-m", "service", "publish", str(folder), "--by", "cem", "--reason", "a line"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
