"""`huifang migrate`, `backup`, `restore`, `audit`, `erase`, `import`: what is kept, and if it is whole."""

from __future__ import annotations

from pathlib import Path

import click

from service import backup as archive
from service import wallclock
from service.commands.context import Context, Refused, with_context
from service.commands.progress import progress
from service.commands.staffing import manager_of, site_of
from service.importing import import_file
from workflows.core.visibility import DESK
from workflows.storage import schema
from workflows.storage.audit import verify as find

_FILE = click.Path(path_type=Path, dir_okay=False)
_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command()
@with_context
def migrate(context: Context) -> None:
    """Bring the database to the schema this program needs. Nothing is lost; run it after each update."""
    with context.database() as database:
        schema.migrate(database)
    click.echo("the database is ready")


@click.command()
@click.argument("file", type=_FILE)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@with_context
def backup(context: Context, file: Path, force: bool) -> None:
    """Write everything the database holds to FILE (.tar.gz), while the desk goes on working.

    It can be restored on SQLite and on PostgreSQL. Personal words stay sealed in it: keep the keys as well
    (HUIFANG_KEYS, or the file `keys` of the data folder), in another place.
    """
    if file.exists() and not force:
        raise Refused(f"{file} exists; say --force to replace it")
    with context.database() as database, progress("rows") as reached:
        schema.check(database)
        rows = archive.save(database, file, reached)
    click.echo(f"{rows} rows in {file}; keep the keys as well, in another place")


@click.command()
@click.argument("file", type=_EXISTING)
@click.option("--force", is_flag=True, help="Throw away what the database holds.")
@with_context
def restore(context: Context, file: Path, force: bool) -> None:
    """Fill the database from a backup, wholly or not at all. Stop the desk first."""
    with context.database() as database, progress("rows") as reached:
        schema.migrate(database)
        if not force and not archive.is_empty(database):
            raise Refused("the database is not empty; say --force to throw away what it holds")
        rows = archive.load(database, file, reached)
    click.echo(f"{rows} rows restored; `huifang audit verify` shows whether they are whole")


@click.group()
def audit() -> None:
    """The record of what was done."""


@audit.command()
@click.option("--site", help="One site only.")
@with_context
def verify(context: Context, site: str | None) -> int:
    """Verify every chain of history and every serial number. Exit code 1 if anything is amiss."""
    found = 0
    with context.desk() as desk, progress("entries") as reached:
        for finding in find(desk.database, site, reached):
            found += 1
            click.echo(f"{finding.site}\t{finding.ticket}\t{finding.seq}\t{finding.kind}: {finding.message}")
    if found:
        click.echo(f"{found} findings", err=True)
        return 1
    click.echo("the record is whole")
    return 0


@click.command()
@click.argument("number")
@click.option("--site", required=True, help="Whose ticket it is.")
@click.option("--as", "account", required=True, metavar="ACCOUNT", help="Who looks after the desk there.")
@click.option("--note", default="", help="Why; it stays in the history.")
@with_context
def erase(context: Context, number: str, site: str, account: str, note: str) -> None:
    """Destroy what is personal of the ticket NUMBER, its history included, for good.

    The rest stays, the chain of its history still verifies, and says who erased it.
    """
    with context.desk() as desk:
        where = site_of(desk, site)
        actor = manager_of(desk, account, where)
        found = desk.queries.find(number, (where.id,), DESK)
        if not found:
            raise Refused(f"there is no ticket {number!r} at {where.id}")
        desk.privacy.erase(*found[0], actor, wallclock.now(), note)
    click.echo("erased")


@click.command(name="import")
@click.argument("file", type=_EXISTING)
@click.option("--map", "map_path", type=_EXISTING, required=True, help="Says what the columns mean.")
@click.option("--site", help="Where the tickets belong; needed if there are several sites.")
@click.option("--rejects", type=_FILE, help="Where refused rows go, with their reasons.")
@with_context
def bring_in(context: Context, file: Path, map_path: Path, site: str | None, rejects: Path | None) -> int:
    """Bring in tickets from a CSV FILE, through the same door as everything else.

    Rows that were brought in before are passed by, so it can be run again after mending. Exit code 1 if any
    row was refused.
    """
    # When the power fails the last moments may be lost: running it again brings them in. So no waiting for
    # the disk at each row.
    with context.desk(synchronous="NORMAL") as desk, progress("rows") as reached:
        done = import_file(desk, file, map_path, site, rejects, reached)
    click.echo(
        f"{done.read} rows read, {done.opened} tickets opened, {done.steps} steps taken"
        f", {done.skipped} were here already, {done.rejected} refused"
    )
    for example in done.examples:
        click.echo(example, err=True)
    return 1 if done.rejected else 0


COMMANDS = (migrate, backup, restore, audit, erase, bring_in)
