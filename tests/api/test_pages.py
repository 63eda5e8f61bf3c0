"""Pages for people and probes, and the headers that every answer has."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from api_desk import COMPLAINT, Call, codes
from flask import Flask
from openapi_spec_validator import validate
from structlog.testing import capture_logs

from service.application import create_app
from service.bootstrap import Desk
from service.texts import negotiate_language


def test_health_needs_no_token(app: Flask) -> None:
    """Alive, and ready when the database is at its schema."""
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json["status"] == "ok"


def test_metrics_count_what_was_answered(app: Flask, call: Call) -> None:
    """By route, not by ticket, so that they do not grow with the tickets."""
    receptionist = call("receptionist")
    ticket = receptionist.open("complaint", COMPLAINT)
    receptionist.get(f"/api/tickets/{ticket['number']}")
    client = app.test_client()
    text = client.get("/metrics").text
    assert 'huifang_http_requests_total{method="POST",route="/api/tickets",status="201"} 1.0' in text
    assert 'route="/api/tickets/{number}"' in text
    assert ticket["number"] not in text


def test_how_many_tickets_a_site_has_is_told_to_who_shows_the_token(desk: Desk, call: Call) -> None:
    """Without one there is nothing of sites or processes; a wrong one is refused."""
    call("receptionist").open("complaint", COMPLAINT)
    token = "a made-up token for metrics"
    client = create_app(replace(desk, settings=replace(desk.settings, metrics_token=token))).test_client()
    shown = client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).text
    assert 'huifang_tickets_open{site="lake"} 1.0' in shown
    assert "huifang_http_requests_total" in shown
    for open_to_all in (client.get("/metrics").text, create_app(desk).test_client().get("/metrics").text):
        assert "huifang_http_requests" in open_to_all
        assert not re.search("lake|site=|tickets_|outbox|complaint", open_to_all)
    for wrong in ("Bearer nonsense", f"Bearer {token}x", "Basic eA=="):
        assert client.get("/metrics", headers={"Authorization": wrong}).status_code == 401
    without = create_app(desk).test_client()
    assert without.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 401


def test_the_desk_does_not_repeat_what_a_request_calls_it(app: Flask, desk: Desk) -> None:
    """Only names that it knows; with names in the settings, others are refused."""
    assert "evil.example" not in app.test_client().get("/", headers={"Host": "evil.example"}).text
    assert "http://127.0.0.1:9/api/tokens" in app.test_client().get("/", headers={"Host": "127.0.0.1:9"}).text
    server = replace(desk.settings.server, hosts=("desk.example.org",))
    named = create_app(replace(desk, settings=replace(desk.settings, server=server))).test_client()
    assert named.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
    assert named.get("/healthz", headers={"Host": "localhost:8765"}).status_code == 200
    assert "//desk.example.org/api/tokens" in named.get("/", headers={"Host": "desk.example.org"}).text
    channels = replace(desk.settings.channels, base_url="https://desk.example.org")
    based = create_app(replace(desk, settings=replace(desk.settings, channels=channels))).test_client()
    assert "https://desk.example.org/api/tokens" in based.get("/", headers={"Host": "evil.example"}).text


def test_the_documentation_needs_nothing_from_outside(app: Flask) -> None:
    """The page names no other host and runs no script but its own files."""
    client = app.test_client()
    page = client.get("/api/docs")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "http" not in re.sub(r'lang="en"', "", page.text).replace("http-equiv", "")
    assert not re.search(r"<script>|onload=", page.text)
    for name in re.findall(r'(?:src|href)="(/api/docs/[^"]+)"', page.text):
        with client.get(name) as file:
            assert file.status_code == 200, name
    validate(client.get("/api/openapi.json").json)


def test_the_landing_page_says_how_to_begin(app: Flask) -> None:
    """In the reader's language."""
    client = app.test_client()
    assert "如何取得令牌" in client.get("/").text
    page = client.get("/", headers={"Accept-Language": "es"})
    assert ("Cómo obtener un token" in page.text, page.headers["Content-Language"]) == (True, "es")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Whoever may see the ticket"),
        ("zh-Hans", "凭令牌取得该工单"),
        ("zh-Hant", "憑權杖取得該工單"),
        ("es", "el expediente lo obtiene con un token"),
    ],
)
def test_the_code_of_a_paper_leads_to_how_the_ticket_is_asked_for(
    app: Flask, language: str, said: str
) -> None:
    """In the reader's language, and alike whether there is such a ticket or not."""
    page = app.test_client().get("/?ticket=BX-2026-00001&site=lake", headers={"Accept-Language": language})
    assert page.headers["Content-Language"] == language
    assert "Accept-Language" in page.headers["Vary"]
    assert said in page.text
    assert "GET /api/tickets/BX-2026-00001?site=lake" in page.text
    assert (
        "curl -s -H &quot;Authorization: Bearer $TOKEN&quot; "
        "&quot;http://localhost/api/tickets/BX-2026-00001?site=lake&quot;" in page.text
    )


def test_the_landing_page_does_not_tell_whether_there_is_a_ticket(app: Flask, call: Call) -> None:
    """The same page before and after it was opened."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    known = app.test_client().get(f"/?ticket={ticket['number']}").text
    unknown = app.test_client().get("/?ticket=TS-1999-99999").text
    assert known.replace(ticket["number"], "TS-1999-99999") == unknown


@pytest.mark.parametrize(
    "query",
    [
        "ticket=",
        "site=lake",
        "ticket=%3Cscript%3Ealert(1)%3C/script%3E",
        "ticket=BX-1%00",
        "ticket=BX-1%0d%0aSet-Cookie:a=b",
        "ticket=BX-1%0a",
        "ticket=" + "9" * 5_000,
        "ticket=%ff%fe",
        "ticket=%22;rm+-rf+~;%22",
        "ticket=../../metrics",
        "ticket=%E6%8A%A5%E4%BF%AE",
        "ticket[]=BX-1",
        "&&&==;",
    ],
)
def test_what_is_no_number_is_passed_over(app: Flask, query: str) -> None:
    """The plain landing page, and nothing of it is said again."""
    client = app.test_client()
    page = client.get(f"/?{query}")
    assert (page.status_code, page.text) == (200, client.get("/").text)


@pytest.mark.parametrize("site", ["%3Cb%3E", "lake%00", "LAKE%0a", "a" * 300, "%22"])
def test_what_is_no_site_is_passed_over(app: Flask, site: str) -> None:
    """The number stays, for that is enough at most desks."""
    page = app.test_client().get(f"/?ticket=BX-1&site={site}")
    assert page.text == app.test_client().get("/?ticket=BX-1").text
    assert "GET /api/tickets/BX-1<" in page.text


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/docs", "/api/me", "/api/tickets", "/nowhere"])
def test_every_answer_has_the_security_headers(app: Flask, call: Call, path: str) -> None:
    """Also errors, and answers to nobody."""
    for answer in (app.test_client().get(path), call("receptionist").get(path)):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert len(answer.headers.getlist("Content-Security-Policy")) == 1
        assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK;q=0.5,en;q=0.4", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("en-GB,en;q=0.9", "en"),
        ("es-419", "es"),
        ("fr,de;q=0.5", "zh-Hans"),
        ("fr,*;q=0.1", "zh-Hans"),
        ("en;q=0,es", "es"),
        ("en;q=2", "zh-Hans"),
        ("," * 10_000, "zh-Hans"),
    ],
)
def test_the_language_is_the_one_asked_for_most(asked: str, given: str) -> None:
    """Of ours; what cannot be read is passed over."""
    assert negotiate_language(asked, "zh-Hans") == given


def test_refusals_speak_the_readers_language(call: Call) -> None:
    """Title, detail and the names of fields and posts."""
    words = {"zh-Hans": "请填写：投诉人", "zh-Hant": "請填寫：投訴人", "es": "Falta: Reclamante"}
    for language, sentence in words.items():
        answer = call("receptionist", language).post("/api/tickets", {"workflow": "complaint", "data": {}})
        assert answer.headers["Content-Language"] == language
        assert sentence in answer.json["detail"]
        assert codes(answer)[0] == "missing-field"
    answer = call("cleaner", "zh-Hans").post("/api/tickets", {"workflow": "complaint", "data": COMPLAINT})
    assert "前台接待" in answer.json["detail"]


def test_a_desk_whose_database_is_gone_is_not_ready(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, while it is still alive."""

    def gone(_: object) -> None:
        raise OSError("no such file")

    monkeypatch.setattr("service.api.pages.probe", gone)
    assert app.test_client().get("/readyz").status_code == 503
    assert app.test_client().get("/healthz").status_code == 200


def test_a_desk_of_a_program_that_was_never_released_is_not_ready(app: Flask, desk: Desk) -> None:
    """The log says what to do."""
    with desk.database.transaction() as session:
        session.run("UPDATE alembic_version SET version_num = '0013'")
    with capture_logs() as told:
        assert app.test_client().get("/readyz").status_code == 503
    assert [each["error"].partition(",")[0] for each in told if each["event"] == "not ready"] == [
        "the database is at schema 0013"
    ]
