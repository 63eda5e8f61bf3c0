"""`huifang accounts`: who may sign in, and the posts they hold."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import click

from service import wallclock
from service.auth import hash_password
from service.bootstrap import Desk
from service.commands import links, staff_import
from service.commands.context import CommandContext, CommandRefused, with_context
from service.commands.people_args import (
    ask_password,
    command_line_author,
    find_account,
    find_site,
    normalize_account,
    parse_post,
)
from service.departures import HandoverCounts, hand_over_tickets_of
from workflows.core.people import Membership, Staff
from workflows.folding import identity
from workflows.language.forms.field import LANGUAGES
from workflows.storage.errors import Conflict
from workflows.storage.people.people import Account
from workflows.storage.people.staff_changes import StaffChange
from workflows.timing.instants import rfc3339

_POST = click.argument("posts", nargs=-1, required=True, metavar="SITE:ROLE[:DEPARTMENT]...")
_LANGUAGE = click.option(
    "--language", type=click.Choice(LANGUAGES), help="The language of messages; default as in the settings."
)
_MAIL = click.option("--mail", help="The e-mail address for messages.")
_URL = click.option("--url", help="An Apprise URL for messages; goes before the mail.")


@click.group()
def accounts() -> None:
    """Staff accounts and their posts."""


for each in (*links.COMMANDS, staff_import.bring_in):
    accounts.add_command(each)


@accounts.command()
@click.argument("account")
@click.option("--name", required=True, help="What the person is called.")
@_LANGUAGE
@click.option(
    "--post", "posts", multiple=True, metavar="SITE:ROLE[:DEPARTMENT]", help="A post held; may be repeated."
)
@_MAIL
@_URL
@click.option("--no-password", is_flag=True, help="The account signs in by token or by a link, see `invite`.")
@with_context
def add(
    context: CommandContext,
    account: str,
    name: str,
    language: str | None,
    posts: tuple[str, ...],
    mail: str | None,
    url: str | None,
    no_password: bool,
) -> None:
    """Add an account. The password is asked for, or read from standard input."""
    with context.desk() as desk:
        memberships = tuple(parse_post(desk, post) for post in posts)
        account = normalize_account(account)
        _check_name_free(desk, account)
        stored = None if no_password else hash_password(ask_password((account, name)))
        spoken = language or context.settings.language
        person = Staff(id=str(uuid4()), account=account, name=name, memberships=memberships, language=spoken)
        try:
            desk.accounts.add(person, stored, _merge_contact({}, mail, url), command_line_author())
        except Conflict:
            raise CommandRefused(f"there is an account {account!r} already") from None
    click.echo(f"added {account}")


@accounts.command(name="set")
@click.argument("account")
@click.option("--name", help="What the person is called.")
@_LANGUAGE
@_MAIL
@_URL
@click.option("--account", "rename", metavar="NEW", help="Another name to sign in with.")
@with_context
def put(
    context: CommandContext,
    account: str,
    name: str | None,
    language: str | None,
    mail: str | None,
    url: str | None,
    rename: str | None,
) -> None:
    """Change what is given of ACCOUNT, and nothing else; --mail "" or --url "" takes an address away."""
    with context.desk() as desk:
        found = find_account(desk, account)
        if rename is not None:
            rename = normalize_account(rename)
            _check_name_free(desk, rename, besides=found.staff.id)
        contact = None
        if mail is not None or url is not None:
            contact = _merge_contact(desk.people.contact(found.staff.id), mail, url)
        try:
            desk.accounts.update(
                found, command_line_author(), name=name, language=language, rename=rename, contact=contact
            )
        except Conflict:
            raise CommandRefused(f"there is an account {rename!r} already") from None
    click.echo(f"changed {rename or found.staff.account}")


def _check_name_free(desk: Desk, account: str, besides: str | None = None) -> None:
    there = desk.people.account(account)
    if there is not None and there.staff.id != besides:
        alike = "" if there.staff.account == account else f", which {account!r} cannot be told from"
        raise CommandRefused(f"there is an account {there.staff.account!r} already{alike}")


def _merge_contact(before: dict[str, str], mail: str | None, url: str | None) -> dict[str, str]:
    if mail and ("@" not in mail or any(each.isspace() for each in mail)):
        raise click.BadParameter(f"{mail!r} is no e-mail address", param_hint="--mail")
    if url and "://" not in url:
        raise click.BadParameter("it is no Apprise URL", param_hint="--url")
    given = {key: value for key, value in (("mail", mail), ("url", url)) if value is not None}
    return {key: value for key, value in {**before, **given}.items() if value}


@accounts.command(name="list")
@click.option("--site", help="Only those with a post at this site.")
@with_context
def show(context: CommandContext, site: str | None) -> None:
    """List the accounts with their posts, and what each one looks like that is spelled another way."""
    with context.desk() as desk:
        everybody = desk.people.all_accounts()
        for each in everybody:
            posts = [post for post in each.staff.memberships if site in (None, post.site)]
            if posts or site is None:
                posts_text = " ".join(_format_post(post) for post in posts) or "-"
                state = "" if each.active else "disabled "
                click.echo(
                    f"{each.staff.account}\t{each.staff.name}\t"
                    f"{state}{posts_text}{_format_lookalikes(each, everybody)}"
                )


def _format_lookalikes(account: Account, everybody: tuple[Account, ...]) -> str:
    """The accounts whose names look the same as this one: they are older than the rule that refuses such
    names."""
    folded = identity(account.staff.account)
    others = [each for each in everybody if each is not account and identity(each.staff.account) == folded]
    return f"\tlooks like {', '.join(repr(each.staff.account) for each in others)}" if others else ""


def _format_post(post: Membership) -> str:
    return ":".join(filter(None, (post.site, post.role, post.department)))


@accounts.command()
@click.option("--site", help="Only of this site's posts, and of those who hold one.")
@with_context
def history(context: CommandContext, site: str | None) -> None:
    """Who added, changed or switched which account, and gave or took which post, oldest first."""
    with context.desk() as desk:
        where = find_site(desk, site).id if site else None
        for each in _load_changes(desk, where):
            post = f"{each.site}:" if each.site else ""
            change = f"{post}{_format_value(each.before)} -> {post}{_format_value(each.after)}"
            shown_change = f"\t{change}" if (each.before, each.after) != (None, None) else ""
            click.echo(f"{rfc3339(each.at)}\t{each.actor_name}\t{each.kind}\t{each.account}{shown_change}")


def _load_changes(desk: Desk, site: str | None) -> Iterator[StaffChange]:
    after = 0
    while found := desk.accounts.history(site, after):
        yield from found
        after = found[-1].seq


def _format_value(value: object) -> str:
    if not isinstance(value, dict):
        return "-"
    return " ".join(
        f"{key}={','.join(each) if isinstance(each, list) else each}" for key, each in value.items()
    )


@accounts.command()
@click.argument("account")
@_POST
@with_context
def grant(context: CommandContext, account: str, posts: tuple[str, ...]) -> None:
    """Give an account more posts."""
    with context.desk() as desk:
        member = find_account(desk, account).staff
        memberships = tuple(dict.fromkeys((*member.memberships, *(parse_post(desk, post) for post in posts))))
        desk.accounts.set_posts(member, memberships, command_line_author())
    click.echo(f"{account} holds {len(memberships)} posts")


@accounts.command()
@click.argument("account")
@_POST
@with_context
def revoke(context: CommandContext, account: str, posts: tuple[str, ...]) -> None:
    """Take posts from an account. Open tickets that it can do nothing about any more are handed over."""
    with context.desk() as desk:
        member = find_account(desk, account).staff
        gone = {parse_post(desk, post) for post in posts}
        missing = gone - set(member.memberships)
        if missing:
            raise CommandRefused(f"{account} does not hold {', '.join(sorted(map(_format_post, missing)))}")
        memberships = [post for post in member.memberships if post not in gone]
        desk.accounts.set_posts(member, memberships, command_line_author())
        handed = hand_over_tickets_of(desk, member.id, wallclock.now())
    click.echo(f"{account} holds {len(memberships)} posts")
    _print_handover(handed)


def _print_handover(handed: HandoverCounts) -> None:
    """Say what happened to the tickets of somebody who lost a post."""
    if handed.total:
        stays = handed.total - handed.handed_over - handed.waiting
        click.echo(
            f"open tickets: {handed.total}; gone to somebody else: {handed.handed_over}; "
            f"waiting to be claimed: {handed.waiting}; still theirs: {stays}"
        )
    else:
        click.echo("open tickets: none")


@accounts.command()
@click.argument("account")
@with_context
def password(context: CommandContext, account: str) -> None:
    """Set a password. It is asked for, or read from standard input. All tokens of the account end."""
    with context.desk() as desk:
        member = find_account(desk, account).staff
        stored = hash_password(ask_password((member.account, member.name)))
        desk.accounts.set_password(member, stored, command_line_author())
    click.echo(f"the password of {account} is changed, and all its tokens are ended")


@accounts.command()
@click.argument("account")
@with_context
def disable(context: CommandContext, account: str) -> None:
    """Let nobody sign in with the account any more; its tokens end, its history stays. Its open tickets are
    handed over."""
    _set_active(context, account, active=False)


@accounts.command()
@click.argument("account")
@with_context
def enable(context: CommandContext, account: str) -> None:
    """Let the account sign in again; the tokens that it had stay ended."""
    _set_active(context, account, active=True)


def _set_active(context: CommandContext, account: str, *, active: bool) -> None:
    with context.desk() as desk:
        who = find_account(desk, account).staff
        desk.accounts.set_active(who, command_line_author(), active=active)
        handed = None if active else hand_over_tickets_of(desk, who.id, wallclock.now())
    click.echo(f"{account} is {'enabled' if active else 'disabled'}")
    if handed is not None:
        _print_handover(handed)
