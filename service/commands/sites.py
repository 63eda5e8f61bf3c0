"""`huifang sites`: the estates that are looked after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo, available_timezones

import click

from service import wallclock
from service.commands.context import Context, Refused, with_context
from service.commands.staffing import OPERATOR, manager_of, site_of
from service.wiring import Desk
from workflows.language.forms.field import FieldType
from workflows.language.forms.setting import Setting, judged
from workflows.storage.people import Site
from workflows.timing.instants import to_datetime
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


@sites.command()
@click.argument("site")
@click.option("--history", is_flag=True, help="Who changed which setting, from what to what, oldest first.")
@with_context
def settings(context: Context, site: str, history: bool) -> None:
    """Show what SITE has decided, and what holds where it has said nothing."""
    with context.desk() as desk:
        where = site_of(desk, site)
        if history:
            _tell_history(desk, where)
            return
        said = desk.people.settings(where.id)
        for name, setting in desk.library.company().settings.items():
            mark = "" if name in said else "\t(default)"
            click.echo(f"{name}\t{_spelled(setting.at(said))}{mark}")


@sites.command(name="set")
@click.argument("site")
@click.argument("values", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("--as", "account", metavar="ACCOUNT", help="Who decides it; without it, the command line.")
@with_context
def put(context: Context, site: str, values: tuple[str, ...], account: str | None) -> None:
    """Say what SITE decides for itself, such as move_in_variant=b. NAME= alone gives the default back."""
    with context.desk() as desk:
        known, where = desk.library.company().settings, site_of(desk, site)
        actor = manager_of(desk, account, where) if account else OPERATOR
        before = desk.people.settings(where.id)
        new, reasons = judged(
            known, {name: _value(known, name, text) for name, text in _pairs(values) if text}
        )
        if reasons:
            raise Refused("; ".join(reason.message for reason in reasons))
        kept = {name: value for name, value in before.items() if name not in dict(_pairs(values))}
        if not desk.people.change_settings(site, before, {**kept, **new}, actor, wallclock.now()):
            raise Refused("somebody has changed the settings meanwhile; try again")
    click.echo(f"{site}: {', '.join(name for name, _ in _pairs(values))}")


def _tell_history(desk: Desk, site: Site) -> None:
    after = 0
    while found := desk.people.settings_history(site.id, after):
        for each in found:
            at = to_datetime(each.at, ZoneInfo(site.zone))
            said = f"{_said(each.before)} -> {_said(each.after)}"
            click.echo(f"{at:%Y-%m-%d %H:%M:%S}\t{each.actor_name}\t{each.setting}\t{said}")
        after = found[-1].seq


def _said(value: object) -> str:
    return "(default)" if value is None else _spelled(value)


def _pairs(values: tuple[str, ...]) -> list[tuple[str, str]]:
    found = [value.partition("=") for value in values]
    for name, sign, text in found:
        if not sign:
            raise click.BadParameter(f"{name!r} is not NAME=VALUE", param_hint="NAME=VALUE")
        assert isinstance(text, str)
    return [(name.strip(), text.strip()) for name, _, text in found]


def _value(known: Mapping[str, Setting], name: str, text: str) -> object:
    """The text as the setting's type has it; what cannot be read stays a text, and is refused as one."""
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


def _spelled(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
