"""Drafts, the second person, and the sites that a change concerns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from api_desk import HILL, Call, Caller, codes
from small_process import publish_small, small_process

from service.bootstrap import Desk
from workflows.core.commands import Actor
from workflows.gate.rights import APPROVAL
from workflows.language.builder.context import digest_of

PATH = "/api/workflows/walk/drafts/shorter"
MORE = f"{small_process('walk')}# more\n"
_TITLE = "{en: T, zh-Hans: 题, zh-Hant: 題, es: T}"


@pytest.fixture
def director(call: Call, desk: Desk) -> Caller:
    publish_small(desk, "walk")
    return call("director-of-both")


@pytest.fixture
def second(desk: Desk, call: Call) -> Caller:
    """Another manager of both sites."""
    first = desk.people.staff("id-director-of-both")
    assert first is not None
    other = replace(first, id="id-second", account="second", name="员工 second")
    desk.people.add_staff(replace(other, account="second"))
    return call("second")


@pytest.fixture
def approving(desk: Desk) -> None:
    """The second site wants a second person."""
    store = desk.definition_store
    settings = store.latest("company", "settings.yaml")
    text = (
        settings.text if settings else ""
    ) + f"\n{APPROVAL}: {{type: boolean, title: {_TITLE}, default: false}}\n"
    store.publish("company", "settings.yaml", digest_of(text), text, {}, 1, "tests")
    actor = Actor(id="tests", name="tests")
    desk.people.change_settings(HILL, {}, {APPROVAL: True}, actor, 1)


def keep(who: Caller, text: str = MORE, **heads: str) -> Any:
    return who.send("PUT", PATH, {"text": text, "based_on": 1, "reason": "it was missing"}, **heads)


def test_a_draft_is_its_authors_until_it_is_published(director: Caller, second: Caller) -> None:
    """Kept, read with what it changes, changed only as it was seen, and published from its base."""
    kept = keep(director)
    assert (kept.status_code, kept.json["state"]) == (200, "draft"), kept.text
    assert "+# more" in kept.json["difference"]
    assert [each["id"] for each in director.get("/api/workflows/walk/drafts").json["items"]] == ["shorter"]
    assert second.get("/api/workflows/walk/drafts").json["items"] == []
    assert codes(second.get(PATH)) == ["unknown-draft"]
    assert codes(keep(second)) == ["not-your-draft"]
    assert codes(keep(director)) == ["draft-tag-needed"]
    assert codes(keep(director, If_Match='"1"')) == ["draft-changed"]
    assert keep(director, f"{MORE}# and more\n", If_Match=kept.headers["ETag"]).status_code == 200
    done = director.post(f"{PATH}/publish")
    assert (done.status_code, done.json["state"], done.json["version"]) == (200, "published", 2), done.text
    assert director.get("/api/workflows/walk/text").text.endswith("# and more\n")
    assert codes(director.post(f"{PATH}/publish")) == ["draft-state"]
    assert director.send("DELETE", PATH).status_code == 204


def test_a_draft_that_was_overtaken_shows_what_others_did(director: Caller, desk: Desk) -> None:
    """412; it is still there."""
    keep(director)
    publish_small(desk, "walk", "by a colleague")
    answer = director.post(f"{PATH}/publish")
    assert (answer.status_code, codes(answer)) == (412, ["published-meanwhile"])
    assert "+# by a colleague" in answer.json["difference"]
    assert director.get(PATH).json["state"] == "draft"


@pytest.mark.usefixtures("approving")
def test_where_a_site_wants_it_a_second_person_approves(director: Caller, second: Caller) -> None:
    """Nobody approves their own; what is rejected comes back with the reason."""
    answer = director.post("/api/workflows", {"text": MORE}, If_Match='"1"')
    assert (answer.status_code, codes(answer)) == (409, ["approval-needed"])
    keep(director)
    assert director.post(f"{PATH}/publish").json["state"] == "proposed"
    assert director.get("/api/workflows/walk").json["version"] == 1
    assert codes(director.post(f"{PATH}/approve")) == ["own-proposal"]
    rejected = second.post(f"{PATH}/reject", {"reason": "too short"})
    assert (rejected.json["state"], rejected.json["decision_reason"]) == ("rejected", "too short")
    assert codes(second.post(f"{PATH}/approve")) == ["draft-state"]
    assert director.post(f"{PATH}/publish").json["state"] == "proposed"
    approved = second.post(f"{PATH}/approve")
    assert (approved.status_code, approved.json["state"]) == (200, "published"), approved.text
    newest = director.get("/api/workflows/walk/versions").json["items"][0]
    assert (newest["author"], newest["approved_by"]) == ("员工 director-of-both", "员工 second")


@pytest.mark.usefixtures("approving")
def test_a_text_that_lacks_the_second_person_waits_as_a_draft(director: Caller, second: Caller) -> None:
    """However often it is sent, it is one; the refusal gives its address."""
    body = {"text": MORE, "reason": "it was missing"}
    sent = [director.post("/api/workflows", body, If_Match='"1"') for _ in range(2)]
    assert [(each.status_code, codes(each)) for each in sent] == [(409, ["approval-needed"])] * 2
    (address,) = {each.json["draft"] for each in sent}
    found = second.get(address).json
    assert (found["state"], found["based_on"], found["reason"]) == ("proposed", 1, "it was missing")
    assert len(second.get("/api/workflows/walk/drafts").json["items"]) == 1
    assert second.post(f"{address}/approve").json["version"] == 2
    assert second.get("/api/workflows/walk/text").text == MORE


def test_a_change_is_for_who_may_publish_wherever_the_process_is_used(
    call: Call, director: Caller, desk: Desk
) -> None:
    """The sites that are missing are named; one that only one site uses is its manager's."""
    answer = call("office-director").post("/api/workflows", {"text": MORE}, If_Match='"1"')
    assert (answer.status_code, codes(answer)) == (403, ["other-sites"])
    assert answer.json["blocked_by"][0]["saw"] == [HILL]
    assert codes(call("office-director").post("/api/workflows/walk/retire", {"reason": "x"})) == [
        "other-sites"
    ]
    own = small_process("own").replace("roles: [receptionist]", "roles: [repair-worker]")
    assert call("office-director").post("/api/workflows", {"text": own}).status_code == 201
    assert director.post("/api/workflows", {"text": MORE}, If_Match='"1"').status_code == 201


def test_drafts_are_for_managers(call: Call, director: Caller) -> None:
    """403."""
    keep(director)
    clerk = call("receptionist")
    for path in ("/api/workflows/walk/drafts", PATH):
        assert codes(clerk.get(path)) == ["managers-only"]
    assert codes(keep(clerk)) == ["managers-only"]
    assert codes(clerk.send("DELETE", PATH)) == ["managers-only"]
