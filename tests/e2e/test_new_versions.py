"""A definition with an error changes nothing; a good new version is for new tickets only."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from form_answers import COMPLAINT
from running_desk import ROOT, RunningDesk, command

DEFINITIONS = ROOT / "definitions"
COMPLAINTS = Path("complaints", "complaint.yaml")


def text_of(process: Path) -> str:
    """A definition as it stands in the house."""
    return (DEFINITIONS / process).read_text("utf-8")


def line_of(text: str, words: str) -> int:
    """The number of the first line that has these words."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


def test_a_definition_with_an_error_is_refused_with_its_line_and_the_desk_goes_on(desk: RunningDesk) -> None:
    """422 with every problem's line and column; tickets go on being opened and moved on what there was."""
    director = desk("office-director")
    before = director.get("/api/workflows/complaint/versions")
    broken = text_of(COMPLAINTS).replace("to: classified", "to: clasified", 1)
    answer = director.send("POST", "/api/workflows", {"text": broken})
    assert (answer.status, set(answer.codes)) == (422, {"definition"})
    (told,) = (reason for reason in answer.reasons if "clasified" in reason["message"])
    line = line_of(broken, "to: clasified")
    assert told["field"].startswith(f"{line}:")
    assert f":{line}:" in told["message"]
    assert "classified" in told["message"], "and what was meant"
    assert director.get("/api/workflows/complaint/versions") == before
    ticket = desk("receptionist").open("complaint", **COMPLAINT)
    form = {"nature": "valid", "subject": "cleaning", "severity": "low"}
    assert desk("cs-officer").does(ticket, "determine-nature", **form)["state"] == "classified"


def test_what_is_no_definition_at_all_is_refused_with_its_line(desk: RunningDesk) -> None:
    """Bad YAML, another document, an alias that goes round in circles, a text of nothing."""
    director = desk("office-director")
    for text in (
        "workflow: [",
        "\t",
        "just words",
        "a: &a [*a]",
        "- 1",
        "!!python/object:os.system x",
        "workflow: x\nworkflow: y",
        "%YAML 9.9\n---\na: 1",
        "a: *nowhere",
    ):
        answer = director.send("POST", "/api/workflows", {"text": text})
        assert (answer.status, set(answer.codes)) == (422, {"definition"}), text
        assert all(re.fullmatch(r"\d+:\d+", reason["field"]) for reason in answer.reasons), text
        found = director.send("POST", "/api/workflows/check", {"text": text})
        assert found.status == 200
        assert any(problem["severity"] == "error" for problem in found.json["findings"])


def test_only_who_looks_after_the_desk_publishes(desk: RunningDesk) -> None:
    """403 with the roles that do."""
    answer = desk("cs-officer").send("POST", "/api/workflows", {"text": text_of(COMPLAINTS)})
    assert (answer.status, answer.codes) == (403, ["managers-only"])
    assert "office-director" in answer.reasons[0]["who"]


def test_a_new_version_is_for_new_tickets_and_the_old_ones_stay_on_theirs(desk: RunningDesk) -> None:
    """One more state in version two; a ticket of version one does not know it."""
    director, clerk = desk("project-manager"), desk("receptionist")
    data = {"visited": "尉迟恭", "contact": "13500001111", "about": "油烟机清洗", "severity": "low"}
    old = clerk.open("return-visit", **data)
    text = text_of(Path("complaints", "return-visit.yaml"))
    assert director.send("POST", "/api/workflows", {"text": text}).json["changed"] is False
    accepts = "accepts: [unit, matter, department"
    wider = text.replace(f"{accepts}]", f"{accepts}, improvement]")
    published = director.send("POST", "/api/workflows", {"text": wider}, If_Match=f'"{old["version"]}"')
    assert published.status == 201, published.body.decode()
    assert published.json["version"] == old["version"] + 1
    new = clerk.open("return-visit", **data, improvement="换清洁剂")
    assert new["version"] == old["version"] + 1
    answers = {"manner": "phone", "answers": "满意", "satisfied": True}
    for ticket in (old, new):
        done = desk("cs-officer").does(ticket, "perform", **answers)
        assert done["version"] == ticket["version"], "whatever is published meanwhile"
        assert desk("cs-officer").does(done, "close")["category"] == "closed"
    first = director.get("/api/workflows/return-visit?version=1")
    assert first["start"]["accepts"] == ["unit", "matter", "department"]
    versions = director.get("/api/workflows/return-visit/versions")["items"]
    assert [each["version"] for each in versions][:2] == [new["version"], old["version"]]
    back = director.send("POST", "/api/workflows", {"text": text}, If_Match=f'"{new["version"]}"')
    assert (back.status, back.json["version"]) == (201, new["version"] + 1)


def test_a_broken_folder_is_neither_in_order_nor_published(desk: RunningDesk, tmp_path: Path) -> None:
    """`check` and `publish` end with 1 and name file, line and column; the running desk has what it had."""
    folder = tmp_path / "definitions"
    shutil.copytree(DEFINITIONS, folder)
    broken = folder / COMPLAINTS
    text = broken.read_text("utf-8").replace("guard: head_on_site\n", "guard: haed_on_site\n", 1)
    broken.write_text(text, "utf-8")
    before = desk("everyone").get("/api/workflows")
    place = f"complaint.yaml:{line_of(text, 'haed_on_site')}:"
    checked = command(desk.folder, "check", str(folder))
    assert checked.returncode == 1
    assert place in checked.stdout
    assert "head_on_site" in checked.stdout, "and what was meant"
    published = command(desk.folder, "publish", str(folder))
    assert published.returncode == 1
    assert place in published.stdout + published.stderr
    assert "Traceback" not in published.stderr
    assert desk("everyone").get("/api/workflows") == before
