"""`huifang backup`, `restore` and `import`: care of the database."""

from __future__ import annotations

from pathlib import Path

import click

from service.backup import is_empty, load_backup, save_backup
from service.bootstrap import Desk, open_attachments
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.erase import erase as erase
from service.commands.migrate import print_unsealed
from service.commands.progress import progress
from service.imports import import_file
from workflows.storage import schema
from workflows.storage.statistics import refresh_statistics

_FILE = click.Path(path_type=Path, dir_okay=False)
_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@click.option(
    "--without-attachments", is_flag=True, help="Leave the uploaded files out: their place is saved itself."
)
@with_context
def backup(context: CommandContext, file: Path, force: bool, without_attachments: bool) -> None:
    """Write everything the desk holds to FILE (.tar.gz), while it goes on working.

    It can be restored on SQLite and on PostgreSQL. Personal words and files stay sealed in it: keep the keys
    as well (HUIFANG_KEYS, or the file `keys` of the data folder), in another place.
    """
    if file.exists() and not force:
        raise CommandRefused(f"{file} exists; say --force to replace it")
    with context.database() as database, progress("rows") as reached:
        schema.check(database)
        place = None if without_attachments else open_attachments(context.settings, database).place
        rows = save_backup(database, file, reached, place)
    click.echo(f"{rows} rows in {file}; keep the keys as well, in another place")


@click.command()
@click.argument("file", type=_EXISTING)
@click.option("--force", is_flag=True, help="Throw away what the database holds.")
@with_context
def restore(context: CommandContext, file: Path, force: bool) -> None:
    """Fill the database from a backup, wholly or not at all, and bring its uploaded files back. Stop the desk
    first. A copy of a desk needs a place of its own for files (`attachments.url`)."""
    with context.database() as database, progress("rows") as reached:
        schema.migrate(database)
        if not force and not is_empty(database):
            raise CommandRefused("the database is not empty; say --force to throw away what it holds")
        attachments = open_attachments(context.settings, database)
        rows = load_backup(database, file, reached, attachments.place)
        if (
            not context.settings.attachments.url
        ):  # nobody else's: what the backup does not know is in nobody's way
            attachments.remover.remove_unknown()
        refresh_statistics(database)
        click.echo(f"{rows} rows restored; `huifang audit verify` shows whether they are whole")
        print_unsealed(database)


@click.command(name="index")
@with_context
def index(context: CommandContext) -> None:
    """Make anew what tickets and entries are found by, where it is of an older program or master key.

    A clock does it too, in the background. The desk may go on meanwhile; the command may be stopped and run
    again.
    """
    with context.desk() as desk:
        done = renew_index(desk)
    click.echo(f"{done} tickets and entries were indexed anew")


def renew_index(desk: Desk) -> int:
    """Index anew what waits for it, and show how far it is; how many tickets and entries that were."""
    done = 0
    with progress("tickets and entries", desk.store.indexer.count()) as reached:
        while renewed := desk.store.indexer.renew():
            done += renewed
            reached(done)
    return done


@click.command(name="import")
@click.argument("file", type=_EXISTING)
@click.option("--map", "map_path", type=_EXISTING, required=True, help="Says what the columns mean.")
@click.option("--site", help="Where the tickets belong; needed if there are several sites.")
@click.option("--rejects", type=_FILE, help="Where refused rows go, with their reasons.")
@with_context
def bring_in(
    context: CommandContext, file: Path, map_path: Path, site: str | None, rejects: Path | None
) -> int:
    """Bring in tickets from FILE (CSV, or a workbook), through the same door as everything else.

    Rows that were brought in before are passed by, so it can be run again after mending. Exit code 1 if any
    row was refused.
    """
    # When the power fails the last moments may be lost: running it again brings them in. So no waiting for
    # the disk at each row.
    with context.desk(synchronous="NORMAL") as desk, progress("rows") as reached:
        done = import_file(desk, file, map_path, site, rejects, reached)
        refresh_statistics(desk.database)
    click.echo(
        f"{done.read} rows read, {done.opened} tickets opened, {done.steps} steps taken"
        f", {done.skipped} were here already, {done.rejected} refused ({done.described})"
    )
    for example in done.examples:
        click.echo(example, err=True)
    return 1 if done.rejected else 0
