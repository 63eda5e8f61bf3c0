"""`huifang check`, `publish` and `schema`: the processes as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import orjson

from service import wallclock
from service.commands.context import Context, Refused, with_context
from service.wiring import Desk
from workflows.core.visibility import DESK
from workflows.language.building.company import NEEDED
from workflows.language.checking.check import check as judge
from workflows.language.definition import Definition
from workflows.language.problems import Problem, errors
from workflows.language.reading import Folder, read_folder
from workflows.language.schema import json_schema, reports_schema, schedules_schema

_SCHEMAS = {"process": json_schema, "schedules": schedules_schema, "reports": reports_schema}
_PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))


@click.command()
@_PATHS
@with_context
def check(context: Context, paths: tuple[Path, ...]) -> int:
    """Check definitions: folders, or single files of one. Prints file:line:column of every problem."""
    chosen = paths or (context.settings.definitions,)
    found = list(dict.fromkeys(problem for path in chosen for problem in _problems(path)))
    for problem in found:
        click.echo(str(problem))
    wrong = len(errors(found))
    if wrong:
        click.echo(f"{wrong} errors", err=True)
        return 1
    click.echo("nothing is wrong" + (f", {len(found)} warnings" if found else ""), err=True)
    return 0


def _problems(path: Path) -> Iterator[Problem]:
    """What is wrong in a folder; of a single file, what is wrong in it as a part of its folder."""
    folder = read_folder(path if path.is_dir() else _home(path))
    for problem in (*folder.problems, *_judged(folder)):
        files = (problem.file, problem.used_in or problem.file)
        if path.is_dir() or any(Path(file).resolve() == path.resolve() for file in files):
            yield problem


def _judged(folder: Folder) -> Iterator[Problem]:
    for name, definition in folder.definitions.items():
        yield from judge(definition, folder.definitions, folder.sources[name])


def _home(file: Path) -> Path:
    """The folder whose organisation the file belongs to."""
    for folder in file.resolve().parents:
        if all((folder / name).exists() for name in NEEDED):
            return folder
    raise Refused(f"{file}: no folder above it has {', '.join(NEEDED)}")


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@with_context
def publish(context: Context, path: Path | None, dry_run: bool) -> None:
    """Publish a folder of definitions, whole. Open tickets stay on the version they were opened with."""
    folder = read_folder(path or context.settings.definitions)
    with context.desk() as desk:
        _tell(desk, folder.definitions.values())
        if not dry_run:
            by = "command line"
            changed = sum(each.changed for each in desk.library.publish(folder, wallclock.now(), by))
            click.echo(f"published {changed} of {len(folder.definitions)}")
    if dry_run and folder.errors:
        raise Refused(f"{len(folder.errors)} errors; see `huifang check`")


def _tell(desk: Desk, definitions: Iterable[Definition]) -> None:
    """Say what publishing does to each workflow and to its open tickets."""
    for definition in definitions:
        known = desk.shelf.latest("workflow", definition.name)
        if known is None:
            click.echo(f"{definition.name}: new")
        elif known.digest != definition.digest:
            staying = sum(desk.queries.versions(definition.name, DESK).values())
            click.echo(
                f"{definition.name}: version {known.version} -> {known.version + 1}"
                f", {staying} open tickets stay on their version"
            )


@click.command()
@click.argument("what", type=click.Choice(tuple(_SCHEMAS)), default="process")
def schema(what: str) -> None:
    """Print the JSON Schema of a process, or of schedules.yaml, for editors."""
    click.echo(orjson.dumps(_SCHEMAS[what](), option=orjson.OPT_INDENT_2).decode())


COMMANDS = (check, publish, schema)
