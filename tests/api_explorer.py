"""A client that knows nothing but the API.

What a form takes it reads from its JSON Schema, where a process leads from its shape, and what was wrong from
the reasons of the refusal. It has never heard of a complaint.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Protocol

import pytest

from tests.form_filler import FILE, forms

Json = dict[str, Any]
TIMED = frozenset({"owner-forum"})  # held at its hour: somebody has to turn the clock
LED = frozenset({"reception-day"})  # its hour and its matters have to meet: a story leads through it
MOST_WAITS = 3  # for one state of one ticket
ATTEMPTS = 40  # tickets of one process
FAR = 1_000
ENDED = ("closed", "cancelled")
MOST_STEPS = 120  # of one ticket
MOST_REFUSALS = 1_000  # of one attempt that trusts to luck
ROUNDS = 3  # steps that lead nowhere, until everybody is asked again


class Answer(Protocol):
    """What came back."""

    @property
    def status_code(self) -> int: ...
    @property
    def json(self) -> Any: ...
    @property
    def text(self) -> str: ...


class Caller(Protocol):
    """Somebody who is signed in."""

    @property
    def account(self) -> str: ...
    def get(self, path: str) -> Answer: ...
    def post(self, path: str, body: object) -> Answer: ...
    def fire(self, ticket: Json, trigger: str, data: Json) -> Answer: ...
    def upload(self) -> str: ...


@dataclass(slots=True)
class Stranger:
    """Walks tickets to their end. `callers` are those it can sign in as, with the posts they hold."""

    callers: Sequence[Caller]
    posts: Mapping[str, frozenset[str]]
    tried: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    shapes: dict[str, Json] = field(default_factory=dict)
    able: dict[tuple[str, str], dict[str, Caller]] = field(default_factory=dict)
    rounds: Counter[tuple[str, str]] = field(default_factory=Counter)
    stuck: int = 0
    patience: float = float("inf")  # how many refusals in all it bears before it starts again
    luck: Random | None = None  # of one who has tried the likeliest way before
    turn: Callable[[datetime], None] | None = None  # turns the clock, for one who can wait
    waits: Counter[tuple[str, str]] = field(default_factory=Counter)

    def shape(self, workflow: str) -> Json:
        """The process as the API tells it."""
        if workflow not in self.shapes:
            self.shapes[workflow] = self.callers[0].get(f"/api/workflows/{workflow}").json
        return self.shapes[workflow]

    def brings_to_a_good_end(self, workflow: str) -> None:
        """A ticket of the process, with all its children; who fails at the likeliest way tries others."""
        if not self.openable(workflow):
            return self.is_told_that_nobody_opens(workflow)
        good = {state["name"] for state in self.shape(workflow)["states"] if state["category"] == "closed"}
        went: list[str] = []
        for attempt in range(ATTEMPTS):
            self.luck = Random(attempt) if attempt else None
            self.patience = len(self.refused) + MOST_REFUSALS if attempt else float("inf")
            try:
                ended = self.walk(self.open(workflow))
            except AssertionError as error:
                went.append(str(error)[:200])
                continue
            assert ended["category"] in ENDED
            assert all(child["closed"] for child in ended["children"])
            if not good or ended["state"] in good:
                return None
            went.append(f"ended as {ended['state']}")
        pytest.fail(f"{went}; {self.refused[-2:]}")

    def is_told_that_nobody_opens(self, workflow: str) -> None:
        """What schedules and other processes open is refused to people, with the reason."""
        answer = self.callers[0].post("/api/tickets", {"workflow": workflow, "data": {}})
        assert answer.status_code == 403, answer.text
        assert "role-needed" in {reason["code"] for reason in answer.json["blocked_by"]}

    def openable(self, workflow: str) -> bool:
        """Whether people may open such a ticket; else a schedule or another process does."""
        return bool(set(self.shape(workflow)["start"]["roles"]) - {"clock"})

    def sign_in(self) -> None:
        """Everybody reports at every roster: there are processes whose tickets are given out in turn."""
        for roster in self.callers[0].get("/api/rosters").json["items"]:
            for caller in self.callers:
                path = f"/api/rosters/{roster['site']}/{roster['name']}/entries"
                caller.post(path, {"mark": "sign-in"})

    def open(self, workflow: str) -> Json:
        """Open a ticket with whatever its start form takes."""
        start = self.shape(workflow)["start"]
        for caller in self._able(start["roles"])[:3]:
            about: list[str] = []
            for data in itertools.chain(forms(start["form"]), _later(start["form"], about, self.luck)):
                answer = caller.post("/api/tickets", {"workflow": workflow, "data": _upload(caller, data)})
                if answer.status_code == 201:
                    return dict(answer.json)
                self.refused.append(answer.text)
                about[:] = sorted({*about, *_fields_of(answer.json)} & set(start["form"]["properties"]))
        raise AssertionError(f"nobody can open {workflow}: {self.refused[-1:]}")

    def walk(self, ticket: Json) -> Json:
        """Take the ticket to its end, its children first."""
        for _ in range(MOST_STEPS):
            ticket = self._see(ticket)
            waiting = [child for child in ticket["children"] if not child["closed"]]
            if self.luck and waiting and ticket["category"] not in ENDED and self.luck.random() < 0.98:
                self._go_along(ticket, self._see(self.luck.choice(waiting)))
                continue
            for child in waiting:
                self.walk(child)
            ticket = self._see(ticket)
            if ticket["category"] in ENDED:
                return ticket
            self._step(ticket)
        raise AssertionError(f"{ticket['workflow']} goes round and round at {ticket['state']}")

    def _go_along(self, ticket: Json, child: Json) -> None:
        """Go on with the ticket while a child is still open, or else one step with the child."""
        try:
            self._step(ticket, patient=True)
        except AssertionError:
            self._step(child)

    def _see(self, ticket: Json) -> Json:
        """The ticket as somebody sees it for whom it exists; in need, with the children that anybody sees."""
        seen: Json = {}
        children: dict[str, Json] = {}
        for caller in self.callers:
            answer = caller.get(f"/api/tickets/{ticket['id']}")
            if answer.status_code == 200:
                seen = seen or dict(answer.json)
                children |= {child["id"]: child for child in answer.json["children"]}
                if not self.luck:
                    break
        return {**seen, "children": list(children.values())}

    def _step(self, ticket: Json, *, patient: bool = False) -> None:
        """Take the step nearest to an end, of those tried least; ask more people before giving up.

        Who is patient takes none that gives up.
        """
        for self.stuck in (0, 1):
            for caller, offered in self._offers(ticket, patient):
                assert len(self.refused) < self.patience, f"too much is refused at {ticket['state']}"
                if self._take(caller, ticket, offered):
                    self.stuck = 0
                    return
        raise AssertionError(
            f"{ticket['workflow']} is stuck at {ticket['state']} with {ticket['data']}: {self.refused[-3:]}"
        )

    def _offers(self, ticket: Json, patient: bool) -> Iterator[tuple[Caller, Json]]:
        """Every step somebody is offered, the most promising first; each with those who may."""
        distance = distances(self.shape(ticket["workflow"]))
        found, awaited = self._heard(ticket)

        def far(trigger: str) -> float:
            return min((distance.get(state, FAR) for state in found[trigger][0][1]["to"]), default=FAR)

        def promise(trigger: str) -> tuple[float, int]:
            often = self.tried[ticket["id"], ticket["state"], trigger]
            return far(trigger) + 3 * often + (self.luck.uniform(0, 6) if self.luck else 0), often

        here = distance.get(ticket["state"], FAR)
        untried = {trigger for trigger in found if not self.tried[ticket["id"], ticket["state"], trigger]}
        worth = (far(trigger) < (FAR if trigger in untried else here) for trigger in found)
        if awaited and not any(worth) and self._waits(ticket, min(awaited)):
            found, _ = self._heard(ticket)
        for trigger in sorted(found, key=promise):
            if patient and promise(trigger)[0] >= FAR:
                continue
            yield from found[trigger][:2] + found[trigger][-1:]
            self.tried[ticket["id"], ticket["state"], trigger] += 1

    def _heard(self, ticket: Json) -> tuple[dict[str, list[tuple[Caller, Json]]], set[datetime]]:
        """What is offered, with those who may; and the moments to come that other steps wait for."""
        found: dict[str, list[tuple[Caller, Json]]] = {}
        awaited: set[datetime] = set()
        for caller in self._askable(ticket):
            answer = caller.get(f"/api/tickets/{ticket['id']}/transitions")
            if answer.status_code != 200:
                continue
            for offered in answer.json["available"]:
                found.setdefault(offered["trigger"], []).append((caller, offered))
                self.able.setdefault((ticket["workflow"], ticket["state"]), {})[caller.account] = caller
            for blocked in answer.json["blocked"]:
                awaited |= _moments(blocked["reasons"])
        return found, awaited

    def _waits(self, ticket: Json, moment: datetime) -> bool:
        """Whether the stranger can and does wait for the moment."""
        self.waits[ticket["id"], ticket["state"]] += 1
        if self.turn is None or self.waits[ticket["id"], ticket["state"]] > MOST_WAITS:
            return False
        self.turn(moment + timedelta(minutes=1))
        return True

    def _askable(self, ticket: Json) -> list[Caller]:
        """Whom to ask: those whose posts the rows name, or who were offered something here before.

        Of a ticket that stays where it is everybody is asked again: somebody else may have it by now.
        """
        known = self.able.get((ticket["workflow"], ticket["state"]))
        self.rounds[ticket["id"], ticket["state"]] += 1
        if known and self.stuck == 0 and self.rounds[ticket["id"], ticket["state"]] % ROUNDS:
            return list(known.values())
        rows = [r for r in self.shape(ticket["workflow"])["transitions"] if ticket["state"] in r["from"]]
        roles = {role for row in rows for role in row["roles"]}
        if roles <= frozenset().union(*self.posts.values()):
            return self._able(sorted(roles))
        return list(self.callers)

    def _take(self, caller: Caller, ticket: Json, offered: Json) -> bool:
        """Whether the step can be taken with some form; the reasons say which fields to change.

        A step taken before in this state is filled in otherwise, so that it may lead elsewhere.
        """
        about: list[str] = []
        often = self.tried[ticket["id"], ticket["state"], offered["trigger"]]
        tries = itertools.islice(forms(offered["form"], (), self.luck), often, None)
        for data in itertools.chain(tries, forms(offered["form"])):
            answer = caller.fire(ticket, offered["trigger"], _upload(caller, data))
            if answer.status_code == 201:
                self.tried[ticket["id"], ticket["state"], offered["trigger"]] += 1
                return True
            assert answer.status_code in (403, 409, 422), answer.text
            self.refused.append(answer.text)
            named = _fields_of(answer.json) & set(offered["form"]["properties"])
            if answer.status_code == 403 or not named:
                return False
            if not named <= set(about):
                about = sorted(named | set(about))
                return self._vary(caller, ticket, offered, about) or self._vary(
                    caller, ticket, offered, list(offered["form"]["properties"])
                )
        return False

    def _vary(self, caller: Caller, ticket: Json, offered: Json, about: Sequence[str]) -> bool:
        """Whether the step can be taken with the fields that the refusal named filled in otherwise."""
        for data in forms(offered["form"], about, self.luck):
            answer = caller.fire(ticket, offered["trigger"], _upload(caller, data))
            if answer.status_code == 201:
                self.tried[ticket["id"], ticket["state"], offered["trigger"]] += 1
                return True
            self.refused.append(answer.text)
        return False

    def _able(self, roles: Sequence[str]) -> list[Caller]:
        wanted = set(roles)
        able = [caller for caller in self.callers if self.posts[caller.account] & wanted]
        return able or list(self.callers)


def _later(schema: Json, about: list[str], luck: Random | None) -> Iterator[Json]:
    """More ways, about the fields that are known by the time they are asked for."""
    yield from forms(schema, list(about), luck)


def _fields_of(problem: Json) -> set[str]:
    """The fields a refusal is about: named, or seen by the guard that did not hold."""
    found: set[str] = set()
    for reason in problem["blocked_by"]:
        if "field" in reason:
            found.add(reason["field"].partition("[")[0])
        if isinstance(reason.get("saw"), dict):
            found |= set(reason["saw"])
    return found


def _moments(reasons: Sequence[Json]) -> set[datetime]:
    """The moments to come that the guards saw which do not hold."""
    saw = [reason["saw"].values() for reason in reasons if isinstance(reason.get("saw"), dict)]
    values = (value for values in saw for value in values if isinstance(value, str) and value.endswith("Z"))
    return {each for each in map(datetime.fromisoformat, values) if each > datetime.now(UTC)}


def distances(shape: Json) -> dict[str, int]:
    """How many steps each state is from a good end, by the rows; a cancelled end is far off."""
    found = {s["name"]: 0 for s in shape["states"] if s["category"] == "closed"}
    found |= {s["name"]: FAR for s in shape["states"] if s["category"] == "cancelled"}
    changed = True
    while changed:
        changed = False
        for row in shape["transitions"]:
            far = found.get(row["to"], 2 * FAR) + 1
            for source in row["from"]:
                if far < found.get(source, 2 * FAR) and source not in _ends(shape):
                    found[source], changed = far, True
    return found


def _ends(shape: Json) -> set[str]:
    return {s["name"] for s in shape["states"] if s["category"] in ("closed", "cancelled")}


def _upload(caller: Caller, value: Any) -> Any:
    """What was filled in, with a file uploaded wherever one belongs."""
    if isinstance(value, dict):
        return {name: _upload(caller, each) for name, each in value.items()}
    if isinstance(value, list):
        return [_upload(caller, each) for each in value]
    return caller.upload() if value == FILE else value
