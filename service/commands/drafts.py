"""`huifang drafts`: texts that are not in force, and the second person who approves or rejects them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from service import wallclock
from service.bootstrap import Desk
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.folder_record import shown_difference
from service.commands.people_args import find_publisher
from workflows.errors import Refusal
from workflows.storage.definition_drafts import DefinitionDraft
from workflows.timing.instants import rfc3339

_BY = click.option("--by", "--as", "by", metavar="ACCOUNT", help="Who; else the user of the machine.")
_NAME, _DRAFT = click.argument("name"), click.argument("draft")


@click.group()
def drafts() -> None:
    """Texts that are not in force: your own, and what others have proposed."""


@drafts.command("list")
@_NAME
@_BY
@with_context
def list_drafts(context: CommandContext, name: str, by: str | None) -> None:
    """List the drafts of the process NAME, the last changed first."""
    with context.desk() as desk:
        for each in desk.drafts.list(name, find_publisher(desk, by)):
            author, when = desk.definition_store.author_name(each.author), rfc3339(each.changed_at)
            click.echo("\t".join((each.id, each.state, when, author, each.reason)).rstrip())


@drafts.command("show")
@_NAME
@_DRAFT
@_BY
@with_context
def show_draft(context: CommandContext, name: str, draft: str, by: str | None) -> None:
    """Show what DRAFT changes in the text of NAME that is in force."""
    with context.desk() as desk:
        found = _find(desk, name, draft, find_publisher(desk, by))
        current = desk.definition_store.latest("workflow", name)
        click.echo(desk.drafts.difference(found, current.text if current else ""), nl=False)


@drafts.command("publish")
@_NAME
@_DRAFT
@_BY
@with_context
def publish_draft(context: CommandContext, name: str, draft: str, by: str | None) -> None:
    """Publish your own DRAFT of NAME; where a site wants a second person, it is proposed."""
    with context.desk() as desk, _refused():
        who = find_publisher(desk, by)
        _tell(desk.drafts.publish(_find(desk, name, draft, who), who, wallclock.now()))


@drafts.command("approve")
@_NAME
@_DRAFT
@_BY
@with_context
def approve_draft(context: CommandContext, name: str, draft: str, by: str | None) -> None:
    """Publish what another person has proposed for NAME."""
    with context.desk() as desk, _refused():
        who = find_publisher(desk, by)
        _tell(desk.drafts.approve(_find(desk, name, draft, who), who, wallclock.now()))


@drafts.command("reject")
@_NAME
@_DRAFT
@click.option("--reason", required=True, help="Why; its author reads it.")
@_BY
@with_context
def reject_draft(context: CommandContext, name: str, draft: str, reason: str, by: str | None) -> None:
    """Give a proposal for NAME back to its author."""
    with context.desk() as desk, _refused():
        who = find_publisher(desk, by)
        _tell(desk.drafts.reject(_find(desk, name, draft, who), who, wallclock.now(), reason))


@contextmanager
def _refused() -> Iterator[None]:
    """A refusal ends the command; what others have changed is shown."""
    try:
        with shown_difference():
            yield
    except Refusal as refusal:
        raise CommandRefused(str(refusal)) from refusal


def _find(desk: Desk, name: str, draft: str, reader: str) -> DefinitionDraft:
    return desk.drafts.find(name, draft, reader)


def _tell(draft: DefinitionDraft) -> None:
    version = f" as version {draft.version}" if draft.version else ""
    click.echo(f"{draft.workflow} {draft.id} is {draft.state}{version}")
