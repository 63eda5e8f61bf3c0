"""The same step, assignment or note for many tickets: each has its own transaction and its own answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, format_etag, json_response
from service.api.http.route import Routes
from service.api.tickets.collection import find_staff
from service.api.tickets.lookup import find_ticket_key_at
from service.problems import build_problem
from service.refusals import out_of_service, reason
from service.schemas import bodies
from workflows.core.commands import Assign, Fire, Note, TicketCommand
from workflows.core.ticket import StepContext, TicketKey
from workflows.engine import IdempotentCommand
from workflows.errors import Invalid, NotFound, Refusal
from workflows.language.definition import Definition
from workflows.storage.errors import AnsweredMeanwhile, Unavailable
from workflows.storage.idempotency import IdempotentRequest

routes = Routes("bulk")
Json = dict[str, Any]
BuildCommand = Callable[[TicketKey, Json], TicketCommand]


@routes.post(
    "/api/bulk/transitions",
    "Take the same step of many tickets",
    "BulkAnswers",
    status=200,
    body=bodies.BulkTransitions(),
    recorded=True,
)
def take_many_steps(request: ApiRequest) -> ApiResponse:
    """Fire a trigger on each of up to 200 tickets. Each is a step of its own, with its own answer: some may
    succeed and others be refused. Under the same Idempotency-Key nothing is done twice."""
    body = request.body

    def build(key: TicketKey, item: Json) -> TicketCommand:
        data = item.get("data", body["data"])
        return Fire(**_target(request, key, item), note=body["note"], trigger=body["trigger"], data=data)

    return answer_each(request, build)


@routes.post(
    "/api/bulk/assignments",
    "Say who has many tickets",
    "BulkAnswers",
    status=200,
    body=bodies.BulkAssignments(),
    recorded=True,
)
def assign_many(request: ApiRequest) -> ApiResponse:
    """Assign each of up to 200 tickets to one member of staff, or to nobody. Answers as for transitions."""
    body = request.body

    def build(key: TicketKey, item: Json) -> TicketCommand:
        named = body["assignee"]
        member = find_staff(request, named, (key[0],)) if named is not None else None
        to = member.id if member else named
        return Assign(**_target(request, key, item), note=body["note"], to=to)

    return answer_each(request, build)


@routes.post(
    "/api/bulk/notes",
    "Write the same note on many tickets",
    "BulkAnswers",
    status=200,
    body=bodies.BulkNotes(),
    recorded=True,
)
def write_many_notes(request: ApiRequest) -> ApiResponse:
    """Add one note to the history of each of up to 200 tickets. Answers as for transitions."""

    def build(key: TicketKey, item: Json) -> TicketCommand:
        return Note(**_target(request, key, item), note=request.body["text"])

    return answer_each(request, build)


def _target(request: ApiRequest, key: TicketKey, item: Json) -> Json:
    """The fields common to all commands."""
    return {"site": key[0], "ticket": key[1], "actor": request.actor_at(key[0]), "expected": item["seq"]}


def answer_each(request: ApiRequest, build: BuildCommand) -> ApiResponse:
    """Carry out the command of each ticket; one answer each, in the order of the request.

    Under an idempotency key the answer of each step is stored with the step. So after a kill what was done
    is answered, and the rest is done. The whole is stored once every ticket has its answer.
    """
    items = request.body["tickets"]
    run = _BulkRun(request, build, _stored_answers(request))
    answers = [run.answer(place, item) for place, item in enumerate(items)]
    done = sum(each["status"] < 300 for each in answers)
    shown = {"items": answers, "done": done, "refused": len(answers) - done}
    response = json_response(shown, 200, request.response_headers)
    if request.key is not None and not run.interrupted:
        whole = IdempotentRequest(request.staff.id, request.key, request.request_digest, request.now)
        request.desk.store.run_once(whole, response.serialize)
    return response


def _stored_answers(request: ApiRequest) -> Mapping[str, bytes]:
    """The stored answers of the tickets under the request's key, by the key of each."""
    if request.key is None:
        return {}
    keys = [_key_of(request.key, place) for place in range(bodies.MAX_BULK)]
    return request.desk.store.stored_answers(request.staff.id, keys, request.request_digest)


def _key_of(key: str, place: int) -> str:
    """The idempotency key of one ticket of the request. No client can send it: it contains blanks."""
    return f"bulk {place} {key}"


@dataclass(slots=True)
class _BulkRun:
    """One request for many tickets. Once the database is away the remaining tickets are not tried."""

    request: ApiRequest
    build: BuildCommand
    stored: Mapping[str, bytes]
    interrupted: bool = False
    _seen: set[TicketKey] = field(default_factory=set)

    def answer(self, place: int, item: Json) -> Json:
        """The answer of the ticket at this place."""
        key: TicketKey | None = None
        try:
            if self.interrupted:
                raise out_of_service()
            key = self._find(item)
            return self._do(place, key, item)
        except Unavailable:
            self.interrupted = True
            return self._refused(item, None, out_of_service())
        except Refusal as refusal:
            return self._refused(item, key, refusal)

    def _find(self, item: Json) -> TicketKey:
        request = self.request
        sites = request.sites if "site" not in item else (request.check_site(item["site"]),)
        key = find_ticket_key_at(request, item["ticket"], sites)
        if key in self._seen:
            request.load_ticket(*key)  # whether two names are of one ticket is told to whom may see it
            raise Invalid(
                reason("repeated-ticket", "the ticket is named twice; the first time counts", field="ticket")
            )
        self._seen.add(key)
        return key

    def _do(self, place: int, key: TicketKey, item: Json) -> Json:
        request, command = self.request, self.build(key, item)
        if request.key is None:
            return _done(item, request.desk.engine.do(command, request.now))
        account, own, digest = request.staff.id, _key_of(request.key, place), request.request_digest
        if own in self.stored:
            return self._replayed(item, key, self.stored[own])

        def render(context: StepContext) -> bytes:
            return orjson.dumps(_done(item, context))

        try:
            once = IdempotentCommand(account=account, key=own, digest=digest, render=render)
            context = request.desk.engine.do(command, request.now, once)
        except AnsweredMeanwhile as replayed:
            return self._replayed(item, key, replayed.answer)
        except Refusal:
            answer = request.desk.store.stored_answer(account, own, digest)
            if answer is None:
                raise
            return self._replayed(item, key, answer)  # a second copy of the request has done it meanwhile
        return _done(item, context)

    def _replayed(self, item: Json, key: TicketKey, stored: bytes) -> Json:
        """The stored answer; of a ticket that was erased since, only that the step was taken."""
        if stored:
            return dict(orjson.loads(stored))
        return {**_ITEM, "ticket": item["ticket"], "site": key[0], "id": key[1], "status": 200}

    def _refused(self, item: Json, key: TicketKey | None, refusal: Refusal) -> Json:
        """The refusal, with the process's titles if the ticket is known to be visible. Values that were sent
        are left out, since the answer may be stored."""
        definition = self._definition(key) if refusal.status != 404 else None
        instance = f"/api/tickets/{item['ticket']}"
        problem = build_problem(refusal, instance, self.request.language, definition)
        shown = {**_ITEM, "ticket": item["ticket"], "status": refusal.status, "type": problem["type"]}
        shown["blocked_by"] = [
            {name: each for name, each in blocked.items() if name != "saw"}
            for blocked in problem["blocked_by"]
        ]
        if key is not None and definition is not None:
            shown |= {"site": key[0], "id": key[1]}
        return shown

    def _definition(self, key: TicketKey | None) -> Definition | None:
        """The definition of the ticket's process; None if the ticket is not visible to the user."""
        try:
            return self.request.load_ticket(*key).definition if key is not None else None
        except NotFound:
            return None


_ITEM: Json = {
    "ticket": None,
    "site": None,
    "id": None,
    "number": None,
    "status": 0,
    "state": None,
    "seq": None,
    "etag": None,
    "type": None,
    "blocked_by": [],
}
"""The keys of an answer, which are always there."""


def _done(item: Json, context: StepContext) -> Json:
    ticket = context.ticket
    assert ticket is not None, "a step leaves a ticket"
    return {
        **_ITEM,
        "ticket": item["ticket"],
        "site": ticket.site,
        "id": ticket.id,
        "number": ticket.number,
        "status": 200,
        "state": ticket.state,
        "seq": ticket.seq,
        "etag": format_etag(ticket.seq),
    }
