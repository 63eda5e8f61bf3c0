"""`huifang coverage`: what the trade asks for, what meets it, and which scenario shows it."""

from __future__ import annotations

from pathlib import Path

import click

from service.commands.context import Context, with_context
from workflows.language.reading import read_folder
from workflows.language.tracing import Requirement, trace


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--unmet", is_flag=True, help="Only those that nothing meets.")
@with_context
def coverage(context: Context, path: Path | None, unmet: bool) -> int:
    """List every requirement with the part that meets it and the scenario that shows it.

    Exit code 1 if something that is said to meet one is not there.
    """
    home = path or context.settings.definitions
    requirements, problems = trace(home, read_folder(home))
    for each in requirements:
        if each.unmet is not None or not unmet:
            _say(each)
    for problem in problems:
        click.echo(str(problem), err=True)
    lacking = sum(each.unmet is not None for each in requirements)
    click.echo(
        f"{len(requirements)} requirements, {lacking} unmet for a stated reason, {len(problems)} problems",
        err=True,
    )
    return 1 if problems else 0


def _say(requirement: Requirement) -> None:
    click.echo(f"{requirement.id}  {requirement.says}")
    if requirement.unmet is not None:
        click.echo(f"      unmet: {requirement.unmet}")
    for part in requirement.met:
        click.echo(f"      met by {part}")
    for process, scenario in requirement.shown.items():
        click.echo(f"      shown by {process}: {scenario}")


COMMANDS = (coverage,)
