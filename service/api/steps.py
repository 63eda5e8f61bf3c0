"""What is done to a ticket, and what could be. Every write names the step it was decided on."""

from __future__ import annotations

from typing import Any, TypedDict

from service.api import receipts
from service.api.answers import Answer, as_json, etag
from service.api.call import Call
from service.api.forms import step_form
from service.api.places import place_of
from service.api.routing import MERGE_PATCH, Routes
from service.api.sites import changed_since
from service.api.tickets import staff_named, whole
from service.problems import blocked_by
from service.schemas import bodies, queries
from service.texts import titled
from workflows.core.choices import Choice, choices
from workflows.core.commands import Actor, Amend, Assign, Claim, Fire, Note, TicketCommand
from workflows.core.ticket import Situation
from workflows.storage.conflicts import Conflict

routes = Routes("tickets")


@routes.get(
    "/api/tickets/{number}/transitions",
    "What can be done now, and what not, and why",
    "Transitions",
    query=queries.SiteQuery(),
    refuses=(404, 409),
    etag=True,
)
def show_transitions(call: Call, number: str) -> Answer:
    """The steps the asker may take, each with its form; the others, each with the reasons and who could."""
    site, ticket_id = place_of(call, number)
    situation = call.look(site, ticket_id)
    ticket = situation.ticket
    assert ticket is not None, "what is looked at exists"
    found = choices(situation, call.actor(site), call.now)
    shown = {
        "available": [_available(each, situation, call.language) for each in found if not each.reasons],
        "blocked": [_blocked(each, situation, call.language) for each in found if each.reasons],
    }
    heads = {**call.heads, "ETag": etag(ticket.seq)}
    return as_json(shown, 200, heads)


def _available(choice: Choice, situation: Situation, language: str) -> dict[str, Any]:
    assert situation.ticket is not None, "what is looked at exists"
    here = situation.ticket.state
    return {
        "trigger": choice.trigger,
        "title": _title(choice, situation, language),
        "to": list(dict.fromkeys(row.to or here for row in choice.rows)),
        "form": step_form(situation.definition, choice.rows, language, situation.directory),
        "on_behalf": choice.on_behalf,
    }


def _blocked(choice: Choice, situation: Situation, language: str) -> dict[str, Any]:
    return {
        "trigger": choice.trigger,
        "title": _title(choice, situation, language),
        "reasons": [blocked_by(each, language, situation.definition) for each in choice.reasons],
        "who": list(choice.who),
    }


def _title(choice: Choice, situation: Situation, language: str) -> str:
    """The title of the trigger: that of its first row in the file that has one."""
    rows = (*choice.rows, *situation.definition.transitions)
    return next(
        (titled(r.title, language) for r in rows if r.trigger == choice.trigger and r.title), choice.trigger
    )


@routes.post(
    "/api/tickets/{number}/transitions",
    "Take a step",
    "Ticket",
    body=bodies.TakeStep(),
    query=queries.SiteQuery(),
    writes=True,
)
def take_step(call: Call, number: str) -> Answer:
    """Fire a trigger with its form filled in; the ticket as it then stands."""
    body = call.body
    command = Fire(**_about(call, number), note=body["note"], trigger=body["trigger"], data=body["data"])
    return _done(call, command, 201)


@routes.post(
    "/api/tickets/{number}/notes",
    "Write a note",
    "Ticket",
    body=bodies.WriteNote(),
    query=queries.SiteQuery(),
    writes=True,
)
def write_note(call: Call, number: str) -> Answer:
    """Write something down; the ticket stays where it is."""
    return _done(call, Note(**_about(call, number), note=call.body["text"]), 201)


@routes.post(
    "/api/tickets/{number}/claim",
    "Take a ticket that nobody has",
    "Ticket",
    body=bodies.ClaimIt(),
    query=queries.SiteQuery(),
    writes=True,
)
def claim(call: Call, number: str) -> Answer:
    """The asker has the ticket from now on."""
    return _done(call, Claim(**_about(call, number), note=call.body["note"]), 201)


@routes.put(
    "/api/tickets/{number}/assignee",
    "Say who has the ticket",
    "Ticket",
    body=bodies.GiveTo(),
    query=queries.SiteQuery(),
    writes=True,
)
def assign(call: Call, number: str) -> Answer:
    """Give the ticket to a member of staff, by id or account, or back to nobody."""
    about = _about(call, number)
    to = _staff_id(call, about["site"], call.body["assignee"])
    return _done(call, Assign(**about, note=call.body["note"], to=to), 200)


def _staff_id(call: Call, site: str, named: str | None) -> str | None:
    """The id behind a name; what nobody is called goes on as it is, and the decision says so."""
    if named is None:
        return None
    member = staff_named(call, named, (site,))
    return member.id if member else named


@routes.patch(
    "/api/tickets/{number}/data",
    "Put the form right",
    "Ticket",
    free_body=True,
    media=MERGE_PATCH,
    query=queries.SiteQuery(),
    writes=True,
)
def amend(call: Call, number: str) -> Answer:
    """Correct fields without a step (RFC 7396: null takes a field away)."""
    return _done(call, Amend(**_about(call, number), data=call.body), 200)


class _About(TypedDict):
    site: str
    ticket: str
    actor: Actor
    expected: int | None


def _about(call: Call, number: str) -> _About:
    """Which ticket a command is about, who gives it, and what they have seen of it."""
    site, ticket = place_of(call, number)
    return {"site": site, "ticket": ticket, "actor": call.actor(site), "expected": call.seen}


@routes.post(
    "/api/tickets/{number}/erasures",
    "Erase the personal fields",
    "Ticket",
    body=bodies.ErasePersonal(),
    query=queries.SiteQuery(),
    writes=True,
)
def erase(call: Call, number: str) -> Answer:
    """Destroy what is personal of the ticket and of its history, for good; the rest stays and verifies.

    For those who look after the desk. The history says that it was done, by whom and with which words.
    """
    site, ticket = place_of(call, number)
    call.look(site, ticket)
    actor = call.actor(call.managed_site(site))
    try:
        call.desk.privacy.erase(site, ticket, actor, call.now, call.body["note"], call.seen)
    except Conflict:
        raise changed_since() from None
    return receipts.kept(call, whole(call.look(site, ticket), call, 201))


def _done(call: Call, command: TicketCommand, status: int) -> Answer:
    def answer(situation: Situation) -> Answer:
        return whole(situation, call, status)

    return answer(call.desk.engine.do(command, call.now, call.repeatable(answer)))
