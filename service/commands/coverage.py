"""`huifang coverage`: the requirements of the trade, the part that meets each, and the scenario that shows
it."""

from __future__ import annotations

from pathlib import Path

import click

from service.commands.context import CommandContext, with_context
from workflows.language.load import read_folder
from workflows.tools.requirements import Requirement, read_requirements


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--unmet", is_flag=True, help="Only those that nothing meets.")
@with_context
def coverage(context: CommandContext, path: Path | None, unmet: bool) -> int:
    """List every requirement with the part that meets it and the scenario that shows it.

    Exit code 1 if something that is said to meet one is not there.
    """
    home = path or context.settings.definitions
    requirements, problems = read_requirements(home, read_folder(home))
    for each in requirements:
        if each.unmet is not None or not unmet:
            _print_requirement(each)
    for problem in problems:
        click.echo(str(problem), err=True)
    lacking = sum(each.unmet is not None for each in requirements)
    click.echo(
        f"{len(requirements)} requirements, {lacking} unmet for a stated reason, {len(problems)} problems",
        err=True,
    )
    return 1 if problems else 0


def _print_requirement(requirement: Requirement) -> None:
    click.echo(f"{requirement.id}  {requirement.says}")
    if requirement.unmet is not None:
        click.echo(f"      unmet: {requirement.unmet}")
    for part in requirement.met:
        click.echo(f"      met by {part}")
    for process, scenario in requirement.shown.items():
        click.echo(f"      shown by {process}: {scenario}")
