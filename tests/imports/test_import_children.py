"""Further work orders of one request are children of the first one's ticket, each with its own history."""

# ruff: noqa: E501  # YAML as its authors write it
from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from import_desks import HERE, SITE, bring, desk_on, read, written

from service import wallclock
from service.bootstrap import Desk
from service.imports import ImportSummary
from service.imports.case_importer import derive_ticket_id
from workflows.core.commands import Actor
from workflows.core.ticket import Child
from workflows.errors import Invalid, NotFound
from workflows.language.load import read_folder
from workflows.storage.database import Database

HEADER = ["request", "order", "opened", "closed", "status", "what", "where", "remark"]
TITLE = "{en: X, zh-Hans: 某, zh-Hant: 某, es: X}"
REQUEST = f"""
workflow: request
title: {TITLE}
purpose: Something is asked for; it ends when all that was ordered has ended.
numbering: "R-{{year}}-{{seq:4}}"
calendar: always
fields: {{what: {{type: text, title: {TITLE}}}}}
start: {{state: asked, roles: [agent], requires: [what]}}
states:
  asked: {{title: {TITLE}, owner: {{role: agent}}, due: 9 days}}
  ended: {{title: {TITLE}, category: closed}}
transitions:
  - {{trigger: order, title: {TITLE}, from: asked, roles: [agent], effects: [{{open: errand, as: errands, with: {{what: what}}}}]}}
  - {{trigger: end, title: {TITLE}, from: asked, to: ended, roles: [agent], guard: "children.errands.all(c, c.closed)"}}
"""
ERRAND = f"""
workflow: errand
title: {TITLE}
purpose: One of the things that were ordered.
numbering: "E-{{year}}-{{seq:4}}"
calendar: always
fields: {{what: {{type: text, title: {TITLE}}}}}
start: {{state: ordered, roles: [agent], requires: [what]}}
states:
  ordered: {{title: {TITLE}, owner: {{role: agent}}, due: 9 days}}
  done: {{title: {TITLE}, category: closed}}
transitions:
  - {{trigger: finish, title: {TITLE}, from: ordered, to: done, roles: [agent]}}
"""
MAP = """
name: requests
workflow: request
key: request
open: {at: opened, as: agent}
fields: {what: what}
steps:
  - {trigger: end, at: closed, when: {column: status, equals: all-done}}
children:
  link: errands
  workflow: errand
  key: order
  open: {at: opened, as: agent}
  fields: {what: what}
  steps:
    - {trigger: finish, at: closed, when: {column: status, equals: done}}
"""


@pytest.fixture
def counter(database: Database, tmp_path: Path) -> Desk:
    """A desk where requests are taken, each of which may order errands."""
    folder = shutil.copytree(HERE / "helpdesk", tmp_path / "counter")
    (folder / "request.yaml").write_text(REQUEST, encoding="utf-8")
    (folder / "errand.yaml").write_text(ERRAND, encoding="utf-8")
    assert read_folder(folder).findings == ()
    return desk_on(database, str(folder), "Asia/Shanghai", tmp_path)


def row(request: str, order: str, opened: str = "2026-03-02 09:00", status: str = "open") -> list[str]:
    """A work order, closed at noon of the day where it is not open any more."""
    closed = "" if status == "open" else f"{opened[:10]} 12:00"
    return [request, order, opened, closed, status, f"fault {order}", "Yard", f"remark {order}"]


def brought(desk: Desk, folder: Path, *rows: list[str], rejects: Path | None = None) -> ImportSummary:
    """A list, brought in."""
    mapped = folder / "map.yaml"
    mapped.write_text(MAP, encoding="utf-8")
    return bring(desk, written(folder / "in.csv", HEADER, rows), mapped, rejects)


def below(desk: Desk, request: str, source: str = "requests") -> list[Child]:
    """The children of a request's ticket."""
    found = desk.store.children(SITE, derive_ticket_id(SITE, source, request), whole=True)
    return sorted(found, key=lambda child: str(child.data.get("content", child.data.get("what"))))


def test_the_first_opens_the_ticket_and_the_further_ones_are_children(estate: Desk, tmp_path: Path) -> None:
    """By the link of the definition; their rows need not stand together; another request has none."""
    rows = [row("R1", "A"), row("R2", "A"), row("R1", "B", status="done"), row("R1", "C")]
    found = bring(estate, written(tmp_path / "in.csv", HEADER, rows), "requests.yaml")
    assert (found.read, found.opened, found.rejected) == (4, 4, 0), found.examples
    parent = estate.store.load(SITE, derive_ticket_id(SITE, "city-requests", "R1"))
    assert parent is not None
    assert (parent[0].workflow, parent[0].data["content"], parent[0].parent) == ("complaint", "fault A", None)
    children = below(estate, "R1", "city-requests")
    assert [(c.workflow, c.link, c.state, c.data["content"]) for c in children] == [
        ("repair", "repair", "cancelled", "fault B"),
        ("repair", "repair", "classified", "fault C"),
    ]
    assert below(estate, "R2", "city-requests") == []
    history = estate.queries.history(SITE, children[0].id)
    assert [(entry.trigger, entry.surface) for entry in history] == [
        (None, "import"),
        ("classify", "import"),
        ("cancel", "import"),
    ]
    assert [each.kind for each in estate.queries.history(SITE, parent[0].id)] == ["open", "fire", "settle"]


def test_a_later_list_adds_new_ones_to_the_same_parent_and_nothing_twice(
    counter: Desk, tmp_path: Path
) -> None:
    """However it is sorted; also one that has only the new ones; what has ended meanwhile ends here."""
    brought(counter, tmp_path, row("R1", "A"), row("R1", "B"))
    assert brought(counter, tmp_path, row("R1", "A"), row("R1", "B")).skipped == 2
    again = brought(counter, tmp_path, row("R1", "C"), row("R1", "B", status="done"), row("R1", "A"))
    assert (again.opened, again.steps, again.skipped, again.rejected) == (1, 1, 1, 0), again.examples
    only = brought(counter, tmp_path, row("R1", "D"))
    assert (only.opened, only.rejected) == (1, 0), only.examples
    assert [child.data["what"] for child in below(counter, "R1")] == ["fault B", "fault C", "fault D"]
    whole = [row("R1", "D"), row("R1", "C"), row("R1", "B", status="done"), row("R1", "A")]
    last = brought(counter, tmp_path, *whole)
    assert (last.opened, last.steps, last.skipped, last.rejected) == (0, 0, 4, 0), last.examples


def test_an_erased_parent_is_still_the_parent_and_keeps_no_digest(counter: Desk, tmp_path: Path) -> None:
    """Whoever guesses the rows could try them against it; new ones go on hanging below it."""
    brought(counter, tmp_path, row("R1", "A"), row("R1", "B"))
    parent = derive_ticket_id(SITE, "requests", "R1")
    boss = Actor(id="id-boss", name="Boss", roles=frozenset({"agent"}))
    counter.privacy.erase(SITE, parent, boss, wallclock.now())
    kept = dict(counter.database.read("SELECT ticket_id, digest FROM imports", {}))
    assert parent not in kept
    assert kept[derive_ticket_id(SITE, "requests", "R1 / A")] == "first"
    found = brought(counter, tmp_path, row("R1", "C"), row("R1", "A"), row("R1", "B"))
    assert (found.opened, found.skipped, found.rejected) == (1, 2, 0), found.examples
    assert [child.data["what"] for child in below(counter, "R1")] == ["fault B", "fault C"]


def test_further_ones_wait_for_the_first(counter: Desk, tmp_path: Path) -> None:
    """Its row is refused: so are they, with the reason, and all go in once it is mended."""
    rejects = tmp_path / "rejects.csv"
    bad = row("R1", "A", opened="yesterday")
    found = brought(counter, tmp_path, bad, row("R1", "B"), row("R2", "A"), rejects=rejects)
    assert (found.opened, found.rejected) == (1, 2)
    reasons = {each["line"]: each["reason"] for each in read(rejects)}
    assert "'yesterday' is no time" in reasons["2"]
    assert reasons["3"] == "the row that opens the ticket of 'R1' was not brought in"
    found = brought(counter, tmp_path, row("R1", "A"), row("R1", "B"), row("R2", "A"))
    assert (found.opened, found.skipped, found.rejected) == (2, 1, 0)
    assert [child.data["what"] for child in below(counter, "R1")] == ["fault B"]


def test_a_further_one_that_is_refused_costs_the_others_nothing(counter: Desk, tmp_path: Path) -> None:
    found = brought(
        counter,
        tmp_path,
        row("R1", "A"),
        row("R1", "B", opened="never"),
        row("R1", "C"),
        row("R1", "C", status="done"),
    )
    assert (found.opened, found.rejected) == (2, 2)
    assert "line 3" in found.examples[1] or "line 3" in found.examples[0]
    assert any("'R1 / C' stands in line 4 already, with other content" in each for each in found.examples)


def test_a_parent_ends_after_the_children_that_it_waits_for(counter: Desk, tmp_path: Path) -> None:
    """A later list tells that all have ended, the parent's row first; where one has not, the process refuses."""
    brought(counter, tmp_path, row("R1", "A"), row("R1", "B"), row("R2", "A"), row("R2", "B"))
    ended, done = [row(each, "A", status="all-done") for each in ("R1", "R2")], row("R1", "B", status="done")
    found = brought(counter, tmp_path, *ended, done, row("R2", "B"))
    assert (found.steps, found.skipped, found.rejected) == (2, 1, 1), found.examples
    assert found.examples[0].startswith("line 3: end: ")
    assert [child.state for child in below(counter, "R1")] == ["done"]
    loaded = [counter.store.load(SITE, derive_ticket_id(SITE, "requests", each)) for each in ("R1", "R2")]
    assert [each and each[0].state for each in loaded] == ["ended", "asked"]


WRONG = {
    ("link: errands", "link: erands"): "request opens nothing under 'erands'; did you mean 'errands'?",
    ("  workflow: errand", "  workflow: helpdesk"): "request opens errand under 'errands'",
    ("  key: order", "  key: ordr"): "the file has no column 'ordr'; did you mean 'order'?",
    ("  fields: {what: what}\n  steps", "  fields: {waht: what}\n  steps"): "the form has no field 'waht'",
    ("trigger: finish", "trigger: finsh"): "unknown trigger 'finsh'; did you mean 'finish'?",
    ("  workflow: errand", "  workflow: erand"): "there is no workflow 'erand'; did you mean errand?",
    (
        "key: request",
        "activity: status\nevents: {open: ignore}\ncase: request",
    ): "'children' does not belong to",
}


def test_what_a_map_says_wrongly_of_children_is_told(counter: Desk, tmp_path: Path) -> None:
    """With what was meant."""
    mapped = tmp_path / "map.yaml"
    for (old, new), said in WRONG.items():
        assert old in MAP
        mapped.write_text(MAP.replace(old, new, 1), encoding="utf-8")
        with pytest.raises((Invalid, NotFound)) as refusal:
            bring(counter, written(tmp_path / "in.csv", HEADER, []), mapped)
        assert any(said in reason.message for reason in refusal.value.reasons), (new, str(refusal.value))
