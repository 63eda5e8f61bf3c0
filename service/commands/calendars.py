"""`huifang sites calendars`, `calendar`, `close` and `open`: opening hours and special days of a site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
import orjson

from service import wallclock
from service.bootstrap import Desk
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.people_args import OPERATOR, find_manager, find_site
from service.commands.progress import progress
from service.commands.sites import sites as sites
from workflows.core.commands import Actor
from workflows.language.schemas.load import SpecError
from workflows.replan import MovedPromise
from workflows.site_calendars import check_calendar, find_statement
from workflows.storage.people.people import Site
from workflows.suggestions import did_you_mean
from workflows.timing.calendars import Calendar
from workflows.timing.instants import Instant, to_datetime
from workflows.timing.site_calendar import SITE_KEYS, CalendarSpec, days_by_date

_SHOWN, _LONGEST = 20, 366
_AS = click.option("--as", "account", metavar="ACCOUNT", help="Who decides it; without it, the command line.")
_DRY = click.option("--dry-run", is_flag=True, help="Say which promises would move, and change nothing.")
_WHICH = click.option(
    "--calendar",
    "roles",
    multiple=True,
    help="Which calendar, also several times; without it, all that keep public holidays.",
)


@sites.command(name="calendars")
@click.argument("site")
@with_context
def show(context: CommandContext, site: str) -> None:
    """Show by which hours and days SITE lives, and what of it the site has said itself (*)."""
    with context.desk() as desk:
        where = find_site(desk, site)
        directory = desk.people.directory(where.id)
        for company in desk.definitions.company().calendars.values():
            in_force, statement = (
                desk.engine.calendars.at(directory, company),
                find_statement(directory, company.name).spec,
            )
            click.echo(f"{company.name}\t{in_force.zone.key}")
            for key in SITE_KEYS:
                if key in in_force.spec:
                    mark = " *" if key in statement else ""
                    click.echo(f"  {key}: {orjson.dumps(in_force.spec[key]).decode()}{mark}")
            for warning in in_force.warnings(to_datetime(wallclock.now(), in_force.zone).date()):
                click.echo(f"  warning: {warning}", err=True)


@sites.command(name="calendar")
@click.argument("site")
@click.argument("role")
@click.argument("values", nargs=-1, required=True, metavar="KEY=VALUE...")
@_DRY
@_AS
@with_context
def put(
    context: CommandContext, site: str, role: str, values: tuple[str, ...], dry_run: bool, account: str | None
) -> None:
    """Say what the calendar ROLE is at SITE: holidays=HK, 'hours={"mon-fri": ["08:00-12:00"]}'.

    KEY= alone gives the company's back. Values are JSON, or plain words.
    """
    changes = dict(_parse_pairs(values))
    with context.desk() as desk:
        where = find_site(desk, site)
        before = dict(_site_calendar(desk, where, role))
        after = {key: value for key, value in {**before, **changes}.items() if value is not None}
        _change_calendars(desk, where, {role: after}, _find_actor(desk, account, where), dry_run)


@sites.command()
@click.argument("site")
@click.argument("days", metavar="DAY[..DAY]")
@click.option("--reason", required=True, help="Why; it stands in every explanation.")
@_WHICH
@_DRY
@_AS
@with_context
def close(
    context: CommandContext,
    site: str,
    days: str,
    reason: str,
    roles: tuple[str, ...],
    dry_run: bool,
    account: str | None,
) -> None:
    """Announce that SITE is closed on DAY, 2026-11-30 or 2026-11-30..2026-12-01. Open promises move."""
    closed_days = dict.fromkeys(_parse_days(days), reason)
    _announce_days(context, site, roles, ("closed", "open"), closed_days, dry_run, account)


@sites.command(name="open")
@click.argument("site")
@click.argument("days", metavar="DAY[..DAY]")
@click.option(
    "--hours", help="From when to when: 09:00-12:00,13:30-18:00; without it, those of a make-up day."
)
@click.option("--reason", default="", help="Why; it stands in every explanation.")
@_WHICH
@_DRY
@_AS
@with_context
def open_days(
    context: CommandContext,
    site: str,
    days: str,
    hours: str | None,
    reason: str,
    roles: tuple[str, ...],
    dry_run: bool,
    account: str | None,
) -> None:
    """Announce that SITE is open on DAY: a make-up day, or other hours than ordinarily."""
    day_spec: object = reason or None
    if hours:
        windows = [each.strip() for each in hours.split(",")]
        day_spec = {"hours": windows, **({"reason": reason} if reason else {})}
    _announce_days(
        context, site, roles, ("open", "closed"), dict.fromkeys(_parse_days(days), day_spec), dry_run, account
    )


def _announce_days(
    context: CommandContext,
    site: str,
    roles: tuple[str, ...],
    keys: tuple[str, str],
    days: Mapping[str, object],
    dry_run: bool,
    account: str | None,
) -> None:
    """Set days under the first of `keys`, and remove them from the second."""
    with context.desk() as desk:
        where = find_site(desk, site)
        specs: dict[str, CalendarSpec] = {}
        for role in roles or _calendars_with_holidays(desk, where):
            before, (target, other) = _site_calendar(desk, where, role), keys
            specs[role] = {
                **before,
                target: {**days_by_date(before.get(target)), **days},
                other: {
                    day: what for day, what in days_by_date(before.get(other)).items() if day not in days
                },
            }
        _change_calendars(desk, where, specs, _find_actor(desk, account, where), dry_run)


def _calendars_with_holidays(desk: Desk, site: Site) -> list[str]:
    directory = desk.people.directory(site.id)
    company = desk.definitions.company().calendars.values()
    names = [each.name for each in company if desk.engine.calendars.at(directory, each).timetable.holidays]
    if not names:
        raise CommandRefused("no calendar keeps public holidays there; say --calendar")
    return names


def _change_calendars(
    desk: Desk, site: Site, specs: Mapping[str, CalendarSpec], actor: Actor, dry_run: bool
) -> None:
    """Check all calendars, print what moves, and unless `dry_run`, store them and plan the clocks again."""
    now = wallclock.now()
    for role, spec in specs.items():
        _check_calendar(desk, site, role, spec)
    for role, spec in specs.items():
        _print_moved(
            role, desk.deadlines.preview(site.id, role, spec, now), desk.people.directory(site.id).zone
        )
    if dry_run:
        click.echo("nothing was changed")
        return
    for role, spec in specs.items():
        if not desk.people.change_calendar(site.id, role, _site_calendar(desk, site, role), spec, actor, now):
            raise CommandRefused(f"somebody has changed {role} meanwhile; try again")
        _replan_clocks(desk, site.id, role, now)
    click.echo(f"{site.id}: {', '.join(specs)}")


def _replan_clocks(desk: Desk, site: str, role: str, now: Instant) -> None:
    """Plan open clocks again, batch after batch. After an interruption the clock process continues."""
    with progress(f"planning {role}") as reached:
        done = 0
        while looked_at := desk.deadlines.replan_site(site, role, now):
            done += looked_at
            reached(done)


def _print_moved(role: str, moved: Iterable[MovedPromise], zone: str) -> None:
    count = 0
    for count, each in enumerate(moved, 1):
        if count <= _SHOWN:
            before, after = (_format_instant(each.due_at, zone) for each in each.replanned)
            click.echo(f"{each.ticket.number}\t{each.replanned.before.name}\t{before} -> {after}")
    more = f", {count - _SHOWN} of them not shown" if count > _SHOWN else ""
    click.echo(f"{role}: {count} promises move{more}")


def _format_instant(at: Instant | None, zone: str) -> str:
    return "resting" if at is None else f"{to_datetime(at, ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _check_calendar(desk: Desk, site: Site, role: str, data: CalendarSpec) -> None:
    try:
        check_calendar(_find_calendar(desk, role), data, site.zone)
    except SpecError as error:
        raise CommandRefused(str(error)) from None


def _site_calendar(desk: Desk, site: Site, role: str) -> CalendarSpec:
    _find_calendar(desk, role)
    return find_statement(desk.people.directory(site.id), role).spec


def _find_calendar(desk: Desk, role: str) -> Calendar:
    known = desk.definitions.company().calendars
    if role not in known:
        raise CommandRefused(f"there is no calendar {role!r}{did_you_mean(role, known)}")
    return known[role]


def _find_actor(desk: Desk, account: str | None, site: Site) -> Actor:
    return find_manager(desk, account, site) if account else OPERATOR


def _parse_pairs(values: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for each in values:
        key, sign, text = each.partition("=")
        if not sign or key.strip() not in SITE_KEYS:
            hint = did_you_mean(key.strip(), SITE_KEYS) if sign else ""
            raise click.BadParameter(f"{each!r}: write one of {', '.join(SITE_KEYS)} = its value{hint}")
        yield key.strip(), _parse_value(text.strip())


def _parse_value(text: str) -> object:
    try:
        return orjson.loads(text) if text else None
    except orjson.JSONDecodeError:
        return text


def _parse_days(text: str) -> list[str]:
    """The days of `2026-11-30`, or of the range `2026-11-30..2026-12-01`."""
    first, _, last = text.partition("..")
    try:
        start, end = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day; write 2026-11-30 or 2026-11-30..2026-12-01") from None
    if not 0 <= (end - start).days < _LONGEST:
        raise click.BadParameter(f"{text!r} is not a stretch of up to a year")
    return [(start + timedelta(days=count)).isoformat() for count in range((end - start).days + 1)]
