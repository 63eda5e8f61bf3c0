"""`huifang accounts invite` and `reset`: a link by which somebody sets a password."""

from __future__ import annotations

import click

from service import password_links
from service.channels.letter import Undeliverable
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.people_args import command_line_author, find_account

_MAIL = click.option("--mail", is_flag=True, help="Send it to the account's e-mail address instead.")


@click.command()
@click.argument("account")
@_MAIL
@with_context
def invite(context: CommandContext, account: str, mail: bool) -> None:
    """Print a link by which ACCOUNT sets its first password. It works once; the newest one only."""
    _print_link(context, account, mail)


@click.command()
@click.argument("account")
@_MAIL
@with_context
def reset(context: CommandContext, account: str, mail: bool) -> None:
    """Print a link by which ACCOUNT sets a new password. Until then the old one holds."""
    _print_link(context, account, mail)


def _print_link(context: CommandContext, account: str, mail: bool) -> None:
    with context.desk() as desk:
        found = find_account(desk, account)
        if not found.active:
            raise CommandRefused(f"the account {account!r} is disabled")
        address = desk.people.contact(found.staff.id).get("mail", "") if mail else ""
        if mail and not desk.settings.channels.base_url:
            raise CommandRefused("a link that is sent needs [channels] base_url, where the desk is reached")
        if mail and not address:
            raise CommandRefused(
                f"{account} has no e-mail address: huifang accounts set {account} --mail ADDRESS"
            )
        link = password_links.create_password_link(desk, found.staff, command_line_author())
        if not mail:
            click.echo(link)
            return
        try:
            password_links.send_password_link(desk, found.staff, address, link)
        except Undeliverable as error:
            raise CommandRefused(f"the link could not be sent: {error.reason}") from None
    click.echo(f"a link is sent to {account}")


COMMANDS = (invite, reset)
