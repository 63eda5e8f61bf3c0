"""Settings of a site: set, refused with the reason, not overwritten unseen, and their history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from api_desk import HILL, LAKE, Call
from plain_browser import PlainBrowser

from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]
PATH = "/admin/settings"


@pytest.fixture
def director(enter: Enter) -> PlainBrowser:
    """The browser of who looks after the site, at the settings."""
    browser = enter("office-director")
    browser.look(PATH)
    return browser


def settings(call: Call) -> dict[str, Any]:
    """What the site has decided, by name."""
    items = call("office-director").get(f"/api/sites/{LAKE}/settings").json["items"]
    return {each["name"]: each["value"] for each in items if each["said"]}


def test_settings_of_each_kind_are_set_and_taken_back(director: PlainBrowser, call: Call) -> None:
    typed = {"move_in_variant": "b", "arrears_block_release": "no", "ownership_days": "45"}
    assert director.send(PATH, **typed, renovation_deposit="1500").status_code == 303
    decided = settings(call)
    assert (decided["move_in_variant"], decided["arrears_block_release"]) == ("b", False)
    assert {name: str(decided[name]) for name in ("ownership_days", "renovation_deposit")} == {
        "ownership_days": "45",
        "renovation_deposit": "1500.00",
    }
    director.follow()
    assert director.send(PATH, move_in_variant="", ownership_days="").status_code == 303
    assert set(settings(call)) == {"arrears_block_release", "renovation_deposit"}


def test_what_does_not_fit_is_refused_beside_its_field_and_nothing_is_set(
    director: PlainBrowser, call: Call
) -> None:
    refused = director.send(PATH, ownership_days="many", move_in_variant="b")
    assert refused.status_code == 422
    assert 'id="ownership_days-wrong"' in refused.text
    assert director.form(PATH).values["ownership_days"] == ["many"]
    assert settings(call) == {}


def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(
    director: PlainBrowser, enter: Enter, call: Call
) -> None:
    other = enter("director-of-both")
    other.look(f"{PATH}?site={LAKE}")
    assert other.send(PATH, ownership_days="60").status_code == 303
    refused = director.send(PATH, ownership_days="45")
    assert refused.status_code == 412
    assert 'role="alert"' in refused.text
    assert str(settings(call)["ownership_days"]) == "60"


def test_every_change_is_in_the_history(director: PlainBrowser) -> None:
    assert 'class="nothing"' in director.look(f"{PATH}/history").text
    director.look(PATH)
    director.send(PATH, ownership_days="45")
    page = director.look(f"{PATH}/history").text
    assert "客户归属失效天数" in page
    assert "员工 office-director" in page


def test_a_choice_is_in_the_history_by_its_title(director: PlainBrowser) -> None:
    director.send(PATH, move_in_variant="b", arrears_block_release="no")
    page = director.look(f"{PATH}/history").text
    assert "<td>–</td><td>B 先收费后交物品</td>" in page
    assert "<td>–</td><td>否</td>" in page


def test_another_site_is_for_who_looks_after_it(director: PlainBrowser, enter: Enter) -> None:
    assert director.look(f"{PATH}?site={HILL}").status_code == 404
    page = enter("director-of-both").look(f"{PATH}?site={HILL}").text
    assert 'aria-current="true">南山居' in page


def test_the_settings_cost_few_statements(director: PlainBrowser) -> None:
    for path in (PATH, f"{PATH}/history"):
        director.look(path)
        before = executed.total
        director.look(path)
        assert executed.total - before <= 12, path
