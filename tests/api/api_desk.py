"""A desk for the tests of the API: two sites, invented staff for every post, and a client that signs in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
from answer_schemas import check_answer
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import Client, TestResponse

from service import auth, wallclock
from service.bootstrap import Desk, build_desk
from service.settings import Settings
from service.settings_tables import ApiSettings
from workflows.core.people import Membership, Staff
from workflows.language.load import Folder
from workflows.storage.database import Database
from workflows.storage.people.people import Site

DEFINITIONS = Path(__file__).resolve().parents[2] / "definitions"
LAKE, HILL = "lake", "hill"
PASSWORD = "a made-up password"
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=32).hash(PASSWORD)


def settings(folder: Path, **api: Any) -> Settings:
    """Settings of a test."""
    return Settings(
        data=folder,
        definitions=DEFINITIONS,
        database_url="",
        keys="",
        secret="a made-up secret of forty characters ...",
        api=ApiSettings(**api),
    )


def open_for_tests(database: Database, folder: Path, published: Folder, **api: Any) -> Desk:
    """A desk where all this is published, with two sites and everybody at the first.

    `both` and `director-of-both` are at the second, too, and `elsewhere` only there.
    """
    desk = build_desk(settings(folder, **api), database)
    desk.people.store_site(Site(id=LAKE, name="月湖园", zone="Asia/Shanghai"))
    desk.people.store_site(Site(id=HILL, name="南山居", zone="Asia/Shanghai"))
    desk.definitions.publish(published, wallclock.now(), "tests")
    organisation = published.context.organisation
    for role in organisation.roles.values():
        for turn in ("", "-2") if not role.outside else ():
            posts = [Membership(LAKE, role.name, department) for department in organisation.departments]
            _hire(desk, f"{role.name}{turn}", posts)
    _hire(desk, "both", [Membership(LAKE, "receptionist"), Membership(HILL, "receptionist")])
    _hire(desk, "elsewhere", [Membership(HILL, "receptionist"), Membership(HILL, "cs-officer")])
    _hire(
        desk, "director-of-both", [Membership(LAKE, "office-director"), Membership(HILL, "office-director")]
    )
    return desk


def _hire(desk: Desk, account: str, posts: list[Membership]) -> None:
    person = Staff(id=f"id-{account}", account=account, name=f"员工 {account}", memberships=tuple(posts))
    desk.people.add_staff(person, PASSWORD_HASH)


@dataclass(slots=True)
class Caller:
    """Somebody at the API. `etag` remembers what was last seen of each ticket."""

    client: Client
    account: str
    token: str
    language: str = "en"
    etags: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> TestResponse:
        """GET."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> TestResponse:
        """POST with a JSON body."""
        return self.send("POST", path, body, **headers)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        """Any method; `If_Match="…"` is a header."""
        heads = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language}
        heads |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = orjson.dumps(body) if body is not None else None
        if data is not None:
            heads.setdefault("Content-Type", "application/json")
        answer = self.client.open(path, method=method, data=data, headers=heads)
        check_answer(method, path, answer)
        return answer

    def upload(self) -> str:
        """Upload a file for a ticket that is not open yet; its id."""
        heads = {"Authorization": f"Bearer {self.token}"}
        file = (BytesIO(b"a paper"), "a.txt")
        answer = self.client.post(f"/api/attachments?site={LAKE}", data={"file": file}, headers=heads)
        assert answer.status_code == 201, answer.text
        return str(answer.json["items"][0]["id"])

    def open(self, workflow: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Open a ticket and give it back."""
        answer = self.post("/api/tickets", {"workflow": workflow, "data": data, **more})
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def fire(
        self, ticket: dict[str, Any], trigger: str, data: dict[str, Any] | None = None, **headers: str
    ) -> TestResponse:
        """Take a step of the ticket as it was last seen."""
        heads = {"If_Match": f'"{ticket["seq"]}"', **headers}
        path = f"/api/tickets/{ticket['id']}/transitions"
        return self.post(path, {"trigger": trigger, "data": data or {}}, **heads)


Call = Callable[..., Caller]


def caller(app: Flask, desk: Desk, account: str, language: str = "en") -> Caller:
    """`account`, signed in."""
    token = auth.new_secret()
    known = desk.people.account(account)
    assert known is not None, f"nobody is called {account}"
    now = wallclock.now()
    desk.tokens.issue(
        id=f"token-{token[-8:]}",
        staff_id=known.staff.id,
        name="test",
        digest=auth.hash_token(token),
        scopes=(),
        expires_at=now + 3_600,
        at=now,
    )
    return Caller(app.test_client(), account, token, language)


def codes(answer: TestResponse) -> list[str]:
    """The codes of a refusal's reasons."""
    assert answer.content_type == "application/problem+json", answer.text
    return [reason["code"] for reason in answer.json["blocked_by"]]


INQUIRY = {
    "complainant": "李敏",
    "contact": "13800000001",
    "unit": "6-0901",
    "content": "月底为什么停水",
    "nature": "inquiry",
}


def converted(call: Call) -> tuple[dict[str, Any], dict[str, Any]]:
    """An inquiry that was mishandled, and the complaint it went on as."""
    receptionist = call("receptionist")
    ticket = receptionist.open("communicative-complaint", INQUIRY)
    for trigger, data in (
        ("confirm-identity", {"identity_confirmed": True}),
        ("check-payment", {"payment_status": "paid"}),
        ("dispatch", {"department": "engineering"}),
    ):
        ticket = dict(receptionist.fire(ticket, trigger, data).json)
    ended = call("cs-officer").fire(ticket, "mishandled", {"reason": "无人答复"})
    assert ended.status_code == 201, ended.text
    (found,) = call("cs-officer").get("/api/tickets?workflow=complaint").json["items"]
    return dict(ended.json), found


COMPLAINT = {
    "complainant": "李敏",
    "contact": "13800000001",
    "content": "大堂连续三天无人清扫",
    "channel": "phone",
}
