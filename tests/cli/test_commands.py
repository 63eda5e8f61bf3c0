"""Every command is there, and a server loads only what it serves with."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import click
from command_line import Huifang

from service import cli, commands

HEAVY = {
    "alembic",
    "apispec",
    "apprise",
    "argon2",
    "holidays",
    "mmdr",
    "pygal",
    "python_calamine",
    "requests",
    "segno",
    "xlsxwriter",
}
"""What one request or one command in many needs."""


def test_every_command_is_reached_by_its_name() -> None:
    """Those in modules of their own, which are loaded when they are asked for."""
    context = click.Context(cli.huifang)
    known = {cli.huifang.get_command(context, name) for name in cli.huifang.list_commands(context)}
    modules = [import_module(f"service.commands.{each.name}") for each in iter_modules(commands.__path__)]
    there = {each for module in modules for each in vars(module).values() if isinstance(each, click.Command)}
    nested = {each for group in there if isinstance(group, click.Group) for each in group.commands.values()}
    assert known == there - nested
    assert None not in known


def test_a_server_loads_only_what_it_serves_with(office: Huifang, tmp_path: Path) -> None:
    """Starting again after a failure takes no longer than need be."""
    script = (
        "import sys\n"
        "from service import cli, server\n"
        "from service.application import create_app\n"
        "from service.scheduler import ClockProcess\n"
        "from service.settings import Settings\n"
        "from service.bootstrap import open_desk\n"
        "desk = open_desk(Settings.load(environ={'HUIFANG_DATA': sys.argv[1]}))\n"
        "create_app(desk), ClockProcess(desk)\n"
        "print(*sys.modules)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "data")], capture_output=True, text=True, check=True
    )
    assert HEAVY & set(said.stdout.split()) == set()
