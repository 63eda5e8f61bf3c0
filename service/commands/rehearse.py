"""`huifang rehearse`: runs the scenarios of definitions, or a whole month, on a virtual clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from service.commands.context import CommandContext, with_context
from service.commands.progress import progress
from workflows.rehearsal import ScenarioResult, rehearse_folder
from workflows.tools.month import Chronicle, rehearse_month


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--workflow", help="Only this one.")
@click.option("--log", is_flag=True, help="Also print what happened in each.")
@click.option("--month", is_flag=True, help="A month at one estate, instead of the scenarios.")
@click.option("--seed", default=1, show_default=True, help="Of the month: the same seed, the same month.")
@click.option(
    "--first",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2026-09-21",
    show_default=True,
    help="Its first day.",
)
@click.option("--tickets", default=300, show_default=True, help="How many matters people bring in it.")
@with_context
def rehearse(
    context: CommandContext,
    paths: tuple[Path, ...],
    workflow: str | None,
    log: bool,
    month: bool,
    seed: int,
    first: datetime,
    tickets: int,
) -> int:
    """Walk every scenario of folders of definitions. Exit code 1 if one went otherwise than written.

    With --month: a month at one estate, with tickets of all processes, schedules, and two people ill. Exit
    code 1 if a report was late, an escalation cannot be explained, or something was put aside.
    """
    folders = paths or (context.settings.definitions,)
    if month:
        lived = [rehearse_month(path, seed=seed, first=first.date(), tickets=tickets) for path in folders]
        good = [_print_month(each, log) for each in lived]
        return 0 if all(good) else 1
    return _rehearse_scenarios(folders, workflow, log)


def _rehearse_scenarios(folders: Sequence[Path], workflow: str | None, log: bool) -> int:
    count, failed = 0, 0
    with progress("scenarios") as reached:
        for path in folders:
            for result in rehearse_folder(path, workflow):
                count, failed = count + 1, failed + (not result.ok)
                _print_result(result, log)
                reached(count)
    click.echo(f"{count} scenarios, {failed} went otherwise than written", err=True)
    return 1 if failed else 0


def _print_result(result: ScenarioResult, log: bool) -> None:
    if log:
        for line in result.log:
            click.echo(f"    {line}")
    if log or not result.ok:
        click.echo(str(result))


def _print_month(month: Chronicle, log: bool) -> bool:
    """Print the result of a month; whether it went well."""
    if log:
        for line in month.log:
            click.echo(line)
    opened, ended = sum(month.opened.values()), sum(month.ended.values())
    click.echo(f"{opened} tickets of {len(month.opened)} processes, {ended} ended; log {month.digest}")
    click.echo(f"{len(month.reports)} reports, {len(month.late_reports)} late")
    click.echo(f"{len(month.fired_levels)} escalation levels, {len(month.unexplained)} unexplained")
    for report in month.late_reports:
        click.echo(f"late: {report.number} {report.workflow}", err=True)
    for what in (*month.unexplained, *month.parked, *month.unopened):
        click.echo(f"put aside: {what}", err=True)
    return month.is_good
