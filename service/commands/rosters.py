"""`huifang rosters`: sign people in and out, and show whose turn it is."""

from __future__ import annotations

import click

from service import wallclock
from service.bootstrap import Desk
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.people_args import find_account, find_site
from service.texts import say
from workflows.core.commands import Actor
from workflows.core.turns.assign_visit import Visit, assign_visit
from workflows.core.turns.events import RosterEvent
from workflows.core.turns.selection_context import RosterWithRules
from workflows.errors import Refusal
from workflows.language.reception_rulebooks import LEAVE_KINDS, ROSTER_REPORTS
from workflows.rosters import RosterCommand
from workflows.timing.instants import to_datetime


@click.group()
def rosters() -> None:
    """Rosters: the order in which people take turns."""


@rosters.command(name="list")
@with_context
def show_all(context: CommandContext) -> None:
    """List the rosters that the published definitions keep."""
    with context.desk() as desk:
        for spec, _ in desk.definitions.rosters().values():
            click.echo(f"{spec.name}\t{spec.members}\t{spec.rulebook or '-'}\t{spec.title.get('en', '')}")


@rosters.command()
@click.argument("site")
@click.argument("roster")
@with_context
def show(context: CommandContext, site: str, roster: str) -> None:
    """Show who has signed in to ROSTER at SITE today, whose turn it is, and why."""
    with context.desk() as desk:
        loaded, now = _load_roster(desk, site, roster), wallclock.now()
        today = loaded.today(now)
        local = to_datetime(now, loaded.calendar.zone)
        names = {each.id: each.account for each in desk.people.directory(site).staff.values()}
        click.echo(f"{today.day}\tround {today.round}")
        for place in today.places:
            owed = sum(each.person == place.person for each in today.make_ups)
            busy = f", receiving {len(place.receiving)}" if place.receiving else ""
            counts = f"{place.used} used, {place.lost} lost, {owed} to make up{busy}"
            click.echo(f"{names.get(place.person, place.person)}\t{place.presence}\t{counts}")
        if "new-client" in loaded.rules.table:
            found = assign_visit(
                today, loaded.rules, Visit(ticket="", occasion="new-client", time=local.strftime("%H:%M"))
            )
            click.echo(f"next: {names.get(found.person or '', 'nobody')}")
            for verdict in found.verdicts:
                why = say("en", "turns", verdict.why) or verdict.why
                click.echo(f"  {names.get(verdict.person, verdict.person)}: {why}")


@rosters.command()
@click.argument("site")
@click.argument("roster")
@click.argument("what", type=click.Choice(ROSTER_REPORTS), metavar="MARK")
@click.argument("account")
@click.option(
    "--leave", type=click.Choice(LEAVE_KINDS), default="private", show_default=True, help="Why away."
)
@click.option("--substitute", help="The account that receives meanwhile.")
@click.option("--ability", type=click.IntRange(0, 1_000), help="100 = an ordinary one.")
@click.option("--rests", multiple=True, type=click.IntRange(1, 7), help="A weekly day of rest, 1 = Monday.")
@click.option("--off-shift", is_flag=True, help="Signs in outside his own shift.")
@with_context
def mark(
    context: CommandContext,
    site: str,
    roster: str,
    what: str,
    account: str,
    leave: str,
    substitute: str | None,
    ability: int | None,
    rests: tuple[int, ...],
    off_shift: bool,
) -> None:
    """Tell ROSTER at SITE what has happened to ACCOUNT: sign-in, sign-out, leave, return, step-back,
    shift-over, permit, grant, lift or describe."""
    with context.desk() as desk:
        loaded = _load_roster(desk, site, roster)
        roles = loaded.rules.kept_by | loaded.rules.led_by
        happening = RosterEvent(
            kind=what,
            person=find_account(desk, account).staff.id,
            leave=leave,
            substitute=find_account(desk, substitute).staff.id if substitute else None,
            ability=ability,
            rests=frozenset(rests) or None,
            off_shift=off_shift,
        )
        actor = Actor(id="system", name="command line", roles=roles, surface="cli")
        report = RosterCommand(site=site, roster=roster, actor=actor, event=happening)
        try:
            desk.engine.rosters.apply(report, wallclock.now())
        except Refusal as refusal:
            raise CommandRefused(f"{account} {refusal}") from None
    click.echo(f"{account}: {what}")


def _load_roster(desk: Desk, site: str, roster: str) -> RosterWithRules:
    """The roster; CommandRefused with a suggestion if there is none."""
    return desk.engine.rosters.find(find_site(desk, site).id, roster)
