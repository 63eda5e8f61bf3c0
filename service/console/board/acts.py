"""The forms of the board: give many tickets to somebody, or say that they are seen and by when.

Both go to the engine ticket by ticket, as the API's requests for many do, and each ticket has its own answer.
A form that comes twice acts once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from flask import Response

from service.api import bulk
from service.api.http.response import ApiResponse
from service.console.board.board_choice import BoardChoice
from service.console.board.view import SentBoard, board_page, read_query
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.schemas.bodies import MAX_BULK
from service.schemas.common import MAX_NOTE
from workflows.core.commands import Acknowledge, TicketCommand
from workflows.core.ticket import TicketKey
from workflows.errors import Invalid, Reason
from workflows.timing.instants import Instant, from_datetime

pages = Pages()
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardAnswer:
    """What became of a ticket: its number, where it is shown, and why not, if it was refused."""

    number: str
    path: str
    reasons: tuple[str, ...]


@pages.post("/board/assign")
def assign(call: ConsoleRequest) -> Response:
    """Give the ticked tickets to somebody."""
    form = call.request.form
    return _act(call, ["assignee"] if not form.get("assignee") else [], _assign)


@pages.post("/board/acknowledge")
def acknowledge(call: ConsoleRequest) -> Response:
    """Say of the ticked tickets that they are seen, and by when they are dealt with."""
    until = _parse_local(call.request.form.get("until", ""))
    return _act(call, ["until"] if until is None else [], _acknowledge)


def _act(
    call: ConsoleRequest, missing: list[str], do: Callable[[ConsoleRequest, list[Json]], ApiResponse]
) -> Response:
    read_query(call)  # whoever leads nobody has no board
    form = call.request.form
    choice, ticked = BoardChoice.of(form), form.getlist("ticket")
    items = [item for item in map(_read_item, ticked[: MAX_BULK + 1]) if item is not None]
    wrong = ["nothing-ticked" if not items else "too-many" if len(items) > MAX_BULK else "", *missing]
    wrong += ["too-long"] if len(form.get("note", "")) > MAX_NOTE else []
    if named := [each for each in wrong if each]:
        texts = tuple(call.text("board", f"wrong-{each}", most=MAX_BULK) for each in named)
        sent = SentBoard(ticked=frozenset(ticked), values=form, wrong=texts)
        return board_page(call, choice, 422, sent)
    before = call.find_stored_answer(call.key) if call.key is not None else None
    return _show_answers(call, choice, before or do(call, items))


def _read_item(text: str) -> Json | None:
    """The ticket that a tick box names; None if it names none."""
    site, number, seq, clock = (*text.split("/", 3), "", "", "")[:4]
    if not (site and number and seq.isascii() and seq.isdecimal() and len(seq) < 10):
        return None
    return {"ticket": number, "site": site, "seq": int(seq), "clock": clock}


def _assign(call: ConsoleRequest, items: list[Json]) -> ApiResponse:
    form = call.request.form
    call.body = {"assignee": form["assignee"], "note": form.get("note", ""), "tickets": items}
    return bulk.assign_many(call)


def _acknowledge(call: ConsoleRequest, items: list[Json]) -> ApiResponse:
    form = call.request.form
    call.body = {"tickets": items}

    def build(key: TicketKey, item: Json) -> TicketCommand:
        return Acknowledge(
            site=key[0],
            ticket=key[1],
            actor=call.actor_at(key[0]),
            clock=item["clock"],
            until=_find_until(call, key[0]),
            note=form.get("note", ""),
        )

    return bulk.answer_each(call, build)


def _find_until(call: ConsoleRequest, site: str) -> Instant:
    """What was typed, as a time at the site."""
    local = _parse_local(call.request.form.get("until", ""))
    if local is None:
        raise Invalid(Reason("bad-value", "until is no time", field="until"))
    return from_datetime(local.replace(tzinfo=call.desk.board.zone_of(site)))


def _parse_local(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is None and 1970 < found.year < 2200 else None


def _show_answers(call: ConsoleRequest, choice: BoardChoice, response: ApiResponse) -> Response:
    """The page with the answer for each ticket, those that were refused first."""
    found = orjson.loads(response.body)
    answers = [
        BoardAnswer(
            number=each["number"] or each["ticket"],
            path=f"/tickets/{each['number'] or each['ticket']}?site={each['site']}" if each["site"] else "",
            reasons=tuple(why["message"] for why in each["blocked_by"]),
        )
        for each in found["items"]
    ]
    answers.sort(key=lambda each: not each.reasons)
    return call.page(
        "board/answers.html",
        call.text("board", "answers"),
        answers=answers,
        done=found["done"],
        refused=found["refused"],
        back=choice.address,
    )
