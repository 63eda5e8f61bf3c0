"""Accounts of staff as a manager writes them, checked against the company and the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from service.bootstrap import Desk
from service.channels.contact import check_contact
from service.refusals import reason
from workflows.core.account_names import normalize_account_name
from workflows.core.people import Membership, Staff
from workflows.errors import Invalid, Reason
from workflows.language.forms.organisation import Organisation
from workflows.storage.errors import Conflict
from workflows.storage.people.staff_changes import Author
from workflows.suggestions import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft:
    """A new account, not checked yet. `contact` has addresses by `mail` and `url`."""

    account: str
    name: str
    language: str
    posts: tuple[Membership, ...] = ()
    contact: Mapping[str, str] = field(default_factory=dict)


def create_account(desk: Desk, draft: AccountDraft, author: Author) -> Staff:
    """Add an account without a password. Raises Invalid with every reason against it."""
    person, reasons = check_draft(desk, draft)
    if reasons:
        raise Invalid(reasons)
    try:
        desk.accounts.add(person, None, draft.contact, author)
    except Conflict:  # somebody else took the name at this moment
        raise Invalid(taken_reason(person.account, person.account)) from None
    return person


def find_managed_sites(person: Staff, managers: Iterable[str]) -> tuple[str, ...]:
    """The sites where the person is an administrator of the desk, and so administers people: where they
    hold one of these roles themselves."""
    roles = frozenset(managers)
    return tuple(
        site for site in dict.fromkeys(post.site for post in person.memberships) if person.roles(site) & roles
    )


def check_draft(desk: Desk, draft: AccountDraft) -> tuple[Staff, list[Reason]]:
    """The person as they would be added, and every reason against it."""
    account, reasons = check_account_name(desk, draft.account)
    reasons += check_posts(desk, draft.posts)
    reasons += check_contact(desk.settings.channels, draft.contact)
    if not draft.name.strip():
        reasons.append(reason("missing-field", "name: needed", field="name", title="name"))
    posts = tuple(dict.fromkeys(draft.posts))
    person = Staff(
        id=str(uuid4()), account=account, name=draft.name.strip(), memberships=posts, language=draft.language
    )
    return person, reasons


def check_account_name(desk: Desk, text: str, besides: str | None = None) -> tuple[str, list[Reason]]:
    """The account name as it is stored, and every reason against it: also that another account has it, or one
    that looks the same. `besides` is the id of the person who may have it."""
    name, reasons = normalize_account_name(text)
    if reasons:
        return name, reasons
    there = desk.people.account(name)
    if there is None or there.staff.id == besides:
        return name, []
    return name, [taken_reason(name, there.staff.account)]


def check_posts(desk: Desk, posts: Iterable[Membership]) -> list[Reason]:
    """Every reason against these posts: a site, role or department that does not exist."""
    reasons: list[Reason] = []
    if not (posts := tuple(posts)):
        return reasons
    organisation, sites = desk.definitions.company().organisation, {each.id for each in desk.people.sites()}
    for post in posts:
        reasons += _check_post(organisation, sites, post)
    return reasons


def _check_post(organisation: Organisation, sites: set[str], post: Membership) -> list[Reason]:
    roles = {name for name, role in organisation.roles.items() if not role.outside}
    known = (
        ("site", post.site, sites),
        ("role", post.role, roles),
        ("department", post.department, {*organisation.departments, None}),
    )
    return [
        reason(
            "bad-post",
            f"there is no {what} {name!r}{did_you_mean(str(name), [each for each in names if each])}",
            field="posts",
            what=what,
            name=name,
        )
        for what, name, names in known
        if name not in names
    ]


def taken_reason(name: str, there: str) -> Reason:
    """That there is an account of this name already; `there` is its name where it is only alike."""
    message = f"there is an account {there!r} already"
    if name != there:
        message += f", which {name!r} cannot be told from"
    return reason("account-taken", message, field="account", name=there)
