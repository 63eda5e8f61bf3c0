"""`huifang sites`: the estates that are looked after."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, available_timezones

import click

from service.commands.context import Context, with_context
from workflows.storage.people import Site
from workflows.timing.problems import did_you_mean

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@click.group()
def sites() -> None:
    """Sites: the estates that are looked after."""


@sites.command()
@click.argument("site")
@click.argument("name")
@click.option("--zone", default="Asia/Shanghai", show_default=True, help="Its time zone.")
@with_context
def add(context: Context, site: str, name: str, zone: str) -> None:
    """Add a site, or change the name and zone of one. SITE is a short code such as `riverside`."""
    if not _ID.fullmatch(site):
        raise click.BadParameter(
            f"{site!r} is no code of lower-case letters, digits and hyphens", param_hint="SITE"
        )
    if zone not in available_timezones():
        raise click.BadParameter(
            f"unknown zone {zone!r}{did_you_mean(zone, available_timezones())}", param_hint="--zone"
        )
    with context.desk() as desk:
        known = {each.id: each for each in desk.people.sites()}
        settings = known[site].settings if site in known else {}
        desk.people.put_site(Site(id=site, name=name, zone=ZoneInfo(zone).key, settings=settings))
    click.echo(f"{'changed' if site in known else 'added'} {site}")


@sites.command(name="list")
@with_context
def show(context: Context) -> None:
    """List the sites."""
    with context.desk() as desk:
        for site in desk.people.sites():
            click.echo(f"{site.id}\t{site.name}\t{site.zone}")
