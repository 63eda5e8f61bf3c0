"""`huifang audit`: whether the record is whole, its head, and sealing what is older than the keyed chain."""

from __future__ import annotations

from pathlib import Path

import click

from service import wallclock
from service.commands.context import CommandContext, with_context
from service.commands.progress import progress
from workflows.storage.audit.finding import AuditFinding
from workflows.storage.audit.head import build_head, compare
from workflows.storage.audit.seal import seal as seal_record
from workflows.storage.audit.verify import verify as verify_record

_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group()
def audit() -> None:
    """The record of what was done."""


@audit.command()
@click.option("--site", help="One site only.")
@click.option(
    "--head", "kept", type=_EXISTING, help="A head that was kept: what stood then must still stand."
)
@with_context
def verify(context: CommandContext, site: str | None, kept: Path | None) -> int:
    """Verify every history and all that stands by it, every book and every serial number.

    Exit code 1 if anything is amiss. A database that was put back as a whole to how it stood before is only
    noticed with a head that was kept elsewhere (`huifang audit head`).
    """
    found = 0
    with context.desk() as desk, progress("entries") as reached:
        for finding in verify_record(desk.database, site, reached):
            found += 1
            _print_finding(finding)
        if kept is not None:
            with kept.open("rb") as lines:
                for finding in compare(desk.database, lines):
                    if site in (None, finding.site):
                        found += 1
                        _print_finding(finding)
    if found:
        click.echo(f"{found} findings", err=True)
        return 1
    click.echo("the record is whole")
    return 0


def _print_finding(finding: AuditFinding) -> None:
    click.echo(f"{finding.site}\t{finding.ticket}\t{finding.seq}\t{finding.kind}: {finding.message}")


@audit.command()
@with_context
def head(context: CommandContext) -> None:
    """Print where every history and every book stands, for `audit verify --head`. Keep it elsewhere.

    It holds no personal words: ids, numbers and hashes.
    """
    with context.desk() as desk:
        for line in build_head(desk.database, wallclock.now()):
            click.echo(line)


@audit.command()
@with_context
def seal(context: CommandContext) -> int:
    """Seal what was written before the record was chained with a key.

    It says nothing of what was changed before, only that it is not changed from now on. It may be stopped and
    run again; the desk may go on. Exit code 1 if something is broken already.
    """
    broken = done = 0
    with context.desk() as desk, progress("entries") as reached:
        for finding in seal_record(desk.database, reached):
            if isinstance(finding, int):
                done = finding
            else:
                broken += 1
                _print_finding(finding)
    click.echo(f"{done} tickets and rows of books sealed")
    return 1 if broken else 0
