"""What every command is given: the settings and the desk, opened when they are first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from service.settings import Settings
from service.wiring import Desk, open_database, open_desk
from workflows.storage.database import Database


class Refused(click.ClickException):
    """The command was understood and is refused. Exit code 1."""

    exit_code = 1

    def show(self, _file: object = None) -> None:
        """Say why, in one line."""
        click.echo(f"huifang: {self.message}", err=True)


class Context:
    """One run of the command line. `config` is the file named by `--config`, if any."""

    def __init__(self, config: Path | None) -> None:
        self._config = config
        self._settings: Settings | None = None

    @property
    def settings(self) -> Settings:
        """The settings. Raises SettingsError with every problem."""
        if self._settings is None:
            self._settings = Settings.load(self._config)
        return self._settings

    @contextmanager
    def desk(self, synchronous: str | None = None) -> Iterator[Desk]:
        """The desk, closed again at the end; `synchronous` in place of what the settings say."""
        desk = open_desk(replace(self.settings, synchronous=synchronous or self.settings.synchronous))
        try:
            yield desk
        finally:
            desk.close()

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The database as it is, whatever its schema."""
        database = open_database(self.settings)
        try:
            yield database
        finally:
            database.close()


with_context = click.make_pass_decorator(Context)
"""Gives a command the `Context` as its first argument."""
