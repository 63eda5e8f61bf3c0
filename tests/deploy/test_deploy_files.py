"""What docs/running.md gives to copy is true: units, containers, settings."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from service.cli import huifang
from service.settings import VARIABLES, Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [file for file in UNITS if file.suffix == ".service"]
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "containers" / "compose.yaml").read_text("utf-8"))
OURS = {name: each for name, each in COMPOSE["services"].items() if each["image"] == "huifang"}
SECRETS = {"HUIFANG_ENV": "production", "HUIFANG_KEYS": "1:" + "A" * 43 + "=", "HUIFANG_SECRET": "s" * 40}


def parse_command(words: list[str]) -> None:
    """The command line as it would be run; raises for a command or an option that does not exist."""
    command = huifang.get_command(click.Context(huifang), words[0])
    assert command is not None, words
    command.make_context(words[0], words[1:])


def unit(file: Path) -> configparser.RawConfigParser:
    """A unit; a key that is said twice keeps its last value."""
    found = configparser.RawConfigParser(strict=False, interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    found.read(file)
    return found


@pytest.mark.parametrize(
    "file", [each for each in UNITS if each.suffix == ".service"], ids=lambda each: each.name
)
def test_a_unit_runs_a_command_that_exists(file: Path) -> None:
    """With options that it has."""
    said = unit(file)["Service"]["ExecStart"]
    (command,) = re.findall(r"/opt/huifang/\.venv/bin/huifang ([^']+)", said)
    parse_command(shlex.split(command.replace("$(date +%%u)", "1")))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    """Their program is another, since ours is not installed here."""
    for file in UNITS:
        text = file.read_text("utf-8").replace("/opt/huifang/.venv/bin/huifang", "/bin/true")
        (tmp_path / file.name).write_text(text)
    command = ["systemd-analyze", "verify", *sorted(str(file) for file in tmp_path.iterdir())]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, [line for line in ended.stderr.splitlines() if "huifang" in line]) == (0, [])


@pytest.mark.parametrize("name", ["config.toml", "containers/config.toml"])
def test_the_settings_load(name: str, tmp_path: Path) -> None:
    """As they stand, with secrets in the environment."""
    settings = Settings.load(DEPLOY / name, SECRETS | {"HUIFANG_DATA": str(tmp_path)})
    assert settings.server.proxies == 1
    assert settings.channels.base_url == "https://desk.example.org"


def test_every_variable_is_known() -> None:
    """In the environment of the units, and in that of the containers."""
    said = re.findall(r"^#?(HUIFANG_\w+)=", (DEPLOY / "environment.example").read_text("utf-8"), re.M)
    for each in OURS.values():
        said += [name for name in each["environment"] if name.startswith("HUIFANG_")]
    assert {*said} <= {*VARIABLES}
    assert {"HUIFANG_KEYS", "HUIFANG_SECRET", "HUIFANG_DATABASE_URL"} <= {*said}


@pytest.mark.parametrize("name", OURS)
def test_a_container_runs_a_command_that_exists(name: str) -> None:
    """With options that it has."""
    parse_command([str(word) for word in OURS[name]["command"]])


def test_the_containers_agree_about_ports_and_pages() -> None:
    """The proxy asks the webs where they listen, and each is asked for a page that it has."""
    web, clock, proxy = (COMPOSE["services"][name] for name in ("web", "clock", "proxy"))
    assert proxy["environment"]["WEB"] == f"web:{web['command'][-1]}"
    assert f":{web['command'][-1]}/readyz" in web["healthcheck"]["test"][-1]
    assert f":{clock['command'][-1]}/healthz" in clock["healthcheck"]["test"][-1]
    assert (web["deploy"]["replicas"], clock["deploy"]["replicas"]) == (2, 2)
    exposed = re.findall(r"^EXPOSE (.+)$", (DEPLOY / "containers" / "Containerfile").read_text("utf-8"), re.M)
    assert exposed[0].split() == [web["command"][-1], clock["command"][-1]]


def test_what_the_image_copies_is_there() -> None:
    """From the root of the project."""
    text = (DEPLOY / "containers" / "Containerfile").read_text("utf-8")
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.M):
        for name in line.split()[:-1]:
            assert (DEPLOY.parent / name).exists(), name
