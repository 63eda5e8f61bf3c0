"""`huifang pull`: what is in force comes into a folder of definitions."""

from __future__ import annotations

from pathlib import Path

import click

from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.folder_record import FolderRecord
from workflows.definitions.base import show_difference
from workflows.definitions.folder_base import FileKey
from workflows.language.builder.context import digest_of
from workflows.language.load import find_process_files
from workflows.storage.definitions import PublishedVersion
from workflows.suggestions import did_you_mean
from workflows.versions import WORKFLOW

BESIDE = ".in-force"
"""The ending of a text that is put beside a file that was changed in the folder as well."""


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--merged", multiple=True, metavar="NAME", help="Has what is in force already: you took it in.")
@with_context
def pull(context: CommandContext, path: Path | None, merged: tuple[str, ...]) -> None:
    """Bring the texts in force into a folder, so that it can be changed and published from there.

    A file that was changed in the folder and on the desk is left as it is: the text in force is put beside
    it, and the difference is shown.
    """
    folder = path or context.settings.definitions
    with context.desk() as desk:
        record, store = FolderRecord.read(folder), desk.definition_store
        known, bases, in_force = find_process_files(folder), record.bases(store), store.list()
        names = {each.name for each in in_force}
        for name in set(merged) - names:
            raise CommandRefused(f"{name} is not in force{did_you_mean(name, names)}")
        taken: dict[FileKey, str] = {}
        both = []
        lifecycle = desk.definitions.lifecycle()
        changes = {**lifecycle.retired, **lifecycle.renamed}
        for each in in_force:
            if each.kind == WORKFLOW and each.name in lifecycle.gone:
                continue
            key = (each.kind, each.name)
            file = folder / each.name
            if each.kind == WORKFLOW:
                file = known.get(each.name, folder / f"{each.name}.yaml")
            digest = digest_of(each.text)
            if _take_in(file, each, digest if each.name in merged else bases.get(key)):
                taken[key] = digest
            else:
                both.append(each.name)
                taken |= {key: bases[key]} if key in bases else {}
        for name in lifecycle.gone & known.keys():
            _remove(known[name], bases.get((WORKFLOW, name)), str(changes[name]), both)
        record.write(store, taken)
    if both:
        hint = (
            f"bring both together (the text in force ends with {BESIDE}), then `huifang pull --merged NAME`"
        )
        raise CommandRefused(f"changed here and on the desk: {', '.join(both)}; {hint}")


def _remove(file: Path, base: str | None, why: str, both: list[str]) -> None:
    """Remove the file of a process that is not published any more, unless it was changed here."""
    if digest_of(file.read_bytes().decode("utf-8", "replace")) != base:
        both.append(f"{file.name} ({why})")
        return
    file.unlink()
    click.echo(f"{file.name}: removed, since {why}")


def _take_in(file: Path, current: PublishedVersion, base: str | None) -> bool:
    """Whether the file has everything of the version in force, which is written where nothing is lost."""
    in_force, beside = current.text.encode(), file.with_name(file.name + BESIDE)
    before = file.read_bytes() if file.exists() else None
    if before == in_force or base == digest_of(current.text) or (before is None and not in_force):
        beside.unlink(missing_ok=True)
        return True
    shown = before.decode("utf-8", "replace") if before is not None else ""
    if before is None or digest_of(shown) == base:
        file.write_bytes(in_force)
        click.echo(f"{file.name}: version {current.version}")
        return True
    click.echo(show_difference(shown, current.text, str(file), f"{current.name}@{current.version}"), nl=False)
    beside.write_bytes(in_force)
    return False
