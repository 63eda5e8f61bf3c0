"""`huifang rehearse`: the stories that definitions tell of themselves, walked on a virtual clock."""

from __future__ import annotations

from pathlib import Path

import click

from service.commands.context import Context, with_context
from service.commands.progress import progress
from workflows.rehearsal import Result, rehearse_folder


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--workflow", help="Only this one.")
@click.option("--log", is_flag=True, help="Also print what happened in each.")
@with_context
def rehearse(context: Context, paths: tuple[Path, ...], workflow: str | None, log: bool) -> int:
    """Walk every scenario of folders of definitions. Exit code 1 if one went otherwise than written."""
    told, failed = 0, 0
    with progress("scenarios") as reached:
        for path in paths or (context.settings.definitions,):
            for result in rehearse_folder(path):
                if workflow in (None, result.workflow):
                    told, failed = told + 1, failed + (not result.ok)
                    _say(result, log)
                    reached(told)
    click.echo(f"{told} scenarios, {failed} went otherwise than written", err=True)
    return 1 if failed else 0


def _say(result: Result, log: bool) -> None:
    if log:
        for line in result.log:
            click.echo(f"    {line}")
    if log or not result.ok:
        click.echo(str(result))


COMMANDS = (rehearse,)
