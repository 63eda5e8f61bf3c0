"""`huifang sites`: the estates that are looked after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo, available_timezones

import click

from service import wallclock
from service.bootstrap import Desk
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.people_args import OPERATOR, find_manager, find_site
from workflows.language.forms.field import FieldType
from workflows.language.forms.setting import Setting, check_settings
from workflows.storage.people.people import Site
from workflows.suggestions import did_you_mean
from workflows.timing.instants import to_datetime

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@click.group()
def sites() -> None:
    """Sites: the estates that are looked after."""


@sites.command()
@click.argument("site")
@click.argument("name")
@click.option("--zone", help="Its time zone; without it, as it was, or that of the company's calendars.")
@with_context
def add(context: CommandContext, site: str, name: str, zone: str | None) -> None:
    """Add a site, or change the name and zone of one. SITE is a short code such as `riverside`."""
    if not _ID.fullmatch(site):
        raise click.BadParameter(
            f"{site!r} is no code of lower-case letters, digits and hyphens", param_hint="SITE"
        )
    if zone is not None and zone not in available_timezones():
        raise click.BadParameter(
            f"unknown zone {zone!r}{did_you_mean(zone, available_timezones())}", param_hint="--zone"
        )
    with context.desk() as desk:
        known = {each.id: each for each in desk.people.sites()}
        before = known.get(site) or Site(id=site, name=name, zone=_company_zone(desk) if not zone else "")
        desk.people.store_site(replace(before, name=name, zone=ZoneInfo(zone or before.zone).key))
    click.echo(f"{'changed' if site in known else 'added'} {site}")


def _company_zone(desk: Desk) -> str:
    """The time zone that all calendars of the company share."""
    zones = {each.zone.key for each in desk.definitions.company().calendars.values()}
    if len(zones) != 1:
        raise CommandRefused("in which time zone is it? Say --zone Asia/Hong_Kong")
    return zones.pop()


@sites.command(name="list")
@with_context
def show(context: CommandContext) -> None:
    """List the sites."""
    with context.desk() as desk:
        for site in desk.people.sites():
            click.echo(f"{site.id}\t{site.name}\t{site.zone}")


@sites.command()
@click.argument("site")
@click.option("--history", is_flag=True, help="Who changed which setting, from what to what, oldest first.")
@with_context
def settings(context: CommandContext, site: str, history: bool) -> None:
    """Show what SITE has decided, and what holds where it has said nothing."""
    with context.desk() as desk:
        where = find_site(desk, site)
        if history:
            _print_history(desk, where)
            return
        stored = desk.people.settings(where.id)
        for name, setting in desk.definitions.company().settings.items():
            mark = "" if name in stored else "\t(default)"
            click.echo(f"{name}\t{_format_value(setting.value_at(stored))}{mark}")


@sites.command(name="set")
@click.argument("site")
@click.argument("values", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("--as", "account", metavar="ACCOUNT", help="Who decides it; without it, the command line.")
@with_context
def put(context: CommandContext, site: str, values: tuple[str, ...], account: str | None) -> None:
    """Say what SITE decides for itself, such as move_in_variant=b. NAME= alone gives the default back."""
    with context.desk() as desk:
        known, where = desk.definitions.company().settings, find_site(desk, site)
        actor = find_manager(desk, account, where) if account else OPERATOR
        before = desk.people.settings(where.id)
        new, reasons = check_settings(
            known, {name: _parse_value(known, name, text) for name, text in _parse_pairs(values) if text}
        )
        if reasons:
            raise CommandRefused("; ".join(reason.message for reason in reasons))
        unchanged = {name: value for name, value in before.items() if name not in dict(_parse_pairs(values))}
        if not desk.people.change_settings(site, before, {**unchanged, **new}, actor, wallclock.now()):
            raise CommandRefused("somebody has changed the settings meanwhile; try again")
    click.echo(f"{site}: {', '.join(name for name, _ in _parse_pairs(values))}")


def _print_history(desk: Desk, site: Site) -> None:
    after = 0
    while found := desk.people.settings_history(site.id, after):
        for each in found:
            at = to_datetime(each.at, ZoneInfo(site.zone))
            change = f"{_format_optional(each.before)} -> {_format_optional(each.after)}"
            click.echo(f"{at:%Y-%m-%d %H:%M:%S}\t{each.actor_name}\t{each.setting}\t{change}")
        after = found[-1].seq


def _format_optional(value: object) -> str:
    return "(default)" if value is None else _format_value(value)


def _parse_pairs(values: tuple[str, ...]) -> list[tuple[str, str]]:
    found = [value.partition("=") for value in values]
    for name, sign, text in found:
        if not sign:
            raise click.BadParameter(f"{name!r} is not NAME=VALUE", param_hint="NAME=VALUE")
        assert isinstance(text, str)
    return [(name.strip(), text.strip()) for name, _, text in found]


def _parse_value(known: Mapping[str, Setting], name: str, text: str) -> object:
    """The text as a value of the setting's type; left as it is if it is none, so that the check refuses
    it."""
    kind = known[name].field.type if name in known else FieldType.TEXT
    if kind is FieldType.BOOLEAN:
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind is FieldType.CHOICES:
        return [part.strip() for part in text.split(",")]
    if kind is FieldType.NUMBER:
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _format_value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
