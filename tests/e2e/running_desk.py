"""A desk as others see it: a server of its own, reached over HTTP, and the people who sign in there."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parents[2]
CONFIG = Path(__file__).with_name("config.toml")
SITE, ELSEWHERE = "yunlan", "haiyan"
PATIENCE = 60  # seconds that a command or the server's start may take
OF_A_DEMO = 300  # a month of tickets is played, on a machine that may be busy

Json = dict[str, Any]


def command(
    folder: Path, *words: str, said: str = "", patience: int = PATIENCE, **more: str
) -> subprocess.CompletedProcess[str]:
    """`huifang …` in a process of its own, on the desk whose data are in `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "service", *words],
        cwd=ROOT,
        env=surroundings(folder) | more,
        input=said,
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of the desk's processes: nothing of Huifang's but where its data and settings are."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIFANG_")}
    return kept | {"HUIFANG_DATA": str(folder), "HUIFANG_CONFIG": str(CONFIG), "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, as it came over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return orjson.loads(self.body)

    @property
    def reasons(self) -> list[Json]:
        """Why it was refused. Every refusal is a problem of RFC 9457 with at least one reason."""
        assert self.status >= 400, f"{self.status} is no refusal"
        assert self.headers["content-type"] == "application/problem+json", self.body[:500]
        problem = self.json
        assert problem["status"] == self.status
        assert problem["type"].startswith("urn:huifang:problem:")
        assert problem["title"]
        assert problem["detail"]
        found: list[Json] = problem["blocked_by"]
        assert found, problem
        assert all(reason["code"] and reason["message"] for reason in found), problem
        return found

    @property
    def codes(self) -> list[str]:
        """The codes of the reasons, sorted."""
        return sorted(reason["code"] for reason in self.reasons)

    @property
    def fields(self) -> set[str]:
        """The fields that the reasons name."""
        return {reason["field"] for reason in self.reasons if "field" in reason}


def sent(port: int, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Said:
    """Send exactly these bytes and hear the answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as line:
        with suppress(BrokenPipeError):  # who is told that it is too much is not listened to any longer
            line.request(method, path, body=body, headers=dict(headers))
        answer = line.getresponse()
        heads = {name.lower(): value for name, value in answer.getheaders()}
        return Said(answer.status, heads, answer.read())


@dataclass(slots=True)
class Person:
    """Somebody who has signed in with an account and a password, and works through the API."""

    port: int
    account: str
    token: str
    language: str = "en"

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Said:
        """Any request; a body that is bytes already goes as it is, `If_Match="…"` is a header."""
        heads = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language}
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        if raw is not None:
            heads["Content-Type"] = "application/json"
        heads |= {name.replace("_", "-"): value for name, value in headers.items()}
        return sent(self.port, method, path, raw, heads)

    def get(self, path: str) -> Any:
        """What is found at `path`."""
        answer = self.send("GET", path)
        assert answer.status == 200, answer.body
        return answer.json

    def open(self, workflow: str, **data: Any) -> Json:
        """Open a ticket."""
        answer = self.try_to_open(workflow, **data)
        assert answer.status == 201, answer.body.decode()
        return dict(answer.json)

    def try_to_open(self, workflow: str, **data: Any) -> Said:
        """Try to open a ticket."""
        return self.send("POST", "/api/tickets", {"workflow": workflow, "data": data})

    def does(self, ticket: Json, trigger: str, **data: Any) -> Json:
        """Take a step of the ticket as it stands now; the ticket as it stands then."""
        answer = self.tries(self.sees(ticket), trigger, **data)
        assert answer.status == 201, f"{self.account} could not {trigger}: {answer.body.decode()}"
        return dict(answer.json)

    def tries(self, ticket: Json, trigger: str, **data: Any) -> Said:
        """Try to take a step of the ticket as it was last seen."""
        return self.try_with(ticket, {"trigger": trigger, "data": data}, If_Match=f'"{ticket["seq"]}"')

    def try_with(self, ticket: Json, body: object, **headers: str) -> Said:
        """Try to take a step, with headers of one's own."""
        return self.send("POST", f"/api/tickets/{ticket['id']}/transitions", body, **headers)

    def uploads(self, ticket: Json, name: str, content: bytes) -> str:
        """Upload a file to the ticket; its id."""
        head = f'--xx\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        answer = self.send(
            "POST",
            f"/api/tickets/{ticket['id']}/attachments",
            head.encode() + content + b"\r\n--xx--\r\n",
            Content_Type="multipart/form-data; boundary=xx",
        )
        assert answer.status == 201, answer.body
        return str(answer.json["items"][0]["id"])

    def sees(self, ticket: Json) -> Json:
        """The ticket as it stands now."""
        return dict(self.get(f"/api/tickets/{ticket['id']}"))

    def history(self, ticket: Json) -> list[Json]:
        """All that was done to the ticket."""
        page = self.get(f"/api/tickets/{ticket['id']}/history?limit=200")
        assert page["next"] is None
        return list(page["items"])

    def may(self, ticket: Json) -> dict[str, Json]:
        """The forms of the steps that can be taken now."""
        found = self.get(f"/api/tickets/{ticket['id']}/transitions")
        return {each["trigger"]: each["form"] for each in found["available"]}

    def may_not(self, ticket: Json) -> dict[str, list[str]]:
        """The steps that cannot be taken now, with the codes of the reasons."""
        found = self.get(f"/api/tickets/{ticket['id']}/transitions")
        return {each["trigger"]: [reason["code"] for reason in each["reasons"]] for each in found["blocked"]}


@dataclass(slots=True)
class RunningDesk:
    """A demonstration desk that serves; `folder` holds all that it keeps."""

    folder: Path
    password: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    _people: dict[str, Person] = field(default_factory=dict)

    def __call__(self, account: str) -> Person:
        """`account`, signed in by itself."""
        if account not in self._people:
            self._people[account] = self.sign_in(account)
        return self._people[account]

    def sign_in(self, account: str) -> Person:
        """A new token for `account`."""
        asked = {"account": account, "password": self.password, "name": "end-to-end"}
        heads = {"Content-Type": "application/json"}
        answer = sent(self.port, "POST", "/api/tokens", orjson.dumps(asked), heads)
        assert answer.status == 201, answer.body
        return Person(self.port, account, answer.json["token"])

    def hire(self, account: str, *posts: str) -> Person:
        """Somebody new, with these posts at the first site."""
        words = [word for post in posts for word in ("--post", f"yunlan:{post}")]
        added = command(
            self.folder, "accounts", "add", account, "--name", account, *words, said=f"{self.password}\n"
        )
        assert added.returncode == 0, added.stderr
        return self(account)

    def standing(self, ticket: Json, eyes: str = "everyone") -> tuple[bytes, ...]:
        """All that can be seen of a ticket, but for the seconds that its clocks have run on."""
        person = self(eyes)
        seen = person.sees(ticket)
        for clock in seen["clocks"]:
            for passing in ("consumed", "remaining", "verdict", "overdue"):
                del clock[passing]
        del seen["overdue"]
        return orjson.dumps(seen), orjson.dumps(person.history(ticket))

    def census(self) -> Json:
        """How many tickets stand where, at all sites."""
        return {
            f"{each['workflow']} {each['state']}": each["tickets"]
            for each in self("everyone").get("/api/reports/states")["items"]
        }


def started(folder: Path, *, serving: str = "web", **more: str) -> RunningDesk:
    """A demonstration desk, made and served. `more` is added to the environment."""
    made = command(folder, "demo", "--short", patience=OF_A_DEMO, **more)
    assert made.returncode == 0, made.stderr
    return served(folder, "server.log", serving=serving, **more)


def served(folder: Path, log_name: str, *, serving: str = "web", **more: str) -> RunningDesk:
    """A demonstration desk that was made before, served by one more process."""
    password = (folder / "demo-password").read_text("utf-8").strip()
    port, log = _free_port(), folder.parent / log_name
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "service", serving, "--port", str(port)],
            cwd=ROOT,
            env=surroundings(folder) | more,
            stdout=written,
            stderr=written,
        )
    desk = RunningDesk(folder, password, port, process, log)
    _wait_for(desk)
    return desk


def stopped(desk: RunningDesk) -> int:
    """End the server as an operator would; its exit code."""
    desk.process.send_signal(signal.SIGTERM)
    try:
        return desk.process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        desk.process.kill()
        raise


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(desk: RunningDesk) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and desk.process.poll() is None:
        if re.search(rf"http://127\.0\.0\.1:{desk.port}/", desk.log.read_text()):
            return
        time.sleep(0.05)
    stopped(desk)
    raise AssertionError(f"the server did not start:\n{desk.log.read_text()}")


def all_of(answers: Sequence[Said], status: int) -> list[Said]:
    """The answers with this status."""
    return [answer for answer in answers if answer.status == status]
