"""`huifang parked`, `huifang unpark`: escalation levels that could not be fired, and trying them again."""

from __future__ import annotations

import click

from service import wallclock
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.people_args import find_manager, find_site
from workflows.core.access.visibility import DESK
from workflows.core.commands import Unpark


@click.command()
@click.option("--site", help="One site only.")
@with_context
def parked(context: CommandContext, site: str | None) -> None:
    """List the clocks of tickets that were set aside, with the reason. Slots: `huifang schedules parked`."""
    with context.desk() as desk:
        where = find_site(desk, site).id if site else None
        for each in desk.queries.parked_clocks():
            if where in (None, each.site):
                number = desk.engine.look(each.site, each.ticket, None).ticket.number
                click.echo(f"{each.site}\t{number}\t{each.clock}\t{each.reason}")


@click.command()
@click.argument("number")
@click.argument("clock")
@click.option("--site", required=True, help="Whose ticket it is.")
@click.option("--as", "account", required=True, metavar="ACCOUNT", help="Who looks after the desk there.")
@click.option("--note", required=True, help="Why it is tried again; it stays in the history.")
@with_context
def unpark(context: CommandContext, number: str, clock: str, site: str, account: str, note: str) -> None:
    """Try again what CLOCK of the ticket NUMBER could not do; both as `parked` shows them."""
    with context.desk() as desk:
        where = find_site(desk, site)
        actor = find_manager(desk, account, where)
        found = desk.queries.find_by_number(number, (where.id,), DESK)
        if not found:
            raise CommandRefused(f"there is no ticket {number!r} at {where.id}")
        command = Unpark(site=where.id, ticket=found[0][1], actor=actor, clock=clock, note=note)
        desk.engine.do(command, wallclock.now())
    click.echo("it will be tried again")
