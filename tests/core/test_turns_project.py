"""Project sales: every row of the rulebook, and the rules beside them."""

from __future__ import annotations

import pytest
from core_desk import refused
from turn_book import Book


def test_clients_are_received_in_the_order_of_signing_in_round_after_round() -> None:
    book = Book.of("project", "wang", "li", "zhao")
    assert [book.visit() for _ in range(7)] == ["wang", "li", "zhao", "wang", "li", "zhao", "wang"]
    assert book.roster.round == 3


def test_a_new_client_uses_the_receivers_turn_and_is_his() -> None:
    book = Book.of("project")
    assert book.comes() == "wang"
    assert (book.used("wang"), book.belongs, book.owed) == (1, "wang", [])
    assert book.why() == {"wang": "in-turn", "li": "later", "zhao": "later", "qian": "later"}


def test_who_signs_in_late_stands_at_the_end_of_the_same_round() -> None:
    book = Book.of("project", "wang", "li")
    assert book.visit() == "wang"
    book.does("zhao", "sign-in")
    assert [book.visit() for _ in range(4)] == ["li", "zhao", "wang", "li"]


def test_who_is_no_client_uses_no_turn_and_the_receiver_makes_up_first() -> None:
    book = Book.of("project")
    assert book.comes("not-a-client") == "wang"
    assert (book.used("wang"), book.belongs, book.owed) == (0, None, ["wang"])
    assert book.comes() == "li"
    book.leaves("wang")
    assert book.comes() == "wang"
    assert (book.why()["wang"], book.owed, book.used("wang")) == ("makes-up", [], 1)
    assert book.comes() == "zhao"


def test_a_closed_old_client_goes_to_his_consultant_and_counts_for_nobody() -> None:
    book = Book.of("project")
    assert book.comes("closed-old-client", named="zhao") == "zhao"
    assert (book.used("zhao"), book.belongs, book.owed) == (0, "zhao", [])
    assert book.comes() == "wang"


def test_for_a_consultant_who_is_away_whom_he_designates_receives_the_closed_client() -> None:
    book = Book.of("project")
    assert book.comes("closed-old-client", named="sun", designated="qian") == "qian"
    assert (book.belongs, book.used("qian"), book.owed) == ("sun", 0, [])


def test_for_a_consultant_who_is_away_his_substitute_receives_the_closed_client() -> None:
    book = Book.of("project").does("zhao", "leave", leave="private", substitute="qian")
    assert book.comes("closed-old-client", named="zhao") == "qian"
    assert (book.belongs, book.used("qian"), book.owed) == ("zhao", 0, [])


@pytest.mark.parametrize(("reading", "owed"), [("never", []), ("always", ["wang"])])
def test_with_both_away_whoever_is_on_duty_serves_freely(reading: str, owed: list[str]) -> None:
    book = Book.of("project", free_service=reading)
    assert book.comes("closed-old-client", named="sun") == "wang"
    assert (book.belongs, book.used("wang"), book.owed) == ("sun", 0, owed)
    book.leaves("wang")
    assert book.comes() == "wang"


def test_an_old_client_is_handed_to_a_colleague_who_is_present_and_nobodys_place_changes() -> None:
    book = Book.of("project")
    assert book.comes("old-client", named="li") == "li"
    assert (book.belongs, book.owed) == ("li", [])
    assert book.why() == {"li": "named", "wang": "not-asked", "zhao": "not-asked", "qian": "not-asked"}
    assert book.comes() == "wang"


def test_for_an_absent_colleague_whom_he_names_by_telephone_receives() -> None:
    book = Book.of("project")
    assert book.comes("old-client", named="sun") is None
    assert book.comes("old-client-of-absent", named="sun", designated="qian") == "qian"
    assert (book.belongs, book.used("qian"), book.owed) == ("sun", 0, [])


def test_a_forgotten_name_counts_unless_it_was_free_service() -> None:
    book = Book.of("project")
    assert book.comes("name-forgotten") == "wang"
    assert book.used("wang") == 1
    book.leaves("wang", free=True)
    assert (book.used("wang"), book.owed) == (0, ["wang"])
    assert book.comes("name-forgotten") == "wang"
    book.leaves("wang")
    assert (book.used("wang"), book.owed) == (1, [])


def test_a_client_recognised_in_mid_reception_goes_back_and_the_receiver_makes_up() -> None:
    book = Book.of("project")
    assert book.comes() == "wang"
    book.does("wang", "hand-over", other="zhao", ticket="t1")
    assert (book.used("wang"), book.used("zhao"), book.owed) == (0, 0, ["wang"])
    assert book.roster.by_person["zhao"].busy
    assert book.comes() == "wang"


def test_who_receives_may_receive_his_own_old_client_as_well_or_name_somebody() -> None:
    book = Book.of("project")
    assert book.comes() == "wang"
    assert book.comes("own-client-while-receiving", named="wang") == "wang"
    assert len(book.roster.by_person["wang"].receiving) == 2
    assert book.comes("own-client-while-receiving", named="wang", designated="li") == "li"
    assert (book.belongs, book.used("li")) == ("wang", 0)


def test_who_is_named_for_a_client_goes_on_with_him_and_the_turn_stays_used() -> None:
    book = Book.of("project")
    assert book.comes() == "wang"
    book.does("wang", "pass-on", other="li", ticket="t1")
    assert (book.used("wang"), book.used("li"), book.owed) == (1, 0, [])
    assert book.roster.by_person["li"].busy
    assert not book.roster.by_person["wang"].busy
    before = book.roster
    assert book.does("wang", "pass-on", other="zhao", ticket="t1").roster == before  # he has no such client
    book.tickets["li"] = "t1"
    book.leaves("li", free=True)
    assert (book.used("wang"), book.owed) == (0, ["wang"])  # it is given back to whom it was charged


@pytest.mark.parametrize(("reading", "used"), [("uncounted", 0), ("counted", 1)])
def test_who_comes_with_an_old_client_goes_to_that_ones_consultant(reading: str, used: int) -> None:
    book = Book.of("project", brought=reading)
    assert book.comes("brought-by-old-client", named="zhao") == "zhao"
    assert (book.belongs, book.used("zhao")) == ("zhao", used)


@pytest.mark.parametrize("occasion", ["new-before-old-client", "brought-by-unknown-client"])
def test_who_comes_first_or_with_a_stranger_is_received_in_turn(occasion: str) -> None:
    book = Book.of("project")
    assert book.comes(occasion, named="zhao") == "wang"
    assert (book.belongs, book.used("wang")) == ("wang", 1)


def test_a_phone_client_who_asks_for_somebody_present_and_free_is_that_ones_turn() -> None:
    book = Book.of("project")
    assert book.visit("phone-client", named="zhao") == "zhao"
    assert (book.belongs, book.used("zhao")) == ("zhao", 1)
    assert [book.visit() for _ in range(4)] == ["wang", "li", "qian", "wang"]
    assert book.used("zhao") == 1


def test_a_phone_client_uses_the_next_turn_of_one_who_has_had_this_one() -> None:
    book = Book.of("project", "wang", "li")
    assert book.visit() == "wang"
    assert book.visit("phone-client", named="wang") == "wang"
    assert [book.visit() for _ in range(4)] == ["li", "li", "wang", "li"]


def test_a_phone_client_may_be_read_as_owned_only() -> None:
    book = Book.of("project", phone="owned")
    assert book.visit("phone-client", named="zhao") == "zhao"
    assert book.used("zhao") == 0


@pytest.mark.parametrize("hindered", ["receiving", "absent"])
def test_a_phone_client_of_somebody_who_cannot_is_received_in_turn(hindered: str) -> None:
    book = Book.of("project")
    if hindered == "receiving":
        book.comes("old-client", named="zhao")
    else:
        book.does("zhao", "leave", leave="official")
    assert book.comes("phone-client", named="zhao") == "wang"
    assert (book.belongs, book.used("wang")) == ("wang", 1)


def test_who_a_joint_client_brings_is_the_first_partners_who_can() -> None:
    book = Book.of("project").does("li", "leave", leave="official")
    assert book.comes("brought-by-joint-client", partners=("li", "zhao")) == "zhao"
    assert (book.belongs, book.used("zhao")) == ("zhao", 0)


def test_a_turn_missed_on_official_business_is_made_up_first() -> None:
    book = Book.of("project").does("wang", "leave", leave="official")
    assert book.visit() == "li"
    assert (book.why()["wang"], book.owed) == ("official", ["wang"])
    book.does("wang", "return")
    assert [book.visit(), book.visit()] == ["wang", "zhao"]


def test_on_private_business_without_a_substitute_the_turn_is_lost() -> None:
    book = Book.of("project").does("wang", "leave", leave="private")
    assert book.visit() == "li"
    assert (book.why()["wang"], book.owed, book.lost("wang")) == ("private", [], 1)
    book.does("wang", "return")
    assert [book.visit(), book.visit(), book.visit()] == ["zhao", "qian", "wang"]


def test_a_substitute_receives_and_the_turn_is_that_of_the_one_replaced() -> None:
    book = Book.of("project").does("wang", "leave", leave="private", substitute="zhao")
    assert book.visit() == "zhao"
    assert (book.used("wang"), book.used("zhao"), book.belongs) == (1, 0, "zhao")
    assert book.why()["wang"] == "substituted"
    assert [book.visit(), book.visit()] == ["li", "zhao"]


def test_a_substitute_who_cannot_receive_does_not_save_the_turn() -> None:
    book = Book.of("project").does("wang", "leave", leave="private", substitute="zhao")
    book.comes("old-client", named="zhao")
    assert book.comes() == "li"
    assert book.lost("wang") == 1


@pytest.mark.parametrize("missing", ["wang", "li"])
def test_if_one_of_the_first_two_is_not_at_the_door_both_are_skipped(missing: str) -> None:
    book = Book.of("project").does(missing, "step-back")
    assert book.comes() == "zhao"
    other = "li" if missing == "wang" else "wang"
    assert (book.why()[missing], book.why()[other]) == ("not-at-the-door", "beside-one-missing")
    assert (book.lost("wang"), book.lost("li"), book.owed) == (1, 1, [])


@pytest.mark.parametrize(("missing", "receives"), [("wang", "li"), ("li", "wang")])
def test_it_may_be_read_as_skipping_only_the_one_who_is_missing(missing: str, receives: str) -> None:
    book = Book.of("project", door="missing").does(missing, "step-back")
    assert book.comes() == receives


def test_with_two_in_the_book_a_client_is_received_all_the_same() -> None:
    book = Book.of("project", "wang", "li").does("li", "step-back")
    assert book.comes() == "wang"
    assert (book.lost("wang"), book.lost("li"), book.used("wang")) == (1, 1, 1)
    assert Book.of("project", "wang").does("wang", "step-back").comes() == "wang"


def test_while_a_client_is_on_site_there_is_no_second_without_the_managers_leave() -> None:
    book = Book.of("project", "wang")
    assert book.comes() == "wang"
    assert book.comes() is None
    assert book.why() == {"wang": "receiving"}
    book.does("wang", "permit")
    assert book.comes() == "wang"
    assert book.comes() is None  # one permission, one client


def test_who_is_passed_over_while_receiving_makes_it_up() -> None:
    book = Book.of("project", "wang", "li")
    assert book.comes() == "wang"
    assert [book.visit(), book.visit(), book.visit()] == ["li", "li", "li"]
    assert book.owed == ["wang", "wang"]
    strict = Book.of("project", "wang", "li", receiving="lost")
    strict.comes()
    strict.visit()
    strict.visit()
    assert (strict.owed, strict.lost("wang")) == ([], 1)


def test_a_make_up_waits_until_its_holder_is_at_the_door_again() -> None:
    book = Book.of("project").does("wang", "leave", leave="official")
    assert book.visit() == "li"
    book.does("wang", "step-back")
    assert book.visit() == "zhao"
    assert book.why()["wang"] == "not-at-the-door"
    book.does("wang", "return")
    assert book.visit() == "wang"


def test_an_early_shift_that_stays_and_a_late_one_that_comes_early_keep_the_order() -> None:
    book = Book.of("project", "wang", "li").does("wang", "shift-over")
    book.does("zhao", "sign-in", off_shift=True)
    assert [book.visit() for _ in range(3)] == ["wang", "li", "zhao"]
    strict = Book.of("project", "wang", "li", off_shift="skipped").does("wang", "shift-over")
    assert [strict.visit() for _ in range(2)] == ["li", "li"]


def test_who_is_suspended_does_not_receive() -> None:
    book = Book.of("project").does("wang", "suspend", first="2026-03-02", last="2026-03-04")
    assert book.visit() == "li"
    assert book.why()["wang"] == "suspended"
    assert book.comes("phone-client", named="wang") == "zhao"
    book.does("wang", "lift")
    assert [book.visit(), book.visit()] == ["qian", "wang"]


def test_there_is_no_swapping_of_places() -> None:
    with pytest.raises(KeyError):
        Book.of("project").does("wang", "swap", other="li")


def test_whom_the_manager_assigns_receives_and_no_turn_is_used() -> None:
    book = Book.of("project")
    assert book.comes("assigned-by-manager", designated="qian") == "qian"
    assert (book.belongs, book.used("qian")) == ("qian", 0)


def test_what_a_roster_refuses() -> None:
    book = Book.of("project", "wang", "li")
    assert "signed-in-already person" in refused(book.does, "wang", "sign-in")
    assert "not-signed-in person" in refused(book.does, "zhao", "leave", leave="private")
    for substitute in ("wang", "zhao"):
        assert "no-substitute substitute" in refused(
            book.does, "wang", "leave", leave="private", substitute=substitute
        )
    book.comes()
    assert "still-receiving person" in refused(book.does, "wang", "leave", leave="private")
    assert "still-receiving person" in refused(book.does, "wang", "sign-out")
    assert "not-suspended person" in refused(book.does, "wang", "lift")


def test_who_signs_out_and_in_again_has_his_old_place_and_no_turn_back() -> None:
    book = Book.of("project", "wang", "li").does("wang", "sign-out")
    assert [book.visit(), book.visit()] == ["li", "li"]
    book.does("wang", "sign-in")
    assert [book.visit(), book.visit()] == ["wang", "li"]


def test_a_new_day_begins_with_an_empty_book() -> None:
    book = Book.of("project").does("wang", "leave", leave="official")
    book.comes()
    assert book.roster.for_day("2026-03-03").places == ()
    assert book.roster.for_day("2026-03-03").make_ups == ()
    assert [owed.person for owed in book.roster.for_day("2026-03-03", carried=True).make_ups] == ["wang"]
    assert book.roster.for_day("2026-03-02") is book.roster
