"""`huifang tokens`: bearer tokens for programs."""

from __future__ import annotations

from uuid import uuid4

import click

from service import wallclock
from service.auth import hash_token, new_secret
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.people_args import command_line_author, find_account
from workflows.folding import has_unseen
from workflows.timing.durations import SECONDS_IN, Duration, DurationError
from workflows.timing.instants import rfc3339

_ACCOUNT = click.option("--account", required=True, help="Whose.")


@click.group()
def tokens() -> None:
    """Bearer tokens for programs."""


@tokens.command()
@_ACCOUNT
@click.option("--name", default="command line", show_default=True, help="What it is for.")
@click.option("--expires", metavar="DURATION", help="How long it is good for, such as '30 days'.")
@with_context
def issue(context: CommandContext, account: str, name: str, expires: str | None) -> None:
    """Issue a token and print it, and nothing else. It is not kept and cannot be shown again."""
    if not name.strip() or has_unseen(name):
        raise click.BadParameter("it must be a text that can be seen", param_hint="--name")
    life = _parse_seconds(expires) if expires else context.settings.api.token_life
    secret, now = new_secret(), wallclock.now()
    with context.desk() as desk:
        found = find_account(desk, account)
        if not found.active:
            raise CommandRefused(f"the account {account!r} is disabled")
        desk.tokens.issue(
            id=str(uuid4()),
            staff_id=found.staff.id,
            name=name,
            digest=hash_token(secret),
            scopes=(),
            expires_at=now + life,
            at=now,
        )
    click.echo(secret)


def _parse_seconds(text: str) -> int:
    try:
        duration = Duration.parse(text)
    except DurationError as error:
        raise click.BadParameter(str(error), param_hint="--expires") from None
    if duration.working:
        raise click.BadParameter("a token has no working hours; use time on the wall", param_hint="--expires")
    return duration.amount * SECONDS_IN[duration.unit]


@tokens.command()
@click.option("--account", help="Whose.")
@click.option("--everybody", is_flag=True, help="Those of all accounts.")
@with_context
def end(context: CommandContext, account: str | None, everybody: bool) -> None:
    """Make all tokens of an account worthless, or all of the desk."""
    if (account is None) is not everybody:
        raise click.UsageError("say --account ACCOUNT, or --everybody")
    with context.desk() as desk:
        owners = [find_account(desk, account)] if account is not None else desk.people.all_accounts()
        count = desk.accounts.revoke_tokens([each.staff for each in owners], command_line_author())
    click.echo(f"ended {count}")


@tokens.command(name="list")
@_ACCOUNT
@with_context
def show(context: CommandContext, account: str) -> None:
    """List an account's tokens, newest first."""
    with context.desk() as desk:
        for token in desk.tokens.list_of(find_account(desk, account).staff.id):
            until = rfc3339(token.expires_at) if token.expires_at is not None else "for ever"
            state = "revoked" if token.revoked_at is not None else f"until {until}"
            click.echo(f"{token.id}\t{token.name}\t{state}")


@tokens.command()
@_ACCOUNT
@click.argument("token")
@with_context
def revoke(context: CommandContext, account: str, token: str) -> None:
    """Make a token worthless. TOKEN is the id that `list` shows."""
    with context.desk() as desk:
        if not desk.tokens.revoke(find_account(desk, account).staff.id, token, wallclock.now()):
            raise CommandRefused(f"{account} has no such token that is still good")
    click.echo("revoked")
