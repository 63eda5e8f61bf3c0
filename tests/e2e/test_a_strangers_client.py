"""Whoever can read a JSON Schema can walk every process of the house, with no word of it built in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from running_desk import ROOT, SITE, Json, Person, RunningDesk, Said

from tests.api_explorer import LED, TIMED, Stranger

FILES = (ROOT / "definitions").glob("*/*.yaml")
_FILE = b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\na paper\r\n--xx--\r\n'
PROCESSES = sorted(file.stem for file in FILES if file.parent.name != "requirements")


@dataclass(frozen=True)
class _Heard:
    """An answer from the wire, as the stranger reads it."""

    said: Said

    @property
    def status_code(self) -> int:
        return self.said.status

    @property
    def json(self) -> Any:
        return self.said.json

    @property
    def text(self) -> str:
        return self.said.body.decode()


@dataclass(frozen=True)
class _Line:
    """Somebody at the other end of the wire."""

    person: Person

    @property
    def account(self) -> str:
        return self.person.account

    def get(self, path: str) -> _Heard:
        return _Heard(self.person.send("GET", path))

    def post(self, path: str, body: object) -> _Heard:
        return _Heard(self.person.send("POST", path, body))

    def upload(self) -> str:
        media = {"Content_Type": "multipart/form-data; boundary=xx"}
        answer = self.person.send("POST", f"/api/attachments?site={SITE}", _FILE, **media)
        assert answer.status == 201, answer.body
        return str(answer.json["items"][0]["id"])

    def fire(self, ticket: Json, trigger: str, data: Json) -> _Heard:
        return _Heard(self.person.tries(ticket, trigger, **data))


@pytest.fixture(scope="module")
def stranger(desk: RunningDesk) -> Stranger:
    """Somebody with the account that holds every post, and all colleagues to ask."""
    everyone = _Line(desk("everyone"))
    staff = everyone.get(f"/api/staff?site={SITE}").json["items"]
    posts = {each["account"]: frozenset(each["roles"]) for each in staff}
    colleagues = [_Line(desk(account)) for account in posts if account != "everyone"]
    found = Stranger([everyone, *colleagues], posts)
    found.sign_in()
    return found


def test_every_process_is_published(stranger: Stranger) -> None:
    """The stranger finds as many processes as there are definitions."""
    found = [each["name"] for each in stranger.callers[0].get("/api/workflows").json["items"]]
    assert set(PROCESSES) <= set(found)


@pytest.mark.parametrize("process", [name for name in PROCESSES if name not in TIMED | LED])
def test_a_stranger_brings_a_ticket_of_every_process_to_a_good_end(stranger: Stranger, process: str) -> None:
    """From the form to the closed ticket, by the schemas and the reasons of refusals alone."""
    stranger.brings_to_a_good_end(process)
