"""`huifang`, the command line.

Exit codes: 0 done, 1 refused or problems found, 2 usage error, 3 wrong environment (settings, database,
files). Errors are one or a few lines on standard error; `--debug` adds the traceback.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import click

from service.commands.context import CommandContext
from service.version import own_version

REFUSED = 1


class Command(NamedTuple):
    """The module of a command in `service.commands`, and the first sentence of its help."""

    module: str
    help: str


_COMMANDS = {
    "serve": Command("serve", "Run a whole desk: web and clock together."),
    "web": Command("serve", "Run the web only; `huifang clock` runs elsewhere."),
    "clock": Command("serve", "Run a clock: it fires what is due and sends messages."),
    "demo": Command("serve", "Make a demonstration desk, once, and say how to look at it."),
    "check": Command("check", "Check definitions: folders, or single files of one."),
    "new": Command(
        "new", "Begin the process NAME: a few questions, and a file that `check` finds nothing wrong with."
    ),
    "discover": Command(
        "event_logs",
        "Write the process that an event LOG shows: states, steps, roles, deadlines that 80 % of it kept.",
    ),
    "conform": Command(
        "event_logs",
        "Show where an event LOG differs from PROCESS: unknown steps, steps not allowed there, late ones.",
    ),
    "publish": Command(
        "definitions", "Publish a folder of definitions, whole, or one of the company's files."
    ),
    "diff": Command(
        "difference",
        "Compare two versions of the process WHAT by what they do, or the folder WHAT with what is in force.",
    ),
    "drafts": Command("drafts", "Texts that are not in force: your own, and what others have proposed."),
    "take-back": Command(
        "process_acts", "Put the text of an earlier version of NAME in force again, as a new version."
    ),
    "retire": Command("process_acts", "Refuse new tickets of NAME from now on; open ones are finished."),
    "reinstate": Command("process_acts", "Take new tickets of the retired process NAME again."),
    "rename": Command("process_acts", "Give the process NAME a new name."),
    "pull": Command(
        "pull", "Bring the texts in force into a folder, so that it can be changed and published from there."
    ),
    "versions": Command(
        "versions",
        "List the versions of the process or company's file NAME, newest first: who, when, from which, why.",
    ),
    "company": Command(
        "versions",
        "List the company's files in force: calendars, organisation and others, with who published them.",
    ),
    "show": Command("versions", "Print the text of the process or company's file NAME as it was published."),
    "schema": Command(
        "definitions",
        "Print the JSON Schema of a process, of a company file, or of a migration plan, for editors.",
    ),
    "rehearse": Command("rehearse", "Walk every scenario of folders of definitions."),
    "coverage": Command(
        "coverage", "List every requirement with the part that meets it and the scenario that shows it."
    ),
    "mutate": Command(
        "mutants",
        "Take away every guard, clock, role and invariant, one at a time: a check or a scenario must notice.",
    ),
    "schedules": Command("schedules", "What is opened by itself; without more, the next slots."),
    "announce": Command(
        "schedules", "Announce EVENT; VALUES fill its form, `expected_at=2026-06-01T14:00:00+08:00`."
    ),
    "migrate": Command(
        "migrate",
        "Bring the database to the schema this program needs; with PLAN, open tickets to another version.",
    ),
    "backup": Command(
        "maintenance",
        "Write everything the desk holds to FILE (.tar.gz), while it goes on working.",
    ),
    "restore": Command(
        "maintenance",
        "Fill the database from a backup, wholly or not at all, and bring its uploaded files back.",
    ),
    "erase": Command(
        "maintenance",
        "Destroy what is personal of the ticket NUMBER, its history included, for good; or of a person.",
    ),
    "import": Command(
        "maintenance",
        "Bring in tickets from FILE (CSV, or a workbook), through the same door as everything else.",
    ),
    "index": Command(
        "maintenance",
        "Make anew what tickets and entries are found by, where it is of an older program or master key.",
    ),
    "keys": Command(
        "keys",
        "The master keys (HUIFANG_KEYS): by each, how many rows it wraps, and whether it is given and right.",
    ),
    "audit": Command("audit", "The record of what was done."),
    "accounts": Command("accounts", "Staff accounts and their posts."),
    "tokens": Command("tokens", "Bearer tokens for programs."),
    "sites": Command("calendars", "Sites: the estates that are looked after."),
    "registers": Command(
        "registers", "Registers: units, residents, vehicles, keys, and whatever else a site keeps a list of."
    ),
    "absences": Command("absences", "Absences: who is away, and who stands in for them."),
    "rosters": Command("rosters", "Rosters: the order in which people take turns."),
    "outbox": Command("messages", "Messages that wait to be sent, and those that could not be."),
    "parked": Command("parked", "List the clocks of tickets that were set aside, with the reason."),
    "unpark": Command(
        "parked", "Try again what CLOCK of the ticket NUMBER could not do; both as `parked` shows them."
    ),
}
"""Every command. Its module is loaded when it is asked for, and its help is known without."""


class LazyCommandGroup(click.Group):
    """A group whose commands are imported when they are used: a server does not import the workbook
    readers."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(_COMMANDS)

    def get_command(self, _context: click.Context, cmd_name: str) -> click.Command | None:
        """The command with this name, imported now; None if there is none."""
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"service.commands.{_COMMANDS[cmd_name].module}")
        found: Iterable[object] = vars(module).values()
        return next(each for each in found if isinstance(each, click.Command) and each.name == cmd_name)

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands in `--help`, from the table, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name].help) for name in sorted(_COMMANDS)])

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was called; an unknown name is an error with a suggestion."""
        try:
            return super().resolve_command(context, args)
        except click.exceptions.NoSuchCommand:
            known = self.list_commands(context)
            raise click.exceptions.NoSuchCommand(args[0], possibilities=known, ctx=context) from None


@click.group(
    cls=LazyCommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The settings.")
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.version_option(own_version(), message="%(prog)s %(version)s")
@click.pass_context
def huifang(context: click.Context, config: Path | None, debug: bool) -> None:
    """A workflow desk for property management: nothing is closed without a return visit."""
    context.obj = CommandContext(config)
    context.meta["debug"] = debug


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run a command; returns its exit code."""
    try:
        found = huifang.main(arguments, prog_name="huifang", standalone_mode=False)
        return found if isinstance(found, int) else 0
    except click.exceptions.Abort:
        return _print_error(130, "stopped")
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except Exception as error:
        if "--debug" in arguments:
            raise
        from service.failures import explained  # what it needs to know an error by is slow to load

        code, lines = explained(error)
        return _print_error(code, *lines)


def _print_error(code: int, *lines: str) -> int:
    for line in lines:
        click.echo(f"huifang: {line}", err=True)
    return code
