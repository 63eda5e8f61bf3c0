"""`huifang rosters`: sign people in and out, and see whose turn it is."""

from __future__ import annotations

import click

from service import wallclock
from service.commands.context import Context, Refused, with_context
from service.commands.staffing import account_of, site_of
from service.texts import say
from service.wiring import Desk
from workflows.core.commands import Actor
from workflows.core.turns.happenings import Happening
from workflows.core.turns.receiving import Visit, receive
from workflows.core.turns.rota import Kept
from workflows.errors import Refusal
from workflows.language.rulebooks import LEAVES, REPORTS
from workflows.rostering import Report
from workflows.timing.instants import to_datetime


@click.group()
def rosters() -> None:
    """Rosters: the order in which people take turns."""


@rosters.command(name="list")
@with_context
def show_all(context: Context) -> None:
    """List the rosters that the published definitions keep."""
    with context.desk() as desk:
        for spec, _ in desk.library.rosters().values():
            click.echo(f"{spec.name}\t{spec.members}\t{spec.rulebook or '-'}\t{spec.title.get('en', '')}")


@rosters.command()
@click.argument("site")
@click.argument("roster")
@with_context
def show(context: Context, site: str, roster: str) -> None:
    """Show who has signed in to ROSTER at SITE today, whose turn it is, and why."""
    with context.desk() as desk:
        kept, now = _kept(desk, site, roster), wallclock.now()
        today = kept.today(now)
        local = to_datetime(now, kept.calendar.zone)
        names = {each.id: each.account for each in desk.people.directory(site).staff.values()}
        click.echo(f"{today.day}\tround {today.round}")
        for place in today.places:
            owed = sum(each.person == place.person for each in today.make_ups)
            busy = f", receiving {len(place.receiving)}" if place.receiving else ""
            counts = f"{place.used} used, {place.lost} lost, {owed} to make up{busy}"
            click.echo(f"{names.get(place.person, place.person)}\t{place.presence}\t{counts}")
        if "new-client" in kept.rules.table:
            found = receive(
                today, kept.rules, Visit(ticket="", occasion="new-client", time=local.strftime("%H:%M"))
            )
            click.echo(f"next: {names.get(found.person or '', 'nobody')}")
            for verdict in found.verdicts:
                why = say("en", "turns", verdict.why) or verdict.why
                click.echo(f"  {names.get(verdict.person, verdict.person)}: {why}")


@rosters.command()
@click.argument("site")
@click.argument("roster")
@click.argument("what", type=click.Choice(REPORTS), metavar="MARK")
@click.argument("account")
@click.option("--leave", type=click.Choice(LEAVES), default="private", show_default=True, help="Why away.")
@click.option("--substitute", help="The account that receives meanwhile.")
@click.option("--ability", type=click.IntRange(0, 1_000), help="100 = an ordinary one.")
@click.option("--rests", multiple=True, type=click.IntRange(1, 7), help="A weekly day of rest, 1 = Monday.")
@click.option("--off-shift", is_flag=True, help="Signs in outside his own shift.")
@with_context
def mark(
    context: Context,
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
        kept = _kept(desk, site, roster)
        roles = kept.rules.kept_by | kept.rules.led_by
        happening = Happening(
            kind=what,
            person=account_of(desk, account).staff.id,
            leave=leave,
            substitute=account_of(desk, substitute).staff.id if substitute else None,
            ability=ability,
            rests=frozenset(rests) or None,
            off_shift=off_shift,
        )
        actor = Actor(id="system", name="command line", roles=roles, surface="cli")
        report = Report(site=site, roster=roster, actor=actor, what=happening)
        try:
            desk.engine.rosters.report(report, wallclock.now())
        except Refusal as refusal:
            raise Refused(f"{account} {refusal}") from None
    click.echo(f"{account}: {what}")


def _kept(desk: Desk, site: str, roster: str) -> Kept:
    """The roster; a refusal says what was probably meant."""
    return desk.engine.rosters.kept(site_of(desk, site).id, roster)
