"""A second-hand shop: every row of the rulebook, and the rules beside them."""

from __future__ import annotations

import pytest
from turn_book import Book


def test_clients_are_received_in_the_order_of_signing_in() -> None:
    book = Book.of("shop", "wang", "li", "zhao")
    assert [book.visit() for _ in range(5)] == ["wang", "li", "zhao", "wang", "li"]


def test_a_colleagues_valid_client_is_handed_to_him() -> None:
    book = Book.of("shop")
    assert book.comes("old-client", named="li") == "li"
    assert (book.belongs, book.used("li")) == ("li", 0)
    assert book.comes() == "wang"


def test_a_colleagues_client_found_out_before_the_deal_is_his_and_the_turn_is_made_up() -> None:
    book = Book.of("shop")
    assert book.comes() == "wang"
    book.does("wang", "hand-over", other="li", ticket="t1")
    assert book.owed == ["wang"]
    strict = Book.of("shop", handed_over="lost")
    strict.comes()
    assert strict.does("wang", "hand-over", other="li", ticket="t1").owed == []


def test_the_client_of_an_absent_colleague_is_served_freely_and_one_turn_made_up() -> None:
    book = Book.of("shop")
    assert book.comes("old-client-of-absent", named="sun") == "wang"
    assert (book.belongs, book.used("wang"), book.owed) == ("sun", 0, ["wang"])
    assert [book.visit(), book.visit()] == ["li", "zhao"]
    book.leaves("wang", free=True)
    assert book.owed == ["wang"]  # once, however it is ended
    assert [book.visit(), book.visit()] == ["wang", "qian"]


@pytest.mark.parametrize(
    ("reading", "used"), [("owner", {"wang": 2, "qian": 0}), ("volunteer", {"wang": 1, "qian": 1})]
)
def test_the_client_of_a_busy_colleague_goes_to_the_last_and_counts_once(
    reading: str, used: dict[str, int]
) -> None:
    book = Book.of("shop", deposit=reading)
    assert book.comes() == "wang"
    assert book.comes("old-client-of-busy", named="wang") == "qian"
    assert book.belongs == "wang"
    assert {person: book.used(person) for person in used} == used
    assert book.owed == []


def test_with_a_deposit_paid_it_counts_for_nobody() -> None:
    book = Book.of("shop")
    book.comes()
    assert book.comes("deposit-client-of-busy", named="wang") == "qian"
    assert (book.used("wang"), book.used("qian")) == (1, 0)


def test_the_last_two_without_a_client_serve_freely_and_answer_calls() -> None:
    book = Book.of("shop")
    assert [book.comes("phone-call"), book.comes("phone-call"), book.comes("phone-call")] == [
        "qian",
        "zhao",
        "li",
    ]
    assert all(book.used(person) == 0 for person in ("qian", "zhao", "li"))


def test_a_second_party_only_if_nobody_else_is_free() -> None:
    book = Book.of("shop", "wang", "li")
    assert [book.comes(), book.comes()] == ["wang", "li"]
    assert book.comes() == "wang"
    assert (book.why()["wang"], book.used("wang"), book.owed) == ("second-client", 2, [])
    assert Book.of("shop", "wang", second_client="never").comes() == "wang"


def test_closed_old_clients_may_be_received_beside_another() -> None:
    book = Book.of("shop")
    assert book.comes() == "wang"
    assert book.comes("closed-old-client", named="wang") == "wang"
    assert book.comes("closed-old-client", named="sun") == "qian"


def test_who_is_absent_is_skipped_but_not_who_told_the_next_one() -> None:
    book = Book.of("shop").does("wang", "leave", leave="private").does("li", "leave", leave="short")
    assert book.visit() == "zhao"
    assert (book.lost("wang"), book.owed) == (1, ["li"])
    book.does("wang", "return").does("li", "return")
    assert [book.visit(), book.visit()] == ["li", "qian"]


def test_at_noon_no_turn_is_used_and_the_afternoon_goes_on_where_it_stopped() -> None:
    book = Book.of("shop")
    assert book.visit(time="11:59") == "wang"
    assert [book.visit(time="12:00"), book.visit(time="13:29")] == ["wang", "wang"]
    assert book.why()["wang"] == "noon"
    assert book.used("wang") == 1
    assert book.visit(time="13:30") == "li"


def test_at_noon_a_free_service_earns_nothing() -> None:
    book = Book.of("shop")
    assert book.comes(time="12:10") == "wang"
    book.leaves("wang", free=True)
    assert book.owed == []


def test_who_is_off_shift_does_not_receive() -> None:
    book = Book.of("shop").does("wang", "shift-over")
    assert book.visit() == "li"
    assert (book.why()["wang"], book.lost("wang")) == ("off-shift", 1)


def test_who_asks_for_somebody_by_name_is_his_without_a_turn() -> None:
    for occasion in ("phone-client", "outside-group"):
        book = Book.of("shop")
        assert book.comes(occasion, named="li") == "li"
        assert (book.belongs, book.used("li")) == ("li", 0)
    counted = Book.of("shop", phone="counted")
    counted.comes("phone-client", named="li")
    assert counted.used("li") == 1


def test_who_asks_for_somebody_who_cannot_is_served_by_the_last() -> None:
    book = Book.of("shop")
    assert book.comes("outside-group", named="sun") == "qian"
    assert book.belongs == "sun"


def test_official_business_is_an_absence_like_any_other_unless_read_otherwise() -> None:
    assert Book.of("shop").does("wang", "leave", leave="official").comes() == "li"
    book = Book.of("shop", official="made-up").does("wang", "leave", leave="official")
    book.comes()
    assert book.owed == ["wang"]


def test_nobody_need_stand_at_the_door() -> None:
    assert Book.of("shop").does("wang", "step-back").comes() == "wang"
