"""`huifang outbox`: messages that wait, that left, and that never will by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click

from service import wallclock
from service.commands.context import Context, Refused, with_context
from service.wiring import Desk
from workflows.storage.views import OutboxRow
from workflows.timing.instants import rfc3339


@click.group()
def outbox() -> None:
    """Messages that wait to be sent, and those that could not be."""


@outbox.command(name="list")
@click.option("--status", type=click.Choice(("pending", "sent", "dead")), default="dead", show_default=True)
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@with_context
def show(context: Context, status: str, limit: int) -> None:
    """List messages, oldest first, with the reason of the last failure."""
    with context.desk() as desk:
        for message, _ in zip(_messages(desk, status), range(limit), strict=False):
            why = f"\t{message.last_error}" if message.last_error else ""
            click.echo(
                f"{message.id}\t{rfc3339(message.created_at)}\t{message.kind}\t{message.role}"
                f"\t{message.attempts} tries{why}"
            )


@outbox.command()
@click.argument("messages", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that are dead.")
@with_context
def requeue(context: Context, messages: tuple[str, ...], everything: bool) -> None:
    """Try dead MESSAGES once more; by the ids that `list` shows."""
    if bool(messages) == everything:
        raise click.UsageError("name the messages, or say --all")
    with context.desk() as desk:
        dead = {message.id: message for message in _messages(desk, "dead")}
        unknown = [name for name in messages if name not in dead]
        if unknown:
            raise Refused(f"not among the dead messages: {', '.join(unknown)}")
        chosen = [dead[name] for name in (messages or dead)]
        count = sum(desk.outbox.requeue(each.site, each.id, wallclock.now()) for each in chosen)
    click.echo(f"{count} will be tried again")


def _messages(desk: Desk, status: str) -> Iterator[OutboxRow]:
    cursor: str | None = None
    while True:
        page = desk.queries.messages(status, cursor, 200)
        yield from page.messages
        if page.next is None:
            return
        cursor = page.next
