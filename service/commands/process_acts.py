"""`huifang take-back`, `retire`, `reinstate` and `rename`: what becomes of a process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from service import wallclock
from service.bootstrap import Desk
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.people_args import find_publisher
from workflows.core.access.visibility import DESK
from workflows.core.commands import Actor
from workflows.errors import Refusal
from workflows.storage.definitions import Authorship
from workflows.storage.queries.version_tickets import find_tickets_after


def _signed(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every act has: who, and why."""
    by = click.option("--by", "--as", "by", metavar="ACCOUNT", help="Who; else the user of the machine.")
    reason = click.option("--reason", required=True, help="Why; kept with the act.")
    return by(reason(command))


@click.command("take-back")
@click.argument("name")
@click.option("--to", required=True, type=click.IntRange(min=1), help="The version whose text is wanted.")
@_signed
@with_context
def take_back(context: CommandContext, name: str, to: int, by: str | None, reason: str) -> None:
    """Put the text of an earlier version of NAME in force again, as a new version."""
    with context.desk() as desk:
        authorship = _authorship(desk, by, reason)
        base = str(_refused(lambda: desk.definitions.latest(name)).version)
        done = _refused(lambda: desk.process_changes.take_back(name, to, authorship, base))
        click.echo(f"{done.name}: version {done.version} has the text of {to}")
        for each in find_tickets_after(desk.database, done.name, to, DESK):
            click.echo(f"{each.number}\t{each.site}\tstays on version {each.version}\tin {each.state}")


@click.command()
@click.argument("name")
@_signed
@with_context
def retire(context: CommandContext, name: str, by: str | None, reason: str) -> None:
    """Refuse new tickets of NAME from now on; open ones are finished."""
    with context.desk() as desk:
        authorship = _authorship(desk, by, reason)
        retire_process(desk, name, authorship)


def retire_process(desk: Desk, name: str, authorship: Authorship) -> None:
    """Retire a process, and say how many tickets are still to be finished."""
    _refused(lambda: desk.process_changes.retire(name, _actor(desk, authorship), authorship))
    standing = sum(desk.counts.count_by_version(name, DESK).values())
    click.echo(f"{name} is retired: {standing} open tickets are finished, new ones are refused")


@click.command()
@click.argument("name")
@_signed
@with_context
def reinstate(context: CommandContext, name: str, by: str | None, reason: str) -> None:
    """Take new tickets of the retired process NAME again."""
    with context.desk() as desk:
        authorship = _authorship(desk, by, reason)
        _refused(lambda: desk.process_changes.reinstate(name, _actor(desk, authorship), authorship))
        click.echo(f"{name} is in force again")


@click.command()
@click.argument("name")
@click.argument("new_name")
@_signed
@with_context
def rename(context: CommandContext, name: str, new_name: str, by: str | None, reason: str) -> None:
    """Give the process NAME a new name. The former one still opens and finds tickets."""
    with context.desk() as desk:
        authorship = _authorship(desk, by, reason)
        actor = _actor(desk, authorship)
        _refused(lambda: desk.process_changes.rename(name, new_name, actor, authorship))
        standing = sum(desk.counts.count_by_version(name, DESK).values())
        click.echo(f"{name} is {new_name} now; {standing} open tickets stay on their version")


def _authorship(desk: Desk, by: str | None, reason: str) -> Authorship:
    return Authorship(at=wallclock.now(), by=find_publisher(desk, by), reason=reason)


def _actor(desk: Desk, authorship: Authorship) -> Actor:
    name = desk.definition_store.author_name(authorship.by)
    return Actor(id=authorship.by, name=name, surface="cli")


def _refused(act: Callable[[], Any]) -> Any:
    """The result of an act; a refusal ends the command."""
    try:
        return act()
    except Refusal as refusal:
        raise CommandRefused(str(refusal)) from refusal
