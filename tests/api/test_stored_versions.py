"""Versions that older releases have published: later rules do not take their tickets away from anybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from api_desk import LAKE, Caller, caller, codes, open_for_tests
from flask import Flask
from sqlalchemy import text

from service import wallclock
from service.api import readiness
from service.application import create_app
from service.bootstrap import Desk
from tests.engine.engine_desk import COMPANY, folder_of
from workflows.storage.database import Database

DAY = 86_400
T = "{en: T, zh-Hans: 题, zh-Hant: 題, es: T}"
JOB = f"""
workflow: job
title: {T}
purpose: Something is mended.
numbering: 'J-{{year}}-{{seq:4}}'
calendar: office
summary: content
fields:
  content: {{type: text, title: {T}}}
  code: {{type: text, title: {T}, pattern: '[a-z]+'}}
  fee: {{type: number, title: {T}}}
start: {{state: begun, roles: [clerk], requires: [content]}}
states:
  begun: {{title: {T}, owner: {{role: clerk}}, due: 2 working hours, escalation: standard}}
  mended: {{title: {T}, category: closed}}
transitions:
  - {{trigger: mend, title: {T}, from: begun, to: mended, roles: [clerk], accepts: [code, fee], guard: content != null}}
  - {{trigger: drop, title: {T}, from: begun, to: mended, roles: [clerk]}}
"""  # noqa: E501 - a row of YAML
GUARD = "guard: content != null"
MANY = "".join(f"\n  more-{n}: {{title: {T}, owner: {{role: clerk}}, due: 1 hour}}" for n in range(250))
LONG = " || ".join(["content != null"] * 3_000)
Stored = Callable[[str, str], tuple[Caller, dict[str, Any]]]


@pytest.fixture
def older(database: Database, tmp_path: Path) -> tuple[Flask, Desk]:
    """A small desk on either database."""
    folder = tmp_path / "definitions"
    folder.mkdir()
    desk = open_for_tests(database, tmp_path, folder_of(folder, job=JOB))
    return create_app(desk), desk


@pytest.fixture
def stored(older: tuple[Flask, Desk]) -> Stored:
    """A clerk and an open ticket, whose version reads as an older release let it be published."""
    app, desk = older

    def put(old: str, new: str, kind: str = "workflow", name: str = "job") -> tuple[Caller, dict[str, Any]]:
        clerk = caller(app, desk, "clerk")
        ticket = clerk.open("job", {"content": "a lamp"})
        found = desk.definition_store.latest(kind, name)
        assert found is not None
        assert old in found.text
        _rewrite(desk, kind, name, found.text.replace(old, new) if old else new)
        return clerk, ticket

    return put


def _rewrite(desk: Desk, kind: str, name: str, told: str) -> None:
    """Put a text into the database as it lies there, past every rule."""
    with desk.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE definitions SET text = :text WHERE kind = :kind AND name = :name"),
            {"text": told, "kind": kind, "name": name},
        )
    desk.definitions._clear_cache()


def goes_on(desk: Desk, clerk: Caller, ticket: dict[str, Any]) -> None:
    """The ticket is read, listed, noted, reported and escalated."""
    path = f"/api/tickets/{ticket['id']}"
    for there in (
        path,
        f"{path}/transitions",
        f"{path}/history",
        f"{path}/clocks",
        "/api/tickets",
        "/api/workflows",
        "/api/workflows/job",
        "/api/workflows/job?version=1",
        "/api/workflows/job/diagram.svg",
        "/api/reports/promises",
        "/api/schedules",
        "/api/reports",
    ):
        assert clerk.get(there).status_code == 200, there
    noted = clerk.post(f"{path}/notes", {"text": "seen"}, If_Match=f'"{ticket["seq"]}"')
    assert noted.status_code == 201, noted.text
    (line,) = clerk.get("/api/tickets").json["items"]
    assert (line["number"], line["state"]) == (ticket["number"], "begun")
    later = wallclock.now() + 30 * DAY
    while desk.engine.sweep(later):
        pass
    kinds = [each["kind"] for each in clerk.get(f"{path}/history").json["items"]]
    assert kinds.count("tick") >= 1
    assert [each["parked"] for each in clerk.get(path).json["clocks"]] == [None]


JUDGED = {
    "a pattern that looks around": ("'[a-z]+'", "'(?=[a-z])[a-z]+'"),
    "a pattern that clients read otherwise": ("'[a-z]+'", "'(?i)[a-z]+'"),
    "a pattern that is longer": ("'[a-z]+'", "'" + "[a-z]*" * 100 + "'"),
    "a field with a reserved name": ("  code:", "  double: {type: text, title: {en: D}}\n  code:"),
    "a field that is called true": ("  code:", f"  true: {{type: text, title: {T}}}\n  code:"),
    "more states than there may be": ("\n  mended:", f"{MANY}\n  mended:"),
    "longer expressions than there may be": (GUARD, f"guard: {LONG}"),
    "a number of many digits": (GUARD, "guard: fee == null || fee < 1234567890.12345678901"),
    "a guard that is neither yes nor no": (GUARD, "guard: 'true ? dyn(true) : dyn(1)'"),
    "a pattern of `matches` that is not written out": (GUARD, "guard: 'content.matches(content)'"),
    "processes that open each other": (
        "requires: [content]}",
        "requires: [content], effects: [{open: job}]}",
    ),
    "a calendar that there is not": ("calendar: office", "calendar: nowhere"),
    "an escalation that there is not": ("escalation: standard", "escalation: nothing"),
    "a title that lacks a language": (f"workflow: job\ntitle: {T}", "workflow: job\ntitle: {en: T}"),
    "a personal field without readers": ("  fee:", f"  tel: {{type: phone, title: {T}}}\n  fee:"),
    "a key that nobody knows": ("numbering:", "colour: red\nnumbering:"),
    "a reader who is no role": ("summary:", "readers: [nobody-known]\nsummary:"),
    "a report that there is not": ("numbering:", "covers: []\nnumbering:"),
}


@pytest.mark.parametrize("rule", JUDGED)
def test_what_a_later_rule_refuses_is_told_and_its_tickets_go_on(
    older: tuple[Flask, Desk], stored: Stored, rule: str
) -> None:
    clerk, ticket = stored(*JUDGED[rule])
    goes_on(older[1], clerk, ticket)
    seen = clerk.get(f"/api/tickets/{ticket['id']}").json
    assert "notice" not in seen
    answer = clerk.fire(seen, "mend", {"code": "abc", "fee": 3})
    assert answer.status_code == 201, answer.text
    assert (answer.json["state"], answer.json["category"]) == ("mended", "closed")


LOST = {
    "a guard whose pattern cannot be matched": (GUARD, "guard: content.matches('(?=a)b')"),
    "a guard that reads otherwise today": (GUARD, "guard: 'has(ticket.state)'"),
    "a guard over a field that there is not": (GUARD, "guard: gone == null"),
    "a key of a row that nobody knows": (GUARD, "unless: content == null"),
    "a field that there is not": ("accepts: [code, fee]", "accepts: [code, fee, gone]"),
    "a state that there is not": (
        "from: begun, to: mended, roles: [clerk], acc",
        "from: begun, to: gone, roles: [clerk], acc",
    ),
    "an effect that there is not": (GUARD, "effects: [{paint: red}]"),
    "an effect on a condition that cannot be read": (
        GUARD,
        "effects: [{notify: chief, text: {en: x}, when: gone > 1}]",
    ),
    "a list to go through that cannot be read": (
        GUARD,
        "effects: [{open: job, each: content, with: {content: content}}]",
    ),
}


@pytest.mark.parametrize("what", LOST)
def test_a_step_that_cannot_be_read_any_more_is_refused_and_the_others_are_taken(
    older: tuple[Flask, Desk], stored: Stored, what: str
) -> None:
    clerk, ticket = stored(*LOST[what])
    goes_on(older[1], clerk, ticket)
    seen = clerk.get(f"/api/tickets/{ticket['id']}").json
    answer = clerk.fire(seen, "mend")
    assert (answer.status_code, codes(answer)) == (409, ["unusable-step"])
    assert answer.json["detail"].startswith("version 1 of job cannot be used any more: ")
    assert "publish" in answer.json["detail"]
    assert clerk.fire(seen, "drop").status_code == 201


def test_a_level_whose_step_cannot_be_read_is_passed_over_and_its_clock_goes_on(
    older: tuple[Flask, Desk], stored: Stored
) -> None:
    lapse = f"  - {{trigger: lapse, title: {T}, from: begun, to: gone, roles: [clock]}}\n  - {{trigger: drop"
    clerk, ticket = stored("  - {trigger: drop", lapse)
    policy = COMPANY["escalations.yaml"].replace("{at: 50%, notify: assignee}", "{at: 50%, fire: lapse}")
    _rewrite(older[1], "company", "escalations.yaml", policy)
    goes_on(older[1], clerk, ticket)
    ticks = clerk.get(f"/api/tickets/{ticket['id']}/history").json["items"]
    assert [each["note"] for each in ticks if each["kind"] == "tick"] == ["lapse does not leave begun", ""]


TEXTS = {
    "no YAML": "workflow: [job\n\tx",
    "nothing": "",
    "a list": "- 1\n- 2",
    "the shape of it gone": JOB.replace("numbering:", "like: [gone]\nnumbering:"),
    "too large for any": "workflow: job\n# " + "x" * 1_100_000,
    "sections of other kinds": "workflow: job\nstates: 3\ntransitions: {a: b}\nfields: []\nstart: x",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_of_which_nothing_can_be_built_leaves_tickets_that_are_read_and_noted(
    older: tuple[Flask, Desk], stored: Stored, name: str
) -> None:
    clerk, ticket = stored("", TEXTS[name])
    path = f"/api/tickets/{ticket['id']}"
    seen = clerk.get(path).json
    assert (seen["number"], seen["state"], seen["version"]) == (ticket["number"], "begun", 1)
    assert seen["notice"].startswith("version 1 of job cannot be used any more: ")
    assert len(clerk.get(f"{path}/history").json["items"]) == 1
    assert clerk.get(f"{path}/transitions").status_code == 200
    assert clerk.post(f"{path}/notes", {"text": "seen"}, If_Match='"1"').status_code == 201
    refused = clerk.post(f"{path}/transitions", {"trigger": "mend"}, If_Match='"2"')
    assert (refused.status_code, codes(refused)) == (409, ["unusable-version"])
    chinese = Caller(clerk.client, "clerk", clerk.token, "zh-Hans")
    assert "该版本已无法读取" in chinese.get(path).json["notice"]
    for there in ("/api/tickets", "/api/reports/promises", "/api/reports", "/api/workflows"):
        assert clerk.get(there).status_code == 200, there


@pytest.mark.parametrize("name", TEXTS)
def test_the_clocks_of_such_a_ticket_run_out_and_somebody_hears(
    older: tuple[Flask, Desk], stored: Stored, name: str
) -> None:
    clerk, ticket = stored("", TEXTS[name])
    desk, later = older[1], wallclock.now() + 30 * DAY
    while desk.engine.sweep(later):
        pass
    seen = clerk.get(f"/api/tickets/{ticket['id']}").json
    assert [(each["level"], each["parked"]) for each in seen["clocks"]] == [(2, None)]


def test_a_new_ticket_of_such_a_version_is_refused_until_another_is_published(
    older: tuple[Flask, Desk], stored: Stored
) -> None:
    clerk, _ = stored("", "nothing of use")
    answer = clerk.post("/api/tickets", {"workflow": "job", "data": {}})
    assert (answer.status_code, codes(answer)) == (409, ["unusable-step"])
    assert "job" not in [each["name"] for each in clerk.get("/api/workflows").json["items"]]
    older[1].definitions.publish_text(
        JOB.replace("2 working", "3 working"), "job.yaml", wallclock.now(), "tests"
    )
    assert clerk.open("job", {"content": "x"})["version"] == 2


def test_publishing_anew_is_as_strict_as_ever(older: tuple[Flask, Desk], stored: Stored) -> None:
    stored(*JUDGED["a pattern that clients read otherwise"])
    found = older[1].definitions.load_text(JOB.replace("'[a-z]+'", "'(?i)[a-z]+'"), "job.yaml")
    assert any("is not read everywhere" in each.message for each in found.findings)


def test_the_versions_in_use_tell_what_later_rules_refuse(stored: Stored) -> None:
    clerk, _ = stored(*JUDGED["a pattern that clients read otherwise"])
    (version,) = clerk.get("/api/workflows/job/versions").json["items"]
    assert ["is not read everywhere" in each for each in version["objections"]] == [True]


def test_the_probe_is_ready_and_names_them(
    older: tuple[Flask, Desk], stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until no ticket is on them any more; of one that every rule takes nothing is said."""
    monkeypatch.setattr(readiness, "_PATIENCE", 60)  # whatever else this machine does
    app, desk = older
    assert "versions_of_former_rules" not in app.test_client().get("/readyz").json
    clerk, ticket = stored(*JUDGED["a pattern that clients read otherwise"])
    answer = create_app(desk).test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json["versions_of_former_rules"] == [{"process": "job", "version": 1}]
    clerk.fire(ticket, "drop")
    assert "versions_of_former_rules" not in create_app(desk).test_client().get("/readyz").json


def test_a_pattern_that_clients_would_read_otherwise_is_kept_here_and_not_told_them(
    stored: Stored,
) -> None:
    clerk, ticket = stored(*JUDGED["a pattern that clients read otherwise"])
    assert clerk.fire(ticket, "mend", {"code": "1"}).status_code == 422
    assert "(?i)" not in clerk.get(f"/api/tickets/{ticket['id']}/transitions").text
    assert clerk.fire(ticket, "mend", {"code": "ABC"}).status_code == 201


def test_a_pattern_that_can_never_be_matched_takes_any_text_up_to_its_limit(stored: Stored) -> None:
    clerk, ticket = stored(*JUDGED["a pattern that looks around"])
    assert clerk.fire(ticket, "mend", {"code": "x" * 501}).status_code == 422
    assert clerk.fire(ticket, "mend", {"code": "12 %"}).status_code == 201


def test_a_ticket_is_kept_from_others_where_its_condition_cannot_be_read(
    older: tuple[Flask, Desk], stored: Stored
) -> None:
    clerk, ticket = stored("summary:", "visible: {to: [chief], when: gone > 1}\nsummary:")
    assert clerk.post(f"/api/tickets/{ticket['id']}/notes", {"text": "x"}, If_Match='"1"').status_code == 201
    other = caller(*older, "clerk-2")
    assert other.get(f"/api/tickets/{ticket['id']}").status_code in (200, 404)
    assert caller(*older, "chief").get(f"/api/tickets/{ticket['id']}").status_code == 200
    assert older[1].store.load(LAKE, ticket["id"])[0].audience is not None  # type: ignore[index]


COMPANYS = {
    "a calendar whose hours are none any more": ("calendars.yaml", "09:00-18:00", "18:00-18:00"),
    "a policy that is none any more": ("escalations.yaml", "{at: 50%,", "{at: 150%,"),
    "a role that is called otherwise": ("organisation.yaml", "chief: {title", "owner: {title"),
    "no calendars at all": ("calendars.yaml", COMPANY["calendars.yaml"], "]"),
}


@pytest.mark.parametrize("what", COMPANYS)
def test_what_the_companys_files_said_is_read_as_far_as_it_goes(
    older: tuple[Flask, Desk], stored: Any, what: str
) -> None:
    name, old, new = COMPANYS[what]
    clerk, ticket = stored(old, new, "company", name)
    goes_on(older[1], clerk, ticket)
    seen = clerk.get(f"/api/tickets/{ticket['id']}").json
    assert clerk.fire(seen, "mend").status_code == 201
