"""A folder says which texts it was made from: what others have published meanwhile is never taken back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import ERRANDS, LATE, Huifang, desk_in

LINE = "# by a colleague\n"


@pytest.fixture
def overtaken(office: Huifang, folder: Path, tmp_path: Path) -> Path:
    """The folder of a desk on which a colleague has published meanwhile, by API."""
    desk = desk_in(tmp_path / "data")
    text = desk.definitions.text("errand", 1)
    desk.definitions.publish_text(f"{text}{LINE}", "x.yaml", LATE, "a colleague", reason="it was missing")
    desk.close()
    return folder


def change(folder: Path, line: str = "# by me\n") -> Path:
    file = folder / "errand.yaml"
    file.write_text(f"{line}{file.read_text('utf-8')}", "utf-8")
    return file


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_folder_that_was_overtaken_is_refused_with_what_was_changed(
    office: Huifang, overtaken: Path, more: tuple[str, ...]
) -> None:
    """Also one in which nothing was changed: the whole folder would be in force."""
    for _ in range(2):
        said = office("publish", overtaken, *more)
        assert (said.code, f"+{LINE}" in said.out) == (1, True)
        assert "version 2 was published by a colleague" in said.err
        assert "(it was missing)" in said.err
        assert "huifang pull" in said.err
        change(overtaken)
    assert office("show", "errand").out.endswith(LINE)


def test_what_others_have_published_is_pulled_and_the_folder_goes_on_from_there(
    office: Huifang, overtaken: Path
) -> None:
    """A file that was not changed here is simply renewed."""
    assert office("pull", overtaken).out == "errand.yaml: version 2\n"
    assert change(overtaken).read_text("utf-8").endswith(LINE)
    assert "published 1 of 1" in office("publish", overtaken, "--reason", "a word from me").out
    newest = office("versions", "errand").out.splitlines()[0].split("\t")
    assert (newest[:2], newest[4], newest[-1]) == (["3", "in force"], "from 2", "a word from me")


def test_a_file_that_both_have_changed_is_left_and_the_other_put_beside_it(
    office: Huifang, overtaken: Path
) -> None:
    """Until a person has brought them together."""
    file = change(overtaken)
    mine = file.read_text("utf-8")
    said = office("pull", overtaken)
    assert (said.code, f"+{LINE}" in said.out, "--merged" in said.err) == (1, True, True)
    assert file.read_text("utf-8") == mine
    assert file.with_name("errand.yaml.in-force").read_text("utf-8").endswith(LINE)
    assert office("publish", overtaken).code == 1, "nothing was taken in yet"
    file.write_text(f"{mine}{LINE}", "utf-8")
    assert office("pull", overtaken, "--merged", "errand").code == 0
    assert not file.with_name("errand.yaml.in-force").exists()
    assert office("publish", overtaken).code == 0
    assert office("pull", overtaken, "--merged", "erand").err.endswith("did you mean 'errand'?\n")


def test_whoever_takes_over_says_why(office: Huifang, overtaken: Path) -> None:
    """And it is kept with the version."""
    change(overtaken)
    assert office("publish", overtaken, "--take-over", "agreed with her").code == 0
    assert office("versions", "errand").out.splitlines()[0].endswith("agreed with her")


def test_a_folder_without_a_record_is_published_where_nothing_is_lost(
    office: Huifang, tmp_path: Path
) -> None:
    """Where its texts are those in force; else it has to say what it was made from."""
    strange = Path(shutil.copytree(ERRANDS, tmp_path / "strange"))
    change(strange)
    assert "version 1 was published" in office("publish", strange).err
    assert office("publish", strange, "--base", "errand=7").code == 1
    assert office("publish", strange, "--base", "errand").code == 2
    assert office("publish", strange, "--base", "errand=1").code == 0


def test_a_broken_record_is_named(office: Huifang, folder: Path) -> None:
    """With what to do."""
    (folder / ".published.json").write_text("[", "utf-8")
    said = office("publish", folder)
    assert (said.code, ".published.json cannot be read" in said.err) == (1, True)


def test_a_desk_gives_its_texts_to_an_empty_folder(office: Huifang, tmp_path: Path) -> None:
    """Which can be published from then on."""
    empty = tmp_path / "empty"
    empty.mkdir()
    assert office("pull", empty).code == 0
    assert office("publish", empty).out == "published 0 of 1 processes\n"
