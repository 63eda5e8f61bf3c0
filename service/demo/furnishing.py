"""Makes the demonstration desk, and keeps everything when it is asked to again."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from service import wallclock
from service.demo.staffing import HOME, SITES, hire
from service.demo.telling import tell
from service.settings import Settings
from service.wiring import Desk, open_database, open_desk
from workflows.language.reading import read_folder
from workflows.storage import schema
from workflows.storage.conflicts import StorageError

PASSWORD_FILE = "demo-password"  # noqa: S105 - the name of a file in the data folder
EVERYBODY = "everyone"


def furnish(settings: Settings, port: int) -> Iterator[str]:
    """Make what is missing of the demonstration desk; lines that say how it goes and how to look at it.

    StorageError in production: invented people with a known password have no place there.
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
        yield from _fill(desk, port)
    finally:
        desk.close()


def _fill(desk: Desk, port: int) -> Iterator[str]:
    now = wallclock.now()
    published = desk.library.publish(read_folder(desk.settings.definitions), now, "demo")
    yield f"{len(published)} processes in force"
    password = _password(desk.settings.folder() / PASSWORD_FILE)
    hired = hire(desk, password, EVERYBODY)
    yield f"{len(SITES)} sites, {hired} new accounts"
    yield f"{tell(desk, now)} new tickets"
    yield from _directions(desk, port, password)


def _password(file: Path) -> str:
    """The password of all accounts of the demonstration, made once and readable by nobody else."""
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(secrets.token_urlsafe(9))
    return file.read_text("utf-8").strip()


def _directions(desk: Desk, port: int, password: str) -> Iterator[str]:
    here = f"http://127.0.0.1:{port}"
    yield ""
    yield f"  The desk      {here}/"
    yield f"  Its API       {here}/api/docs"
    for site in desk.people.sites():
        yield f"  Site          {site.id}  {site.name}  ({site.zone})"
    yield f"  Accounts      {EVERYBODY} (every role at {HOME.id}), receptionist, cs-officer, ..."
    yield f"  Password      {password}   (of all of them; also in {desk.settings.data / PASSWORD_FILE})"
    sent = f'{{"account": "{EVERYBODY}", "password": "{password}", "name": "curl"}}'
    yield f"  A token       curl -s -H 'Content-Type: application/json' -d '{sent}' {here}/api/tokens"
    yield f"  The tickets   curl -s -H 'Authorization: Bearer <token>' {here}/api/tickets"
    yield ""
