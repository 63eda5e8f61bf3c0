"""One file of a folder is checked with what it has to do with, and the answer is that of the whole folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.language.language_desk import write_folder
from tests.language.test_opening_cycles import opens, process
from workflows.language.load import is_process, read_folder

DEFINITIONS = Path(__file__).resolve().parents[2] / "definitions"
LONE = process("lone")


def same(folder: Path) -> list[str]:
    """What is wrong, file by file; the same as is found when the folder is read whole."""
    whole = [str(each) for each in read_folder(folder).findings]
    files = sorted(folder.rglob("process.yaml"))
    single = {each for file in files for each in map(str, read_folder(folder, about=file).findings)}
    assert single == set(whole)
    for file in files:
        alone = [str(each) for each in read_folder(folder, about=file).findings]
        assert [each for each in alone if each.startswith(f"{file}:")] == [
            each for each in whole if each.startswith(f"{file}:")
        ]
    return whole


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        pytest.param([process("aa", start=opens("bb")), process("bb"), LONE], "", id="nothing"),
        pytest.param(
            [process("aa", start=opens("bbb")), process("bb"), LONE], "unknown workflow 'bbb'", id="a name"
        ),
        pytest.param([process("aa"), process("aa"), LONE], "'aa' is defined in", id="two of one name"),
        pytest.param(
            [process("aa"), process("bb").replace("BB-{year}", "AA-{year}"), LONE],
            "has the numbering 'AA-{year}-{seq:5}' already",
            id="two of one numbering",
        ),
        pytest.param(
            [
                process("cc", start=opens("aa")),
                process("bb", start=opens("cc")),
                process("aa", start=opens("bb")),
            ],
            "for ever: aa -> bb -> cc -> aa",
            id="a circle",
        ),
        pytest.param(
            [process("aa", start=opens("bb")), process("bb").replace("due: 2", "due: two")],
            "two",
            id="a broken child",
        ),
        pytest.param(
            [process("aa", start=opens("bb")), "workflow: bb\n: {"], "", id="a child that is no YAML"
        ),
    ],
)
def test_one_file_is_told_what_the_folder_would_tell(tmp_path: Path, texts: list[str], wrong: str) -> None:
    assert wrong in "\n".join(same(write_folder(tmp_path, *texts)))


def test_only_what_it_speaks_of_is_read_with_it(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, process("aa", start=opens("bb")), process("bb"), LONE)
    assert set(read_folder(folder, about=folder / "group-0" / "process.yaml").definitions) == {"aa", "bb"}
    assert set(read_folder(folder, about=folder / "group-2" / "process.yaml").definitions) == {"lone"}


def test_of_the_shipped_ones_few_need_many_others() -> None:
    files = [file for file in sorted(DEFINITIONS.rglob("*.yaml")) if is_process(file, DEFINITIONS)][::9]
    for file in files:
        found = read_folder(DEFINITIONS, about=file)
        assert not found.errors
        assert len(found.definitions) < 30, file
