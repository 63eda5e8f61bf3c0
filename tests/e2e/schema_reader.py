"""A client that knows the API and nothing of property management.

It finds the processes, fills in forms from their JSON Schema alone, learns from the reasons of refusals, asks
a colleague where it may not act itself, and walks what a step has opened, until a ticket has ended.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice, product
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from running_desk import Json, Person, Said

TRIES = 150  # ways to fill in one form before giving up on it
STEPS = 40  # of one ticket
ENDED = ("closed", "cancelled")


class StuckError(AssertionError):
    """The stranger does not know what else to try."""


def answers(schema: Json) -> list[Any]:
    """What could be written into one field of a form, the most hopeful first."""
    check = Draft202012Validator(schema, format_checker=FormatChecker())
    found: list[Any] = []
    for each in _guesses(schema):
        if check.is_valid(each) and each not in found:
            found.append(each)
    return found


def _guesses(schema: Json) -> Iterator[Any]:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if schema.get("format") == "date-time":
        for days in (1, -1):
            yield (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield from schema.get("enum", ())
    yield from schema.get("examples", ())
    if "boolean" in kinds:
        yield from (True, False)
    if "number" in kinds or "integer" in kinds:
        yield from (schema.get("minimum", 1), 1, schema.get("maximum", 1))
    if "array" in kinds:
        yield from _lists(schema)
    if "string" in kinds:
        yield from ("word", "w" * max(schema.get("minLength", 1), 1), "1", "2026-03-02")
    if "null" in kinds:
        yield None


def _lists(schema: Json) -> Iterator[list[Any]]:
    """All that may be chosen at once; or a row for each thing that is asked about, all answered alike."""
    rows = schema["items"]
    asked = [one["contains"]["properties"] for one in schema.get("allOf", ()) if "contains" in one]
    if rows["type"] != "object":
        every = answers(rows)
        yield from (every, every[:1], [])
    elif asked:
        named = [{name: each["const"] for name, each in one.items()} for one in asked]
        others = {name: answers(each) for name, each in rows["properties"].items() if name not in named[0]}
        for filled in product(*others.values()):
            yield [one | dict(zip(others, filled, strict=True)) for one in named]
    else:
        yield []
        yield [{name: answers(each)[0] for name, each in rows["properties"].items()}]


@dataclass(slots=True)
class Sheet:
    """One form while it is being filled in: what is required, and what refusals have shown to matter."""

    form: Json
    extra: set[str] = field(default_factory=set)
    hopeless: dict[str, list[Any]] = field(default_factory=dict)

    def ways(self) -> Iterator[Json]:
        """Every way to fill it in, the hopeful ones first."""
        names = [n for n in self.form["properties"] if n in self.form["required"] or n in self.extra]
        columns = (self._open(name) for name in names)
        for filled in islice(product(*columns), TRIES):
            yield dict(zip(names, filled, strict=True))

    def _open(self, name: str) -> list[Any]:
        """What has not been refused of what could be written into the field."""
        refused = self.hopeless.get(name, [])
        return [each for each in answers(self.form["properties"][name]) if each not in refused]

    def learn(self, data: Json, refusal: Said) -> bool:
        """Take a refusal's reasons to heart; whether there is something new to try."""
        before = (set(self.extra), str(self.hopeless))
        for reason in refusal.reasons:
            named = set(reason["saw"]) if isinstance(reason.get("saw"), dict) else set()
            named |= {re.split(r"[\[.]", reason["field"])[0]} if "field" in reason else set()
            self.extra |= (named & set(self.form["properties"])) - set(self.form["required"])
            if reason["code"] == "bad-value" and reason["field"] in data:
                self.hopeless.setdefault(reason["field"], []).append(data[reason["field"]])
        return before != (self.extra, str(self.hopeless))


def filled_in(form: Json, send: Callable[[Json], Said]) -> Said:
    """The answer to the first way of filling in `form` that is taken, or the last refusal."""
    Draft202012Validator.check_schema(form)
    whole = Draft202012Validator(form, format_checker=FormatChecker())
    sheet, last, tried = Sheet(form), None, 0
    more = True
    while more and tried < TRIES:
        more = False
        for data in sheet.ways():
            assert whole.is_valid(data), [error.message for error in whole.iter_errors(data)]
            last, tried = send(data), tried + 1
            if last.status == 201 or "role-needed" in last.codes or "separate" in last.codes:
                return last
            if sheet.learn(data, last):
                more = True
                break
            if tried >= TRIES:
                break
    assert last is not None, "there is no way to fill in the form"
    return last


@dataclass
class Stranger:
    """Works as one account, and asks others by their role; `sign_in` gives whoever is named a token."""

    me: Person
    site: str
    sign_in: Callable[[str], Person]

    @cached_property
    def colleagues(self) -> list[Json]:
        """Everybody who works at the site, those with the fewest posts first."""
        found = self.me.get(f"/api/staff?site={self.site}")["items"]
        return sorted(found, key=lambda each: len(each["roles"]))

    def opens(self, workflow: str) -> Json:
        """A new ticket of the process."""
        form = self.me.get(f"/api/workflows/{workflow}")["start"]["form"]
        asked = {"workflow": workflow, "site": self.site}
        answer = filled_in(form, lambda data: self.me.send("POST", "/api/tickets", {**asked, "data": data}))
        assert answer.status == 201, answer.body.decode()
        return dict(answer.json)

    def brings_to_an_end(self, ticket: Json) -> Json:
        """The ticket, ended; what it opened on its way has ended too."""
        seen: list[str] = []
        for _ in range(STEPS):
            ticket = self._looks_at(ticket["id"])
            if ticket["category"] in ENDED:
                return ticket
            waiting = [child for child in ticket["children"] if not child["closed"]]
            if waiting:
                self.brings_to_an_end(waiting[0])
                continue
            seen.append(ticket["state"])
            if not any(self._steps(ticket, trigger) for trigger in self._ways_on(ticket, seen)):
                raise StuckError(f"{ticket['workflow']} in {ticket['state']} after {seen}")
        raise StuckError(f"{ticket['workflow']} does not end: {seen}")

    def _looks_at(self, identity: str) -> Json:
        return dict(self.me.get(f"/api/tickets/{identity}?site={self.site}"))

    def _ways_on(self, ticket: Json, seen: list[str]) -> list[str]:
        """The triggers that may be tried, those first that lead the shortest way to a good end."""
        process = self.me.get(f"/api/workflows/{ticket['workflow']}?version={ticket['version']}")
        distance = _distances(process)
        found = self.me.get(f"/api/tickets/{ticket['id']}/transitions?site={self.site}")
        ranks: dict[str, tuple[int, int]] = {}
        for row in process["transitions"]:
            if ticket["state"] in row["from"] and not row["auto"]:
                to = row["to"] or ticket["state"]
                rank = (seen.count(to) if to != ticket["state"] else len(seen), distance.get(to, 99))
                ranks[row["trigger"]] = min(rank, ranks.get(row["trigger"], rank))
        offered = {each["trigger"] for each in (*found["available"], *found["blocked"])} & ranks.keys()
        return sorted(offered, key=lambda trigger: (ranks[trigger][1], ranks[trigger][0]))

    def _steps(self, ticket: Json, trigger: str, deep: int = 0) -> bool:
        """Whether the ticket has moved on by `trigger`, taken by whoever may."""
        for person in self._who_may(ticket, trigger):
            form = self._form(person, ticket, trigger)
            if form is None:
                continue
            answer = filled_in(form, lambda data, p=person: self._fires(p, ticket, trigger, data))
            if answer.status == 201:
                return True
            if deep < 2 and self._prepares(ticket, form, answer, deep):
                return self._steps(self._looks_at(ticket["id"]), trigger, deep + 1)
        return False

    def _fires(self, person: Person, ticket: Json, trigger: str, data: Json) -> Said:
        path = f"/api/tickets/{ticket['id']}/transitions?site={self.site}"
        return person.send("POST", path, {"trigger": trigger, "data": data}, If_Match=f'"{ticket["seq"]}"')

    def _who_may(self, ticket: Json, trigger: str) -> Iterator[Person]:
        """Oneself; else a colleague who holds a role that the refusal names."""
        yield self.me
        found = self.me.get(f"/api/tickets/{ticket['id']}/transitions?site={self.site}")
        blocked = [each for each in found["blocked"] if each["trigger"] == trigger]
        who = {role for each in blocked for role in each["who"]}
        for colleague in [each for each in self.colleagues if who & set(each["roles"])][:3]:
            yield self.sign_in(colleague["account"])

    def _form(self, person: Person, ticket: Json, trigger: str) -> Json | None:
        found = person.get(f"/api/tickets/{ticket['id']}/transitions?site={self.site}")
        return next((each["form"] for each in found["available"] if each["trigger"] == trigger), None)

    def _prepares(self, ticket: Json, form: Json, refusal: Said, deep: int) -> bool:
        """Whether another step could write down what the guard saw and this form does not ask for."""
        saw = {name for r in refusal.reasons if isinstance(r.get("saw"), dict) for name in r["saw"]}
        wanted = saw - set(form["properties"])
        found = self.me.get(f"/api/tickets/{ticket['id']}/transitions?site={self.site}")["available"]
        for step in found:
            stays = step["to"] == [ticket["state"]]
            if stays and wanted & set(step["form"]["properties"]):
                return self._steps(ticket, step["trigger"], deep + 1)
        return False


def _distances(process: Json) -> dict[str, int]:
    """How many steps each state is from a good end."""
    found = {state["name"]: 0 for state in process["states"] if state["category"] == "closed"}
    queue = deque(found)
    while queue:
        state = queue.popleft()
        for row in process["transitions"]:
            for source in row["from"] if row["to"] == state else ():
                if source not in found:
                    found[source] = found[state] + 1
                    queue.append(source)
    return found
