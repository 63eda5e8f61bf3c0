"""The editor of a process: what is found is shown at its line, what is typed is never lost, and what is
published is what new tickets run on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from api_desk import HILL, PASSWORD_HASH, Call
from plain_browser import PlainBrowser
from small_process import publish_small, small_process

from service.bootstrap import Desk
from workflows.core.commands import Actor
from workflows.gate.rights import APPROVAL
from workflows.language.builder.context import digest_of

Enter = Callable[..., PlainBrowser]
EDIT, DRAFTS = "/processes/walk/edit", "/processes/walk/drafts/"
LONGER = small_process("walk").replace("due: 1 working hour", "due: 3 working hours")
_TITLE = "{en: T, zh-Hans: 题, zh-Hant: 題, es: T}"
_SCENARIO = """scenarios:
  - name: it is done
    at: 2026-03-02 09:00
    steps:
      - {open: {what: a key}, as: receptionist}
      - {finish: {}, as: receptionist}
      - {expect: {state: STATE}}
"""


@pytest.fixture
def director(enter: Enter, desk: Desk) -> PlainBrowser:
    """Somebody who publishes at both sites, with a process of two states."""
    publish_small(desk, "walk")
    browser = enter("director-of-both")
    browser.look("/desk")
    browser.send("/language", language="en")
    browser.look(EDIT)
    return browser


def findings(page: str) -> list[tuple[str, str]]:
    """(line, sentence) of what stands in the margin."""
    margin = page.partition('<ol class="margin">')[2].partition("</ol>")[0]
    return re.findall(r'data-line="(\d+)".*?</p>\s*<p>(.*?)</p>', margin, re.S)


def test_a_faulty_text_shows_what_is_wrong_at_its_line(director: PlainBrowser) -> None:
    faulty = small_process("walk").replace("to: done, roles", "to: dome, roles")
    page = director.send(EDIT, text=faulty.replace("\n", "\r\n"), act="check")
    assert page.status_code == 200
    (line, sentence), *_ = findings(page.text)
    assert faulty.splitlines()[int(line) - 1].lstrip().startswith("- {trigger: finish")
    assert "done" in sentence
    assert f'id="line-{line}"' in page.text
    assert "to: dome" in director.form(EDIT).values["text"][0]
    refused = director.send(EDIT, act="publish")
    assert refused.status_code == 422
    assert findings(refused.text)


def test_a_check_says_what_would_change_for_whom_and_rehearses(director: PlainBrowser, call: Call) -> None:
    call("receptionist").open("walk", {"what": "x"})
    text = LONGER + _SCENARIO.replace("STATE", "done")
    page = director.send(EDIT, text=text, act="check").text
    assert "3" in page.partition("What is done otherwise")[2].partition("</section>")[0]
    impact = page.partition("Whom it concerns")[2].partition("</section>")[0]
    assert '<td class="figure">1</td>' in impact
    timeline = page.partition('<ol class="timeline">')[2].partition("</ol>")[0]
    assert "2026-03-02 09:00" in timeline
    assert "opens a ticket" in timeline
    page = director.send(EDIT, text=LONGER + _SCENARIO.replace("STATE", "begun"), act="check").text
    assert "went otherwise" in page


def test_what_is_published_is_what_new_tickets_run_on(director: PlainBrowser, call: Call, desk: Desk) -> None:
    before = call("receptionist").open("walk", {"what": "x"})
    answer = director.send(EDIT, text=LONGER, reason="an hour is too short", act="publish")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/processes/walk")
    page = director.follow().text
    assert "an hour is too short" in page
    after = call("receptionist").open("walk", {"what": "y"})
    assert (before["version"], after["version"]) == (1, 2)
    assert desk.definitions.text("walk", 2) == LONGER


def test_sent_twice_it_is_published_once(director: PlainBrowser, desk: Desk) -> None:
    form = director.form(EDIT)
    data = {**form.values, "text": LONGER, "act": "publish"}
    sent = [director.client.post(EDIT, data=data) for _ in range(2)]
    assert [each.status_code for each in sent] == [303, 303]
    assert desk.definitions.latest("walk").version == 2


def test_who_was_overtaken_keeps_the_text_and_sees_what_changed(director: PlainBrowser, desk: Desk) -> None:
    publish_small(desk, "walk", "by a colleague")
    answer = director.send(EDIT, text=LONGER, act="publish")
    assert answer.status_code == 412
    assert "+# by a colleague" in answer.text
    assert director.form(EDIT).values["text"] == [LONGER]
    assert director.send(EDIT, act="publish").status_code == 412
    taken = f"{LONGER}# by a colleague\n"
    assert director.send(EDIT, text=taken, taken="2", act="publish").status_code == 303
    assert desk.definitions.text("walk", 3) == taken


def test_what_stands_in_a_text_is_text_and_no_page(director: PlainBrowser) -> None:
    """Neither in the textarea, nor in what is said of it, nor in the part that the script asks for."""
    hostile = LONGER.replace("en: Matter", "en: '</textarea><script>alert(1)</script>'")
    for text in (hostile, hostile.replace("to: done", "to: '<script>alert(2)</script>'")):
        page = director.send(EDIT, text=text, act="check").text
        assert "<script>alert" not in page
        assert director.form(EDIT).values["text"] == [text]
        form = director.form(EDIT)
        part = director.client.post("/processes/findings", data={**form.values, "text": text})
        assert part.status_code == 200
        assert "<script>alert" not in part.text
        assert "<html" not in part.text


def test_a_draft_is_kept_opened_again_and_published(director: PlainBrowser, desk: Desk) -> None:
    director.send(EDIT, text="workflow: walk\n# half", reason="later", act="save")
    director.follow()
    assert director.form(EDIT).values["text"] == ["workflow: walk\n# half"]
    stale = dict(director.form(EDIT).values)
    director.send(EDIT, text=LONGER, act="save")
    director.follow()
    refused = director.client.post(EDIT, data={**stale, "idempotency_key": "other", "act": "save"})
    assert refused.status_code == 412
    assert "# half" in refused.text
    director.look(stale_path := f"{EDIT}?draft={stale['draft'][0]}")
    assert director.send(EDIT, act="publish").status_code == 303
    assert desk.definitions.text("walk", 2) == LONGER
    assert 'name="act"' not in director.look(stale_path).text


def test_a_draft_is_deleted_by_its_author(director: PlainBrowser, enter: Enter) -> None:
    director.send(EDIT, text=LONGER, act="save")
    director.follow()
    draft = director.form(DRAFTS).action
    assert (
        enter("office-director").look(f"{EDIT}?draft={draft_id(draft.replace('/delete', ''))}").status_code
        == 404
    )
    assert director.send(draft).status_code == 303
    assert "walk/edit?draft" not in director.look("/processes/walk").text


def test_a_second_person_decides_where_a_site_wants_one(
    director: PlainBrowser, enter: Enter, desk: Desk
) -> None:
    first = desk.people.staff("id-director-of-both")
    assert first is not None
    desk.people.add_staff(replace(first, id="id-second", account="second", name="员工 second"), PASSWORD_HASH)
    store = desk.definition_store
    settings = store.latest("company", "settings.yaml")
    text = (
        settings.text if settings else ""
    ) + f"\n{APPROVAL}: {{type: boolean, title: {_TITLE}, default: false}}\n"
    store.publish("company", "settings.yaml", digest_of(text), text, {}, 1, "tests")
    desk.people.change_settings(HILL, {}, {APPROVAL: True}, Actor(id="tests", name="tests"), 1)
    assert director.send(EDIT, text=LONGER, act="publish").status_code == 303
    assert desk.definitions.latest("walk").version == 1
    page = director.look("/processes/walk").text
    path = re.search(r'href="(/processes/walk/edit\?draft=[^"]+)"', page)
    assert path
    assert "/approve" not in director.look(path[1]).text
    one_site, second = enter("office-director"), enter("second")
    one_site.look(path[1])
    assert one_site.send(f"{DRAFTS}{draft_id(path[1])}/approve").status_code == 403
    second.look(path[1])
    assert second.send(f"{DRAFTS}{draft_id(path[1])}/approve").status_code == 303
    assert desk.definitions.text("walk", 2) == LONGER


def draft_id(path: str) -> str:
    """The id of the draft at this address."""
    return re.split("[=/]", path)[-1]


@pytest.mark.parametrize("path", [EDIT, "/new-process", "/processes/walk/acts/retire"])
def test_the_editor_is_for_those_who_publish(director: PlainBrowser, enter: Enter, path: str) -> None:
    assert director.look(path).status_code == 200
    assert enter("receptionist").look(path).status_code == 403


def test_a_manager_publishes_only_what_concerns_the_own_sites(director: PlainBrowser, enter: Enter) -> None:
    own = enter("office-director")
    own.look(EDIT)
    refused = own.send(EDIT, text=LONGER, act="publish")
    assert refused.status_code == 403
    assert own.form(EDIT).values["text"] == [LONGER]
    assert HILL in refused.text


def test_a_process_is_begun_by_questions(director: PlainBrowser, desk: Desk, call: Call) -> None:
    assert director.look("/new-process?name=Bad+Name&states=one").status_code == 422
    asked = "/new-process?name=found-things&title=Found&states=Found%0AGiven+back&role=receptionist"
    director.look(f"{asked}&due=1+working+day")
    assert director.send("/new-process", act="check").text.count("Nothing is wrong with it") == 1
    answer = director.send("/new-process", act="publish")
    assert answer.headers["Location"] == "/processes/found-things"
    assert call("receptionist").open("found-things", {"subject": "a key"})["version"] == 1


def test_retired_reinstated_renamed_and_brought_back(director: PlainBrowser, desk: Desk) -> None:
    director.look("/processes/walk/acts/retire")
    assert director.send("/processes/walk/acts/", reason="").status_code == 422
    assert director.send("/processes/walk/acts/", reason="no longer needed").status_code == 303
    assert "walk" in desk.definitions.lifecycle().retired
    director.look("/processes/walk/acts/reinstate")
    director.send("/processes/walk/acts/", reason="it is needed")
    publish_small(desk, "walk", "second")
    director.look("/processes/walk/acts/take-back?to=1")
    director.send("/processes/walk/acts/", reason="it was better")
    assert desk.definitions.text("walk", desk.definitions.latest("walk").version) == small_process("walk")
    director.look("/processes/walk/acts/rename")
    assert director.send("/processes/walk/acts/", to="Not A Name", reason="x").status_code == 422
    answer = director.send("/processes/walk/acts/", to="stroll", reason="a better word")
    assert answer.headers["Location"] == "/processes/stroll"
    assert director.look("/processes/walk").headers["Location"] == "/processes/stroll"
    assert director.look("/processes/walk/acts/explode").status_code == 404


def test_there_is_no_editor_for_what_is_not_there(director: PlainBrowser) -> None:
    for path in (f"{EDIT}?version=9", f"{EDIT}?draft=none", "/processes/no-such/edit"):
        assert director.look(path).status_code == 404


def test_open_tickets_are_moved_by_a_plan_and_brought_back(director: PlainBrowser, call: Call) -> None:
    """The plan is proposed, tried before anything moves, carried out, and undone."""
    ticket = call("receptionist").open("walk", {"what": "x"})
    director.send(EDIT, text=LONGER, act="publish")
    assert "Move tickets of older versions (1)" in director.follow().text
    director.look("/processes/walk/migrations")
    assert director.send("/processes/walk/migrations", plan="process: no-such").status_code == 422
    director.look("/processes/walk/migrations")
    page = director.send("/processes/walk/migrations").text
    assert "1 would move" in page
    assert ticket["number"] in page
    path = f"/api/tickets/{ticket['id']}"
    assert call("receptionist").get(path).json["version"] == 1
    assert director.send("/processes/walk/migrations/").status_code == 303
    assert call("receptionist").get(path).json["version"] == 2
    director.follow()
    assert director.send("/processes/walk/migrations/").status_code == 303
    assert call("receptionist").get(path).json["version"] == 1
