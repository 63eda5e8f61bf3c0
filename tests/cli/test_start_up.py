"""A command loads what it needs and nothing else: who asks for help does not wait for a database driver."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from service.cli import huifang as program

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {
    "alembic",
    "apprise",
    "apscheduler",
    "argon2",
    "cel_expr_python",
    "flask",
    "granian",
    "holidays",
    "marshmallow",
    "openpyxl",
    "sqlalchemy",
    "transitions",
    "yaml",
}
TO_CHECK = {"cel_expr_python", "holidays", "marshmallow", "yaml"}


def loaded_by(*arguments: object) -> set[str]:
    """Which of the heavy modules a command has loaded when it ends."""
    code = "import sys; from service.cli import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return HEAVY & set(done.stderr.split())


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_who_asks_for_version_or_help_loads_nothing_heavy(option: str) -> None:
    assert loaded_by(option) == set()


def test_checking_a_definition_needs_no_database_and_no_web(tmp_path: Path) -> None:
    assert loaded_by("schema") <= TO_CHECK | {"sqlalchemy", "alembic", "argon2", "transitions"}
    assert loaded_by("check", "--quick", "definitions/complaints/complaint.yaml") <= TO_CHECK


def test_nor_does_checking_them_all_where_there_is_no_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIFANG_DATA", str(tmp_path))
    monkeypatch.delenv("HUIFANG_DATABASE_URL", raising=False)
    assert loaded_by("check", "definitions") <= TO_CHECK


def test_the_help_of_each_command_is_the_first_sentence_of_its_own() -> None:
    """The list of commands is shown without loading them, from a table."""
    context = click.Context(program)
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        assert command is not None
        with context.scope():
            formatter = click.HelpFormatter(width=400)
            program.format_commands(context, formatter)
        line = next(each for each in formatter.getvalue().splitlines() if each.split()[:1] == [name])
        assert line.split(maxsplit=1)[1] == command.get_short_help_str(400), name
