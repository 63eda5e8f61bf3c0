"""Every error is a line on standard error and an exit code, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Huifang, Said


def test_a_command_that_does_not_exist_is_usage(huifang: Huifang) -> None:
    """With what was probably meant."""
    said = huifang("publsh")
    assert said.code == 2
    assert "publish" in said.err


def test_an_empty_database_says_what_to_do(huifang: Huifang) -> None:
    """Exit code 3: the surroundings are not as they should be."""
    assert huifang("sites", "list") == Said(
        3, "", "huifang: the database is empty; run `huifang migrate` first\n"
    )


def test_every_mistake_in_the_settings_is_told_at_once(huifang: Huifang, tmp_path: Path) -> None:
    """A line for each."""
    config = tmp_path / "config.toml"
    config.write_text("[relay]\nevry = '5 seconds'\nattempts = 0\n")
    said = huifang("--config", config, "sites", "list")
    assert said.code == 3
    assert len(said.err.splitlines()) == 2
    assert "did you mean 'every'?" in said.err


def test_a_database_that_cannot_be_reached_is_one_line(
    huifang: Huifang, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the password in its URL is not in it."""
    monkeypatch.setenv("HUIFANG_DATABASE_URL", "postgresql+psycopg://u:s3cret@127.0.0.1:1/x")
    said = huifang("sites", "list")
    assert said.code == 3
    assert len(said.err.splitlines()) == 1
    assert "s3cret" not in said.err


def test_a_fault_of_ours_is_one_line_too(huifang: Huifang, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--debug` shows where it came from."""

    def broken(*_: object) -> None:
        raise RuntimeError("oh")

    monkeypatch.setattr("service.bootstrap.open_desk", broken)
    said = huifang("sites", "list").err
    assert said.startswith("huifang: RuntimeError at ")
    assert said.endswith("test_errors.py:50 broken (more with --debug)\n")
    with pytest.raises(RuntimeError, match="oh"):
        huifang("--debug", "sites", "list")


def test_it_knows_its_version(huifang: Huifang) -> None:
    """As the project says."""
    assert huifang("--version").out.startswith("huifang ")
