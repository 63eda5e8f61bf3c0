"""How stories are told: people act at the API, it is as late as the story says, and who hears is noted.

The people are the demonstration's, each in a department of its own. Whatever they do or see goes over HTTP;
only the clock, in real life a process of its own, is turned by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from api_desk import caller
from flask import Flask
from time_machine import Traveller
from werkzeug.test import TestResponse

from service import scheduler, wallclock
from service.bootstrap import Desk
from workflows.timing.instants import Instant, from_datetime, rfc3339

Json = dict[str, Any]
ZONE = "+08:00"
MANAGER = "office-director"  # who looks after the desk and sees what leaves it
_NEXT_LEVEL = "SELECT min(next_level_at) FROM clocks WHERE parked IS NULL AND next_level_at IS NOT NULL"


def at(local: str) -> str:
    """`2026-03-02 09:00` at the site, as a form takes it."""
    return f"{local.replace(' ', 'T')}:00{ZONE}"


def utc(local: str) -> str:
    """The same moment as the API shows it."""
    return rfc3339(_instant(local))


def _instant(local: str) -> Instant:
    return from_datetime(datetime.fromisoformat(at(local)))


def passed(*items: str, **failed: str) -> list[Json]:
    """A checklist gone through: all of `items` pass but those that `failed` names, with what is wrong."""
    wrong = {name.replace("_", "-"): note for name, note in failed.items()}
    return [
        {"item": item, "result": "fail", "note": wrong[item]}
        if item in wrong
        else {"item": item, "result": "pass"}
        for item in items
    ]


@dataclass(slots=True)
class Day:
    """The desk while a story lasts."""

    app: Flask
    desk: Desk
    clock: Traveller
    eyes: str = MANAGER  # with which the story looks at its tickets
    _heard: set[str] = field(default_factory=set)
    _staff: dict[str, str] = field(default_factory=dict)

    def as_(self, account: str) -> Any:
        """`account`, signed in just now."""
        return caller(self.app, self.desk, account)

    def opens(self, account: str, workflow: str, /, **data: Any) -> Json:
        """Somebody opens a ticket."""
        return dict(self.as_(account).open(workflow, data))

    def may_not_open(self, account: str, workflow: str, /, **data: Any) -> TestResponse:
        """Somebody tries to open a ticket; the refusal."""
        answer: TestResponse = self.as_(account).post("/api/tickets", {"workflow": workflow, "data": data})
        assert answer.status_code >= 400, f"{account} has opened {workflow}"
        return answer

    def does(self, account: str, ticket: Json, trigger: str, /, **data: Any) -> Json:
        """Somebody takes a step of the ticket as it stands; the ticket afterwards."""
        answer = self._tries(account, ticket, trigger, data)
        assert answer.status_code == 201, f"{account} could not {trigger}: {answer.text}"
        return dict(answer.json)

    def may_not(self, account: str, ticket: Json, trigger: str, /, **data: Any) -> tuple[int, list[str]]:
        """Somebody tries a step that is refused: the status and the codes of the reasons. Nothing changes."""
        answer = self.refusal(account, ticket, trigger, **data)
        return answer.status_code, sorted(reason["code"] for reason in answer.json["blocked_by"])

    def refusal(self, account: str, ticket: Json, trigger: str, /, **data: Any) -> TestResponse:
        """Somebody tries a step that is refused, and changes nothing: the whole answer."""
        before = self._stands(ticket)
        answer = self._tries(account, ticket, trigger, data)
        assert answer.status_code >= 400, f"{account} could {trigger}"
        assert answer.content_type == "application/problem+json"
        assert self._stands(ticket) == before, "what is refused changes nothing"
        return answer

    def _tries(self, account: str, ticket: Json, trigger: str, data: Json) -> TestResponse:
        seen = {"id": ticket["id"], "seq": self._stands(ticket)["seq"]}
        answer: TestResponse = self.as_(account).fire(seen, trigger, data)
        return answer

    def _stands(self, ticket: Json) -> Json:
        return self.sees(self.eyes, ticket)

    def sees(self, account: str, ticket: Json) -> Json:
        """The ticket as somebody sees it now."""
        answer = self.as_(account).get(f"/api/tickets/{ticket['id']}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def found(self, account: str, query: str) -> list[Json]:
        """The tickets that a search gives somebody."""
        return list(self.as_(account).get(f"/api/tickets?{query}").json["items"])

    def child(self, ticket: Json, link: str, index: int = 0) -> Json:
        """A child of the ticket, by its link, in the order they were opened."""
        return self.children(ticket, link)[index]

    def children(self, ticket: Json, link: str) -> list[Json]:
        """The children of a link, each as it stands."""
        ids = [each for each in self._stands(ticket)["children"] if each["link"] == link]
        return [self._stands(each) for each in ids]

    def reads(self, account: str, ticket: Json) -> Json:
        """The personal words of the ticket, as somebody reads them who may."""
        answer = self.as_(account).get(f"/api/tickets/{ticket['id']}/personal")
        assert answer.status_code == 200, answer.text
        return dict(answer.json["personal"])

    def history(self, ticket: Json) -> list[Json]:
        """All that was done to the ticket."""
        return self._all(self.eyes, f"/api/tickets/{ticket['id']}/history?limit=200")

    def promise(self, ticket: Json, name: str) -> Json:
        """A clock of the ticket."""
        return next(clock for clock in self._stands(ticket)["clocks"] if clock["name"] == name)

    def id_of(self, account: str) -> str:
        """How a form names a colleague."""
        return next(identity for identity, each in self._names().items() if each == account)

    def told(self, ticket: Json) -> set[str]:
        """Who was sent a notice about the ticket since this was last asked; `client` is the client."""
        return self._hearers(ticket["id"], "notice")

    def told_of_what_is_hidden(self) -> set[str]:
        """The same, of tickets that do not exist for who looks after the desk; of which, he does not see."""
        return self._hearers(None, "notice")

    def escalated_to(self, ticket: Json) -> set[str]:
        """Who was told that the ticket is late, or soon will be, since this was last asked."""
        return self._hearers(ticket["id"], "escalation")

    def _hearers(self, ticket: str | None, kind: str) -> set[str]:
        new = [
            each
            for each in self._all(MANAGER, "/api/outbox?status=pending&limit=200")
            if (each["ticket"], each["kind"]) == (ticket, kind) and each["id"] not in self._heard
        ]
        self._heard.update(each["id"] for each in new)
        return {self._names().get(each["recipient"], each["recipient"]) for each in new}

    def _all(self, account: str, path: str) -> list[Json]:
        """All pages of a list, as somebody sees it."""
        reader, found, cursor = self.as_(account), list[Json](), ""
        while True:
            page = reader.get(f"{path}{cursor}").json
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = f"&cursor={page['next']}"

    def _names(self) -> dict[str, str]:
        if not self._staff:
            listed = self.as_(MANAGER).get("/api/staff").json["items"]
            self._staff.update({each["id"]: each["account"] for each in listed})
        return self._staff

    def until(self, local: str) -> None:
        """Let time pass; whatever comes due on the way is seen to at its moment."""
        goal = _instant(local)
        while (following := self._next_level()) is not None and following <= goal:
            self._turn(following)
            assert scheduler.sweep(self.desk, following), "a level that is due cannot be fired"
        self._turn(goal)

    def look_at_schedules(self) -> None:
        """The clock looks whether there is something to open by itself."""
        scheduler.open_due(self.desk, wallclock.now())

    def _next_level(self) -> Instant | None:
        found: Instant | None = self.desk.database.read(self.desk.database.sql(_NEXT_LEVEL), {})[0][0]
        return found

    def _turn(self, instant: Instant) -> None:
        self.clock.move_to(datetime.fromtimestamp(instant, UTC))
