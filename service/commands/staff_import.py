"""`huifang accounts import`: staff and their posts from a list."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import click

from service import password_links
from service.bootstrap import Desk
from service.commands.context import CommandContext, with_context
from service.commands.people_args import command_line_author, find_site
from service.commands.table_options import layout_options
from service.imports.layout import Layout
from service.imports.staff_import import StaffImportSummary, import_staff
from service.imports.staff_importer import StaffImporter

_FILE = click.Path(path_type=Path, dir_okay=False)
_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command(name="import")
@click.argument("file", type=_EXISTING)
@click.option("--site", help="Of rows that name none.")
@click.option("--rejects", type=_FILE, help="Where refused rows go, with their reasons.")
@click.option("--dry-run", is_flag=True, help="Only show what would be added and changed.")
@click.option(
    "--invitations", type=_FILE, help="Where a link for each new account goes, by which they set a password."
)
@layout_options
@with_context
def bring_in(
    context: CommandContext,
    file: Path,
    site: str | None,
    rejects: Path | None,
    dry_run: bool,
    invitations: Path | None,
    layout: Layout,
) -> int:
    """Bring in staff from a CSV FILE or a workbook (.xlsx, .xls, .ods), a row for each post.

    Columns: account, name, site, role; and if you like language, mail, url, department. Accounts that are
    there get what is new; nothing is taken away, so it can be run again. Exit code 1 if any row was refused.
    """
    with context.desk() as desk:
        where = find_site(desk, site).id if site else None
        done = import_staff(
            desk,
            file,
            StaffImporter.operator(desk, command_line_author()),
            layout=layout,
            site=where,
            rejects_path=rejects,
            dry_run=dry_run,
        )
        if invitations is not None and not dry_run:
            _write_invitations(desk, invitations, done.added)
    _print_summary(done, dry_run)
    return 1 if done.rejected else 0


def _print_summary(done: StaffImportSummary, dry_run: bool) -> None:
    verb = "would be " if dry_run else ""
    click.echo(
        f"{done.read} rows read, {len(done.added)} accounts {verb}added, {len(done.changed)} {verb}changed, "
        f"{done.rejected} rows refused ({done.described})"
    )
    if dry_run:
        for account in done.added:
            click.echo(f"+ {account}")
        for account in done.changed:
            click.echo(f"~ {account}")
    for example in done.examples:
        click.echo(example, err=True)


def _write_invitations(desk: Desk, file: Path, accounts: tuple[str, ...]) -> None:
    """A link for each new account, in a file that only its owner reads."""
    descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("account", "name", "link"))
        for name in accounts:
            account = desk.people.account(name)
            assert account is not None, "it was added just now"
            link = password_links.create_password_link(desk, account.staff, command_line_author())
            rows.writerow((account.staff.account, account.staff.name, link))
