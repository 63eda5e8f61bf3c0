"""The company's files on the command line: listed, their versions, their texts."""

from __future__ import annotations

from pathlib import Path

from command_line import Huifang


def test_the_companys_files_and_their_versions_are_shown(office: Huifang, folder: Path) -> None:
    """Each version as it was published."""
    file = folder / "calendars.yaml"
    first = file.read_text("utf-8")
    file.write_text(f"{first}# a remark\n", "utf-8")
    assert office("publish", folder, "--reason", "a remark was missing").code == 0
    listed = {line.split("\t")[0]: line.split("\t")[1] for line in office("company").out.splitlines()}
    assert (listed["calendars.yaml"], listed["organisation.yaml"]) == ("2", "1")
    newest, earlier = office("versions", "calendars.yaml").out.splitlines()
    assert [newest.split("\t")[each] for each in (0, 1, 4, 6)] == [
        "2",
        "in force",
        "from 1",
        "a remark was missing",
    ]
    assert earlier.split("\t")[1] == "earlier"
    assert office("show", "calendars.yaml").out == f"{first}# a remark\n"
    assert office("show", "calendars.yaml", "--version", "1").out == first
    assert office("show", "calendars.yaml", "--version", "3").code == 1


def test_what_a_companys_file_says_otherwise_is_shown(office: Huifang, folder: Path) -> None:
    """The file of the folder or a version; 1 if something is said otherwise, 0 if not, 2 if there is none."""
    file = folder / "calendars.yaml"
    first = file.read_text("utf-8")
    file.write_text(f"{first}  closed: {{2030-03-04: 停电}}\n", "utf-8")
    said = office("diff", "calendars.yaml", "--to", file, "--language", "en")
    assert (said.code, "Monday, 4 March 2030 becomes closed (停电)" in said.out) == (1, True)
    assert "Monday, 4 March 2030" in office("diff", folder, "--language", "en").out
    file.write_text(f"# a remark\n{first}", "utf-8")
    assert office("diff", "calendars.yaml", "--to", file).code == 0
    assert office("diff", "calendars.yaml", "--from", "7").code == 2


def test_one_file_is_published_by_itself_from_what_it_was_made_from(office: Huifang, folder: Path) -> None:
    """Nothing else of the folder is; a dry run stores nothing."""
    file, other = folder / "calendars.yaml", folder / "organisation.yaml"
    first = file.read_text("utf-8")
    other.write_text(f"{other.read_text('utf-8')}# not yet\n", "utf-8")
    file.write_text(f"{first}# a remark\n", "utf-8")
    assert (office("publish", file, "--dry-run").code, office("show", "calendars.yaml").out) == (0, first)
    assert office("publish", file).out == "calendars.yaml: version 2\n"
    assert "not yet" not in office("show", "organisation.yaml").out
    file.write_text(f"{first}# another\n", "utf-8")
    late = office("publish", file, "--base", "calendars.yaml=1")
    assert (late.code, "+# a remark" in late.out) == (1, True)
    file.write_text(first.replace("office:", "hall:", 1), "utf-8")
    broken = office("publish", file)
    assert (broken.code, "unknown-calendar" in broken.err) == (1, True)
    assert office("publish", next(folder.rglob("errand.yaml"))).code == 1
