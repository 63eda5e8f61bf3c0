"""The supervisor is ill: a colleague approves in her place, and only as long as she is away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from running_desk import SITE, RunningDesk

FIGURES = {"income": "812300.50", "expenditure": "790120.00", "figures": "物业费；人工"}


def test_the_supervisor_is_ill_and_a_colleague_approves_in_her_place(desk: RunningDesk) -> None:
    """Nobody else could; the history says so; once she is back he may no longer."""
    supervisor, finance, officer = desk("cs-supervisor"), desk("finance-officer"), desk("cs-officer")
    first, second = (
        finance.does(finance.open("fee-publication", period=quarter), "submit", **FIGURES)
        for quarter in ("2026 年第三季度", "2026 年第四季度")
    )
    assert officer.may_not(first)["approve"] == ["role-needed"]
    now = datetime.now(UTC)
    absence = {
        "site": SITE,
        "staff": "cs-supervisor",
        "from": (now - timedelta(minutes=1)).isoformat(timespec="seconds"),
        "to": (now + timedelta(days=1)).isoformat(timespec="seconds"),
        "substitute": "cs-officer",
    }
    noted = supervisor.send("POST", "/api/absences", absence)
    assert noted.status == 201, noted.body
    assert {"approve", "return"} <= set(officer.may(first))
    approved = officer.does(first, "approve")
    assert approved["state"] == "approved"
    actor = officer.history(approved)[-1]["actor"]
    assert (actor["name"], actor["on_behalf_name"]) == ("客服专员·演示", "客服主管·演示")
    over = absence | {"to": now.isoformat(timespec="seconds")}
    assert supervisor.send("POST", "/api/absences", over).status == 201, "she is back"
    assert officer.may_not(second)["approve"] == ["role-needed"]
    assert officer.tries(second, "approve").codes == ["role-needed"]
