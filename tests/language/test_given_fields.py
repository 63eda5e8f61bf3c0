"""A field that a process no longer asks for at its opening is one mistake, however many others give it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workflows.language.load import read_folder

DEFINITIONS = Path(__file__).resolve().parents[2] / "definitions"


def findings_after(folder: Path, file: str, old: str, new: str) -> list[tuple[str, str, str]]:
    """(code, file, sentence) of what is found after a change of a file."""
    trade = folder / "definitions"
    shutil.copytree(DEFINITIONS, trade)
    text = (trade / file).read_text("utf-8")
    assert old in text
    (trade / file).write_text(text.replace(old, new, 1), "utf-8")
    found = read_folder(trade).findings
    return [(each.code, Path(each.file).name, each.sentence) for each in found if each.severity == "error"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [("", "unused"), ("    accepts: [photos, client_words]\n", "unknown-value")],
    ids=["by no step", "by a later step only"],
)
def test_it_is_said_once_where_it_is_no_longer_asked_for(tmp_path: Path, asked: str, code: str) -> None:
    old = "  accepts: [unit, part, convenient_time, photos]\n"
    later = "    accepts: [client_words]\n"
    text = (DEFINITIONS / "repairs" / "repair.yaml").read_text("utf-8")
    between = text[text.index(old) + len(old) : text.index(later)]
    new = "  accepts: [unit, part, convenient_time]\n" + between + (asked or later)
    found = findings_after(tmp_path, "repairs/repair.yaml", old + between + later, new)
    assert [(each[0], each[1]) for each in found] == [(code, "repair.yaml")]
    assert "photos" in found[0][2]


def test_one_process_that_gives_what_is_not_asked_for_is_told_so_itself(tmp_path: Path) -> None:
    old = "order, urgency: \"severity == 'high' ? 'urgent' : 'normal'\", photos: photos}"
    new = old.replace("photos: photos", "photos: photos, visit_notes: order")
    found = findings_after(tmp_path, "complaints/complaint.yaml", old, new)
    assert {(each[0], each[1]) for each in found} == {("unknown-value", "complaint.yaml")}
