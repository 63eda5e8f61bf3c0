"""`huifang new`, `discover` and `conform`: a process to begin with, and a log beside a process."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command_line import ERRANDS, Huifang

DATA = Path(__file__).parents[3] / "shared" / "data"
LOG = """\
case,activity,timestamp,resource
a,Report,2026-03-02 09:00,ann
a,Repair,2026-03-02 10:00,bob
b,Report,2026-03-02 09:00,ann
b,Repair,2026-03-03 09:30,bob
b,Paint,2026-03-03 09:40,bob
c,Report,yesterday,ann
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "log.csv"
    file.write_text(LOG, "utf-8")
    return file


def test_a_process_begins_without_a_question(huifang: Huifang, tmp_path: Path) -> None:
    """In a folder without a company, too; nothing is wrong with what is written."""
    said = huifang("new", "lost-keys", "--folder", tmp_path / "desk", "--yes")
    assert (said.code, said.out) == (0, "")
    assert huifang("check", tmp_path / "desk").err == "nothing is wrong\n"
    assert "numbering: LK-{year}-{seq:5}" in (tmp_path / "desk" / "lost-keys.yaml").read_text("utf-8")


def test_a_process_begins_with_a_few_questions(huifang: Huifang, tmp_path: Path) -> None:
    """What is not answered is as proposed."""
    folder = shutil.copytree(ERRANDS, tmp_path / "errands")
    typed = "钥匙\n登记、寻找，归还\nclerk\n3 working hours\nYS-{year}-{seq:4}\n"
    assert huifang("new", "keys", "--folder", folder, typed=typed).code == 0
    text = (folder / "keys.yaml").read_text("utf-8")
    assert 'en: "钥匙"' in text
    assert "state-3:\n    title: {zh-Hans: " in text
    assert "due: 3 working hours" in text
    assert huifang("check", folder).code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("Keys",), "'Keys' is no name"),
        (("keys", "--role", "clark"), "unknown role 'clark'; did you mean 'clerk'?"),
        (("keys", "--due", "soon"), "soon"),
        (("keys", "--states", "one"), "two states at least"),
        (("keys", "--calendar", "night"), "unknown calendar 'night'"),
        (("errand",), "is there already"),
    ],
)
def test_what_cannot_be_is_refused(
    huifang: Huifang, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    folder = shutil.copytree(ERRANDS, tmp_path / "errands")
    said = huifang("new", *words, "--folder", folder, "--yes")
    assert said.code == 1
    assert told in said.err


def test_a_process_is_discovered_and_checked(huifang: Huifang, tmp_path: Path, log: Path) -> None:
    """Rows that cannot be read are counted."""
    said = huifang("discover", log, "--folder", tmp_path / "desk", "--name", "repairs")
    assert said.code == 0
    assert "cases: 2; events: 5" in said.err
    assert "rows that could not be read: 1 (line 7" in said.err
    assert huifang("check", tmp_path / "desk").err == "nothing is wrong\n"


def test_the_groups_of_a_log_are_roles_of_the_folder(huifang: Huifang, tmp_path: Path, log: Path) -> None:
    folder = shutil.copytree(ERRANDS, tmp_path / "errands")
    refused = huifang("discover", log, "--folder", folder)
    assert refused.code == 1
    assert "no role group-1, group-2: say which it is, `--role group-1=ROLE`" in refused.err
    assert huifang("discover", log, "--folder", folder, "--role", "clerk").code == 0


def test_a_log_without_a_case_is_refused(huifang: Huifang, tmp_path: Path, log: Path) -> None:
    log.write_text("what,when\nx,2026-03-02\n", "utf-8")
    said = huifang("discover", log, "--folder", tmp_path / "desk")
    assert said.code == 1
    assert "no column holds the case: say --case COLUMN" in said.err


def test_a_log_is_laid_beside_a_process(huifang: Huifang, tmp_path: Path, log: Path) -> None:
    folder = tmp_path / "desk"
    states = "Report, Repair, Paint"
    huifang("new", "repairs", "--folder", folder, "--yes", "--states", states, "--due", "2 working hours")
    said = huifang("conform", "repairs", log, "--folder", folder)
    assert said.out.splitlines() == [
        "'Repair' came after the deadline of 'report': 1 (b in line 5, 2026-03-03T01:30:00Z)",
        "the log ends in 'repair', which is no end: 1 (a in line 3, 2026-03-02T02:00:00Z)",
        "no case takes the step 'cancel'",
        "cases that take only steps of the process: 2 of 2",
    ]


def test_a_log_is_laid_beside_a_process_for_programs(huifang: Huifang, tmp_path: Path, log: Path) -> None:
    folder = tmp_path / "desk"
    huifang("new", "repairs", "--folder", folder, "--yes", "--states", "Report, Fix, Paint")
    said = huifang("conform", "repairs", log, "--folder", folder, "--step", "Repair=fix", "--json")
    found = json.loads(said.out)
    assert (found["cases"], found["fit"], found["unused"]) == (2, 2, ["cancel"])
    assert [each["kind"] for each in found["deviations"]] == ["not-ended"]


@pytest.mark.skipif(not DATA.exists(), reason="the logs of ../shared are not here")
@pytest.mark.parametrize(
    ("name", "cases", "fit"), [("helpdesk_events", 4_580, 4_482), ("permit_receipt_events", 1_434, 1_367)]
)
def test_a_process_is_discovered_in_a_log_of_years(
    huifang: Huifang, tmp_path: Path, name: str, cases: int, fit: int
) -> None:
    """Nothing is wrong with it, and nearly all cases take only its steps."""
    log, folder = DATA / f"{name}.csv.gz", tmp_path / "desk"
    assert huifang("discover", log, "--folder", folder).code == 0
    found = json.loads(huifang("conform", "discovered", log, "--folder", folder, "--json").out)
    assert (found["cases"], found["fit"]) == (cases, fit)
