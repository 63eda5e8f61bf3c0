"""The small office that the clock is tested in: its desk, its people, its errands."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from service.bootstrap import Desk
from service.settings import Settings
from workflows.core.access.permissions import build_actor
from workflows.core.commands import Actor, Fire, Open
from workflows.core.people import Membership, Staff
from workflows.core.ticket import StepContext
from workflows.language.load import read_folder
from workflows.storage.deliveries import STATUSES
from workflows.storage.people.people import Site
from workflows.storage.people.staff_changes import Author
from workflows.timing.instants import Instant, from_datetime

ERRANDS = Path(__file__).with_name("errands")
SITE = "office"
KEYS = ",".join(f"{number}:{b64encode(str(number).encode() * 32).decode()}" for number in (1, 2))
CLERK, SUPERVISOR, DIRECTOR = "clerk", "supervisor", "director"
SHANGHAI = ZoneInfo("Asia/Shanghai")

POSTS: dict[str, tuple[str, str | None]] = {
    "clerk": ("clerk", None),
    "supervisor": ("supervisor", None),
    "director": ("director", None),
    "head-of-works": ("dept-head", "works"),
    "head-of-gardens": ("dept-head", "gardens"),
}


def at(text: str) -> Instant:
    """`2026-03-02 09:00` in Shanghai; that is a Monday."""
    return from_datetime(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI))


MONDAY = at("2026-03-02 09:00")


def settings_for(database_url: str, data: Path, **parts: object) -> Settings:
    """Settings of a desk on this database; `parts` replace whole sections."""
    environ = {"HUIFANG_DATABASE_URL": database_url, "HUIFANG_DATA": str(data), "HUIFANG_KEYS": KEYS}
    return replace(Settings.load(environ=environ), **parts)


def furnish(desk: Desk, now: Instant = MONDAY) -> None:
    """Publish the errands and hire the people."""
    desk.definitions.publish(read_folder(ERRANDS), now, "test")
    desk.people.store_site(Site(id=SITE, name="An office", zone="Asia/Shanghai"))
    for account, (role, department) in POSTS.items():
        post = Membership(SITE, role, department)
        desk.people.add_staff(
            Staff(
                id=staff_id(account),
                account=account,
                name=account.title(),
                memberships=(post,),
                language="en",
            )
        )


def staff_id(account: str) -> str:
    """The id of a member of staff."""
    return str(uuid5(NAMESPACE_URL, account))


def set_contact(desk: Desk, account: str, **contact: str) -> None:
    """Note where somebody is told things."""
    known = desk.people.account(account)
    assert known is not None
    desk.accounts.update(known, Author(actor(desk), MONDAY), contact=contact)


def ticket_id(number: int) -> str:
    """The id of the errand of this number."""
    return str(uuid5(NAMESPACE_URL, f"errand {number}"))


def actor(desk: Desk, account: str = CLERK) -> Actor:
    """A member of staff at work."""
    return build_actor(desk.people.directory(SITE).staff[staff_id(account)], SITE, "test")


def open_errand(desk: Desk, number: int = 1, now: Instant = MONDAY, **data: object) -> str:
    """Open an errand; its id."""
    values = {"content": f"errand {number}", **data}
    ticket = ticket_id(number)
    desk.engine.do(Open(site=SITE, id=ticket, workflow="errand", actor=actor(desk), data=values), now)
    return ticket


def fire(desk: Desk, ticket: str, trigger: str, now: Instant, **data: object) -> StepContext:
    """The clerk takes a step."""
    return desk.engine.do(Fire(site=SITE, ticket=ticket, actor=actor(desk), trigger=trigger, data=data), now)


def told(desk: Desk, ticket: str | None = None) -> list[tuple[str, int | None]]:
    """Who has been told of which level, in the order in which they were told."""
    found = []
    for status in STATUSES:
        found += [
            m for m in desk.queries.messages(status, None, 100_000).messages if ticket in (None, m.ticket)
        ]
    names = {staff_id(account): account for account in POSTS}
    ordered = sorted(found, key=lambda m: (m.ticket, m.seq))
    return [(names.get(m.recipient, m.recipient), m.level) for m in ordered]
