"""Two managers at once: what somebody has published is never lost without a refusal that shows it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from engine_desk import MONDAY, REPAIR, Desk

from workflows.definitions.base import BaseMissing, Outdated

WRITERS, EACH = 4, 3


def line_of(writer: int, turn: int) -> str:
    return f"# {writer} was here for the {turn}. time"


def publish(desk: Desk, text: str, base: str | None) -> int:
    return desk.library.publish_text(text, "x.yaml", MONDAY, "lead", base=base).version


def test_of_several_who_changed_the_same_version_one_is_first_and_the_others_see_what_he_did(
    desk: Desk,
) -> None:
    """On both databases, with threads."""
    begin = Barrier(WRITERS)

    def change(writer: int) -> str | int:
        begin.wait()
        try:
            return publish(desk, f"{REPAIR}{line_of(writer, 1)}\n", "1")
        except Outdated as refusal:
            return str(refusal.details["difference"])

    with ThreadPoolExecutor(WRITERS) as pool:
        found = list(pool.map(change, range(WRITERS)))
    (first,) = (writer for writer in range(WRITERS) if found[writer] == 2)
    told = [each for each in found if each != 2]
    assert len(told) == WRITERS - 1
    assert all(f"+{line_of(first, 1)}" in str(each) for each in told)


def test_who_takes_in_what_others_did_loses_nothing_of_it(desk: Desk) -> None:
    """Each writer goes on from the text in force until he is let in: in the end, every line is there."""

    def write(writer: int) -> None:
        for turn in range(EACH):
            while True:
                version = desk.library.latest("repair").version
                text = f"{desk.library.text('repair', version)}{line_of(writer, turn)}\n"
                try:
                    publish(desk, text, str(version))
                except Outdated:
                    continue
                break

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    version = desk.library.latest("repair").version
    text = desk.library.text("repair", version)
    assert version == 1 + WRITERS * EACH
    assert all(text.count(line_of(writer, turn)) == 1 for writer in range(WRITERS) for turn in range(EACH))


def test_a_text_that_does_not_say_what_it_was_made_from_is_refused_where_there_is_one(desk: Desk) -> None:
    with pytest.raises(BaseMissing, match="version 1"):
        publish(desk, f"{REPAIR}# more\n", None)
    assert (
        publish(desk, REPAIR.replace("workflow: repair", "workflow: mend").replace("R-{", "M-{"), None) == 1
    )
    assert publish(desk, REPAIR, None) == 1, "the text in force itself is no change"


def test_an_earlier_version_with_the_same_text_will_do(desk: Desk) -> None:
    """Nothing that anybody wrote is lost: the text in force is the one that was seen."""
    publish(desk, f"{REPAIR}# more\n", "1")
    publish(desk, REPAIR, "2")
    assert publish(desk, f"{REPAIR}# other\n", "1") == 4
