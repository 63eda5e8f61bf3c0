"""`huifang schedules` and `announce`: scheduled tickets, and the events that schedules depend on."""

from __future__ import annotations

from collections.abc import Iterator

import click
import orjson

from service import wallclock
from service.api.http.ids import new_id
from service.bootstrap import Desk
from service.commands.context import CommandContext, CommandRefused, with_context
from workflows.core.access.permissions import build_actor
from workflows.language.forms.field import FieldType
from workflows.language.schedule_spec import EventKind
from workflows.suggestions import did_you_mean
from workflows.timing.instants import Instant, rfc3339

_PLAIN = frozenset(FieldType) - {
    FieldType.NUMBER,
    FieldType.BOOLEAN,
    FieldType.CHOICES,
    FieldType.TABLE,
    FieldType.CHECKLIST,
}
_SITE = click.option("--site", help="One site only.")


@click.group(invoke_without_command=True)
@click.pass_context
def schedules(context: click.Context) -> int:
    """What is opened by itself; without more, the next slots."""
    return 0 if context.invoked_subcommand else int(context.invoke(upcoming))


@schedules.command(name="next")
@_SITE
@click.option("--days", type=click.IntRange(1, 800), default=7, show_default=True, help="How far ahead.")
@with_context
def upcoming(context: CommandContext, site: str | None, days: int) -> int:
    """List the slots that are opened next. Exit code 1 if a schedule cannot be kept."""
    with context.desk() as desk:
        now = wallclock.now()
        for line in _upcoming_lines(desk, _chosen_sites(desk, site), now, now + days * 86_400):
            click.echo(line)
        broken = desk.definitions.plan().broken
    for name, why in broken.items():
        click.echo(f"{name} cannot be kept: {why}", err=True)
    return 1 if broken else 0


def _upcoming_lines(desk: Desk, sites: list[str], start: Instant, end: Instant) -> Iterator[str]:
    found = desk.schedules.due_between(start, end, sites)
    for each in found:
        yield f"{rfc3339(each.opens_at)}\t{each.site}\t{each.schedule}\tfor {rfc3339(each.at)}"
    if not found:
        yield "nothing is opened by itself in that time"


@schedules.command()
@_SITE
@with_context
def parked(context: CommandContext, site: str | None) -> None:
    """List the slots that could not be opened, with the reason."""
    with context.desk() as desk:
        for run in desk.runs.parked_runs(_chosen_sites(desk, site)):
            each = run.occurrence
            click.echo(f"{each.site}\t{each.schedule}\t{each.key}\t{run.opened} opened\t{run.reason}")


@schedules.command()
@click.argument("site")
@click.argument("schedule")
@click.argument("key")
@with_context
def retry(context: CommandContext, site: str, schedule: str, key: str) -> None:
    """Let the clock open a parked slot once more: SITE, SCHEDULE and KEY as `parked` shows them."""
    with context.desk() as desk:
        if not desk.runs.retry(site, schedule, key):
            raise CommandRefused("nothing is parked there")
    click.echo("it will be opened again")


def _chosen_sites(desk: Desk, named: str | None) -> list[str]:
    """The id of the named site, or of all."""
    known = [site.id for site in desk.people.sites()]
    if named is not None and named not in known:
        raise CommandRefused(f"unknown site {named!r}{did_you_mean(named, known)}")
    return known if named is None else [named]


@click.command()
@click.argument("event")
@click.argument("values", nargs=-1)
@click.option("--site", help="Where; needed if there are several sites.")
@click.option("--as", "account", required=True, help="The account of who announces it.")
@with_context
def announce(
    context: CommandContext, event: str, values: tuple[str, ...], site: str | None, account: str
) -> None:
    """Announce EVENT; VALUES fill its form, `expected_at=2026-06-01T14:00:00+08:00`."""
    with context.desk() as desk:
        sites = _chosen_sites(desk, site)
        if len(sites) != 1:
            raise CommandRefused(f"say --site: {', '.join(sites) or 'there is none yet'}")
        staff = desk.people.account(account)
        if staff is None or not staff.active:
            raise CommandRefused(f"there is no account {account!r}")
        data = dict(_parse_values(values, desk.announcements.find(event)))
        now = wallclock.now()
        actor = build_actor(staff.staff, sites[0], "cli")
        announced = desk.announcements.announce(event, sites[0], actor, data, now, new_id(now))
    click.echo(f"announced {announced.name} at {announced.site} ({announced.id})")


def _parse_values(values: tuple[str, ...], kind: EventKind) -> Iterator[tuple[str, object]]:
    """The fields of the event's form. A value for a field that is no plain text is parsed as JSON."""
    for each in values:
        name, sign, value = each.partition("=")
        if not sign:
            raise click.BadParameter(f"{each!r}: write field=value", param_hint="VALUES")
        field = kind.fields.get(name)
        if field is None or field.type in _PLAIN:
            yield name, value
            continue
        try:
            yield name, orjson.loads(value)
        except orjson.JSONDecodeError:
            yield name, value  # the form says what it wants
