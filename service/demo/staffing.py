"""The invented people: one for each post, and one who holds all posts of the first site."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import NAMESPACE_URL, uuid5

from service.auth import hash_password
from service.wiring import Desk
from workflows.core.people import Membership, Staff
from workflows.core.rights import HEAD
from workflows.language.forms.organisation import Organisation
from workflows.storage.people import Site

SITES = (
    Site(id="yunlan", name="云岚苑（演示）", zone="Asia/Shanghai"),
    Site(id="haiyan", name="海晏灣（演示）", zone="Asia/Hong_Kong"),
)
HOME = SITES[0]
LANGUAGE = {"yunlan": "zh-Hans", "haiyan": "zh-Hant"}

# Where the holders of a role belong, by the beginning of its name; all others belong to no department.
_AT_HOME = {
    "repair": "maintenance",
    "engineering": "engineering",
    "security": "security",
    "guard": "security",
    "gate": "security",
    "night": "security",
    "cleaning": "environment",
    "cleaner": "environment",
    "cs": "cs",
    "finance": "finance",
    "hr": "hr",
    "pr": "pr",
    "sales": "sales",
    "archivist": "archive",
}


def hire(desk: Desk, password: str, everybody: str) -> int:
    """Make the sites and the accounts that are not there yet; how many accounts."""
    organisation = desk.library.company().organisation
    known = {each.staff.account for each in desk.people.everybody()}
    for site in SITES:
        if site.id not in {each.id for each in desk.people.sites()}:
            desk.people.put_site(site)
    new = [person for person in _people(organisation, everybody) if person.account not in known]
    stored = hash_password(password) if new else ""
    for person in new:
        desk.people.add_staff(person, stored)
    return len(new)


def _people(organisation: Organisation, everybody: str) -> Iterator[Staff]:
    roles = [name for name, role in organisation.roles.items() if not role.outside]
    heads = [Membership(site.id, HEAD, each) for site in SITES for each in organisation.departments]
    posts = [
        Membership(site.id, role, _home(role, organisation))
        for site in SITES
        for role in roles
        if role != HEAD
    ]
    # All at one site: whoever belongs to several must say at which one he opens a ticket.
    at_home = tuple(post for post in (*posts, *heads) if post.site == HOME.id)
    yield _person(everybody, "全能·演示", at_home, LANGUAGE[HOME.id])
    for post in (*posts, *heads):
        title = organisation.roles[post.role].title
        where = organisation.departments[post.department] if post.role == HEAD and post.department else {}
        language = LANGUAGE[post.site]
        name = f"{where.get(language, '')}{title.get(language, post.role)}·演示"
        yield _person(_account(post), name, (post,), language)


def _home(role: str, organisation: Organisation) -> str | None:
    found = _AT_HOME.get(role.partition("-")[0])
    return found if found in organisation.departments else None


def _account(post: Membership) -> str:
    """`receptionist` at the first site, `receptionist.haiyan` at another, `dept-head.finance` for a head."""
    parts = [post.role]
    if post.role == HEAD and post.department:
        parts.append(post.department)
    if post.site != HOME.id:
        parts.append(post.site)
    return ".".join(parts)


def _person(account: str, name: str, posts: tuple[Membership, ...], language: str) -> Staff:
    identity = str(uuid5(NAMESPACE_URL, f"huifang:demo:{account}"))
    return Staff(id=identity, account=account, name=name, memberships=posts, language=language)
