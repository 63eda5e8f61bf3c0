"""What a change means for open tickets is said before it is published, with how many there are."""

from __future__ import annotations

from gate_desk import ELSEWHERE, FEE, RENTAL, SITE, GateDesk, said

from workflows.language.findings import Severity
from workflows.storage.statement_count import executed

YEARLY = "yearly: {en: T, zh-Hans: 题, zh-Hant: 題, es: T}, "


def test_a_folder_that_changes_nothing_says_nothing(yard: GateDesk) -> None:
    yard.stand("rental", "billed")
    review = yard.review()
    assert [each for each in review.findings if each.severity is not Severity.WARNING] == []
    assert review.impact == ()


def test_a_state_in_which_tickets_stand_is_named_with_some_of_them(yard: GateDesk) -> None:
    numbers = [yard.stand("rental", "billed").number for _ in range(4)]
    yard.change("rental.yaml", ("billed", "invoiced"))
    review = yard.review()
    (message,) = said(review, "removed-state")
    assert "'billed' (line" in message
    assert "is gone; open tickets in it: 4 (" in message
    assert ", ".join(numbers[:3]) in message
    assert numbers[3] not in message
    assert review.blocking == ()
    assert [(each.workflow, each.change, each.states) for each in review.impact] == [
        ("rental", "changed", {"billed": 4})
    ]


def test_an_option_that_tickets_have_is_counted_also_in_lists(yard: GateDesk) -> None:
    for doors in (["north"], ["north", "south"], []):
        yard.stand("rental", "asked", data={"space": "A1", "plan": "yearly", "doors": doors})
    yard.stand("rental", "asked", data={"space": "A1", "plan": "monthly"})
    yard.change("rental.yaml", ("yearly", "annual"), ("north: ", "east: "))
    messages = said(yard.review(), "option-in-use")
    assert any("'yearly'" in each and "with it: 3" in each for each in messages)
    assert any("'north'" in each and "with it: 2" in each for each in messages)
    assert len(messages) == 2


def test_a_changed_type_is_told_if_anything_is_stored(yard: GateDesk) -> None:
    yard.stand("rental", "asked", data={"space": "A1", "estimate": "一小时"})
    yard.stand("rental", "asked", data={"space": "A2", "estimate": None})
    yard.change("rental.yaml", ("estimate: {type: text", "estimate: {type: number"))
    (message,) = said(yard.review(), "type-with-data")
    assert "becomes a number field (was text)" in message
    assert "with a value in it: 1" in message
    assert "一小时" not in message


def test_of_a_personal_field_it_is_only_said_that_there_may_be_something(yard: GateDesk) -> None:
    yard.stand("rental", "asked", personal={"phone": "13800000001"})
    yard.change("rental.yaml", ("phone: {type: phone", "phone: {type: text, personal: true"))
    (message,) = said(yard.review(), "type-with-data")
    assert "with a value in it: ≤ 1" in message
    assert "1380" not in message


def test_a_shorter_deadline_is_for_new_tickets_only(yard: GateDesk) -> None:
    yard.stand("rental", "asked")
    yard.stand("rental", "billed")
    yard.change("rental.yaml", ("due: 3 working days", "due: 1 working hour"))
    (message,) = said(yard.review(), "deadline-for-new-only")
    assert "'billed' is shorter for new tickets only: 1 working hour" in message
    assert "open tickets that keep 3 working days: 2, of them in it now: 1" in message


def test_a_step_that_is_gone_is_told_where_somebody_can_still_take_it(yard: GateDesk) -> None:
    yard.stand("rental", "billed")
    yard.change("rental.yaml", ("trigger: drop", "trigger: abandon"))
    (message,) = said(yard.review(), "removed-trigger")
    assert "'drop' is gone for new tickets; open tickets that can still take it: 1" in message


def test_going_back_to_an_earlier_text_names_the_tickets_opened_meanwhile(yard: GateDesk) -> None:
    yard.change("rental.yaml", ("due: 3 working days", "due: 4 working days"))
    yard.publish()
    ticket = yard.stand("rental", "billed")
    yard.change("rental.yaml", ("due: 4 working days", "due: 3 working days"))
    (message,) = said(yard.review(), "rollback")
    assert "text of version 1 again; open tickets of later versions (2): 1" in message
    assert ticket.number in message


def test_a_process_that_is_not_in_the_folder_is_told_with_its_tickets(yard: GateDesk) -> None:
    yard.stand("rental", "asked")
    (yard.folder / "rental.yaml").unlink()
    review = yard.review()
    (message,) = said(review, "retired")
    assert "'rental' is no longer in the folder" in message
    assert "its open tickets: 1" in message
    assert review.blocking == ()


def test_a_process_of_another_name_with_the_same_text_is_taken_for_renamed(yard: GateDesk) -> None:
    (yard.folder / "rental.yaml").rename(yard.folder / "parking.yaml")
    yard.change("parking.yaml", ("workflow: rental", "workflow: parking"))
    review = yard.review()
    (message,) = said(review, "renamed")
    assert "'parking' looks like 'rental'" in message
    assert said(review, "retired") == []
    assert review.blocking == ()


def test_a_parent_that_waits_for_a_state_that_no_child_will_have_stops_the_change(yard: GateDesk) -> None:
    """Also if the folder's own version of the parent follows: the open one stays on its own."""
    waiting = yard.stand("rental", "asked", site=ELSEWHERE)
    yard.change("fee.yaml", ("paid", "settled"))
    yard.change("rental.yaml", ("paid'", "settled'"))
    review = yard.review()
    (stranded,) = [each for each in review.findings if each.code == "strands-parent"]
    assert stranded in review.blocking
    assert (stranded.file, stranded.line) == ("rental@1", 1 + _line_of(RENTAL, "guard: "))
    assert f"would not get on: 1 ({waiting.number})" in stranded.message
    assert "'paid', which is gone" in stranded.message


def test_a_parent_that_has_its_child_already_is_not_stopped_by_a_new_one(yard: GateDesk) -> None:
    """The child stays on its version, too."""
    yard.stand("rental", "billed")
    yard.change("fee.yaml", ("paid", "settled"))
    yard.change("rental.yaml", ("paid'", "settled'"))
    assert yard.review().blocking == ()


def test_a_child_that_asks_for_more_stops_parents_that_will_open_it(yard: GateDesk) -> None:
    yard.stand("rental", "asked")
    yard.change("fee.yaml", ("requires: [what], accepts: [receipt]", "requires: [what, receipt]"))
    yard.change("rental.yaml", ("with: {what: space}", "with: {what: space, receipt: space}"))
    (message,) = [each.message for each in yard.review().blocking]
    assert "'bill' would be refused: 'fee' cannot begin without receipt" in message


def test_somebody_of_one_site_hears_of_its_tickets_only(yard: GateDesk) -> None:
    """Nothing of those that are restricted, either."""
    yard.stand("fee", "due", data={"what": "A1"})
    yard.stand("fee", "due", data={"what": "A1"}, audience=("chief",))
    yard.stand("fee", "due", site=ELSEWHERE, data={"what": "A1"})
    text = FEE.replace("5 working days", "6 working days")
    for sites, seen in ((None, 3), ([SITE], 1), (["nowhere"], 0)):
        review = yard.gate.review_text(text, "fee.yaml", 0, sites)
        assert sum(each.open_tickets for each in review.impact) == seen
        assert len(said(review, "deadline-for-new-only")) == min(seen, 1)


def test_however_many_tickets_there_are_the_statements_are_as_many(yard: GateDesk) -> None:
    yard.change("fee.yaml", ("due: 5 working days", "due: 6 working days"))
    asked: list[int] = []
    for many in (1, 20):
        for _ in range(many):
            yard.stand("rental", "asked", data={"space": "A1", "plan": "yearly"})
            yard.stand("fee", "due")
        yard.review()  # what is read once is read now
        before = executed.total
        yard.review()
        asked.append(executed.total - before)
    assert asked[0] == asked[1]


def _line_of(text: str, passage: str) -> int:
    return text[: text.index(passage)].count("\n")
