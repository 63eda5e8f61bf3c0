"""Finding what people name on the command line: accounts, sites, roles; and reading their passwords."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from service.auth import LONGEST_PASSWORD
from service.commands.context import Refused
from service.wiring import Desk
from workflows.core.commands import Actor
from workflows.core.people import Membership
from workflows.core.rights import actor_of
from workflows.language.forms.organisation import Organisation
from workflows.storage.people import Account, Site
from workflows.timing.problems import did_you_mean

SHORTEST_PASSWORD = 8
OPERATOR = Actor(id="command-line", name="command line", surface="cli")
"""Who works at the machine itself, and has not said who that is."""


def account_of(desk: Desk, name: str) -> Account:
    """The account of this name, or a refusal with what was probably meant."""
    found = desk.people.account(name)
    if found is None:
        known = [each.staff.account for each in desk.people.everybody()]
        raise Refused(f"there is no account {name!r}{did_you_mean(name, known)}")
    return found


def manager_of(desk: Desk, name: str, site: Site) -> Actor:
    """The account of this name as one who looks after the desk at the site, or a refusal."""
    found, roles = account_of(desk, name), desk.settings.api.publishers
    if not (found.active and found.staff.roles(site.id) & set(roles)):
        raise Refused(f"{name} does not look after the desk at {site.id}: that is for {', '.join(roles)}")
    return actor_of(found.staff, site.id, "cli")


def site_of(desk: Desk, name: str) -> Site:
    """The site of this code, or a refusal with what was probably meant."""
    known = {each.id: each for each in desk.people.sites()}
    _known("site", name, known)
    return known[name]


def organisation_of(desk: Desk) -> Organisation:
    """The organisation that the published definitions speak of."""
    names = desk.library.names()
    if not names:
        raise Refused("no definitions are published yet, so no roles are known; run `huifang publish` first")
    return desk.library.latest(names[0]).organisation


def post_of(desk: Desk, text: str) -> Membership:
    """The post of `SITE:ROLE` or `SITE:ROLE:DEPARTMENT`; each part must be known."""
    site, _, rest = text.partition(":")
    role, _, department = rest.partition(":")
    if not site or not role:
        raise click.BadParameter(f"{text!r} is not SITE:ROLE or SITE:ROLE:DEPARTMENT")
    organisation = organisation_of(desk)
    _known("site", site, [each.id for each in desk.people.sites()])
    _known("role", role, [name for name, each in organisation.roles.items() if not each.outside])
    if department:
        _known("department", department, organisation.departments)
    return Membership(site, role, department or None)


def _known(what: str, name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name not in names:
        raise Refused(f"there is no {what} {name!r}{did_you_mean(name, names)}")


def asked_password() -> str:
    """A password: asked for on a terminal, read from standard input elsewhere. Never an argument."""
    if sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Refused(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    return password
