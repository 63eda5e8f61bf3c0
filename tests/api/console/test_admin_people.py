"""People and posts: found, added, invited, given posts, disabled; every act with the API's rights."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from api_desk import HILL, LAKE, Call
from plain_browser import PlainBrowser

from service.bootstrap import Desk
from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]
PATH = "/admin/people"
NEW = f"{PATH}?site"
SOMEBODY = {"name": "林示例", "account": "lin", "mail": "lin@example.org", "role.0": "receptionist"}
LINK = re.compile(r"/password\?code=[\w-]+")


def account(call: Call, name: str) -> dict[str, Any]:
    """The account as the API has it."""
    return dict(call("office-director").get(f"/api/accounts/{name}").json)


@pytest.fixture
def director(enter: Enter) -> PlainBrowser:
    """The browser of who looks after the site."""
    return enter("office-director")


def add(browser: PlainBrowser, **values: str) -> str:
    """Add somebody by the form; the address of their page."""
    browser.look(f"{PATH}/new")
    added = browser.send(NEW, **{**SOMEBODY, **values})
    assert added.status_code == 303, added.text
    return str(added.headers["Location"])


def search(director: PlainBrowser, said: str) -> str:
    """The list of those who have it in their name."""
    director.look(PATH)
    assert director.send(f"{PATH}/find", q=said).status_code == 303
    return director.follow().text


def test_people_are_listed_and_found_by_a_part_of_their_name(director: PlainBrowser) -> None:
    assert "下一页" in director.look(PATH).text
    found = search(director, "SUPERVISOR")
    assert "员工 cs-supervisor" in found
    assert "员工 receptionist" not in found
    assert 'class="nothing"' in search(director, "%nobody")


def test_a_long_list_has_pages_for_few_statements(director: PlainBrowser) -> None:
    seen, path = set[str](), PATH
    director.look(PATH)
    while path:
        before = executed.total
        page = director.look(path).text
        assert executed.total - before <= 12
        found = set(re.findall(r'href="/admin/people/(id-[^"]+)"', page))
        assert not seen & found
        seen |= found
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert {"id-receptionist", "id-both", "id-office-director"} <= seen
    assert "id-elsewhere" not in seen


def test_who_hears_nothing_for_want_of_an_address_is_marked(director: PlainBrowser, call: Call) -> None:
    """The first page counts them. An address that no channel serves is none; who is disabled hears nothing
    anyway."""
    unheard = "收不到通知"
    assert unheard in search(director, "cs-supervisor-2")
    changed = call("cs-supervisor-2").send("PATCH", "/api/me", {"url": "dingtalk://abcdefgh"})
    assert changed.status_code == 200
    assert unheard not in search(director, "cs-supervisor-2")
    call("cleaner").send("PATCH", "/api/me", {"mail": "cleaner@example.com"})
    assert search(director, "员工 cleaner").count(unheard) == 2  # there is no mail server
    call("office-director").send("PATCH", "/api/accounts/cs-supervisor", {"active": False})
    assert search(director, "cs-supervisor").count(unheard) == 0


def test_somebody_is_added_once_and_not_shown_the_address(director: PlainBrowser, call: Call) -> None:
    director.look(f"{PATH}/new")
    form = director.form(NEW)
    values = {**form.values, **SOMEBODY}
    one, other = (director.client.post(form.action, data=values) for _ in range(2))
    assert one.headers["Location"] == other.headers["Location"]
    page = director.look(one.headers["Location"]).text
    assert "lin@example.org" not in page
    known = account(call, "lin")
    assert [post["role"] for post in known["posts"]] == ["receptionist"]
    assert not known["password"]


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(director: PlainBrowser) -> None:
    director.look(f"{PATH}/new")
    refused = director.send(NEW, **{**SOMEBODY, "account": "receptionist", "mail": "no address"})
    assert refused.status_code == 422
    assert 'id="account-wrong"' in refused.text
    assert 'id="mail-wrong"' in refused.text
    assert director.form(NEW).values["name"] == ["林示例"]
    assert director.send(NEW, **{"role.0": ""}).status_code == 422


def test_an_invitation_is_shown_once_and_sets_a_password(
    director: PlainBrowser, enter: Enter, call: Call
) -> None:
    path = add(director)
    director.look(path)
    form = director.form(f"{path}/invitation")
    shown = director.client.post(form.action, data=form.values)
    link = LINK.search(shown.text)
    assert link is not None
    assert shown.headers["Cache-Control"] == "no-store"
    again = director.client.post(form.action, data=form.values)
    assert again.status_code == 303
    assert LINK.search(again.text + director.look(path).text + again.headers["Location"]) is None
    stranger = enter("receptionist")
    stranger.look(link[0])
    done = stranger.send("/password", password="a new long phrase", again="a new long phrase")
    assert done.status_code == 200
    assert account(call, "lin")["password"]


def test_posts_are_given_and_taken(director: PlainBrowser, call: Call) -> None:
    path = add(director)
    posts = f"{path}/posts/{LAKE}"
    director.look(path)
    assert director.send(posts, **{"role.1": "cs-officer", "department.1": ""}).status_code == 303
    assert {post["role"] for post in account(call, "lin")["posts"]} == {"receptionist", "cs-officer"}
    director.look(path)
    assert director.send(posts, **{"role.0": ""}).status_code == 303
    assert [len(account(call, "lin")["posts"])] == [1]


def test_nobody_takes_the_last_manager_away(enter: Enter, desk: Desk, call: Call) -> None:
    browser = enter("director-of-both")
    path = f"{PATH}/id-director-of-both"
    browser.look(path)
    refused = browser.send(f"{path}/posts/{HILL}", **{"role.0": ""})
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text


def test_who_is_disabled_cannot_sign_in_until_enabled_again(director: PlainBrowser, call: Call) -> None:
    path = f"{PATH}/id-cleaner"
    director.look(path)
    assert director.send(f"{path}/active").status_code == 303
    assert not account(call, "cleaner")["active"]
    shown = director.look(path).text
    assert "已停用" in shown
    assert "/sign-ins" not in shown  # who is disabled is signed out
    assert director.send(f"{path}/active").status_code == 303
    assert account(call, "cleaner")["active"]
    me = f"{PATH}/id-office-director"
    director.look(me)
    assert director.send(f"{me}/active").status_code == 409


def test_an_account_is_changed_as_far_as_it_was_typed(director: PlainBrowser, call: Call) -> None:
    path = add(director)
    director.look(path)
    assert director.send(f"{path}/account", name="林改名", mail="").status_code == 303
    changed = account(call, "lin")
    assert (changed["name"], bool(changed["mail"])) == ("林改名", True)
    director.look(path)
    assert director.send(f"{path}/account", account="cleaner").status_code == 422
    assert director.send(f"{path}/account", account="lin", **{"remove-mail": "1"}).status_code == 303
    assert account(call, "lin")["mail"] is None


def test_somebody_is_signed_out_everywhere(director: PlainBrowser, enter: Enter) -> None:
    cleaner = enter("cleaner")
    path = f"{PATH}/id-cleaner"
    director.look(path)
    assert director.send(f"{path}/sign-ins").status_code == 303
    assert cleaner.look("/desk").status_code == 303


def test_who_looks_after_several_sites_signs_somebody_out_at_any_of_them(enter: Enter) -> None:
    manager, somebody = enter("director-of-both"), enter("elsewhere")
    path = f"{PATH}/id-elsewhere"
    manager.look(path)
    assert manager.send(f"{path}/sign-ins").status_code == 303
    assert somebody.look("/desk").status_code == 303


def test_who_works_elsewhere_too_is_for_who_looks_after_all_of_it(director: PlainBrowser) -> None:
    path = f"{PATH}/id-both"
    assert "在其他项目也有岗位" in director.look(path).text
    assert director.send(f"{path}/active").status_code == 403
    assert director.look(f"{PATH}/id-elsewhere").status_code == 404
    assert director.look(f"{PATH}?site={HILL}").status_code == 404


def test_what_was_changed_is_listed_and_known_to_come_by_the_console(
    director: PlainBrowser, call: Call
) -> None:
    add(director)
    changes = call("office-director").get("/api/account-history").json["items"]
    assert {each["surface"] for each in changes if each["account"] == "lin"} == {"console"}
    page = director.look(f"{PATH}/history").text
    assert "新增账号" in page
    assert "授予岗位" in page
    assert director.look(f"{PATH}/history?cursor=x").status_code == 422


def test_a_person_costs_few_statements(director: PlainBrowser) -> None:
    for path in (f"{PATH}/id-receptionist", f"{PATH}/new", f"{PATH}/history"):
        director.look(path)
        before = executed.total
        director.look(path)
        assert executed.total - before <= 12, path
