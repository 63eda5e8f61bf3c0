"""`huifang check`: problems of definition files."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import orjson

from service import wallclock
from service.commands.check_watch import WatchedFindings, find_changes
from service.commands.context import CommandContext, find_home_folder, with_context
from service.finding_texts import format_finding, render_finding
from service.texts import say, terminal_language
from workflows.gate.in_force import NOTHING
from workflows.gate.proposal import Proposal, propose_file, propose_folder
from workflows.gate.review import Review, review
from workflows.language.builder.company import COMPANY_FILES
from workflows.language.findings import Finding, Severity, blocking, errors
from workflows.language.forms.field import LANGUAGES
from workflows.language.load import is_process, read_folder


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--language", type=click.Choice(LANGUAGES), help="Of the sentences; without it, that of the terminal."
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings for programs.")
@click.option("--quick", is_flag=True, help="Only what is written: no scenarios, no open tickets.")
@click.option("--rehearse", is_flag=True, help="The scenarios of whole folders, too, where there is no desk.")
@click.option("--watch", is_flag=True, help="Stay, and check again whatever is saved; only what is written.")
@with_context
def check(
    context: CommandContext,
    paths: tuple[Path, ...],
    language: str | None,
    as_json: bool,
    quick: bool,
    rehearse: bool,
    watch: bool,
) -> int:
    """Check definitions: folders, or single files of one. Prints file:line:column of every problem.

    It says what publishing would say, and ends with 1 where publishing would refuse. Beside a desk it says
    also how the scenarios go of what is changed, what that does otherwise than what is in force, and what it
    means for the open tickets.
    """
    chosen = paths or (context.settings.definitions,)
    spoken = language or terminal_language(os.environ, "en")
    if watch:
        return _watch(context, chosen, spoken)
    with _nothing_collected():
        reviews = [_review_path(context, path, quick, rehearse) for path in chosen]
    found = list(dict.fromkeys(each for reviewed in reviews for each in reviewed.findings))
    if as_json:
        click.echo(_render(reviews, found, spoken))
        return 1 if blocking(found) else 0
    for problem in found:
        click.echo(format_finding(problem, spoken))
    for text in _write_impact(reviews, spoken):
        click.echo(f"\n{text}", nl=False)
    click.echo(_sum_up(found, spoken), err=True)
    for folder in () if quick or rehearse or errors(found) else _find_unrehearsed(reviews):
        click.echo(say(spoken, "check", "not-rehearsed", {"folder": folder}), err=True)
    return 1 if blocking(found) else 0


def _watch(context: CommandContext, chosen: Sequence[Path], language: str) -> int:
    """Say what is found, and again whenever a file is saved, until somebody interrupts."""
    if len(chosen) > 1:
        raise click.UsageError("--watch looks at one folder, or one file")
    (path,) = chosen

    def review_path(about: Path) -> Review:
        with _nothing_collected():
            return _review_path(context, about, quick=True, rehearse=False)

    watched = WatchedFindings(
        path, review_path, lambda found, file, reviewed: _is_about(found, file, reviewed.proposal)
    )
    _tell(watched.findings, language)
    try:
        for changed in find_changes(path if path.is_dir() else find_home_folder(path)):
            watched.update(changed)
            click.echo(f"\n{', '.join(sorted(each.name for each in changed))}", err=True)
            _tell(watched.findings, language)
    except KeyboardInterrupt:
        pass
    return 1 if blocking(watched.findings) else 0


def _tell(found: Sequence[Finding], language: str) -> None:
    for problem in found:
        click.echo(format_finding(problem, language))
    click.echo(_sum_up(found, language), err=True)


def _render(reviews: Sequence[Review], found: Sequence[Finding], language: str) -> str:
    """The findings and the impact for programs, as the API gives them."""
    impact: list[dict[str, Any]] = []
    if any(each.impact for each in reviews):
        from service.difference.impact import render_impact  # it loads much, and needs a desk

        impact = [line for each in reviews for line in render_impact(each, language)]
    data = {"findings": [render_finding(each, language) for each in found], "impact": impact}
    return orjson.dumps(data, option=orjson.OPT_INDENT_2).decode()


def _write_impact(reviews: Sequence[Review], language: str) -> Iterator[str]:
    """What is done otherwise than in force, and the plans for open tickets."""
    if any(each.impact for each in reviews):
        from service.difference.impact import write_impact

        for each in reviews:
            yield from write_impact(each, language)


def _find_unrehearsed(reviews: Sequence[Review]) -> Iterator[str]:
    """The folders whose scenarios nobody has rehearsed, for want of a desk to compare with."""
    for each in reviews:
        after = each.proposal.after
        written = any(definition.scenarios for definition in after.definitions.values())
        if each.proposal.whole and each.in_force is NOTHING and written:
            yield after.place


def _sum_up(found: Sequence[Finding], language: str) -> str:
    """How many errors and warnings there are."""
    wrong = len(errors(found))
    warnings = sum(each.severity is Severity.WARNING and not each.waived for each in found)
    key = "errors" if wrong else "warnings" if warnings else "nothing"
    return say(language, "check", key, {"errors": wrong, "warnings": warnings}) or key


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Without the garbage collector, a tenth of the time: what is read is needed until the end."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _review_path(context: CommandContext, path: Path, quick: bool, rehearse: bool) -> Review:
    """The review of a folder; of a single file, with what is said of itself, and of whoever leans on its
    process."""
    proposal = _read(context, path)
    reviewed = review(proposal, wallclock.now()) if quick else _review_by_desk(context, proposal, rehearse)
    if path.is_dir():
        return reviewed
    about = tuple(each for each in reviewed.findings if _is_about(each, path, proposal))
    return replace(reviewed, findings=about)


def _review_by_desk(context: CommandContext, proposal: Proposal, rehearse: bool) -> Review:
    """The review against what is in force on the desk. Without a desk, of what is written; the scenarios of a
    single file are rehearsed, those of a folder if that is wanted: all of it would count as changed."""
    with context.desk_if_any() as desk:
        if desk is not None:
            return desk.gate.review(proposal, wallclock.now())
    if proposal.whole and not rehearse:
        return review(proposal, wallclock.now())
    from workflows.gate.scenarios import find_failed_scenarios  # it needs a database

    return review(proposal, wallclock.now(), searches=[find_failed_scenarios])


def _read(context: CommandContext, path: Path) -> Proposal:
    """A folder; of a file that is a process, as much of its folder as is related to it."""
    languages = context.settings.languages
    if path.is_dir():
        return propose_folder(read_folder(path, languages=languages))
    home = find_home_folder(path)
    inside = home / path.resolve().relative_to(home.resolve())
    if not is_process(inside, home):
        return propose_folder(read_folder(home, languages=languages))
    return propose_file(read_folder(home, about=inside, languages=languages), str(inside))


def _is_about(problem: Finding, path: Path, proposal: Proposal) -> bool:
    """Whether a problem stands in the file, in another because of its process, or is an error in a file on
    which all processes lean."""
    if problem.severity is Severity.ERROR and Path(problem.file).name in COMPANY_FILES:
        return True
    files = (problem.file, problem.used_in or problem.file)
    return any(Path(file).resolve() == path.resolve() for file in files) or any(
        repr(name) in problem.message for name in proposal.names
    )
