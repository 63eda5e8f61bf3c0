"""`huifang mutate`: does any check or scenario fail if a guard, clock, role or invariant is missing?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import click

from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.progress import progress
from workflows.language.load import read_folder
from workflows.tools.mutants import KINDS
from workflows.tools.mutation import MutantResult, mutate
from workflows.tools.survivors import read_survivors


@click.command("mutate")
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--workflow", "workflows", multiple=True, help="Only this one; may be given several times.")
@click.option("--jobs", default=1, show_default=True, help="Processes side by side.")
@click.option("--least", default=90, show_default=True, help="How many of a hundred must be noticed.")
@with_context
def mutants(
    context: CommandContext, path: Path | None, workflows: tuple[str, ...], jobs: int, least: int
) -> int:
    """Take away every guard, clock, role and invariant, one at a time: a check or a scenario must notice.

    Prints what survives, with the reason of survivors.yaml. Exit code 1 if fewer than --least are noticed, if
    a survivor has no reason, or if a reason is given for what does not survive.
    """
    home = path or context.settings.definitions
    reasons = read_survivors(home)
    names = _choose_workflows(home, workflows)
    seen: Counter[tuple[str, bool]] = Counter()
    open_reasons = {(name, what) for name in names for what in reasons.get(name, {})}
    unexplained = 0
    with progress("mutants") as reached:
        for fate in _run_mutants(home, names, jobs):
            seen[fate.mutant.kind, fate.survives] += 1
            reached(seen.total())
            if fate.survives:
                reason = reasons.get(fate.workflow, {}).get(fate.mutant.what)
                unexplained += reason is None
                open_reasons.discard((fate.workflow, fate.mutant.what))
                click.echo(f"{fate}: {reason or 'why?'}")
    for name, what in sorted(open_reasons):
        click.echo(f"{name} without {what}: is noticed, and needs no reason", err=True)
    share = _print_summary(seen)
    return 1 if share < least or unexplained or open_reasons else 0


def _choose_workflows(home: Path, workflows: Sequence[str]) -> list[str]:
    known = read_folder(home).definitions
    for name in workflows:
        if name not in known:
            raise CommandRefused(f"there is no workflow {name!r}")
    return sorted(workflows or known)


def _run_mutants(home: Path, names: Sequence[str], jobs: int) -> Iterator[MutantResult]:
    if jobs < 2:
        yield from mutate(home, names)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for fates in pool.map(_run_mutants_of, [home] * len(names), names):
            yield from fates


def _run_mutants_of(home: Path, name: str) -> list[MutantResult]:
    return list(mutate(home, [name]))


def _print_summary(seen: Counter[tuple[str, bool]]) -> float:
    """Print how many mutants of each kind were noticed; returns their share, in percent."""
    for kind in KINDS:
        noticed, all_of_them = seen[kind, False], seen[kind, False] + seen[kind, True]
        click.echo(f"{kind}: {noticed} of {all_of_them} noticed", err=True)
    noticed = sum(count for (_, survives), count in seen.items() if not survives)
    share = 100 * noticed / seen.total() if seen else 100.0
    click.echo(f"{noticed} of {seen.total()} mutants noticed: {share:.1f} %", err=True)
    return share
