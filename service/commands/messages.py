"""`huifang outbox`: messages that wait, what became of the others, and why."""

from __future__ import annotations

from collections.abc import Iterator

import click

from service import wallclock
from service.bootstrap import Desk
from service.commands.context import CommandContext, CommandRefused, with_context
from workflows.storage.deliveries import DEAD, REPEATABLE, STATUSES
from workflows.storage.outbox_messages import OutboxMessage
from workflows.storage.queries.messages import ALL_WAITING
from workflows.timing.instants import rfc3339


@click.group()
def outbox() -> None:
    """Messages that wait to be sent, and those that could not be."""


@outbox.command(name="list")
@click.option("--status", type=click.Choice((ALL_WAITING, *STATUSES)), default="dead", show_default=True)
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@with_context
def show(context: CommandContext, status: str, limit: int) -> None:
    """List messages, oldest first, each with its channel and the reason why it was not sent."""
    with context.desk() as desk:
        for message, _ in zip(_load_messages(desk, status), range(limit), strict=False):
            why = f"\t{message.last_error}" if message.last_error else ""
            click.echo(
                f"{message.id}\t{rfc3339(message.created_at)}\t{message.kind}\t{message.role}"
                f"\t{message.status}\t{message.channel or '-'}\t{message.attempts} tries{why}"
            )


@outbox.command()
@click.argument("messages", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All with this --status.")
@click.option("--status", type=click.Choice(REPEATABLE), default=DEAD, show_default=True)
@with_context
def requeue(context: CommandContext, messages: tuple[str, ...], everything: bool, status: str) -> None:
    """Try MESSAGES once more that are dead, were only logged or had no address; by the ids of `list`."""
    if bool(messages) == everything:
        raise click.UsageError("name the messages, or say --all")
    with context.desk() as desk:
        found = {message.id: message for message in _load_messages(desk, status)}
        unknown = [name for name in messages if name not in found]
        if unknown:
            raise CommandRefused(f"not among the {status} messages: {', '.join(unknown)}")
        chosen = [found[name] for name in (messages or found)]
        count = sum(desk.outbox.requeue(each.site, each.id, wallclock.now()) for each in chosen)
    click.echo(f"{count} will be tried again")


def _load_messages(desk: Desk, status: str) -> Iterator[OutboxMessage]:
    cursor: str | None = None
    while True:
        page = desk.queries.messages(status, cursor, 200)
        yield from page.messages
        if page.next is None:
            return
        cursor = page.next
