"""`huifang check --watch`: whatever is saved is answered, and no more is read than it touches."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import ERRANDS, Huifang

from service.commands import check as check_module
from service.commands.check_watch import find_changes

OPENER = """\
workflow: opener
title: {en: Opener, zh-Hans: x, zh-Hant: x, es: x}
purpose: It opens errands.
numbering: OP-{year}-{seq:5}
calendar: office
fields:
  what: {type: text, title: {en: What, zh-Hans: x, zh-Hant: x, es: x}}
start: {state: new, roles: [clerk], requires: [what]}
states:
  new: {title: {en: New, zh-Hans: x, zh-Hant: x, es: x}, owner: {role: clerk}, due: 2 hours}
  old: {title: {en: Old, zh-Hans: x, zh-Hant: x, es: x}, category: closed}
transitions:
  - trigger: send
    title: {en: Send, zh-Hans: x, zh-Hant: x, es: x}
    from: new
    to: old
    roles: [clerk]
    effects: [{open: errand, as: errand, with: {content: what}}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ERRANDS, tmp_path / "errands"))


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


class Author:
    """Saves something at each pause, and interrupts at last."""

    def __init__(self, *acts: Callable[[], object]) -> None:
        self._acts: Iterator[Callable[[], object]] = iter(acts)

    def __call__(self, _seconds: float) -> None:
        act = next(self._acts, None)
        if act is None:
            raise KeyboardInterrupt
        act()


def test_a_look_tells_what_was_changed_made_and_removed(folder: Path) -> None:
    """Nothing as long as nothing was."""
    made, errand = folder / "made.yaml", folder / "errand.yaml"
    author = Author(
        lambda: None, lambda: spoil(errand, "clerk", "clark"), lambda: made.write_text("x"), made.unlink
    )
    changes = find_changes(folder, author)
    assert [next(changes) for _ in range(3)] == [{errand}, {made}, {made}]
    with pytest.raises(KeyboardInterrupt):
        next(changes)


@pytest.fixture
def watch(
    huifang: Huifang, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[list[str], list[str], int]]:
    """Watches while an author acts: what was reviewed, what was said in the end, and the exit code."""

    def run(path: Path, *acts: Callable[[], object]) -> tuple[list[str], list[str], int]:
        reviewed: list[str] = []
        review = check_module._review_path

        def counted(context: object, about: Path, quick: bool, rehearse: bool) -> object:
            reviewed.append(about.name)
            return review(context, about, quick, rehearse)  # type: ignore[arg-type]

        monkeypatch.setattr(check_module, "_review_path", counted)
        author = Author(*acts)
        monkeypatch.setattr(check_module, "find_changes", lambda home: find_changes(home, author))
        said = huifang("check", path, "--watch")
        return reviewed, said.err.splitlines(), said.code

    return run


def test_a_saved_process_is_read_alone_and_its_mistake_goes_when_it_is_mended(
    watch: Callable[..., tuple[list[str], list[str], int]], folder: Path
) -> None:
    (folder / "opener.yaml").write_text(OPENER, "utf-8")
    errand = folder / "errand.yaml"
    read, said, code = watch(
        folder,
        lambda: spoil(errand, "owner: {role: clerk}", "owner: {role: clark}"),
        lambda: spoil(errand, "owner: {role: clark}", "owner: {role: clerk}"),
    )
    assert read == ["errands", "errand.yaml", "errand.yaml"]
    before, first, wrong, second, after = (each for each in said if each)
    assert (first, wrong, second) == ("errand.yaml", "errors: 1", "errand.yaml")
    assert before == after
    assert code == 1  # the child is not awaited, which nobody has waived


def test_a_caller_of_what_was_saved_is_told(
    watch: Callable[..., tuple[list[str], list[str], int]], folder: Path
) -> None:
    (folder / "opener.yaml").write_text(OPENER, "utf-8")
    read, said, code = watch(folder, lambda: spoil(folder / "errand.yaml", "content", "contents"))
    assert read == ["errands", "errand.yaml"]
    assert said[-1].startswith("errors: ")
    assert code == 1


def test_what_all_lean_on_is_read_with_all(
    watch: Callable[..., tuple[list[str], list[str], int]], folder: Path
) -> None:
    read, _, _ = watch(folder, lambda: spoil(folder / "calendars.yaml", "title", "titel"))
    assert read == ["errands", "errands"]
