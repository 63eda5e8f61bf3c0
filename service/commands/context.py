"""The argument of every command: settings and desk, opened when they are first used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from service.bootstrap import Desk
    from service.settings import Settings
    from workflows.storage.database import Database

# Settings and desk are imported when they are used: `--help` needs neither.


class CommandRefused(click.ClickException):
    """The command is valid but refused. Exit code 1."""

    exit_code = 1

    def show(self, _file: object = None) -> None:
        """Print the reason on one line."""
        click.echo(f"huifang: {self.message}", err=True)


class CommandContext:
    """One run of the command line. `config` is the file of `--config`, or None."""

    def __init__(self, config: Path | None) -> None:
        self._config = config
        self._settings: Settings | None = None

    @property
    def settings(self) -> Settings:
        """The settings. Raises SettingsError with every problem."""
        from service.settings import Settings

        if self._settings is None:
            self._settings = Settings.load(self._config)
        return self._settings

    @contextmanager
    def desk(self, synchronous: str | None = None) -> Iterator[Desk]:
        """The desk, closed at the end; `synchronous` overrides the setting."""
        from service.bootstrap import open_desk

        desk = open_desk(replace(self.settings, synchronous=synchronous or self.settings.synchronous))
        try:
            yield desk
        finally:
            desk.close()

    @contextmanager
    def desk_if_any(self) -> Iterator[Desk | None]:
        """The desk, or None if there is none that could be opened: nothing is made, and why not is said."""
        if not self.settings.has_database:
            yield None
            return
        from service.bootstrap import open_desk
        from workflows.storage.errors import StorageError

        desk = None
        try:
            desk = open_desk(self.settings)
        except StorageError as error:
            click.echo(f"open tickets are not looked at: {error}", err=True)
        try:
            yield desk
        finally:
            if desk is not None:
                desk.close()

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The database, whatever the version of its schema."""
        from service.bootstrap import open_database

        database = open_database(self.settings)
        try:
            yield database
        finally:
            database.close()


def find_home_folder(file: Path) -> Path:
    """The folder of the company to which the file belongs, seen from here if the file is. Raises
    CommandRefused if there is none."""
    from workflows.language.builder.company import REQUIRED_FILES

    for folder in file.resolve().parents:
        if all((folder / name).exists() for name in REQUIRED_FILES):
            return folder if file.is_absolute() else Path(os.path.relpath(folder))
    raise CommandRefused(f"{file}: no folder above it has {', '.join(REQUIRED_FILES)}")


with_context = click.make_pass_decorator(CommandContext)
"""Gives a command the `Context` as its first argument."""
