"""Builds the demonstration desk; a second call changes nothing."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from service import wallclock
from service.bootstrap import Desk, open_database, open_desk
from service.demo.history import FEW_SCENARIOS, MAX_SCENARIOS, play_scenarios
from service.demo.registers import fill_registers
from service.demo.staff import HOME, SITES, add_demo_staff
from service.settings import Settings
from workflows.definitions.base import Outdated
from workflows.language.builder.context import digest_of
from workflows.language.load import read_folder
from workflows.storage import schema
from workflows.storage.errors import StorageError
from workflows.timing.instants import Instant

PASSWORD_FILE = "demo-password"  # noqa: S105 - the name of a file in the data folder
ALL_ROLES_ACCOUNT = "everyone"
_PUBLISHER = "demo"


def build_demo(settings: Settings, port: int, *, short: bool = False) -> Iterator[str]:
    """Create what is missing of the demonstration desk; yields lines for the terminal. `short`: with a few
    tickets only, and empty registers.

    Raises StorageError in production: invented people with a known password must not exist there.
    """
    if settings.environment == "production":
        raise StorageError("a demonstration has no place in production (HUIFANG_ENV)")
    yield "Preparing the database and the definitions ..."
    database = open_database(settings)
    try:
        schema.migrate(database)
    finally:
        database.close()
    desk = open_desk(settings)
    try:
        yield from _fill_desk(desk, port, short)
    finally:
        desk.close()


def _fill_desk(desk: Desk, port: int, short: bool) -> Iterator[str]:
    now = wallclock.now()
    yield from _publish(desk, now)
    password = _read_or_create_password(desk.settings.folder() / PASSWORD_FILE)
    hired = add_demo_staff(desk, password, ALL_ROLES_ACCOUNT, now)
    yield f"{len(SITES)} sites, {hired} new accounts"
    if not short:
        yield f"{fill_registers(desk, now)} new entries of registers: units, residents, vehicles"
        yield "Playing a month of tickets (half a minute) ..."
    yield f"{play_scenarios(desk, now, FEW_SCENARIOS if short else MAX_SCENARIOS)} new tickets"
    yield from _instructions(desk, port, password)


def _publish(desk: Desk, now: Instant) -> Iterator[str]:
    """Publish the folder, where nobody has published anything else: what a visitor has tried stays."""
    own = [each for each in desk.definition_store.list() if each.published_by == _PUBLISHER]
    bases = {(each.kind, each.name): digest_of(each.text) for each in own}
    try:
        folder = read_folder(desk.settings.definitions)
        desk.definitions.publish(folder, now, _PUBLISHER, bases=bases)
    except Outdated as refusal:
        names = ", ".join(str(reason.field) for reason in refusal.reasons)
        yield f"Published by others, so the folder is not published: {names}"
    yield f"{len(desk.definitions.names())} processes in force"


def _read_or_create_password(file: Path) -> str:
    """The password of all demonstration accounts, created once and readable by the owner only."""
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(secrets.token_urlsafe(9))
    return file.read_text("utf-8").strip()


def _instructions(desk: Desk, port: int, password: str) -> Iterator[str]:
    here = f"http://127.0.0.1:{port}"
    yield ""
    yield f"  The desk      {here}/"
    yield f"  Its API       {here}/api/docs"
    for site in desk.people.sites():
        yield f"  Site          {site.id}  {site.name}  ({site.zone})"
    yield f"  Accounts      {ALL_ROLES_ACCOUNT} (every role at {HOME.id}), receptionist, cs-officer, ..."
    yield f"  Password      {password}   (of all of them; also in {desk.settings.data / PASSWORD_FILE})"
    sent = f'{{"account": "{ALL_ROLES_ACCOUNT}", "password": "{password}", "name": "curl"}}'
    yield f"  A token       curl -s -H 'Content-Type: application/json' -d '{sent}' {here}/api/tokens"
    yield f"  The tickets   curl -s -H 'Authorization: Bearer <token>' {here}/api/tickets"
    yield ""
