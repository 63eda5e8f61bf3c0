"""Arguments that name accounts, sites and roles; and how passwords are entered."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from getpass import getuser

import click

from service import wallclock
from service.bootstrap import Desk
from service.commands.context import CommandRefused
from service.passwords import check_password
from workflows.core.access.permissions import build_actor
from workflows.core.account_names import normalize_account_name
from workflows.core.commands import Actor
from workflows.core.people import Membership
from workflows.folding import canonical, identity
from workflows.language.forms.organisation import Organisation
from workflows.storage.people.people import Account, Site
from workflows.storage.people.staff_changes import Author
from workflows.suggestions import did_you_mean

OPERATOR = Actor(id="command-line", name="command line", surface="cli")
"""Who works at the machine itself, and has not said who that is."""


def find_account(desk: Desk, name: str) -> Account:
    """The account with this name; CommandRefused with a suggestion if there is none."""
    found = desk.people.account(name)
    if found is None:
        known = [each.staff.account for each in desk.people.all_accounts()]
        raise CommandRefused(f"there is no account {name!r}{did_you_mean(name, known)}")
    return found


def find_manager(desk: Desk, name: str, site: Site) -> Actor:
    """The account with this name as an administrator of the desk at the site; CommandRefused if it is
    none."""
    found, roles = find_account(desk, name), desk.settings.api.publishers
    if not (found.active and found.staff.roles(site.id) & set(roles)):
        raise CommandRefused(
            f"{name} does not look after the desk at {site.id}: that is for {', '.join(roles)}"
        )
    return build_actor(found.staff, site.id, "cli")


def find_publisher(desk: Desk, name: str | None) -> str:
    """Who publishes: the id of the account `name`, or else of the account of the machine's user.

    Once an account may publish, one has to be named; before that, on a desk that is being set up, it is the
    user's name.
    """
    roles = set(desk.settings.api.publishers)
    publishers = [
        each
        for each in desk.people.all_accounts()
        if each.active and roles & {post.role for post in each.staff.memberships}
    ]
    user = _user_name()
    found = next((each for each in publishers if each.staff.account == (name or user)), None)
    if found is not None:
        return found.staff.id
    if name is not None:
        find_account(desk, name)
        raise CommandRefused(f"{name} may not publish: that is for {', '.join(desk.settings.api.publishers)}")
    if publishers:
        known = ", ".join(each.staff.account for each in publishers[:5])
        raise CommandRefused(f"who publishes? Say --by ACCOUNT, such as {known}")
    return user


def _user_name() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return f"user {os.getuid()}"


def find_site(desk: Desk, name: str) -> Site:
    """The site with this code; CommandRefused with a suggestion if there is none."""
    known = {each.id: each for each in desk.people.sites()}
    name = identity(name)
    _check_known("site", name, known)
    return known[name]


def published_organisation(desk: Desk) -> Organisation:
    """The organisation in the published definitions."""
    names = desk.definitions.names()
    if not names:
        raise CommandRefused(
            "no definitions are published yet, so no roles are known; run `huifang publish` first"
        )
    return desk.definitions.latest(names[0]).organisation


def parse_post(desk: Desk, text: str) -> Membership:
    """The post of `SITE:ROLE` or `SITE:ROLE:DEPARTMENT`. CommandRefused if a part is unknown."""
    site, _, rest = canonical(text).partition(":")
    role, _, department = rest.partition(":")
    if not site or not role:
        raise click.BadParameter(f"{text!r} is not SITE:ROLE or SITE:ROLE:DEPARTMENT")
    organisation = published_organisation(desk)
    _check_known("site", site, [each.id for each in desk.people.sites()])
    _check_known("role", role, [name for name, each in organisation.roles.items() if not each.outside])
    if department:
        _check_known("department", department, organisation.departments)
    return Membership(site, role, department or None)


def _check_known(what: str, name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name not in names:
        raise CommandRefused(f"there is no {what} {name!r}{did_you_mean(name, names)}")


def command_line_author() -> Author:
    """The author of a change made on the command line, with the present instant."""
    return Author(OPERATOR, wallclock.now())


def normalize_account(text: str) -> str:
    """The account name as it is stored; CommandRefused with every reason if it cannot be one."""
    name, reasons = normalize_account_name(text)
    if reasons:
        raise CommandRefused("; ".join(reason.message for reason in reasons))
    return name


def ask_password(names: Iterable[str]) -> str:
    """Read a password: by a prompt on a terminal, else from standard input; never from an argument.

    A password that is easy to guess from the account's `names` is refused.
    """
    if sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    reason = check_password(password, names)
    if reason is not None:
        raise CommandRefused(reason.message)
    return password
