"""The command line as a person has it: an environment, standard input and output, an exit code."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from command_line import ERRANDS, Huifang, Said, desk_in, fill, furnished

from service import cli


@pytest.fixture
def huifang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Huifang]:
    """Runs a command in a data folder of the test's own."""
    monkeypatch.setenv("HUIFANG_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("HUIFANG_DATABASE_URL", raising=False)

    def run(*arguments: object, typed: str = "") -> Said:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        code = cli.run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    yield run
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def office_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a desk with one site, one process and a clerk called li, to copy."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(ERRANDS, folder / "errands")
    return furnished(
        folder / "data",
        ("migrate",),
        ("publish", folder / "errands"),
        ("sites", "add", "office", "An office"),
        ("accounts", "add", "li", "--name", "Li", "--post", "office:clerk"),
        typed="long enough\n",
    )


@pytest.fixture
def folder(office_data: Path, tmp_path: Path) -> Path:
    """The folder that was published on that desk, to be changed."""
    return Path(shutil.copytree(office_data.parent / "errands", tmp_path / "errands"))


@pytest.fixture
def office(huifang: Huifang, office_data: Path, tmp_path: Path) -> Huifang:
    """A desk with one site, one process and a clerk called li."""
    shutil.copytree(office_data, tmp_path / "data")
    return huifang


@pytest.fixture
def tickets(office: Huifang, tmp_path: Path) -> Huifang:
    """That desk with late errands on it."""
    desk = desk_in(tmp_path / "data")
    fill(desk)
    desk.close()
    return office
