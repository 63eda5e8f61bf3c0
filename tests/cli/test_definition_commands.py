"""Checking, publishing and rehearsing definitions from the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from command_line import ERRANDS, Huifang, desk_in
from jsonschema import Draft202012Validator


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_what_is_right_is_said_to_be(huifang: Huifang) -> None:
    """Exit code 0."""
    said = huifang("check", ERRANDS)
    assert (said.code, said.out) == (0, "")


@pytest.mark.parametrize("words", [("check", ERRANDS), ("rehearse", ERRANDS), ("schema",)])
def test_looking_at_definitions_leaves_no_trace(
    huifang: Huifang, tmp_path: Path, words: tuple[str | Path, ...]
) -> None:
    """No data folder, no keys."""
    assert huifang(*words).code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_is_shown_with_its_place_and_what_was_meant(huifang: Huifang, folder: Path) -> None:
    """file:line:column, and exit code 1."""
    spoil(folder / "errand.yaml", "owner: {role: clerk}", "owner: {role: clark}")
    lines = (folder / "errand.yaml").read_text("utf-8").splitlines()
    line = next(number for number, each in enumerate(lines, start=1) if "clark" in each)
    said = huifang("check", folder)
    assert said.code == 1
    assert said.out.startswith(f"{folder / 'errand.yaml'}:{line}:")
    assert "did you mean 'clerk'?" in said.out


def test_a_single_file_is_checked_as_a_part_of_its_folder(huifang: Huifang, folder: Path) -> None:
    """A file outside of any folder of definitions is refused."""
    assert huifang("check", folder / "errand.yaml").code == 0
    stray = folder.parent / "stray.yaml"
    shutil.copy(folder / "errand.yaml", stray)
    assert huifang("check", stray).code == 1


def test_a_path_that_is_not_there_is_usage(huifang: Huifang, tmp_path: Path) -> None:
    """Exit code 2."""
    assert huifang("check", tmp_path / "nothing").code == 2


def test_publishing_tells_what_it_does(office: Huifang, folder: Path) -> None:
    """And does nothing when it is only asked."""
    assert office("publish", folder).out == "published 0 of 1 processes\n"
    spoil(folder / "errand.yaml", "due: 2 working hours", "due: 3 working hours")
    tells = "errand: version 1 -> 2, 0 open tickets stay on their version\n"
    does = "\nDeadlines\n- The time for “To be done” "
    tried = office("publish", folder, "--dry-run").out
    assert tried.startswith(tells)
    assert does in tried
    done = office("publish", folder).out
    assert (does in done, done.splitlines()[-1]) == (True, "published 1 of 1 processes")


def test_publishing_warns_of_versions_in_use_that_later_rules_refuse(
    office: Huifang, folder: Path, tmp_path: Path
) -> None:
    """With their open tickets, and nothing of what every rule takes; publishing succeeds all the same."""
    assert "warning" not in office("publish", folder).err
    desk = desk_in(tmp_path / "data")
    with desk.database.transaction() as session:
        older = "UPDATE definitions SET text = replace(text, 'type: text', :older) WHERE kind = 'workflow'"
        session.run(older, {"older": "type: text, pattern: '(?i)x'"})
    desk.close()
    done = office("publish", folder, "--dry-run", "--take-over", "rules")
    assert done.code == 0
    assert "warning: errand version 1 (0 open tickets) is read by the rules of its day: " in done.err


def test_what_is_published_beside_the_processes_is_named(office: Huifang, folder: Path) -> None:
    """Also where no process has changed."""
    title = "{en: X, zh-Hans: X, zh-Hant: X, es: X}"
    (folder / "reports.yaml").write_text(
        f"errands:\n  title: {title}\n  roles: [clerk]\n  counts: tickets\n  of: errand\n  by: state\n"
        f"  period: month\n  columns:\n    all: {{title: {title}, count: true}}\n",
        encoding="utf-8",
    )
    assert office("publish", folder).out == "published 0 of 1 processes, and reports.yaml\n"
    assert office("publish", folder).out == "published 0 of 1 processes\n"


def test_a_warning_that_publishing_would_refuse_is_refused(office: Huifang, folder: Path) -> None:
    """Until the file waives it; by `check` as by `publish`."""
    again = "from: todo, to: todo, roles: [clerk]"
    spoil(folder / "errand.yaml", again, f"{again}, because: {{en: X, zh-Hans: X, zh-Hant: X, es: X}}")
    checked = office("check", folder)
    assert (checked.code, "[misplaced-key]" in checked.out) == (1, True), checked
    assert office("publish", folder, "--dry-run").code == 1
    spoil(
        folder / "errand.yaml", "readers: [clerk]", "readers: [clerk]\nwaive: {misplaced-key: as we like it}"
    )
    assert office("check", folder).code == 0


def test_what_is_wrong_is_not_published(office: Huifang, folder: Path) -> None:
    """Nothing of the folder is, and every reason is told."""
    spoil(folder / "errand.yaml", "to: done, roles: [clerk]", "to: dome, roles: [clark]")
    for arguments in (("publish", folder), ("publish", folder, "--dry-run")):
        assert office(*arguments).code == 1
    errands = shutil.copytree(ERRANDS, folder.parent / "again")
    assert office("publish", errands).out == "published 0 of 1 processes\n"


def test_scenarios_are_rehearsed(huifang: Huifang, folder: Path) -> None:
    """One that goes otherwise than written is named with its line; exit code 1."""
    story = """
scenarios:
  - name: it is done
    at: 2026-03-02 09:00
    steps:
      - {open: {content: Keys}, as: clerk}
      - {do: {}, as: clerk}
      - {expect: {state: done}}
"""
    with (folder / "errand.yaml").open("a", encoding="utf-8") as file:
        file.write(story)
    assert huifang("rehearse", folder).code == 0
    assert "huifang rehearse" in huifang("check", folder, "--language", "en").err
    spoil(folder / "errand.yaml", "expect: {state: done}", "expect: {state: todo}")
    assert "[scenario]" in huifang("check", folder, "--rehearse").out
    said = huifang("rehearse", folder, "--log")
    assert said.code == 1
    assert "errand: it is done" in said.out
    assert "[scenario]" in huifang("check", folder / "errand.yaml", "--language", "en").out
    assert huifang("check", folder / "errand.yaml", "--quick").code == 0


def test_the_schema_for_editors_accepts_our_own_definitions(huifang: Huifang) -> None:
    """It is JSON Schema 2020-12."""
    schema = json.loads(huifang("schema").out)
    Draft202012Validator.check_schema(schema)
    definition = yaml.safe_load((ERRANDS / "errand.yaml").read_text())
    Draft202012Validator(schema).validate(definition)


def test_a_company_is_asked_for_the_languages_of_its_settings(
    huifang: Huifang, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By `check`, and by the schema of its editors; a language that the desk does not have is refused."""
    config = tmp_path / "config.toml"
    monkeypatch.setenv("HUIFANG_CONFIG", str(config))
    config.write_text('languages = ["es"]\n')
    text = (folder / "errand.yaml").read_text("utf-8").splitlines()[1]
    spoil(folder / "errand.yaml", text[text.index(", es: ") : text.index("}")], "")
    assert "lacks es" in huifang("check", folder).out
    made = json.loads(huifang("schema").out)
    assert made["$defs"]["State"]["properties"]["title"]["required"] == ["es"]
    config.write_text('languages = ["fr"]\n')
    refused = huifang("check", folder)
    assert refused.code != 0
    assert "languages" in refused.err


def test_the_schema_of_a_file_offers_its_names_and_those_of_its_folder(
    huifang: Huifang, folder: Path
) -> None:
    """Also while the file cannot be read as a process; they are examples, and no other word is marked."""
    errand = folder / "errand.yaml"
    spoil(errand, "owner: {role: clerk}", "owner: {role: clark}")
    made = json.loads(huifang("schema", "process", "--file", errand).out)
    rows = made["$defs"]["Transition"]["properties"]
    states = list(yaml.safe_load(errand.read_text("utf-8"))["states"])
    assert examples(rows["to"]) == states
    assert {"clerk", "assignee", "clock"} <= set(examples(rows["roles"]))
    assert {"content", "phone"} <= set(examples(rows["requires"]))
    head = made["$defs"]["Workflow"]["properties"]
    assert (examples(head["calendar"]), "enum" in head["calendar"]) == (["office"], False)
    Draft202012Validator.check_schema(made)


def examples(schema: dict[str, object]) -> list[str]:
    """The first examples in a part of a schema."""
    text = json.dumps(schema)
    found: list[str] = json.loads(text[text.index('"examples": ') + 12 :].partition("]")[0] + "]")
    return found
