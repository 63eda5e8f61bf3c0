"""`huifang publish` and `schema`: publishing definition files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import click
import orjson

from service import wallclock
from service.bootstrap import Desk
from service.commands.company_publication import print_findings, publish_company_file, refuse_blocked
from service.commands.context import CommandContext, find_home_folder, with_context
from service.commands.folder_record import FolderRecord, parse_bases, shown_difference
from service.commands.migrate import read_plan_file, run_plan
from service.commands.people_args import find_publisher
from service.commands.process_acts import retire_process
from service.difference.impact import write_impact
from service.texts import terminal_language
from workflows.core.access.visibility import DESK
from workflows.definitions.folder_base import FILE_KINDS, FileKey, list_files
from workflows.errors import Refusal
from workflows.gate.review import Review
from workflows.language.builder.company import company_files, read_context
from workflows.language.builder.context import digest_of
from workflows.language.completions import add_examples, find_completions
from workflows.language.definition import Definition
from workflows.language.editor_schema import (
    calendars_schema,
    escalations_schema,
    json_schema,
    migration_schema,
    reports_schema,
    schedules_schema,
)
from workflows.language.files.source import SourceFile
from workflows.language.load import Folder, find_process_files, read_folder
from workflows.storage.definitions import Authorship, PublishedVersion

_SCHEMAS = {
    "process": json_schema,
    "schedules": schedules_schema,
    "reports": reports_schema,
    "calendars": calendars_schema,
    "escalations": escalations_schema,
    "migration": migration_schema,
}


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--by", "--as", "by", metavar="ACCOUNT", help="Who publishes; else the user of the machine.")
@click.option("--reason", help="Why; kept with each new version.")
@click.option("--approved-by", metavar="ACCOUNT", help="The second person, where a site wants one.")
@click.option("--base", "named", multiple=True, metavar="NAME=VERSION", help="What a file was made from.")
@click.option("--retire", "retired", multiple=True, metavar="NAME", help="Retire it: it left the folder.")
@click.option("--take-over", metavar="REASON", help="Publish over what others have published, and say why.")
@click.option(
    "--migrate",
    "plans",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="PLAN",
    help="Move open tickets by this plan as soon as it is published.",
)
@with_context
def publish(
    context: CommandContext,
    path: Path | None,
    dry_run: bool,
    by: str | None,
    reason: str | None,
    approved_by: str | None,
    named: tuple[str, ...],
    take_over: str | None,
    retired: tuple[str, ...],
    plans: tuple[Path, ...],
) -> int:
    """Publish a folder of definitions, whole, or one of the company's files. Open tickets stay on the version
    they were opened with, unless a plan moves them; exit code 1 if one of those had to stay.

    The folder keeps a record of what it was made from. Where others have published meanwhile, nothing is
    published, and the difference is shown; `huifang pull` takes it in.
    """
    place, spoken = path or context.settings.definitions, terminal_language(os.environ, "en")
    if place.is_file():
        with context.desk() as desk:
            author = None if dry_run else _write_authorship(desk, by, take_over or reason, approved_by)
            made_from, over = parse_bases(desk, named), take_over is not None
            publish_company_file(desk, place, made_from, author, over=over)
        return 0
    folder = read_folder(place, languages=context.settings.languages)
    with context.desk() as desk:
        record = FolderRecord.read(place)
        bases = None if take_over else record.bases(desk.definition_store) | parse_bases(desk, named)
        moving = frozenset(each for plan in plans for each in _read_moves(desk, plan, folder))
        reviewed = desk.gate.review_folder(folder, wallclock.now(), moving)
        _print_changes(desk, folder.definitions.values())
        _print_broken_rules(desk)
        print_findings(reviewed)
        for text in write_impact(reviewed, spoken):
            click.echo(f"\n{text}", nl=False)
        with shown_difference():
            desk.definitions.check_bases(folder, bases)
        refuse_blocked(reviewed.blocking)
        if not dry_run:
            why = take_over or reason
            authorship = _write_authorship(desk, by, why, approved_by)
            _publish(desk, reviewed, record, authorship, bases)
            left = replace(authorship, reason=why or "it left the folder")
            for name in retired:
                retire_process(desk, name, left)
            return max((_run_plan_file(desk, plan) for plan in plans), default=0)
    return 0


def _write_authorship(desk: Desk, by: str | None, why: str | None, approved_by: str | None) -> Authorship:
    second = find_publisher(desk, approved_by) if approved_by else None
    return Authorship(at=wallclock.now(), by=find_publisher(desk, by), reason=why, approved_by=second)


def _read_moves(desk: Desk, plan: Path, folder: Folder) -> Iterator[tuple[str, int]]:
    """The versions whose tickets a plan moves to what the folder puts in force."""
    known = {each.name: each.digest for each in desk.definitions.in_force()}
    coming = {name: each for name, each in folder.definitions.items() if known.get(name) != each.digest}
    for move in read_plan_file(desk, plan, coming).moves:
        yield from ((move.process, version) for version in move.sources)


def _run_plan_file(desk: Desk, plan: Path) -> int:
    return run_plan(desk, plan.read_text("utf-8-sig"), read_plan_file(desk, plan))


def _publish(
    desk: Desk,
    reviewed: Review,
    record: FolderRecord,
    authorship: Authorship,
    bases: Mapping[FileKey, str] | None,
) -> None:
    before, store = _company_versions(desk), desk.definition_store
    with shown_difference():
        done = desk.gate.publish_folder(reviewed, authorship, bases)
    new = [name for name, version in _company_versions(desk).items() if before[name] != version]
    beside = f", and {', '.join(new)}" if new else ""
    click.echo(f"published {sum(each.changed for each in done)} of {len(done)} processes{beside}")
    files = list_files(reviewed.proposal.after, store.latest)
    try:
        record.write(store, {key: digest_of(text) for key, text in files.items()})
    except OSError as error:
        missing = "the next publication will need --base or --take-over"
        click.echo(f"warning: {record.file} cannot be written ({error.strerror}): {missing}", err=True)


def _company_versions(desk: Desk) -> dict[str, int]:
    """The published versions of the company's files (calendars, organisation and others)."""
    latest = {name: desk.definition_store.latest(kind, name) for name, kind in FILE_KINDS.items()}
    return {name: found.version if found else 0 for name, found in latest.items()}


def _print_changes(desk: Desk, definitions: Iterable[Definition]) -> None:
    """Print what publishing changes in each workflow, and for its open tickets."""
    for definition in definitions:
        known = _current_definition(desk, definition.name)
        if known is None:
            click.echo(f"{definition.name}: new")
        elif known.digest != definition.digest:
            staying = sum(desk.counts.count_by_version(definition.name, DESK).values())
            click.echo(
                f"{definition.name}: version {known.version} -> {known.version + 1}"
                f", {staying} open tickets stay on their version"
            )


def _print_broken_rules(desk: Desk) -> None:
    """Print which versions in use break later rules: they go on under the rules of their time."""
    for name in desk.definitions.names():
        standing = desk.counts.count_by_version(name, DESK)
        for version in sorted({*standing, desk.definitions.latest(name).version}):
            if found := desk.definitions.get(name, version).objections:
                more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
                open_tickets = f"{standing.get(version, 0)} open tickets"
                line = f"{name} version {version} ({open_tickets}) is read by the rules of its day"
                click.echo(f"warning: {line}: {found[0]}{more}", err=True)


def _current_definition(desk: Desk, name: str) -> Definition | PublishedVersion | None:
    """The newest version; its stored form if the definition can no longer be built."""
    try:
        return desk.definitions.latest(name)
    except Refusal:
        return desk.definition_store.latest("workflow", name)


@click.command()
@click.argument("what", type=click.Choice(tuple(_SCHEMAS)), default="process")
@click.option(
    "--file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A process: its names of states, fields, roles and others are offered as well.",
)
@with_context
def schema(context: CommandContext, what: str, file: Path | None) -> None:
    """Print the JSON Schema of a process, of a company file, or of a migration plan, for editors."""
    languages = context.settings.languages
    made = _SCHEMAS[what](languages)
    if file is not None:
        if what != "process":
            raise click.UsageError("--file goes with the schema of a process")
        home = find_home_folder(file)
        company, _ = read_context(company_files(home), str(home), languages=languages)
        data = SourceFile(file.read_bytes(), str(file)).data
        made = add_examples(made, find_completions(data, company, find_process_files(home)))
    click.echo(orjson.dumps(made, option=orjson.OPT_INDENT_2).decode())
