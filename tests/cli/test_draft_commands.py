"""Drafts from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import MONDAY, Huifang, desk_in

from workflows.storage.definition_drafts import DRAFT, PROPOSED, DefinitionDraft


@pytest.fixture
def drafted(office: Huifang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Huifang:
    """Li, a clerk who may publish, keeps two drafts; somebody else has proposed one."""
    config = tmp_path / "config.toml"
    config.write_text("[api]\npublishers = ['clerk']\n", "utf-8")
    monkeypatch.setenv("HUIFANG_CONFIG", str(config))
    desk = desk_in(tmp_path / "data")
    li = desk.people.account("li")
    assert li is not None
    text = desk.definitions.text("errand", 1)
    kept = (("mine", li.staff.id, DRAFT), ("other", "wu", PROPOSED), ("theirs", "wu", DRAFT))
    for name, author, state in kept:
        draft = DefinitionDraft(
            workflow="errand",
            id=name,
            author=author,
            text=f"{text}# {name}\n",
            based_on=1,
            state=state,
            reason="why not",
            changed_at=MONDAY,
        )
        desk.drafts.save(draft, None)
    desk.close()
    return office


def test_drafts_are_listed_shown_rejected_and_published(drafted: Huifang) -> None:
    """Another person's draft is not seen before it is proposed."""
    listed = drafted("drafts", "list", "errand", "--by", "li").out.splitlines()
    assert [line.split("\t")[:2] for line in listed] == [["mine", "draft"], ["other", "proposed"]]
    assert "+# mine" in drafted("drafts", "show", "errand", "mine", "--by", "li").out
    refused = drafted("drafts", "approve", "errand", "mine", "--by", "li")
    assert (refused.code, "the draft is draft" in refused.err) == (1, True)
    rejected = drafted("drafts", "reject", "errand", "other", "--reason", "too early", "--by", "li")
    assert rejected.out == "errand other is rejected\n"
    done = drafted("drafts", "publish", "errand", "mine", "--by", "li")
    assert done.out == "errand mine is published as version 2\n"
    assert drafted("show", "errand").out.endswith("# mine\n")
