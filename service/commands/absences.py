"""`huifang absences`: who is away, and their substitutes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from service import wallclock
from service.bootstrap import Desk
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.people_args import OPERATOR, find_account, find_site
from workflows.core.people import Absence
from workflows.storage.people.absence_changes import AbsenceChange
from workflows.storage.people.people import Site
from workflows.timing.instants import Instant, from_datetime, to_datetime

_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%d")


@click.group()
def absences() -> None:
    """Absences: who is away, and who stands in for them."""


@absences.command(name="list")
@click.argument("site")
@click.option("--history", is_flag=True, help="Who noted or struck which, oldest first.")
@with_context
def show(context: CommandContext, site: str, history: bool) -> None:
    """List who is away from SITE, or will be, with who stands in."""
    with context.desk() as desk:
        where = find_site(desk, site)
        names = {each.staff.id: each.staff.account for each in desk.people.all_accounts()}
        if history:
            for change in _load_changes(desk, where):
                line = f"{_format_time(change.at, where)}\t{change.actor_name}\t{change.kind}"
                click.echo(f"{line}\t{_format_absence(change.absence, where, names)}")
            return
        for each in desk.people.absences_since((where.id,), wallclock.now()):
            click.echo(_format_absence(each, where, names))


def _load_changes(desk: Desk, site: Site) -> Iterator[AbsenceChange]:
    after = 0
    while found := desk.people.absence_history(site.id, after):
        yield from found
        after = found[-1].seq


def _format_absence(absence: Absence, site: Site, names: Mapping[str, str]) -> str:
    stands_in = names.get(absence.substitute_id or "", "-")
    times = f"{_format_time(absence.from_at, site)}\t{_format_time(absence.to_at, site)}"
    return f"{names.get(absence.staff_id, absence.staff_id)}\t{times}\t{stands_in}"


@absences.command()
@click.argument("site")
@click.argument("account")
@click.argument("begins", metavar="FROM")
@click.argument("ends", metavar="TO")
@click.option("--substitute", metavar="ACCOUNT", help="Who stands in.")
@with_context
def add(
    context: CommandContext, site: str, account: str, begins: str, ends: str, substitute: str | None
) -> None:
    """Note that ACCOUNT is away from SITE from FROM until TO.

    FROM and TO are times of the site, such as "2026-03-02 09:00", or days.
    """
    with context.desk() as desk:
        where = find_site(desk, site)
        start, end = _parse_time(begins, where, "FROM"), _parse_time(ends, where, "TO")
        if end <= start:
            raise click.BadParameter("it must be later than FROM", param_hint="TO")
        if substitute and end - start > context.settings.api.longest_lending:
            raise click.BadParameter("longest_lending allows no substitute for so long", param_hint="TO")
        if substitute == account:
            raise click.BadParameter("somebody else must stand in", param_hint="--substitute")
        absence = Absence(
            site=where.id,
            staff_id=_find_member_id(desk, where, account),
            from_at=start,
            to_at=end,
            substitute_id=_find_member_id(desk, where, substitute) if substitute else None,
        )
        desk.people.store_absence(absence, OPERATOR, wallclock.now())
    click.echo(f"{account} is away from {_format_time(start, where)} until {_format_time(end, where)}")


@absences.command()
@click.argument("site")
@click.argument("account")
@click.argument("begins", metavar="FROM")
@with_context
def strike(context: CommandContext, site: str, account: str, begins: str) -> None:
    """Strike the absence of ACCOUNT that begins at FROM."""
    with context.desk() as desk:
        where = find_site(desk, site)
        start, who = _parse_time(begins, where, "FROM"), _find_member_id(desk, where, account)
        noted = desk.people.directory(where.id).absences.get(who, ())
        found = next((each for each in noted if each.from_at == start), None)
        if found is None:
            raise CommandRefused(f"{account} has no absence that begins at {_format_time(start, where)}")
        desk.people.delete_absence(found, OPERATOR, wallclock.now())
    click.echo("struck")


def _find_member_id(desk: Desk, site: Site, account: str) -> str:
    found = find_account(desk, account).staff
    if found.id not in desk.people.directory(site.id).staff:
        raise CommandRefused(f"{account} does not work at {site.id}")
    return found.id


def _parse_time(text: str, site: Site, hint: str) -> Instant:
    for form in _FORMS:
        try:
            local = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is put in
        except ValueError:
            continue
        return from_datetime(local.replace(tzinfo=ZoneInfo(site.zone)))
    raise click.BadParameter(f"{text!r} is no time; write 2026-03-02 09:00, or a day", param_hint=hint)


def _format_time(at: Instant, site: Site) -> str:
    return f"{to_datetime(at, ZoneInfo(site.zone)):%Y-%m-%d %H:%M}"
