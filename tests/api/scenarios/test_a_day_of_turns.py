"""A day at the sales desk: clients in turn, one consultant poaches, it is disputed, and he is suspended."""

from __future__ import annotations

import pytest
from scenario_desk import Day, Json

from workflows.core.people import Membership, Staff

SITE = "yunlan"
BOOK = f"/api/rosters/{SITE}/consultants"
NAMES = {"jia": "顾问甲", "yi": "顾问乙", "bing": "顾问丙"}
NEW = {"first_visit": True, "occasion": "new-client"}
OLD = {"first_visit": False, "occasion": "old-client"}
CLIENT = {"client_name": "夏侯客", "phone": "13600000014", "source": "walk-in"}
HEARD = {"other_side": "未先问是否第一次来访", "register_says": "登记为顾问乙"}
POACHED = {"finding": "poaching", "grounds": "登记在先，事实清楚"}


@pytest.fixture
def desk_of_three(day: Day) -> Day:
    """Three consultants have signed in, one after another; the first does not work on Wednesdays."""
    for account, name in NAMES.items():
        post = (Membership(SITE, "consultant", "sales"),)
        day.desk.people.add_staff(
            Staff(id=f"id-{account}", account=account, name=name, language="zh-Hans", memberships=post)
        )
        assert marks(day, account, "sign-in")[0] == 201
    assert marks(day, "jia", "sign-in") == (409, ["signed-in-already"])
    assert marks(day, "yi", "sign-out", person="jia") == (403, ["role-needed"])
    assert marks(day, "jia", "describe", rests=[3])[0] == 403
    assert marks(day, "sales-manager", "describe", person="jia", rests=[3])[0] == 201
    assert [place["name"] for place in book(day)["places"]] == list(NAMES.values())
    day.eyes = "sales-manager"  # who sees the disputes too
    return day


def marks(day: Day, account: str, mark: str, **more: object) -> tuple[int, list[str]]:
    """Somebody reports to the roster; the status, and the codes of the reasons if it is refused."""
    answer = day.as_(account).post(f"{BOOK}/entries", {"mark": mark, **more})
    reasons = answer.json.get("blocked_by", []) if answer.status_code >= 400 else []
    return answer.status_code, [reason["code"] for reason in reasons]


def book(day: Day) -> Json:
    """The book of the day."""
    return dict(day.as_("sales-front-desk").get(BOOK).json)


def comes(day: Day, **who: object) -> Json:
    """Somebody comes in and says who he is."""
    ticket = day.opens("sales-front-desk", "client-reception", party="一位先生")
    return day.does("sales-front-desk", ticket, "identify", **who)


def received(day: Day) -> Json:
    """A new client, received by whoever's turn it is."""
    return day.does("sales-front-desk", comes(day, **NEW), "assign-in-turn")


def leaves(day: Day, consultant: str, ticket: Json) -> Json:
    """The client has been registered and seen out, and the consultant is back at the desk."""
    if ticket["data"]["occasion"] == "new-client" and "client_name" not in ticket["data"]:
        assert day.may_not(consultant, ticket, "see-out", deal=False) == (409, ["guard"])  # who was it?
        ticket = day.does(consultant, ticket, "register", **CLIENT)
    ticket = day.does(consultant, ticket, "see-out", deal=False)
    return day.does(consultant, ticket, "return-to-desk")


def test_a_day_of_turns_with_a_dispute_and_a_suspension(desk_of_three: Day) -> None:
    """Round by round; afterwards the dispute: three working days without clients, and then he is back."""
    day = desk_of_three
    first, second, third = received(day), received(day), received(day)
    assert [each["assignee_name"] for each in (first, second, third)] == list(NAMES.values())
    why = day.as_("sales-front-desk").get(f"/api/tickets/{second['number']}/assignment").json["chosen"]
    assert {each["name"]: each["why"] for each in why["verdicts"]} == {
        "顾问甲": "had-turn",
        "顾问乙": "in-turn",
        "顾问丙": "later",
    }
    nobody = received(day)  # all three are with a client
    assert (nobody["state"], day.told(nobody)) == ("unattended", {"sales-manager"})

    assert day.may_not("yi", first, "see-out", deal=False)[0] == 403
    assert "missing-field" in day.may_not("jia", first, "see-out")[1]
    hasty = {"accused": "id-jia", "statement": "他抢了我的客户"}
    assert day.may_not("yi", first, "dispute", **hasty) == (409, ["not-in-state"])  # never during a reception
    first = day.does("jia", first, "register", **CLIENT)
    assert day.child(first, "followup")["workflow"] == "client-followup"
    first = leaves(day, "jia", first)
    nobody = day.does("sales-front-desk", nobody, "try-again")
    assert nobody["assignee_name"] == "顾问甲"  # the second round begins with the first who is free
    for consultant, ticket in (("yi", second), ("bing", third), ("jia", nobody)):
        leaves(day, consultant, ticket)

    own = day.does("sales-front-desk", comes(day, **OLD), "match-owner", original="id-bing", owner_here=True)
    own = day.does("sales-front-desk", own, "hand-over")
    assert (own["assignee_name"], day.told(own)) == ("顾问丙", {"bing"})  # his own client uses no turn
    leaves(day, "bing", own)
    assert received(day)["assignee_name"] == "顾问乙"
    assert received(day)["assignee_name"] == "顾问丙"
    suspended_and_back(day, disputed(day, first))


def disputed(day: Day, reception: Json) -> Json:
    """Filed, for the eyes of few; heard and decided by the manager alone, and both sides hear."""
    assert day.may_not("guard", reception, "dispute", accused="id-jia", statement="x")[0] == 403
    assert day.may_not("yi", reception, "dispute", accused="id-jia") == (422, ["missing-field"])
    reception = day.does("yi", reception, "dispute", accused="id-jia", statement="夏侯客登记在我名下")
    dispute = day.child(reception, "dispute")
    for stranger in ("jia", "bing", "sales-front-desk", "office-director"):
        caller = day.as_(stranger)
        assert caller.get(f"/api/tickets/{dispute['number']}").status_code == 404
        assert day.found(stranger, "workflow=client-dispute") == []
    assert day.sees("yi", dispute)["state"] == "filed"

    assert day.may_not("sales-manager", dispute, "decide", **POACHED) == (409, ["not-in-state"])
    assert day.may_not("sales-manager", dispute, "hear") == (422, ["missing-field", "missing-field"])
    assert day.may_not("yi", dispute, "hear", **HEARD) == (403, ["role-needed"])
    day.told_of_what_is_hidden()
    dispute = day.does("sales-manager", dispute, "hear", **HEARD)
    assert day.told_of_what_is_hidden() == {"jia", "yi"}
    assert day.may_not("jia", dispute, "decide", **POACHED) == (404, ["unknown-ticket"])
    assert day.may_not("sales-manager", dispute, "decide", finding="poaching") == (422, ["missing-field"])
    dispute = day.does("sales-manager", dispute, "decide", **POACHED)
    assert day.told_of_what_is_hidden() == {"jia", "yi"}
    assert day.sees("jia", dispute)["state"] == "suspended"  # now it is his, and he may appeal
    return dispute


def suspended_and_back(day: Day, dispute: Json) -> None:
    """Tuesday, Thursday and Friday: the Wednesday on which he does not work does not count."""
    assert (dispute["state"], dispute["data"]["suspended_until"]) == ("suspended", "2026-03-06")
    (entry,) = book(day)["suspensions"]
    assert (entry["name"], entry["first"], entry["last"]) == ("顾问甲", "2026-03-03", "2026-03-06")
    log = day.as_("bing").get(BOOK).json["log"]
    assert [each["ticket"] for each in log if each["mark"] == "suspend"] == [
        None
    ]  # why, is not for everybody
    for date, names in (
        ("2026-03-03", ["顾问乙", "顾问丙"]),
        ("2026-03-06", ["顾问乙", "顾问丙"]),
        ("2026-03-07", ["顾问甲", "顾问乙"]),
    ):
        day.until(f"{date} 09:00")
        for account in NAMES:
            marks(day, account, "sign-in")
        assert [received(day)["assignee_name"] for _ in range(2)] == names
    friday = day.as_("sales-manager").get(f"{BOOK}?date=2026-03-06").json
    assert {each["name"]: each["state"] for each in friday["places"]} == {
        "顾问甲": "suspended",
        "顾问乙": "receiving",
        "顾问丙": "receiving",
    }
    assert day.sees("yi", dispute)["state"] == "closed"  # by itself, with its last day
    assert {"jia", "yi"} <= day.told_of_what_is_hidden()
    assert day.history(dispute)[-1]["actor"]["name"] == "clock"
