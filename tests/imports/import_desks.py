"""Desks with one site, one folder of definitions and one member of staff who may ask the API."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from flask.testing import FlaskClient

from service import auth, wallclock
from service.app import create_app
from service.importing import Summary, import_file
from service.settings import Settings
from service.wiring import Desk, assemble
from workflows.core.people import Membership, Staff
from workflows.language.reading import read_folder
from workflows.storage.database import Database
from workflows.storage.people import Site

HERE = Path(__file__).resolve().parent
MAPS = HERE / "maps"
SITE = "site"


def desk_on(database: Database, folder: str, zone: str, data: Path) -> Desk:
    """A desk whose definitions are those of a folder beside this file."""
    settings = Settings(
        data=data,
        definitions=HERE / folder,
        database_url=database.url,
        keys="",
        secret="a made-up secret of forty characters ...",
    )
    desk = assemble(settings, database)
    desk.people.put_site(Site(id=SITE, name="Site", zone=zone))
    read = read_folder(HERE / folder)
    desk.library.publish(read, 0, "test")
    posts = tuple(Membership(SITE, role) for role in read.context.organisation.roles)
    desk.people.add_staff(Staff(id="id-boss", account="boss", name="Boss", memberships=posts))
    return desk


def bring(desk: Desk, path: Path, mapped: str | Path, rejects: Path | None = None) -> Summary:
    """Bring a file in, by a map of `maps` or one of the test's own."""
    return import_file(desk, path, MAPS / mapped, SITE, rejects)


def written(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


class Asker:
    """The member of staff at the API."""

    def __init__(self, desk: Desk) -> None:
        self._client: FlaskClient = create_app(desk).test_client()
        token, now = auth.new_secret(), wallclock.now()
        desk.tokens.issue(
            id=f"token-{token[-8:]}",
            staff_id="id-boss",
            name="test",
            digest=auth.digest_of(token),
            scopes=(),
            expires_at=now + 3_600,
            at=now,
        )
        self._heads: Mapping[str, str] = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}

    def get(self, path: str, **query: str) -> dict[str, object]:
        """GET; the body of the answer, which must be a good one."""
        answer = self._client.get(path, query_string=query, headers=dict(self._heads))
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.get_json()
        return found
