"""Whose number it is stays between those who need it: masked, recorded, never kept or logged in clear."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from form_answers import MOVE_IN, told
from running_desk import Json, RunningDesk

SECRETS = ("慕容晚晴", "13866660987", "440524197912027313")  # in no scenario: definitions are kept as text
FORM = {
    **MOVE_IN,
    "applicant": SECRETS[0],
    "owner_name": SECRETS[0],
    "contact": SECRETS[1],
    "owner_id": SECRETS[2],
}


@pytest.fixture(scope="module")
def ticket(desk: RunningDesk) -> Json:
    """A move-in with personal words, some of them written down later."""
    opened = desk("receptionist").open("move-in", **FORM)
    papers = ["owner-id", "move-in-notice", "sale-contract"]
    copy = desk("cs-officer").uploads(opened, "scan-1.pdf", b"%PDF-1.4 a scan")
    form = {"documents": papers, "documents_match": True, "owner_id": SECRETS[2], "copies": [copy]}
    return told(desk, opened, ("cs-officer", "verify-documents", form))


def shows_none(body: bytes) -> None:
    """None of the personal words, as they are or as JSON may spell them."""
    text = body.decode()
    for secret in SECRETS:
        assert secret not in text
        assert secret.encode("ascii", "backslashreplace").decode() not in text


def test_nobody_sees_personal_words_in_passing(desk: RunningDesk, ticket: Json) -> None:
    """Neither in the ticket, nor in lists, histories, clocks or next steps, whoever looks."""
    here = f"/api/tickets/{ticket['id']}"
    for account in ("receptionist", "repair-worker", "everyone"):
        for tail in ("", "/history", "/clocks", "/transitions"):
            answer = desk(account).send("GET", f"{here}{tail}")
            assert answer.status == 200
            shows_none(answer.body)
        for query in ("", "?q=RZ", f"?q={SECRETS[1]}"):
            shows_none(desk(account).send("GET", f"/api/tickets{query}").body)
    found = desk("repair-worker").get(f"/api/tickets?q={SECRETS[1]}")["items"]
    assert found == [], "nor can they be searched for by whom may not read them"


def test_masked_words_still_tell_two_people_apart(desk: RunningDesk, ticket: Json) -> None:
    """The family name, the ends of a number, and no more."""
    data = desk("repair-worker").sees(ticket)["data"]
    assert (data["applicant"], data["contact"]) == ("慕*", "138****0987")
    assert data["owner_id"] == "4" + "*" * 16 + "3"


def test_an_answer_to_a_write_shows_no_personal_words(desk: RunningDesk) -> None:
    """Neither when it is taken nor when it is refused: a wrong number is not repeated."""
    opened = desk("receptionist").try_to_open("move-in", **FORM)
    assert opened.status == 201
    shows_none(opened.body)
    wrong = {**FORM, "owner_id": SECRETS[2][:-1] + "5", "contact": SECRETS[1] + "x", "unit": None}
    refused = desk("receptionist").try_to_open("move-in", **wrong)
    assert refused.status == 422
    assert refused.fields == {"owner_id", "contact", "unit"}
    shows_none(refused.body)
    assert SECRETS[2][:-1] not in refused.body.decode()


def test_readers_read_them_and_each_reading_is_kept(desk: RunningDesk, ticket: Json) -> None:
    """In clear, not to be cached, and with a row that says who read what and when."""
    before = _readings(desk, ticket)
    path = f"/api/tickets/{ticket['number']}/personal"
    answer = desk("cs-officer").send("GET", path)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    shown = answer.json["personal"]
    assert (shown["applicant"], shown["contact"], shown["owner_id"]) == SECRETS
    (reading,) = _readings(desk, ticket)[len(before) :]
    assert reading[0] == desk("cs-officer").get("/api/me")["id"]
    assert "owner_id" in reading[1]
    (copy,) = shown["copies"]
    assert desk("cs-officer").send("GET", f"/api/tickets/{ticket['id']}/attachments/{copy}").status == 200


def test_who_is_no_reader_is_told_who_is_and_no_reading_is_kept(desk: RunningDesk, ticket: Json) -> None:
    """403 with the roles."""
    before = _readings(desk, ticket)
    answer = desk("gate-guard").send("GET", f"/api/tickets/{ticket['number']}/personal")
    assert (answer.status, answer.codes) == (403, ["personal-not-yours"])
    assert "cs-officer" in answer.reasons[0]["who"]
    shows_none(answer.body)
    assert _readings(desk, ticket) == before


def _readings(desk: RunningDesk, ticket: Json) -> list[tuple[str, str]]:
    """Who read which fields. No call of the API shows it, so the table is looked at."""
    file = f"file:{desk.folder / 'huifang.db'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as database:
        query = "SELECT staff_id, fields FROM readings WHERE ticket_id = ? ORDER BY rowid"
        return list(database.execute(query, (ticket["id"],)))


def test_no_file_of_the_desk_holds_them_in_clear(desk: RunningDesk, ticket: Json) -> None:
    """Neither the database with its write-ahead log, nor any other file of the desk, nor the server's log."""
    files = [file for file in desk.folder.rglob("*") if file.is_file()]
    assert {"huifang.db", "huifang.db-wal"} <= {file.name for file in files}
    for file in (*files, desk.log):
        held = file.read_bytes()
        for secret in SECRETS:
            for how in (("utf-8",), ("utf-16-le",), ("ascii", "backslashreplace")):
                assert secret.encode(*how) not in held, f"{file.name} holds {secret}"


def test_no_file_of_the_desk_holds_a_token_or_a_password(desk: RunningDesk) -> None:
    """Tokens are kept as digests, passwords as argon2id; neither is logged."""
    held = b"".join(f.read_bytes() for f in (*desk.folder.glob("huifang.db*"), desk.log))
    for token in (desk("everyone").token, desk("cs-officer").token):
        assert token.encode() not in held
    assert desk.password.encode() not in held
    assert re.search(rb"\$argon2id\$", held)
