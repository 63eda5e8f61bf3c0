"""A later export of the same system: what is new goes in, what changed is named, and amended where the map
says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from import_desks import MAPS, SITE, bring, written
from test_import_rows import HEADER, MAP, row

from service import wallclock
from service.bootstrap import Desk
from service.imports.case_importer import derive_ticket_id
from workflows.core.commands import Actor, Amend

TICKET = derive_ticket_id(SITE, "messages-2018", "1")
BOSS = Actor(id="id-boss", name="Boss", roles=frozenset({"clerk"}))


@pytest.fixture
def updating(tmp_path: Path) -> Path:
    """The map, which says that openings may be amended."""
    path = tmp_path / "map.yaml"
    path.write_text(f"{(MAPS / MAP).read_text(encoding='utf-8')}update: true\n", encoding="utf-8")
    return path


def told(tmp_path: Path, **changes: str) -> Path:
    """A list of one message, with some columns told otherwise."""
    cells = dict(zip(HEADER, row("1"), strict=True)) | changes
    return written(tmp_path / "in.csv", HEADER, [list(cells.values())])


REPLIED = {"答复意见": "已修", "答复时间": "2018-03-05 09:00:00"}


def test_a_changed_field_is_named_and_the_new_closing_is_not_lost(
    messages_desk: Desk, tmp_path: Path
) -> None:
    """The row comes back with what was told then and now; its step is taken."""
    bring(messages_desk, told(tmp_path), MAP)
    summary = bring(messages_desk, told(tmp_path, 留言主题="电梯", **REPLIED), MAP)
    assert (summary.opened, summary.steps, summary.rejected) == (0, 1, 1)
    assert "subject was told as '主题1' before, now as '电梯'" in summary.examples[0]
    assert "`update: true` in the map amends it" in summary.examples[0]
    loaded = messages_desk.store.load(SITE, TICKET)
    assert loaded is not None
    assert (loaded[0].state, loaded[0].data["subject"]) == ("closed", "主题1")


def test_a_map_that_updates_amends_the_opening(messages_desk: Desk, tmp_path: Path, updating: Path) -> None:
    """A step of its own in the history, before the closing; brought in again it adds nothing."""
    bring(messages_desk, told(tmp_path), updating)
    later = told(tmp_path, 留言主题="电梯", **REPLIED)
    summary = bring(messages_desk, later, updating)
    assert (summary.opened, summary.steps, summary.rejected) == (0, 2, 0)
    history = messages_desk.queries.history(SITE, TICKET)
    assert [entry.kind for entry in history] == ["open", "amend", "fire"]
    assert (history[1].data, history[1].note) == ({"subject": "电梯"}, "amended by a later list")
    again = bring(messages_desk, later, updating)
    assert (again.steps, again.skipped, again.rejected) == (0, 1, 0)


def test_what_is_compared_anew_adds_nothing_either(
    messages_desk: Desk, tmp_path: Path, updating: Path
) -> None:
    """Where the digest of the rows is no help: the map was written otherwise."""
    bring(messages_desk, told(tmp_path), updating)
    later = told(tmp_path, 留言主题="电梯")
    bring(messages_desk, later, updating)
    updating.write_text(f"# more\n{updating.read_text(encoding='utf-8')}", encoding="utf-8")
    again = bring(messages_desk, later, updating)
    assert (again.steps, again.skipped, again.rejected) == (0, 1, 0)


def test_what_was_changed_here_since_is_not_overwritten(
    messages_desk: Desk, tmp_path: Path, updating: Path
) -> None:
    """The list's is left out, and said."""
    bring(messages_desk, told(tmp_path), updating)
    mine = Amend(site=SITE, ticket=TICKET, actor=BOSS, data={"subject": "ours"})
    messages_desk.engine.do(mine, wallclock.now())
    summary = bring(messages_desk, told(tmp_path, 留言主题="电梯"), updating)
    assert (summary.steps, summary.rejected) == (0, 1)
    assert "subject: it was changed here since; the list's is left out" in summary.examples[0]


def test_what_a_step_was_told_by_cannot_be_put_right(
    messages_desk: Desk, tmp_path: Path, updating: Path
) -> None:
    """But it is not passed over in silence."""
    bring(messages_desk, told(tmp_path, **REPLIED), updating)
    summary = bring(messages_desk, told(tmp_path, **(REPLIED | {"答复意见": "未修"})), updating)
    assert (summary.steps, summary.rejected) == (0, 1)
    assert "close: reply was told as '已修' before, now as '未修'" in summary.examples[0]


def test_a_step_that_is_no_longer_told_of_is_said(messages_desk: Desk, tmp_path: Path) -> None:
    """An export that has lost its closings."""
    bring(messages_desk, told(tmp_path, **REPLIED), MAP)
    assert "its step close is no longer told of" in bring(messages_desk, told(tmp_path), MAP).examples[0]


def test_what_is_told_otherwise_of_a_ticket_that_has_ended_is_named_and_not_amended(
    messages_desk: Desk, tmp_path: Path, updating: Path
) -> None:
    """With the map that updates and with the one that does not: neither could amend it."""
    bring(messages_desk, told(tmp_path, **REPLIED), updating)
    for mapped in (updating, MAPS / MAP):
        summary = bring(messages_desk, told(tmp_path, 留言主题="电梯", **REPLIED), mapped)
        assert (summary.opened, summary.steps, summary.rejected) == (0, 0, 1)
        assert summary.examples == (
            "line 2: subject was told as '主题1' before, now as '电梯';"
            " the ticket has ended here, and stays as it is",
        )
