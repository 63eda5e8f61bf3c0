"""A ticket that does not exist for somebody: 404 at every door, and no trace of it in any list or count."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import COMPLAINT, HILL, LAKE, Call, Caller, codes

from service import wallclock
from service.api import all_routes
from service.api.routing import Route
from service.channels.letter import Letter
from service.relay import Relay
from service.wiring import Desk

T = "{en: Talk, zh-Hans: 谈话, zh-Hant: 談話, es: Charla}"
TALK = f"""
workflow: talk
title: {T}
purpose: A talk that is nobody else's business.
numbering: 'TK-{{year}}-{{seq:4}}'
calendar: office
summary: about
readers: [office-director]
visible: {{to: [office-director], when: kind == 'b'}}
retention: 365 days
fields:
  about: {{type: text, title: {T}}}
  kind: {{type: choice, title: {T}, options: {{a: {T}, b: {T}}}}}
  contact: {{type: phone, title: {T}}}
start: {{state: heard, roles: [receptionist, cs-officer], requires: [about], accepts: [kind, contact]}}
states:
  heard: {{title: {T}, owner: {{role: cs-officer}}, due: 1 hour, escalation: standard}}
  led: {{title: {T}, owner: {{role: property-manager}}, due: 1 working day}}
  over: {{title: {T}, category: closed}}
  gone: {{title: {T}, category: cancelled}}
transitions:
  - {{trigger: sort, title: {T}, from: open, roles: [cs-officer], requires: [kind]}}
  - trigger: lead
    title: {T}
    from: heard
    to: led
    roles: [cs-officer]
    effects: [{{notify: [archivist], text: {T}}}]
  - {{trigger: finish, title: {T}, from: open, to: over, roles: [cs-officer, property-manager, parent]}}
  - trigger: split
    title: {T}
    from: open
    roles: [cs-officer]
    effects: [{{open: talk, with: {{about: about, kind: "'a'"}}, as: others}}]
  - trigger: tell-others
    title: {T}
    from: open
    roles: [cs-officer]
    effects: [{{amend: others, with: {{about: "'new'"}}}}]
  - trigger: pass-on
    title: {T}
    from: open
    to: gone
    roles: [cs-officer]
    effects: [{{convert: talk, with: {{about: about, kind: "'a'"}}}}]
"""
BINGO = f"""
workflow: outing
title: {T}
purpose: What everybody may know of, with a talk that is not for all.
numbering: 'OU-{{year}}-{{seq:4}}'
calendar: office
fields:
  about: {{type: text, title: {T}}}
start: {{state: planned, roles: [receptionist], requires: [about]}}
states:
  planned: {{title: {T}, owner: {{role: receptionist}}, due: 1 working day}}
  over: {{title: {T}, category: closed}}
  gone: {{title: {T}, category: cancelled}}
transitions:
  - {{trigger: talk, title: {T}, from: planned, roles: [receptionist], effects: [{{open: talk, with: {{about: about, kind: "'b'"}}, as: talks}}]}}
  - {{trigger: stop, title: {T}, from: planned, roles: [receptionist], effects: [{{fire: finish, on: talks}}]}}
  - {{trigger: finish, title: {T}, from: planned, to: over, roles: [receptionist]}}
  - {{trigger: become, title: {T}, from: planned, to: gone, roles: [receptionist], effects: [{{convert: talk, with: {{about: about, kind: "'b'"}}}}]}}
"""  # noqa: E501 - YAML as its authors write it
SECRET = {"about": "离职谈话 quiet", "kind": "b", "contact": "13800000001"}


@pytest.fixture(autouse=True)
def published(desk: Desk) -> None:
    """The two processes are in force."""
    for text in (TALK, BINGO):
        desk.library.publish_text(text, "talk.yaml", wallclock.now(), "tests")


@pytest.fixture
def secret(call: Call) -> dict[str, Any]:
    """A restricted ticket that the receptionist has opened; officers of customer service own it."""
    return call("receptionist").open("talk", SECRET)


WHO_SEES = ("receptionist", "cs-officer", "office-director")
READS = ("", "/history", "/transitions", "/clocks", "/readings", "/personal")
STRANGERS = ("receptionist-2", "foreman", "cs-supervisor", "leader-in-charge", "stand-in")


@pytest.mark.parametrize("stranger", STRANGERS)
def test_for_others_there_is_no_such_ticket(call: Call, secret: dict[str, Any], stranger: str) -> None:
    """By number and by id, at every door, in the very words of a number that was never given."""
    caller = call(stranger)
    for which in (secret["id"], secret["number"]):
        for door in READS:
            found = caller.get(f"/api/tickets/{which}{door}")
            never = caller.get(f"/api/tickets/TK-1999-0001{door}")
            assert found.status_code == never.status_code == 404, door
            assert found.json["blocked_by"] == never.json["blocked_by"]


DOORS = [route for route in all_routes() if route.path.startswith("/api/tickets/{number}")]


@pytest.mark.parametrize("route", DOORS, ids=lambda route: f"{route.method} {route.path}")
def test_no_door_of_a_ticket_opens_to_a_stranger(call: Call, secret: dict[str, Any], route: Route) -> None:
    """Whichever there are: each refuses in the words of a ticket that was never there."""
    path = route.path.replace("{number}", secret["id"]).replace("{paper}", "x").replace("{field}", "x")
    body = {
        "/transitions": {"trigger": "finish"},
        "/notes": {"text": "x"},
        "/assignee": {"assignee": None},
        "/data": {"about": "x"},
    }.get(route.path.removeprefix("/api/tickets/{number}"), {} if route.reads_body else None)
    answer = call("stand-in").send(route.method, path, body, If_Match='"1"')
    assert (answer.status_code, codes(answer)) == (404, ["unknown-ticket"]), answer.text


def writes(caller: Caller, ticket: dict[str, Any]) -> list[Any]:
    """One try at each door that writes."""
    at, tag = f"/api/tickets/{ticket['id']}", {"If_Match": f'"{ticket["seq"]}"'}
    return [
        caller.post(f"{at}/transitions", {"trigger": "finish"}, **tag),
        caller.post(f"{at}/transitions", {"trigger": "no-such-trigger", "data": {"x": 1}}, **tag),
        caller.post(f"{at}/transitions", {"trigger": "finish"}, If_Match='"999"'),
        caller.post(f"{at}/notes", {"text": "hello"}, **tag),
        caller.post(f"{at}/claim", {}, **tag),
        caller.send("PUT", f"{at}/assignee", {"assignee": "cs-officer"}, **tag),
        caller.send("PATCH", f"{at}/data", {"about": "other"}, **tag),
    ]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_others_cannot_write_to_it(call: Call, desk: Desk, secret: dict[str, Any], stranger: str) -> None:
    """Nor find out by trying that it is there; a stale step is no other answer."""
    for answer in writes(call(stranger), secret):
        assert answer.status_code == 404, answer.text
        assert [reason["code"] for reason in answer.json["blocked_by"]] == ["unknown-ticket"]
    assert desk.engine.look(LAKE, secret["id"], None).ticket.seq == 1


def listed(caller: Caller, query: str = "") -> set[str]:
    """The numbers in a list."""
    answer = caller.get(f"/api/tickets{query}")
    assert answer.status_code == 200, answer.text
    return {item["number"] for item in answer.json["items"]}


LISTS = (
    "",
    "?workflow=talk",
    "?state=heard",
    "?category=open",
    "?view=unassigned",
    "?site=lake",
    "?q=离职",
    "?q=quiet",
    "?overdue=false",
)


@pytest.mark.parametrize("query", LISTS)
def test_it_is_in_no_list_of_others(call: Call, secret: dict[str, Any], query: str) -> None:
    """Search by its words included; in the lists of those who may know it stands."""
    assert secret["number"] not in listed(call("foreman"), query)
    assert secret["number"] not in listed(call("stand-in"), query)
    for who in WHO_SEES:
        assert secret["number"] in listed(call(who), query)


def test_it_is_not_found_by_its_number_nor_as_overdue(
    call: Call, secret: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it is late by now."""
    later = wallclock.now() + 7_200
    monkeypatch.setattr(wallclock, "now", lambda: later)
    seen, stranger = call("cs-officer"), call("foreman")
    for query in (f"?q={secret['number']}", "?overdue=true", "?view=overdue"):
        assert listed(stranger, query) == set()
        assert listed(seen, query) == {secret["number"]}


def test_reports_do_not_count_it_for_others(call: Call, secret: dict[str, Any]) -> None:
    """By state, by promise, and by version of the process."""
    for who, count in (("foreman", 0), ("cs-officer", 1)):
        caller = call(who)
        states = caller.get("/api/reports/states?workflow=talk").json["items"]
        assert sum(each["tickets"] for each in states) == count
        assert caller.get("/api/reports/promises?workflow=talk").json["running"] == count
        assert caller.get("/api/workflows/talk/versions").json["items"][0]["open_tickets"] == count


def test_whoever_has_opened_owns_or_is_named_for_it_sees_all_of_it(
    call: Call, secret: dict[str, Any]
) -> None:
    """Personal words remain for those who may read them."""
    for who in WHO_SEES:
        for door in READS[:-1]:
            if door != "/readings" or who == "office-director":
                assert call(who).get(f"/api/tickets/{secret['number']}{door}").status_code == 200
    assert call("cs-officer").get(f"/api/tickets/{secret['id']}").json["data"]["contact"] == "138****0001"
    assert call("cs-officer").get(f"/api/tickets/{secret['id']}/personal").status_code == 403
    assert call("office-director").get(f"/api/tickets/{secret['id']}/personal").status_code == 200


def test_it_goes_over_to_those_who_own_it_now(call: Call, secret: dict[str, Any]) -> None:
    """And those who owned it before know it no more."""
    assert call("cs-officer").fire(secret, "lead").status_code == 201
    assert call("property-manager").get(f"/api/tickets/{secret['number']}").status_code == 200
    assert call("cs-officer").get(f"/api/tickets/{secret['number']}").status_code == 404


def test_whoever_has_it_sees_it(call: Call, secret: dict[str, Any]) -> None:
    """Until it is given to somebody else."""
    director = call("cs-officer")
    given = director.send(
        "PUT",
        f"/api/tickets/{secret['id']}/assignee",
        {"assignee": "cs-officer-2"},
        If_Match=f'"{secret["seq"]}"',
    )
    assert given.status_code == 200, given.text
    assert secret["number"] in listed(call("cs-officer-2"), "?view=mine")


def test_it_appears_when_it_is_sorted_otherwise(call: Call, secret: dict[str, Any]) -> None:
    """And disappears again, with all its history."""
    officer, stranger = call("cs-officer"), call("foreman")
    sorted_a = officer.fire(secret, "sort", {"kind": "a"}).json
    assert stranger.get(f"/api/tickets/{secret['number']}/history").status_code == 200
    assert officer.fire(sorted_a, "sort", {"kind": "b"}).status_code == 201
    assert stranger.get(f"/api/tickets/{secret['number']}/history").status_code == 404


def test_a_copy_that_the_reader_has_is_no_key(call: Call, secret: dict[str, Any]) -> None:
    """304 is said only to those for whom it exists."""
    path, tag = f"/api/tickets/{secret['number']}", f'"{secret["seq"]}"'
    assert call("cs-officer").get(path, If_None_Match=tag).status_code == 304
    assert call("foreman").get(path, If_None_Match=tag).status_code == 404


def outing(call: Call) -> dict[str, Any]:
    """A ticket for all, with a talk that is not."""
    receptionist = call("receptionist")
    planned = receptionist.open("outing", {"about": "登山"})
    return dict(receptionist.fire(planned, "talk").json)


def test_a_parent_shows_hidden_children_only_to_those_who_may_know(call: Call, desk: Desk) -> None:
    """Nor does its history name the child that ended."""
    whole = outing(call)
    (child,) = whole["children"]
    path = f"/api/tickets/{whole['number']}"
    assert call("foreman").get(path).json["children"] == []
    assert [each["number"] for each in call("cs-officer").get(path).json["children"]] == [child["number"]]
    talk = call("cs-officer").get(f"/api/tickets/{child['number']}").json
    assert call("cs-officer").fire(talk, "finish").status_code == 201
    history = call("foreman").get(f"{path}/history")
    assert history.json["items"][-1]["note"] == "child has ended"
    assert child["number"] not in history.text
    assert child["id"] not in history.text


def test_the_critical_child_is_one_that_may_be_known(call: Call) -> None:
    """Here and further down; without one there is none."""
    whole = outing(call)
    path, number = f"/api/tickets/{whole['number']}", whole["children"][0]["number"]
    assert call("foreman").get(path).json["critical"] is None
    officer = call("cs-officer")
    critical = officer.get(path).json["critical"]
    talk = officer.get(f"/api/tickets/{number}").json
    assert critical == {
        "number": number,
        "workflow": "talk",
        "title": "登山",
        "due_at": talk["due_at"],
        "overdue": False,
    }
    assert talk["critical"] is None
    split = officer.fire(talk, "split").json
    deeper = split["children"][0]["number"]
    assert officer.fire(split, "lead").status_code == 201
    assert officer.get(path).json["critical"]["number"] == deeper
    assert call("foreman").get(path).json["critical"]["number"] == deeper


def test_what_relatives_ask_of_each_other_does_not_tell_of_hidden_ones(call: Call, desk: Desk) -> None:
    """Neither history names the other's number."""
    head = f"  - {{trigger: hush, title: {T}, from: planned, roles: [receptionist], effects: "
    hush = head + "[{fire: sort, on: talks, with: {kind: \"'b'\"}}]}\n"
    talk = TALK.replace("from: open, roles: [cs-officer], requires", "from: open, roles: [parent], requires")
    for text in (talk, BINGO.replace("  - {trigger: finish", hush + "  - {trigger: finish")):
        desk.library.publish_text(text, "talk.yaml", wallclock.now(), "tests")
    whole = outing(call)
    assert call("receptionist").fire(whole, "hush").status_code == 201
    history = call("foreman").get(f"/api/tickets/{whole['number']}/history")
    assert history.json["items"][-1]["note"] == "asks for sort: talks 1"


def test_a_child_does_not_tell_of_a_hidden_parent(call: Call, secret: dict[str, Any]) -> None:
    """Neither by itself nor in a list, nor can it be asked for by its parent."""
    assert call("cs-officer").fire(secret, "split").status_code == 201
    officer, stranger = call("cs-officer"), call("foreman")
    (number,) = listed(stranger, "?workflow=talk")
    for caller, parent in ((officer, secret["id"]), (stranger, None)):
        assert caller.get(f"/api/tickets/{number}").json["parent"] == parent
        items = caller.get("/api/tickets?workflow=talk").json["items"]
        assert next(each for each in items if each["number"] == number)["parent"] == parent


def test_what_a_parent_asks_of_hidden_children_does_not_name_them(call: Call) -> None:
    """In a history that everybody may read."""
    whole = outing(call)
    child = whole["children"][0]
    stopped = call("receptionist").fire(whole, "stop")
    assert stopped.status_code == 201, stopped.text
    history = call("foreman").get(f"/api/tickets/{whole['number']}/history")
    notes = [each["note"] for each in history.json["items"]]
    assert "asks for finish: talks 1" in notes
    assert child["number"] not in history.text


def test_what_a_hidden_parent_asks_of_its_children_does_not_name_it(
    call: Call, secret: dict[str, Any]
) -> None:
    """In their histories, which everybody may read."""
    officer = call("cs-officer")
    split = officer.fire(secret, "split").json
    child = split["children"][0]
    told = officer.fire(split, "tell-others")
    assert told.status_code == 201, told.text
    history = call("foreman").get(f"/api/tickets/{child['number']}/history")
    assert history.json["items"][-1]["note"] == "parent"
    assert secret["number"] not in history.text


def test_what_a_ticket_became_is_told_only_to_those_who_may_know(call: Call) -> None:
    """And what a ticket was before likewise."""
    receptionist, stranger = call("receptionist"), call("foreman")
    planned = receptionist.open("outing", {"about": "登山"})
    ended = receptionist.fire(planned, "become").json
    assert ended["successor"]["workflow"] == "talk"
    assert stranger.get(f"/api/tickets/{planned['id']}").json["successor"] is None
    became = call("cs-officer").get(f"/api/tickets/{ended['successor']['id']}").json
    assert became["origin"] == planned["id"]
    passed = call("cs-officer").fire(became, "pass-on").json
    later = stranger.get(f"/api/tickets/{passed['successor']['id']}")
    assert (later.status_code, later.json["origin"]) == (200, None)


def test_two_sites_with_one_number_do_not_betray_the_hidden_one(call: Call) -> None:
    """Whoever belongs to both is shown the one that exists for them."""
    hidden = call("elsewhere").open("talk", SECRET)
    seen = call("receptionist-2").open("talk", {**SECRET, "kind": "a"})
    assert hidden["number"] == seen["number"]
    both = call("both").get(f"/api/tickets/{seen['number']}")
    assert (both.status_code, both.json["site"]) == (200, LAKE)
    assert call("both").get(f"/api/tickets/{hidden['id']}").status_code == 404
    assert call("both").get(f"/api/tickets/{hidden['id']}?site={HILL}").status_code == 404


def test_a_post_at_another_site_opens_no_door_here(call: Call) -> None:
    """The names that let somebody in are those held at the ticket's own site."""
    hidden = call("elsewhere").open("talk", SECRET)
    assert call("director-of-both").get(f"/api/tickets/{hidden['id']}").status_code == 200
    assert call("office-director").get(f"/api/tickets/{hidden['id']}").status_code == 404
    assert call("elsewhere").get(f"/api/tickets/{hidden['id']}").status_code == 200


def test_messages_and_parked_clocks_do_not_name_it_to_managers_who_may_not_know(
    call: Call, desk: Desk, secret: dict[str, Any]
) -> None:
    """They still see that something waits, so that it can be sent again."""
    assert call("cs-officer").fire(secret, "lead").status_code == 201
    desk.store.park(LAKE, secret["id"], "state.led", f"{secret['number']} cannot be worked on")
    for who, ticket in (("office-director", secret["id"]), ("project-manager", None)):
        messages = call(who).get("/api/outbox").json["items"]
        (parked,) = call(who).get("/api/parked").json["items"]
        assert {each["ticket"] for each in messages} == {parked["ticket"]} == {ticket}
    assert secret["number"] not in call("project-manager").get("/api/parked").text


class Posting:
    """Keeps the letters."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        """Keep one."""
        self.letters.append(letter)

    send_to_client = send


def test_a_notice_to_somebody_who_may_not_know_says_nothing_of_it(
    call: Call, desk: Desk, secret: dict[str, Any]
) -> None:
    """Neither its number, its title, its process, its text nor a way to it."""
    assert call("cs-officer").fire(secret, "lead").status_code == 201
    post = Posting()
    Relay(desk, post).run(wallclock.now())  # type: ignore[arg-type]
    assert {letter.subject for letter in post.letters} == {"[通知] 一件仅限指定人员查看的事项"}
    for letter in post.letters:
        assert letter.body == "一件仅限指定人员查看的事项\n通知\n您收到此消息的身份：资料员"


def test_the_first_answer_to_a_repeated_request_is_its_senders_alone(
    call: Call, secret: dict[str, Any]
) -> None:
    """The key of somebody else opens nothing."""
    officer, stranger = call("cs-officer"), call("foreman")
    path, heads = f"/api/tickets/{secret['id']}/notes", {"If_Match": '"1"', "Idempotency_Key": "k1"}
    assert officer.post(path, {"text": "x"}, **heads).status_code == 201
    assert officer.post(path, {"text": "x"}, **heads).status_code == 201
    assert stranger.post(path, {"text": "x"}, **heads).status_code == 404


def test_tickets_of_other_processes_are_as_visible_as_ever(call: Call, secret: dict[str, Any]) -> None:
    """Nothing changes for them."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    assert call("foreman").get(f"/api/tickets/{ticket['number']}").status_code == 200
    assert ticket["number"] in listed(call("foreman"))


def test_a_process_tells_whom_its_tickets_exist_for(call: Call) -> None:
    """And how long they keep personal data."""
    shown = call("foreman").get("/api/workflows/talk").json
    assert shown["visible"] == {"to": ["office-director"], "when": "kind == 'b'"}
    assert shown["retention"] == "365 days"
    plain = call("foreman").get("/api/workflows/complaint").json
    assert (plain["visible"], plain["retention"]) == (None, None)
