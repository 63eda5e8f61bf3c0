"""The pages that show processes: what is in force, how many stand where, and what versions changed."""

from __future__ import annotations

import re
from collections.abc import Callable

from api_desk import COMPLAINT, Call
from plain_browser import PlainBrowser
from small_process import publish_small, small_process

from service import wallclock
from service.bootstrap import Desk
from workflows.core.commands import Actor
from workflows.storage.definition_drafts import PROPOSED, DefinitionDraft, DraftStore
from workflows.storage.definitions import Authorship
from workflows.storage.statement_count import executed
from workflows.versions import WORKFLOW

Enter = Callable[..., PlainBrowser]
MOST_STATEMENTS = 12


def row(browser: PlainBrowser, name: str) -> str:
    """The row of a process in the list, as text."""
    found = re.search(
        rf'<tr>\s*<th scope="row"><a href="/processes/{name}">.*?</tr>', browser.page.text, re.S
    )
    assert found, browser.page.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])).strip()


def draft(name: str, author: str, state: str = PROPOSED, text: str = "x") -> DefinitionDraft:
    return DefinitionDraft(
        workflow=name,
        id="shorter",
        author=author,
        text=text,
        based_on=1,
        state=state,
        reason="it was missing",
        changed_at=wallclock.now(),
    )


def test_the_list_counts_what_is_open_and_overdue(enter: Enter, call: Call, desk: Desk) -> None:
    for _ in range(2):
        call("receptionist").open("complaint", COMPLAINT)
    browser = enter("cs-officer")
    browser.look("/processes")
    assert re.fullmatch(r"投诉 complaint 使用中 2 – 1|Complaint.* In force 2 – 1", row(browser, "complaint"))
    with desk.database.transaction() as session:
        session.run("UPDATE tickets SET due_at = 1000 WHERE workflow = 'complaint'", {})
    browser.look("/processes")
    assert "▲ 2" in row(browser, "complaint")


def test_the_list_says_what_has_become_of_a_process(enter: Enter, call: Call, desk: Desk) -> None:
    publish_small(desk, "walk")
    DraftStore(desk.database).store(draft("walk", "id-office-director"), None)
    director, clerk = enter("director-of-both"), enter("receptionist")
    director.look("/processes?for=walk")
    assert ("In force" if "In force" in director.page.text else "使用中") in row(director, "walk")
    assert "mark-draft" in director.page.text
    assert "mark-draft" not in clerk.look("/processes?for=walk").text
    call("receptionist").open("walk", {"what": "x"})
    manager = Actor(id="tests", name="tests")
    why = Authorship(at=wallclock.now(), by="id-director-of-both", reason="no longer needed")
    desk.process_changes.retire("walk", manager, why)
    director.look("/processes?for=walk")
    assert "办理中" in row(director, "walk") or "Fading out" in row(director, "walk")
    assert "walk" not in director.look("/processes?for=nothing-like-that").text.partition("<main")[2].replace(
        "nothing-like-that", ""
    )


def test_a_process_shows_where_its_tickets_stand(enter: Enter, call: Call) -> None:
    call("receptionist").open("complaint", COMPLAINT)
    browser = enter("cs-officer", "en")
    page = browser.look("/processes/complaint")
    assert page.status_code == 200
    assert '<image href="/processes/complaint/diagram.svg"' in page.text
    picture = browser.look("/processes/complaint/diagram.svg")
    assert (picture.mimetype, "未结 1" in picture.text) == ("image/svg+xml", True)
    assert picture.headers["Content-Security-Policy"].endswith("sandbox")
    assert browser.look("/processes/no-such").status_code == 404


def test_the_versions_say_who_and_why_and_what_they_changed(enter: Enter, desk: Desk) -> None:
    publish_small(desk, "walk")
    text = small_process("walk").replace("due: 1 working hour", "due: 3 working hours")
    desk.definitions.publish_text(
        text, "walk.yaml", wallclock.now(), "id-office-director", reason="<b>more</b>"
    )
    browser = enter("receptionist")
    page = browser.look("/processes/walk").text
    assert "员工 office-director" in page
    assert "&lt;b&gt;more&lt;/b&gt;" in page
    assert "/versions/1" not in page
    difference = browser.look("/processes/walk/difference?from=1&to=2")
    assert difference.status_code == 200
    assert "3" in difference.text.partition("<h3>")[2]
    assert browser.look("/processes/walk/difference?from=1&to=9").status_code == 404
    assert browser.look("/processes/walk/difference?from=x&to=").status_code == 200


def test_the_text_of_a_version_is_for_those_who_publish(enter: Enter, desk: Desk) -> None:
    desk.definitions.publish_text(
        small_process("walk").replace("Matter", "<script>alert(1)</script>"),
        "w.yaml",
        wallclock.now(),
        "tests",
    )
    director = enter("office-director")
    page = director.look("/processes/walk/versions/1").text
    assert 'id="line-1"' in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page + director.look("/processes/walk").text
    assert "<script>alert" not in director.look("/processes").text
    assert director.look("/processes/walk/versions/7").status_code == 404
    assert enter("receptionist").look("/processes/walk/versions/1").status_code == 403


def test_the_scenarios_of_a_version_are_a_page_of_their_own(enter: Enter, desk: Desk) -> None:
    """They are often the half of it: together they were too much for a first visit."""
    stored = desk.definition_store.get(WORKFLOW, "complaint", 1)
    assert stored is not None
    text = stored.text.splitlines()
    at = text.index("scenarios:") + 1
    director, path = enter("office-director"), "/processes/complaint/versions/1"
    process, scenarios = director.look(path), director.look(f"{path}?part=scenarios")
    assert f'id="line-{at - 1}"' in process.text
    assert f'id="line-{at}"' not in process.text
    assert f'start="{at}"' in scenarios.text
    assert f'<li id="line-{at}"><code>scenarios:</code>' in scenarios.text
    assert f'id="line-{len(text)}"' in scenarios.text
    assert all(f'href="{path}?part=scenarios"' in page.text for page in (process, scenarios))
    assert max(len(process.data), len(scenarios.data)) < 65_000, "with its style sheets, below 100 kB"


def test_a_text_without_scenarios_is_one_page(enter: Enter, desk: Desk) -> None:
    publish_small(desk, "walk")
    director = enter("office-director")
    for query in ("", "?part=scenarios", "?part=nonsense"):
        page = director.look(f"/processes/walk/versions/1{query}").text
        assert 'id="line-1"' in page
        assert "part=scenarios" not in page.partition("<main")[2].partition("</main>")[0]


def test_a_page_costs_few_statements(enter: Enter, call: Call, desk: Desk) -> None:
    publish_small(desk, "walk", "two", "three")
    for place in range(3):
        call("receptionist").open("walk", {"what": f"{place}"})
    browser = enter("director-of-both")
    for path in ("/processes", "/processes/walk", "/processes/walk/difference"):
        browser.look(path)
        before = executed.total
        browser.look(path)
        assert executed.total - before <= MOST_STATEMENTS, path
