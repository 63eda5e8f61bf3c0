"""`huifang registers`: import and show the registers of a site."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from service import wallclock
from service.bootstrap import Desk
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.people_args import find_manager, find_site
from service.commands.progress import progress
from service.commands.table_options import layout_options, value_options
from service.imports.layout import Layout
from service.imports.map_schema import DAY_FIRST
from service.imports.register_import import ListFile, import_register
from workflows.language.forms.register import Register
from workflows.storage.registers.write import EntryAuthor
from workflows.suggestions import did_you_mean

_FILE = click.Path(path_type=Path, dir_okay=False)
_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group()
def registers() -> None:
    """Registers: units, residents, vehicles, keys, and whatever else a site keeps a list of."""


@registers.command(name="list")
@with_context
def show_all(context: CommandContext) -> None:
    """List the registers of the company, with the columns of an entry."""
    with context.desk() as desk:
        for register in desk.definitions.company().registers.values():
            click.echo(f"{register.name}\t{register.key}\t{', '.join(register.fields)}")


@registers.command()
@click.argument("register")
@click.argument("site")
@click.option("--find", default="", help="Only entries with all these words.")
@click.option("--struck", is_flag=True, help="Those that were struck, instead of those in force.")
@with_context
def show(context: CommandContext, register: str, site: str, find: str, struck: bool) -> None:
    """Show the entries of REGISTER at SITE, one a line, without their personal columns."""
    with context.desk() as desk:
        columns = _find_register(desk, register).open_columns
        where, cursor = find_site(desk, site).id, None
        while True:
            page = desk.store.entries.page(where, register, q=find, struck=struck, cursor=cursor, limit=500)
            for entry in page.entries:
                shown = {name: v for name, v in entry.data.items() if name in columns}
                click.echo(f"{entry.key}\t{orjson.dumps(shown).decode()}")
            cursor = page.next
            if cursor is None:
                return


@registers.command()
@click.argument("register")
@click.argument("key")
@click.option("--site", required=True, help="Whose entry it is.")
@click.option("--as", "account", required=True, metavar="ACCOUNT", help="Who looks after the desk there.")
@click.option("--note", default="", help="Why; it stays in the history.")
@with_context
def erase(context: CommandContext, register: str, key: str, site: str, account: str, note: str) -> None:
    """Destroy what is personal of the entry KEY of REGISTER, its history included, for good.

    The rest stays, in force or struck, and the history says who erased it.
    """
    with context.desk() as desk:
        _find_register(desk, register)
        where = find_site(desk, site)
        author = EntryAuthor(where.id, find_manager(desk, account, where), wallclock.now())
        if desk.store.entries.find(where.id, register, key) is None:
            raise CommandRefused(f"{register} has no entry {key!r} at {where.id}")
        erased = desk.store.entries.eraser.erase(author, register, key, note=note)
    click.echo("erased" if erased else "there was nothing to erase")


def _find_register(desk: Desk, register: str) -> Register:
    known = desk.definitions.company().registers
    if register not in known:
        raise CommandRefused(f"there is no register {register!r}{did_you_mean(register, known)}")
    return known[register]


@registers.command(name="import")
@click.argument("register")
@click.argument("file", type=_EXISTING)
@click.option("--site", help="Whose list it is; needed if there are several sites.")
@click.option("--rejects", type=_FILE, help="Where refused rows go, with their reasons.")
@value_options
@layout_options
@click.option("--skip", multiple=True, metavar="COLUMN", help="A column to be left out; may be repeated.")
@with_context
def bring_in(
    context: CommandContext,
    register: str,
    file: Path,
    site: str | None,
    rejects: Path | None,
    skip: tuple[str, ...],
    layout: Layout,
    decimal: str | None,
    dates: str | None,
) -> int:
    """Bring a list into REGISTER: a CSV FILE, or a sheet of a workbook (.xlsx, .xls, .ods).

    Its columns are named as in registers.yaml, or by their titles. Rows that are there already change
    nothing, so it can be run again after mending. Exit code 1 if any row was refused.
    """
    listed = ListFile(
        path=file,
        layout=layout,
        skip=skip,
        decimal=decimal,
        day_first=None if dates is None else dates == DAY_FIRST,
    )
    with context.desk(synchronous="NORMAL") as desk, progress("rows") as reached:
        done = import_register(desk, register, listed, site, rejects, reached)
    click.echo(
        f"{done.read} rows read, {done.changed} entries written, {done.rejected} refused ({done.described})"
    )
    for example in done.examples:
        click.echo(example, err=True)
    return 1 if done.rejected else 0
