"""`huifang accounts`: who may sign in, and the posts they hold."""

from __future__ import annotations

from uuid import uuid4

import click

from service.auth import hash_password
from service.commands.context import Context, Refused, with_context
from service.commands.staffing import account_of, asked_password, post_of
from workflows.core.people import Membership, Staff
from workflows.language.forms.field import LANGUAGES
from workflows.storage.conflicts import Conflict

_POST = click.argument("posts", nargs=-1, required=True, metavar="SITE:ROLE[:DEPARTMENT]...")


@click.group()
def accounts() -> None:
    """Staff accounts and their posts."""


@accounts.command()
@click.argument("account")
@click.option("--name", required=True, help="What the person is called.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), help="The language of messages; default as in the settings."
)
@click.option(
    "--post", "posts", multiple=True, metavar="SITE:ROLE[:DEPARTMENT]", help="A post held; may be repeated."
)
@click.option("--mail", help="The e-mail address for messages.")
@click.option("--url", help="An Apprise URL for messages; goes before the mail.")
@click.option("--no-password", is_flag=True, help="The account signs in by token only.")
@with_context
def add(
    context: Context,
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
        held = tuple(post_of(desk, post) for post in posts)
        if desk.people.account(account) is not None:
            raise Refused(f"there is an account {account!r} already")
        stored = None if no_password else hash_password(asked_password())
        spoken = language or context.settings.language
        person = Staff(id=str(uuid4()), account=account, name=name, memberships=held, language=spoken)
        try:
            desk.people.add_staff(person, stored)
        except Conflict:
            raise Refused(f"there is an account {account!r} already") from None
        contact = {key: value for key, value in (("mail", mail), ("url", url)) if value}
        if contact:
            desk.people.set_contact(person.id, contact)
    click.echo(f"added {account}")


@accounts.command(name="list")
@click.option("--site", help="Only those with a post at this site.")
@with_context
def show(context: Context, site: str | None) -> None:
    """List the accounts with their posts."""
    with context.desk() as desk:
        for each in desk.people.everybody():
            posts = [post for post in each.staff.memberships if site in (None, post.site)]
            if posts or site is None:
                said = " ".join(_written(post) for post in posts) or "-"
                click.echo(
                    f"{each.staff.account}\t{each.staff.name}\t{'' if each.active else 'disabled '}{said}"
                )


def _written(post: Membership) -> str:
    return ":".join(filter(None, (post.site, post.role, post.department)))


@accounts.command()
@click.argument("account")
@_POST
@with_context
def grant(context: Context, account: str, posts: tuple[str, ...]) -> None:
    """Give an account more posts."""
    with context.desk() as desk:
        member = account_of(desk, account).staff
        new = [post_of(desk, post) for post in posts]
        desk.people.put_posts(member.id, dict.fromkeys((*member.memberships, *new)))
    click.echo(f"{account} holds {len({*member.memberships, *new})} posts")


@accounts.command()
@click.argument("account")
@_POST
@with_context
def revoke(context: Context, account: str, posts: tuple[str, ...]) -> None:
    """Take posts from an account."""
    with context.desk() as desk:
        member = account_of(desk, account).staff
        gone = {post_of(desk, post) for post in posts}
        missing = gone - set(member.memberships)
        if missing:
            raise Refused(f"{account} does not hold {', '.join(sorted(map(_written, missing)))}")
        kept = [post for post in member.memberships if post not in gone]
        desk.people.put_posts(member.id, kept)
    click.echo(f"{account} holds {len(kept)} posts")


@accounts.command()
@click.argument("account")
@with_context
def password(context: Context, account: str) -> None:
    """Set a password. It is asked for, or read from standard input."""
    with context.desk() as desk:
        member = account_of(desk, account).staff
        desk.people.change_staff(member.id, password_hash=hash_password(asked_password()))
    click.echo(f"the password of {account} is changed")


@accounts.command()
@click.argument("account")
@with_context
def disable(context: Context, account: str) -> None:
    """Let nobody sign in with the account any more; its history stays."""
    _switch(context, account, active=False)


@accounts.command()
@click.argument("account")
@with_context
def enable(context: Context, account: str) -> None:
    """Let the account sign in again."""
    _switch(context, account, active=True)


def _switch(context: Context, account: str, *, active: bool) -> None:
    with context.desk() as desk:
        desk.people.change_staff(account_of(desk, account).staff.id, active=active)
    click.echo(f"{account} is {'enabled' if active else 'disabled'}")
