"""`huifang`: the desk on the command line.

Exit codes: 0 done, 1 refused or something was found, 2 the command line is wrong, 3 the surroundings are
(settings, database, files). Every error is a line or a few on standard error; `--debug` shows where it came
from.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from service.commands import (
    absences,
    accounts,
    coverage,
    definitions,
    keeping,
    messages,
    mutants,
    registers,
    rosters,
    schedules,
    serving,
    sites,
    tokens,
    trial,
)
from service.commands.context import Context
from service.settings import SettingsError
from service.version import own_version
from workflows.errors import Refusal
from workflows.storage.cipher import CipherError
from workflows.storage.conflicts import StorageError

REFUSED, SURROUNDINGS = 1, 3

_COMMANDS = (
    *serving.COMMANDS,
    *definitions.COMMANDS,
    *trial.COMMANDS,
    *coverage.COMMANDS,
    *mutants.COMMANDS,
    *schedules.COMMANDS,
    *keeping.COMMANDS,
    accounts.accounts,
    tokens.tokens,
    sites.sites,
    registers.registers,
    absences.absences,
    rosters.rosters,
    messages.outbox,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The settings.")
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.version_option(own_version(), message="%(prog)s %(version)s")
@click.pass_context
def huifang(context: click.Context, config: Path | None, debug: bool) -> None:
    """A workflow desk for property management: nothing is closed without a return visit."""
    context.obj = Context(config)
    context.meta["debug"] = debug


for _command in _COMMANDS:
    huifang.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run a command; its exit code."""
    try:
        found = huifang.main(arguments, prog_name="huifang", standalone_mode=False)
        return found if isinstance(found, int) else 0
    except click.exceptions.Abort:
        return _say(130, "stopped")
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except Exception as error:
        if "--debug" in arguments:
            raise
        return _explained(error)


def _explained(error: Exception) -> int:
    if isinstance(error, Refusal):
        return _say(REFUSED, *(_reason(error)))
    if isinstance(error, SettingsError):
        return _say(SURROUNDINGS, *error.problems)
    if isinstance(error, SQLAlchemyError):
        cause = str(getattr(error, "orig", None) or error)
        return _say(SURROUNDINGS, f"the database: {cause.strip().partition(chr(10))[0]}")
    if isinstance(error, ModuleNotFoundError) and error.name == "psycopg":
        return _say(SURROUNDINGS, "PostgreSQL needs its driver: pip install 'psycopg[binary]'")
    if isinstance(error, StorageError | CipherError):
        return _say(SURROUNDINGS, str(error))
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return _say(SURROUNDINGS, f"{where}{error.strerror or error}")
    return _say(SURROUNDINGS, f"{type(error).__name__}: {error} (more with --debug)")


def _reason(refusal: Refusal) -> Iterator[str]:
    for reason in refusal.reasons:
        yield f"{reason.field}: {reason.message}" if reason.field else reason.message


def _say(code: int, *lines: str) -> int:
    for line in lines:
        click.echo(f"huifang: {line}", err=True)
    return code
