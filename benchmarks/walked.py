"""A desk with tickets that the engine processed, some of each workflow, to be copied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.desk import CIPHER
from service.bootstrap import Desk, build_desk
from service.demo.scenario import TicketScenario
from service.demo.staff import HOME, add_demo_staff
from service.imports.case_importer import derive_ticket_id
from service.settings import Settings
from workflows.core.people import Membership, Staff
from workflows.language.load import Folder
from workflows.storage import schema
from workflows.storage.database import Database
from workflows.storage.people.people import Site
from workflows.timing.instants import Instant, parse_rfc3339

DEFINITIONS = Path(__file__).parents[1] / "definitions"
SITES = ("east", "north", "west")
HIDDEN_SITE = "south"
"""Where nearly every ticket is restricted to others."""
READERS = {"reader": SITES[:1], "reader-of-all": SITES, "reader-of-hidden": (HIDDEN_SITE,)}
"""Who asks, in all roles: an account -> its sites."""
STRANGERS = {"reader-of-nobody": "cleaner", "reader-of-vehicles": "gate-guard"}
"""Who asks at all sites, and may read nobody's values, or only those of others: an account -> its role."""
NOW = parse_rfc3339("2026-11-20T02:00:00Z")  # a Friday, 10:00 in Shanghai
RARE_WORKFLOW = "house-custody"
"""A process of which there are three tickets, however large the desk is."""
METRICS = "a made-up token for the metrics"
_DEEDS = (99, 99, 2, 4)  # how many steps of each scenario are played, in turn


@dataclass(frozen=True)
class Rows:
    """The rows of one ticket: table name -> rows, each by column name."""

    open: bool
    workflow: str
    opened_at: Instant
    rows: dict[str, list[dict[str, object]]]


def settings(folder: Path, **more: object) -> Settings:
    """Settings of a desk in `folder`, for a test or a benchmark."""
    return Settings(
        data=folder,
        definitions=DEFINITIONS,
        database_url="",
        keys="",
        secret="a made-up secret of forty characters ...",
        metrics_token=METRICS,
        **more,  # type: ignore[arg-type]
    )


def furnished(url: str, folder: Path, published: Folder) -> Desk:
    """A desk with its sites, the staff of each (about two hundred), and the definitions in force."""
    database = Database(url, cipher=CIPHER, synchronous="OFF")
    schema.migrate(database)
    desk = build_desk(settings(folder), database)
    desk.definitions.publish(published, NOW - 86_400, "growth")
    for site in (*SITES, HIDDEN_SITE):
        desk.people.store_site(Site(id=site, name=site, zone="Asia/Shanghai"))
    for account, sites in READERS.items():
        posts = [
            Membership(site, role.name)
            for site in sites
            for role in published.context.organisation.roles.values()
            if not role.outside
        ]
        desk.people.add_staff(Staff(id=account, account=account, name=account, memberships=tuple(posts)))
    for account, role in STRANGERS.items():
        held = tuple(Membership(site, role) for site in SITES)
        desk.people.add_staff(Staff(id=account, account=account, name=account, memberships=held))
    return desk


def walk(desk: Desk, scenarios: int = 2) -> list[Rows]:
    """Play scenarios of every process, each at a site of its own; returns the rows of their tickets."""
    add_demo_staff(desk, "a made-up password", "everyone", NOW)
    for number, story in enumerate(_stories(desk, scenarios)):
        for _ in story.shifted(((NOW - story.starts_at) // 604_800 - 1 - number % 3) * 604_800).play(NOW):
            pass
    return list(_rows(desk))


def _stories(desk: Desk, scenarios: int) -> Iterator[TicketScenario]:
    for name in desk.definitions.names():
        definition = desk.definitions.latest(name)
        for index, scenario in enumerate(definition.scenarios[:scenarios]):
            for deeds in dict.fromkeys(_DEEDS[index * 2 % 4 : index * 2 % 4 + 2]):
                yield TicketScenario(
                    desk=desk,
                    site=HOME.id,
                    definition=definition,
                    scenario=scenario,
                    ticket=derive_ticket_id(HOME.id, "growth", f"{name}/{scenario.name}/{deeds}"),
                    max_steps=deeds,
                )


def _rows(desk: Desk) -> Iterator[Rows]:
    tables = ("tickets", "history", "clocks", "texts", "outbox")
    kept: dict[str, dict[str, list[dict[str, object]]]] = {}
    for table in tables:
        with desk.database.connect() as session:
            cursor = session.run(f"SELECT * FROM {table} WHERE site_id = '{HOME.id}'")
            names = [column[0] for column in cursor.description or ()]
            for row in cursor.fetchall():
                found = dict(zip(names, row, strict=True))
                whose = str(found["id"] if table == "tickets" else found["ticket_id"])
                kept.setdefault(whose, {name: [] for name in tables})[table].append(found)
    for rows in kept.values():
        (ticket,) = rows["tickets"]
        ended = ticket["closed_at"] is not None
        yield Rows(not ended, str(ticket["workflow"]), int(str(ticket["opened_at"])), rows)
