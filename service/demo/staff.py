"""The invented staff: one person for each post, and one with all posts of the first site."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import NAMESPACE_URL, uuid5

from service.auth import hash_password
from service.bootstrap import Desk
from workflows.core.access.permissions import DEPARTMENT_HEAD
from workflows.core.commands import CLOCK
from workflows.core.people import Membership, Staff
from workflows.language.forms.organisation import Organisation
from workflows.storage.people.people import Site
from workflows.timing.instants import Instant

SITES = (
    Site(id="yunlan", name="云岚苑（演示）", zone="Asia/Shanghai"),
    Site(id="haiyan", name="海晏灣（演示）", zone="Asia/Hong_Kong"),
)
HOME = SITES[0]
CALENDARS = {"haiyan": {"office": {"holidays": {"country": "HK", "kinds": ["public", "optional"]}}}}
"""What the sites say of the company's calendars: the office in Hong Kong keeps the general holidays there."""

OF_ALL_SITES = "project-manager"
"""The role whose holder at the first site holds it at every site, and so publishes what concerns them all."""

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


def add_demo_staff(desk: Desk, password: str, everybody: str, now: Instant) -> int:
    """Create the missing sites and accounts; returns the number of accounts created."""
    organisation = desk.definitions.company().organisation
    known = {each.staff.account for each in desk.people.all_accounts()}
    for site in SITES:
        if site.id not in {each.id for each in desk.people.sites()}:
            desk.people.store_site(site)
            for role, calendar in CALENDARS.get(site.id, {}).items():
                desk.people.change_calendar(site.id, role, {}, calendar, CLOCK, now)
    new = [person for person in _build_people(organisation, everybody) if person.account not in known]
    stored = hash_password(password) if new else ""
    for person in new:
        desk.people.add_staff(person, stored)
    return len(new)


def _build_people(organisation: Organisation, everybody: str) -> Iterator[Staff]:
    roles = [name for name, role in organisation.roles.items() if not role.outside]
    heads = [
        Membership(site.id, DEPARTMENT_HEAD, each) for site in SITES for each in organisation.departments
    ]
    posts = [
        Membership(site.id, role, _home_department(role, organisation))
        for site in SITES
        for role in roles
        if role != DEPARTMENT_HEAD
    ]
    # All at one site: whoever belongs to several must say at which one he opens a ticket.
    at_home = tuple(post for post in (*posts, *heads) if post.site == HOME.id)
    yield _build_person(everybody, "全能·演示", at_home, LANGUAGE[HOME.id])
    for post in (*posts, *heads):
        title = organisation.roles[post.role].title
        where = (
            organisation.departments[post.department]
            if post.role == DEPARTMENT_HEAD and post.department
            else {}
        )
        language = LANGUAGE[post.site]
        name = f"{where.get(language, '')}{title.get(language, post.role)}·演示"
        everywhere = post.role == OF_ALL_SITES and post.site == HOME.id
        held = tuple(Membership(site.id, post.role) for site in SITES) if everywhere else (post,)
        yield _build_person(_account_name(post), name, held, language)


def _home_department(role: str, organisation: Organisation) -> str | None:
    found = _AT_HOME.get(role.partition("-")[0])
    return found if found in organisation.departments else None


def _account_name(post: Membership) -> str:
    """`receptionist` at the first site, `receptionist.haiyan` at another, `dept-head.finance` for a head."""
    parts = [post.role]
    if post.role == DEPARTMENT_HEAD and post.department:
        parts.append(post.department)
    if post.site != HOME.id:
        parts.append(post.site)
    return ".".join(parts)


def _build_person(account: str, name: str, posts: tuple[Membership, ...], language: str) -> Staff:
    identity = str(uuid5(NAMESPACE_URL, f"huifang:demo:{account}"))
    return Staff(id=identity, account=account, name=name, memberships=posts, language=language)
