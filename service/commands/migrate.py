"""`huifang migrate`: the database's schema; with a plan, open tickets to another version of their process."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import click

from service import wallclock
from service.bootstrap import Desk
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.progress import progress
from service.finding_texts import format_finding
from service.texts import terminal_language
from workflows.language.definition import Definition
from workflows.language.migration_plan import MigrationPlan
from workflows.migrations.preview import PreviewedTicket
from workflows.storage import master_keys, schema
from workflows.storage.audit import seal
from workflows.storage.database import Database
from workflows.storage.statistics import refresh_statistics
from workflows.storage.tickets.migrations import MOVED_ON, REFUSED, StoredMigration
from workflows.timing.clock import Clock
from workflows.timing.instants import Instant, rfc3339

_BY = "command line"
_MOST = 50  # refused tickets that are printed


@click.command()
@click.argument("plan", required=False, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help="Only show what PLAN would do, ticket by ticket.")
@click.option("--undo", is_flag=True, help="Bring the tickets that PLAN has moved back as they were.")
@click.option("--propose", metavar="PROCESS", help="Print a plan for the open tickets of older versions.")
@with_context
def migrate(
    context: CommandContext, plan: Path | None, dry_run: bool, undo: bool, propose: str | None
) -> int:
    """Bring the database to the schema this program needs; with PLAN, open tickets to another version.

    Without PLAN nothing is lost; run it after each update. With PLAN, a YAML file, each ticket moves in one
    step of its own: it can be stopped at any time and run again. Exit code 1 if any ticket had to stay.
    """
    if propose is not None:
        if plan is not None or dry_run or undo:
            raise click.UsageError("--propose stands alone")
        with context.desk() as desk:
            click.echo(desk.migrator.propose(propose), nl=False)
        return 0
    if plan is None:
        if dry_run or undo:
            raise click.UsageError("--dry-run and --undo are about a PLAN")
        with context.database() as database:
            _bring_to_schema(database)
        return 0
    if dry_run and undo:
        raise click.UsageError("--dry-run or --undo, not both")
    text = plan.read_text("utf-8-sig", errors="strict")
    with context.desk() as desk:
        if undo:
            return _undo(desk, text, plan)
        read = read_plan_file(desk, plan)
        return _preview(desk, read) if dry_run else run_plan(desk, text, read)


def read_plan_file(
    desk: Desk, file: Path, proposed: Mapping[str, Definition] = MappingProxyType({})
) -> MigrationPlan:
    """The plan of a file; what is `proposed` counts as published. Raises CommandRefused with its findings."""
    read, findings = desk.migrator.read(file.read_text("utf-8-sig", errors="strict"), str(file), proposed)
    language = terminal_language(os.environ, "en")
    for finding in findings:
        click.echo(format_finding(finding, language), err=True)
    if read is None:
        raise CommandRefused(f"{len(findings)} problems in {file}; nothing was moved")
    return read


def _bring_to_schema(database: Database) -> None:
    schema.migrate(database)
    master_keys.check(database)
    refresh_statistics(database)
    click.echo("the database is ready")
    print_unsealed(database)


def print_unsealed(database: Database) -> None:
    """Say if a part of the record is older than the keyed chain and not sealed yet."""
    if seal.waiting(database):
        click.echo("older parts of the record are not sealed yet; `huifang audit seal` seals them, once")


def _preview(desk: Desk, plan: MigrationPlan) -> int:
    now, moving, staying, late = wallclock.now(), 0, 0, 0
    for each in desk.migrator.preview(plan, now):
        moving, staying = moving + (each.after is not None), staying + (each.after is None)
        late += each.becomes_overdue(now)
        for line in describe_preview(each, now):
            click.echo(line)
    click.echo(f"{moving} tickets would move, {staying} would have to stay, {late} would become overdue")
    return 1 if staying else 0


def describe_preview(previewed: PreviewedTicket, now: Instant) -> Iterable[str]:
    """What a plan would do to a ticket, in lines."""
    before, after = previewed.before, previewed.after
    if after is None:
        yield f"{before.number}  stays in {before.state}, version {before.version}"
        yield from (f"    {each.message}" for each in previewed.reasons)
        return
    yield f"{before.number}  {before.state} -> {after.state}, version {before.version} -> {after.version}"
    for name, old, new in previewed.clocks:
        yield f"    clock {name}: due {_describe_due(old)} -> {_describe_due(new)}"
    if before.assignee != after.assignee:
        yield f"    with {before.assignee or 'nobody'} -> {after.assignee or 'nobody'}"
    if previewed.dropped:
        yield f"    falls out: {', '.join(previewed.dropped)}"
    if previewed.lacking:
        yield f"    lacks, and can be given by a correction: {', '.join(previewed.lacking)}"
    if previewed.goes_on:
        yield f"    goes on by itself: {' -> '.join(previewed.goes_on)}; the undo will leave it there"
    if previewed.becomes_overdue(now):
        yield "    becomes overdue"


def _describe_due(clock: Clock | None) -> str:
    if clock is None:
        return "none"
    if clock.stopped:
        return "stopped"
    return "paused" if clock.due_at is None else rfc3339(clock.due_at)


def run_plan(desk: Desk, text: str, plan: MigrationPlan) -> int:
    """Move the tickets of a plan; 1 if any had to stay."""
    migrator = desk.migrator
    migration = migrator.start(text, plan, wallclock.now(), _BY)
    migrator.retry(migration)
    done = 0
    with progress("tickets", migrator.progress(migration).waiting) as reached:
        while count := migrator.run(migration, wallclock.now(), _BY):
            done += count
            reached(done)
    found = migrator.progress(migration)
    click.echo(f"{found.moved} tickets moved, {found.refused} had to stay")
    _print_reasons(desk, migration, REFUSED)
    return 1 if found.refused else 0


def _undo(desk: Desk, text: str, plan: Path) -> int:
    migrator, left = desk.migrator, 0
    migrations = migrator.find_by_text(text)
    if not migrations:
        raise CommandRefused(f"no ticket was moved by {plan}, as it is now written")
    for migration in migrations:
        while migrator.undo(migration, wallclock.now(), _BY):
            pass
        found = migrator.progress(migration)
        click.echo(f"{found.undone} tickets brought back, {found.moved_on} have moved on since and stay")
        _print_reasons(desk, migration, MOVED_ON)
        left += found.moved_on
    return 1 if left else 0


def _print_reasons(desk: Desk, migration: StoredMigration, status: str) -> None:
    for each in desk.migrator.with_status(migration, status, _MOST):
        click.echo(f"{each.number}: {each.reason}", err=True)
