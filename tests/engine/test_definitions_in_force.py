"""Publishing: a version means the same for ever, and what cannot be used changes nothing."""

from __future__ import annotations

import pytest
from engine_desk import MONDAY, ORDER, REPAIR, Desk, folder_of

from workflows.definitions import Definitions
from workflows.errors import Blocked, Invalid, NotFound
from workflows.language.load import read_folder
from workflows.storage.definitions import DefinitionStore

LONGER = REPAIR.replace("due: 2 working hours", "due: 6 working hours")


def publish(desk: Desk, text: str) -> int:
    return desk.library.publish_text(text, "x.yaml", MONDAY, "lead").version


def test_every_process_of_a_folder_is_published(desk):
    assert desk.library.names() == ("inspection", "order", "repair")
    assert desk.library.latest("repair").version == 1
    assert desk.library.text("repair", 1) == REPAIR


def test_the_same_again_is_no_new_version(desk, tmp_path):
    found = desk.library.publish(folder_of(tmp_path / "definitions"), MONDAY, "lead")
    assert {(each.name, each.version, each.changed) for each in found} == {
        ("inspection", 1, False),
        ("order", 1, False),
        ("repair", 1, False),
    }


def test_a_new_text_is_a_new_version_and_tickets_stay_on_theirs(desk):
    old = desk.open("repair", content="old").ticket
    assert publish(desk, LONGER) == 2
    new = desk.open("repair", content="new")
    assert (new.ticket.version, new.clocks[0].budget) == (2, 6 * 3600)
    moved = desk.fire(old, "again")
    assert moved.ticket.version == 1
    assert next(c for c in moved.clocks if c.name == "state.open-job").budget == 2 * 3600
    assert [each.version for each in desk.library.versions("repair")] == [1, 2]


def test_children_get_the_newest_version(desk):
    publish(desk, LONGER)
    parent = desk.inspection("roof")
    assert desk.now_of(parent.children[0].id).version == 2


def test_a_process_stays_like_the_shape_it_was_published_with(desk, tmp_path):
    folder_of(tmp_path / "definitions")
    shape, repair = tmp_path / "definitions" / "shapes.yaml", tmp_path / "definitions" / "repair.yaml"
    repair.write_text(REPAIR.replace("calendar: office", "like: office-hours"))
    shape.write_text("office-hours: {calendar: office}")
    desk.library.publish(read_folder(tmp_path / "definitions"), MONDAY, "lead")
    shape.unlink()
    repair.write_text(LONGER)
    desk.library.publish(read_folder(tmp_path / "definitions"), MONDAY, "lead")
    assert [each.calendar.name for each in desk.library.versions("repair")] == ["office"] * 3
    with pytest.raises(Invalid, match="unknown shape"):
        publish(desk, REPAIR.replace("calendar: office", "like: office-hours"))


def test_a_company_that_changed_is_a_new_version_of_what_leans_on_it(desk, tmp_path):
    folder_of(tmp_path / "definitions")
    escalations = tmp_path / "definitions" / "escalations.yaml"
    escalations.write_text(escalations.read_text().replace("at: 50%", "at: 60%"))
    found = desk.library.publish(read_folder(tmp_path / "definitions"), MONDAY, "lead")
    assert {each.name: each.changed for each in found} == {"inspection": True, "order": False, "repair": True}
    levels = [desk.library.get("repair", each).policies["standard"].levels[0].at_percent for each in (1, 2)]
    assert levels == [50, 60]


def test_what_cannot_be_used_is_refused_and_nothing_has_changed(desk, tmp_path):
    broken = folder_of(
        tmp_path / "definitions", repair=LONGER, order=ORDER.replace("delivered: ", "deliverd: ")
    )
    with pytest.raises(Invalid) as caught:
        desk.library.publish(broken, MONDAY, "lead")
    assert any("order.yaml" in reason.message for reason in caught.value.reasons)
    assert desk.library.latest("repair").version == 1
    assert desk.open("order", content="still").ticket.state == "ordered"


def test_a_text_is_refused_with_every_error(desk):
    text = REPAIR.replace("from: dozing", "from: nowhere").replace("role: chief", "role: cheif")
    with pytest.raises(Invalid) as caught:
        publish(desk, text)
    assert {"nowhere", "cheif"} <= {
        word for reason in caught.value.reasons for word in ("nowhere", "cheif") if word in reason.message
    }
    assert desk.library.latest("repair").version == 1


def test_a_text_is_judged_by_what_is_in_force(desk):
    problems = desk.library.load_text(REPAIR.replace("convert: order", "convert: ordre"), "x.yaml").findings
    assert any("did you mean" in problem.message for problem in problems)
    assert desk.library.load_text("workflow: [", "x.yaml").definition is None


def test_two_processes_never_count_with_one_numbering(desk, tmp_path):
    twin = ORDER.replace("workflow: order", "workflow: twin")
    with pytest.raises(Invalid) as caught:
        publish(desk, twin)
    assert "numbering" in caught.value.reasons[0].message
    alone = folder_of(tmp_path / "definitions", order=twin, inspection=ORDER, repair=twin)
    with pytest.raises(Invalid):
        desk.library.publish(alone, MONDAY, "lead")
    assert desk.library.names() == ("inspection", "order", "repair")


def test_a_stranger_is_not_found_with_what_was_probably_meant(desk):
    with pytest.raises(NotFound) as caught:
        desk.library.latest("repare")
    assert "did you mean repair?" in str(caught.value)
    with pytest.raises(NotFound):
        desk.library.get("repair", 9)
    assert desk.library.text("repair", 9) == ""


def test_another_process_sees_what_was_published(desk):
    other = Definitions(DefinitionStore(desk.database))
    assert other.latest("repair").version == 1
    publish(desk, LONGER)
    assert other.latest("repair").version == 2


def test_a_version_that_cannot_be_read_any_more_can_be_replaced(desk):
    shelf = DefinitionStore(desk.database)
    shelf.publish(
        "workflow", "repair", "x", "workflow: repair\nno: longer", {"organisation.yaml": 1}, MONDAY, "x"
    )
    assert not desk.library.latest("repair").readable
    with pytest.raises(Blocked) as caught:
        desk.open("repair", content="x")
    assert "unusable-step" in {each.code for each in caught.value.reasons}
    assert publish(desk, LONGER) == 3
    assert desk.open("repair", content="x").ticket.version == 3


def test_the_processes_in_force_are_read_all_at_once(desk, monkeypatch):
    """However many there are: one by one only what is older, and the company's files."""
    asked, plain = [], DefinitionStore.get

    def get(shelf, kind, name, version):
        asked.append(kind)
        return plain(shelf, kind, name, version)

    monkeypatch.setattr(DefinitionStore, "get", get)
    found = Definitions(DefinitionStore(desk.database)).in_force()
    assert [each.name for each in found] == ["inspection", "order", "repair"]
    assert "workflow" not in asked
