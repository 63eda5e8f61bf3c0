"""Each route answers as the OpenAPI document says: every key, no other, each value of its kind.

The client of these tests looks (`answer_schemas.check_answer`); here every route is asked at least once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from answer_schemas import JSON, check_answer
from api_desk import LAKE, PASSWORD, Caller, settings
from post_requests import ASKINGS
from post_scene import Scene
from werkzeug.test import TestResponse

from service.api import all_routes
from service.api.http.route import Route
from service.application import create_app
from service.bootstrap import build_desk
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

ELSEWHERE = {
    "/api/tickets/{number}/figures/{field}": "test_reports.py: a ticket with figures takes a schedule",
    "/api/callers": "test_callers.py: it is asked for somebody",
}
UNIT = "/api/registers/units/entries/3-101"
DRAFT = "/api/workflows/complaint/drafts/shorter"
BODIES: dict[str, Any] = {
    f"PUT {DRAFT}": {"text": "workflow: complaint", "based_on": 1},
    "PUT /api/workflows/{name}/drafts/{draft}": {"text": "workflow: complaint", "based_on": 1},
    "PUT /api/tickets/{number}/assignee": {"assignee": "cs-officer-2"},
    "PATCH /api/tickets/{number}/data": {"content": "the lift is still dirty"},
    "PATCH /api/me": {"language": "en"},
    "PATCH /api/accounts/{staff}": {"language": "es"},
    "PUT /api/accounts/{staff}/invitation": {},
    "PUT /api/accounts/{staff}/posts": {"site": LAKE, "posts": [{"role": "cs-officer"}]},
    "PUT /api/me/password": {"current": PASSWORD, "new": "lantern orchard seventeen"},
    "PUT /api/sites/{site}/settings": {"values": {}},
    "PUT /api/sites/{site}/calendars/{calendar}": {"said": {"closed": ["2030-01-02"]}},
    "PUT /api/registers/{register}/entries/{key}": {"values": {"area": 91}},
}
ACCOUNTS = {"/api/tickets/{number}": "cs-officer", "/api/me": "receptionist"}
VALUES = {
    "site": LAKE,
    "calendar": "office",
    "register": "units",
    "key": "3-101",
    "roster": "consultants",
    "staff": "cs-officer-2",
    "version": "1",
    "draft": "shorter",
    "file": "settings.yaml",
}


QUERIES = {
    "/api/workflows/{name}/candidates": "?field=worker",
    "/api/duplicates": f"?workflow=repair&site={LAKE}&value=3-1201",
}


def with_answer(route: Route) -> bool:
    """Whether the route answers with JSON that has a schema."""
    return any(route.answers.values()) and route.produces == JSON


ASKED = [
    each
    for each in all_routes()
    if each.method != "POST" and with_answer(each) and each.path not in ELSEWHERE
]


@pytest.fixture(scope="module")
def scene(furnished: Path, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher) -> Iterator[Scene]:
    """A desk that has something of each kind."""
    folder = tmp_path_factory.mktemp("described")
    path = folder / "desk.db"
    path.write_bytes(furnished.read_bytes())
    desk = build_desk(settings(folder), Database(f"sqlite:///{path}", cipher=cipher, synchronous="NORMAL"))
    found = Scene(create_app(desk), desk)
    for asking in ASKINGS.values():
        sent = asking(found)
        answer = found.send(sent)
        assert answer.status_code in (200, 201), (sent.path, answer.text)
    found.by("office-director").send("PUT", DRAFT, BODIES[f"PUT {DRAFT}"])
    found.by("cs-officer").send("PUT", UNIT, {"values": {"area": 90, "owner": "王秘密"}}, If_Match='"0"')
    yield found
    desk.close()


@pytest.mark.parametrize("route", ASKED, ids=lambda route: f"{route.method} {route.path}")
def test_a_route_answers_as_it_is_described(scene: Scene, route: Route) -> None:
    """With a body, where it takes one."""
    answer = ask(scene, route)
    assert answer.status_code == 200, f"say above what it takes, or where it is asked: {answer.text}"


def ask(scene: Scene, route: Route) -> TestResponse:
    """The answer to a request that the route takes."""
    ticket = scene.ticket()
    account = next(
        (who for prefix, who in ACCOUNTS.items() if route.path.startswith(prefix)), "office-director"
    )
    who = scene.by(account)
    values = {**VALUES, "number": ticket["id"], **_names(route, who)}
    if "{other}" in route.path:
        values["other"] = scene.ticket()["id"]
    path = route.path.format(**values) + QUERIES.get(route.path, "")
    seen = who.get(path.removesuffix("/office")) if route.method != "GET" else None
    tag = (seen.headers.get("ETag") if seen is not None else None) or f'"{ticket["seq"]}"'
    return who.send(route.method, path, BODIES.get(f"{route.method} {route.path}"), If_Match=tag)


def _names(route: Route, who: Caller) -> dict[str, str]:
    """The parameters whose values another route lists."""
    if route.path.startswith("/api/reports"):
        return {"name": who.get("/api/reports").json["items"][0]["name"]}
    if route.path.startswith("/api/events"):
        return {"id": who.get("/api/events").json["items"][0]["id"]}
    if "/migrations/" in route.path:
        listed = who.get("/api/workflows/complaint/migrations").json["items"]
        return {"name": "complaint", "id": listed[0]["id"]}
    return {"name": "repair" if route.path in QUERIES else "complaint"}


def test_a_key_too_many_or_too_few_is_found(scene: Scene) -> None:
    """The look is not only for show."""
    answer = scene.by("receptionist").get("/api/me")
    check_answer("GET", "/api/me", answer)
    for spoiled in ({**answer.json, "surplus": 1}, {key: answer.json[key] for key in list(answer.json)[1:]}):
        with pytest.raises(AssertionError, match="answers otherwise than Me says"):
            check_answer("GET", "/api/me", Spoiled(spoiled))  # type: ignore[arg-type]


class Spoiled:
    """An answer that is not as it is described."""

    status_code, mimetype, headers = 200, JSON, dict[str, str]()

    def __init__(self, json: Any) -> None:
        self.json = json
