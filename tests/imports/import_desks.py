"""Desks with one site, one folder of definitions and one member of staff who may ask the API."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from flask.testing import FlaskClient

from service import auth, wallclock
from service.application import create_app
from service.bootstrap import Desk, build_desk
from service.imports import ImportSummary, import_file
from service.settings import Settings
from workflows.core.people import Membership, Staff
from workflows.language.load import read_folder
from workflows.storage.database import Database
from workflows.storage.people.people import Site

HERE = Path(__file__).resolve().parent
MAPS = HERE / "maps"
SITE = "site"


def desk_on(database: Database, folder: str, zone: str, data: Path) -> Desk:
    """A desk whose definitions are those of a folder beside this file."""
    desk = desk_again(database, folder, data)
    desk.people.store_site(Site(id=SITE, name="Site", zone=zone))
    read = read_folder(HERE / folder)
    desk.definitions.publish(read, 0, "test")
    posts = tuple(Membership(SITE, role) for role in read.context.organisation.roles)
    desk.people.add_staff(Staff(id="id-boss", account="boss", name="Boss", memberships=posts))
    return desk


def desk_again(database: Database, folder: str, data: Path) -> Desk:
    """The desk on what its database holds already."""
    settings = Settings(
        data=data,
        definitions=HERE / folder,
        database_url=database.url,
        keys="",
        secret="a made-up secret of forty characters ...",
    )
    return build_desk(settings, database)


def bring(desk: Desk, path: Path, mapped: str | Path, rejects: Path | None = None) -> ImportSummary:
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
            digest=auth.hash_token(token),
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

    def file(self, path: str, language: str, **query: str) -> str:
        """GET in a language; the text of the answer, which must be a good one."""
        answer = self._client.get(
            path, query_string=query, headers={**self._heads, "Accept-Language": language}
        )
        assert answer.status_code == 200, answer.text
        return answer.text
