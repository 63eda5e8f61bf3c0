"""A working day at the desk, through HTTP: what each of its people needs is there, on either database."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from api_desk import COMPLAINT, Caller, caller, open_for_tests
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from service import wallclock
from service.application import create_app
from service.bootstrap import Desk
from service.channels.letter import Letter
from service.channels.post import Post
from service.channels.receipt import Receipt
from service.relay import relay_batch
from service.scheduler import sweep
from workflows.language.load import Folder
from workflows.storage.audit.verify import verify
from workflows.storage.database import Database
from workflows.timing.instants import Instant, parse_rfc3339, rfc3339

MORNING = parse_rfc3339("2026-03-03T09:00:00+08:00")  # a Tuesday
HOUR = 3_600
PHONE, NAME, UNIT = "13800004321", "何演示", "3-101"
TAP = {"reporter": NAME, "contact": PHONE, "place": "厨房", "content": "水龙头滴水", "urgency": "normal"}
IN_TIME = {"scope": "indoor", "charge": "warranty", "warranty_end": "2099-12-31"}
BOUNDARY = "aDayAtTheDesk"


class Recorder(Post):
    """Channels that take every letter, and keep it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.settings)
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> Receipt:
        """Keep the letter."""
        self.letters.append(letter)
        return Receipt("mail")

    def send_to_client(self, letter: Letter) -> Receipt:
        """Keep the letter."""
        return self.send(letter)


@dataclass
class Day:
    """A desk, the people who have signed in, and the time of the day."""

    desk: Desk
    app: Flask
    post: Recorder
    patch: pytest.MonkeyPatch
    people: dict[str, Caller] = field(default_factory=dict)
    now: Instant = MORNING

    def __call__(self, account: str) -> Caller:
        """Somebody who works here."""
        key = f"{account} {self.now}"  # a token lasts an hour
        if key not in self.people:
            self.people[key] = caller(self.app, self.desk, account, "zh-Hans")
        return self.people[key]

    def at(self, now: Instant) -> None:
        """Let time pass; what is due meanwhile fires, and letters leave."""
        self.now = now
        self.patch.setattr(wallclock, "now", lambda: self.now)
        sweep(self.desk, now)
        while relay_batch(self.desk, now, self.post):
            pass


@pytest.fixture
def day(database: Database, tmp_path: Path, ours: Folder, monkeypatch: pytest.MonkeyPatch) -> Day:
    """Nine o'clock on a Tuesday."""
    monkeypatch.setattr(wallclock, "now", lambda: MORNING)
    desk = open_for_tests(database, tmp_path, ours)
    return Day(desk, create_app(desk), Recorder(desk), monkeypatch)


def done(answer: TestResponse, status: int = 201) -> dict[str, Any]:
    """What was answered to a request that has to succeed."""
    assert answer.status_code == status, answer.text
    return dict(answer.json)


def seen(who: Caller, ticket: dict[str, Any]) -> dict[str, Any]:
    """The ticket as it stands now."""
    return done(who.get(f"/api/tickets/{ticket['id']}"), 200)


def photo(colour: str) -> bytes:
    """A picture that the program makes."""
    stream = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(stream, "JPEG")
    return stream.getvalue()


def upload(who: Caller, ticket: dict[str, Any], *pictures: bytes) -> list[str]:
    """Upload pictures to the ticket; their ids."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n'
    parts = b"".join(head.encode() + picture + b"\r\n" for picture in pictures)
    answer = who.client.post(
        f"/api/tickets/{ticket['id']}/attachments",
        data=parts + f"--{BOUNDARY}--\r\n".encode(),
        headers={
            "Authorization": f"Bearer {who.token}",
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        },
    )
    return [each["id"] for each in done(answer)["items"]]


def open_repair(day: Day) -> dict[str, Any]:
    """A repair of the household, given to a worker who comes at two."""
    officer = day("cs-officer")
    officer.send("PUT", f"/api/registers/units/entries/{UNIT}", {"values": {"status": "let"}}, If_Match='"0"')
    ticket = day("receptionist").open("repair", {**TAP, "unit": UNIT})
    appointment = {"appointment": rfc3339(MORNING + 5 * HOUR), "estimate": "半小时"}
    for trigger, form in (
        ("classify", IN_TIME),
        ("issue-slip", {}),
        ("assign", {"worker": "repair-worker"}),
        ("schedule", appointment),
    ):
        ticket = done(officer.fire(ticket, trigger, form))
    return ticket


def test_a_caller_is_found_by_the_last_four_digits_with_her_open_repair(day: Day) -> None:
    """The receptionist hears a phone ring, and knows who it is and what is under way."""
    officer, ticket = day("cs-officer"), open_repair(day)
    resident = {"values": {"unit": UNIT, "name": NAME, "phone": PHONE}}
    path = "/api/registers/residents/entries/R-0001"
    assert officer.send("PUT", path, resident, If_Match='"0"').status_code in (200, 201)
    found = done(officer.get("/api/callers?phone=4321"), 200)
    (household,) = found["households"]
    assert household["unit"] == UNIT
    assert [each["number"] for each in household["tickets"]] == [ticket["number"]]
    assert ticket["number"] in [each["number"] for each in officer.get("/api/tickets?q=4321").json["items"]]


def test_an_open_repair_is_urged_instead_of_opened_twice(day: Day) -> None:
    """The caller's second call is found to be about the same, joins the first, and the worker hears."""
    repair = open_repair(day)
    day.at(MORNING + 60)
    reception, before = day("receptionist"), len(day.post.letters)
    alike = done(reception.get(f"/api/duplicates?workflow=repair&value={UNIT}"), 200)["items"]
    assert [each["number"] for each in alike] == [repair["number"]]
    path, call = f"/api/tickets/{repair['id']}/urge", {"note": "住户再次来电"}
    for _ in range(2):  # the second is the same request, sent again
        assert done(reception.post(path, call, Idempotency_Key="u"))["urges"] == 1
    day.at(MORNING + 120)
    assert any(repair["number"] in letter.body + letter.subject for letter in day.post.letters[before:])


def test_a_worker_uploads_two_photos_from_his_queue_and_finishes(day: Day) -> None:
    """Nobody told him the number: it is the first in his queue."""
    repair = open_repair(day)
    day.at(MORNING + 5 * HOUR)
    worker = day("repair-worker")
    queue = worker.get("/api/tickets?view=queue").json["items"]
    mine = next(each for each in queue if each["id"] == repair["id"])
    assert worker.get("/api/queue/counts").json
    ticket = done(worker.fire(seen(worker, mine), "start"))
    photos = upload(worker, ticket, photo("red"), photo("blue"))
    worker.post(
        f"/api/tickets/{ticket['id']}/notes",
        {"text": "修前修后", "attachments": photos},
        If_Match=f'"{ticket["seq"]}"',
    )
    ticket = done(worker.fire(seen(worker, ticket), "finish", {"result": "已换阀芯", "signed": True}))
    assert ticket["state"] != repair["state"]
    listed = done(day("cs-officer").get(f"/api/tickets/{ticket['id']}/attachments"), 200)["items"]
    assert {each["id"] for each in listed} == set(photos)
    first = day("cs-officer").get(f"/api/tickets/{ticket['id']}/attachments/{photos[0]}")
    assert (first.status_code, first.content_type) == (200, "image/jpeg")


def test_the_residents_letter_says_at_what_time_the_worker_comes(day: Day) -> None:
    """And it can be read on the ticket afterwards, as it was sent."""
    repair = open_repair(day)
    day.at(MORNING + HOUR)
    messages = done(day("cs-officer").get(f"/api/tickets/{repair['id']}/messages"), 200)["items"]
    to_client = [each for each in messages if each["role"] == "client"]
    assert any("14:00" in each["body"] and "厨房" in each["body"] for each in to_client), to_client
    assert {each["status"] for each in messages} == {"sent"}
    assert all(PHONE not in each["address"] for each in to_client)
    assert len({letter.id for letter in day.post.letters}) == len(day.post.letters)


def test_of_twenty_four_tickets_that_a_manager_gives_away_fifteen_move(day: Day) -> None:
    """In one request; the nine others say why not."""
    officer = day("cs-officer")
    tickets = [officer.open("complaint", COMPLAINT) for _ in range(24)]
    for each in tickets[15:]:
        done(officer.fire(each, "withdraw", {"reason": "x"}))
    asked = [
        {"ticket": each["number"], "seq": each["seq"] + (number >= 15)} for number, each in enumerate(tickets)
    ]
    body = {"assignee": "cs-officer-2", "tickets": asked}
    answer = done(day("cs-supervisor").post("/api/bulk/assignments", body, Idempotency_Key="k"), 200)
    assert (answer["done"], answer["refused"]) == (15, 9)
    assert all(item["blocked_by"] for item in answer["items"][15:])
    again = done(day("cs-supervisor").post("/api/bulk/assignments", body, Idempotency_Key="k"), 200)
    assert again == answer


def test_an_engineer_leaves_and_nothing_of_his_stays_with_nobody(day: Day) -> None:
    """Each of his open tickets is with somebody, or waits for people who hold the role of its state."""
    repairs = [open_repair(day) for _ in range(3)]
    director = day("office-director")
    answer = done(director.send("PATCH", "/api/accounts/repair-worker", {"active": False}), 200)
    assert answer["handover"]["total"] == 3
    assert answer["handover"]["kept"] == 0
    for each in repairs:
        now = seen(director, each)
        assert now["assignee"] != "id-repair-worker"
        assert now["assignee"] is not None or now["next"]["people"], now["next"]
        history = done(director.get(f"/api/tickets/{each['id']}/history?limit=200"), 200)["items"]
        assert history[-1]["note"], "the step says why"


def test_the_director_gets_one_morning_digest(day: Day) -> None:
    """Of what became late while nobody was there: one letter, with every ticket, each recorded on its own."""
    director = day.desk.people.account("office-director")
    assert director is not None
    done(day("office-director").send("PATCH", "/api/me", {"mail": "director@example.com"}), 200)
    tickets = [day("cs-officer").open("complaint", COMPLAINT) for _ in range(5)]
    day.at(MORNING + 60)
    before = len(day.post.letters)
    day.at(MORNING + 6 * 24 * HOUR)
    mine = [each for each in day.post.letters[before:] if each.address == "director@example.com"]
    assert len(mine) == 1
    assert all(each["number"] in mine[0].body for each in tickets)
    for each in tickets:
        told = done(day("office-director").get(f"/api/tickets/{each['id']}/messages?limit=100"), 200)["items"]
        assert any(one["recipient"] == director.staff.id and one["status"] == "sent" for one in told)
    assert list(verify(day.desk.database)) == []
