"""`huifang versions`, `show` and `company`: every version of a process or company's file, and its text."""

from __future__ import annotations

import click

from service.bootstrap import Desk
from service.commands.context import CommandContext, CommandRefused, with_context
from workflows.core.access.visibility import DESK
from workflows.definitions.folder_base import FILE_KINDS
from workflows.errors import Refusal
from workflows.storage.definitions import PublishedVersion
from workflows.timing.instants import rfc3339
from workflows.versions import WORKFLOW


@click.command()
@click.argument("name")
@with_context
def versions(context: CommandContext, name: str) -> None:
    """List the versions of the process or company's file NAME, newest first: who, when, from which, why."""
    with context.desk() as desk:
        if name in FILE_KINDS:
            _print_file_versions(desk, name)
            return
        newest, lifecycle = _find_newest(desk, name), desk.definitions.lifecycle()
        renamed = lifecycle.renamed.get(name)
        newest_state = "retired" if name in lifecycle.retired else "in force"
        newest_state = f"now {renamed.renamed_to}" if renamed else newest_state
        standing = desk.counts.count_by_version(name, DESK)
        store = desk.definition_store
        for each in reversed(store.versions(WORKFLOW, name)):
            state = newest_state if each.version == newest else "earlier"
            made = f"from {each.based_on}" if each.based_on else "new"
            who, when = store.author_name(each.published_by), rfc3339(each.published_at)
            parts = [str(each.version), state, when, who, made, f"{standing.get(each.version, 0)} open"]
            click.echo("\t".join([*parts, *_describe_ending(desk, each)]).rstrip())


@click.command()
@click.argument("name")
@click.option("--version", type=click.IntRange(min=1), help="An earlier version; else the one in force.")
@with_context
def show(context: CommandContext, name: str, version: int | None) -> None:
    """Print the text of the process or company's file NAME as it was published."""
    with context.desk() as desk:
        if name in FILE_KINDS:
            text = _find_file(desk, name, version).text
            click.echo(text, nl=not text.endswith("\n"))
            return
        newest = _find_newest(desk, name)
        found = desk.definition_store.get(WORKFLOW, name, version or newest)
        if found is None:
            raise CommandRefused(f"{name} has no version {version}; the newest is {newest}")
        click.echo(found.text, nl=not found.text.endswith("\n"))


def _find_newest(desk: Desk, name: str) -> int:
    try:
        desk.definitions.latest(name)
        return desk.definitions.current_versions()[name]
    except Refusal as refusal:
        raise CommandRefused(str(refusal)) from refusal


@click.command()
@with_context
def company(context: CommandContext) -> None:
    """List the company's files in force: calendars, organisation and others, with who published them."""
    with context.desk() as desk:
        for each in desk.company_files.list():
            click.echo("\t".join([each.name, *_describe(desk, each)]).rstrip())


def _print_file_versions(desk: Desk, name: str) -> None:
    newest = _find_file(desk, name).version
    for each in reversed(desk.company_files.versions(name)):
        number, *rest = _describe(desk, each)
        state = "in force" if each.version == newest else "earlier"
        click.echo("\t".join([number, state, *rest]).rstrip())


def _find_file(desk: Desk, name: str, version: int | None = None) -> PublishedVersion:
    try:
        return desk.company_files.find(name, version)
    except Refusal as refusal:
        raise CommandRefused(str(refusal)) from refusal


def _describe(desk: Desk, each: PublishedVersion) -> list[str]:
    """Version, time, author, what it was made from; digest, reason, approval."""
    made = f"from {each.based_on}" if each.based_on else "new"
    who = desk.definition_store.author_name(each.published_by)
    return [str(each.version), rfc3339(each.published_at), who, made, *_describe_ending(desk, each)]


def _describe_ending(desk: Desk, each: PublishedVersion) -> list[str]:
    found = [each.digest[:12], each.reason or ""]
    if each.approved_by:
        found.append(f"approved by {desk.definition_store.author_name(each.approved_by)}")
    return found
