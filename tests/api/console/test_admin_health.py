"""How the desk is, in words, with what to do where it is not well."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from api_desk import COMPLAINT, HILL, LAKE, Call
from plain_browser import PlainBrowser

from service import wallclock
from service.bootstrap import Desk
from service.texts.console_texts import read_page
from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]
PATH = "/admin"


def test_what_is_not_well_comes_first_with_what_to_do(enter: Enter, call: Call, desk: Desk) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    desk.store.park(LAKE, ticket["id"], "state.registered", "nobody to tell")
    page = enter("office-director").look(PATH).text
    assert "1 项工作因出错被搁置" in page
    assert 'href="/admin/parked"' in page
    assert page.index("项工作因出错被搁置") < page.index("没有发送失败的消息")


def test_a_clock_process_that_does_not_run_is_noticed(
    enter: Enter, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what it leaves undone, whichever machine it is on."""
    call("receptionist").open("complaint", COMPLAINT)
    assert "时限到期即按时升级" in enter("office-director").look(PATH).text
    later = wallclock.now() + 30 * 86_400
    monkeypatch.setattr(wallclock, "now", lambda: later)
    page = enter("office-director").look(PATH).text
    assert "到期的升级没有执行" in page
    assert "消息积压未发" in page


def test_what_is_amiss_elsewhere_is_not_counted(enter: Enter, call: Call, desk: Desk) -> None:
    ticket = call("elsewhere").open("complaint", COMPLAINT, site=HILL)
    desk.store.park(HILL, ticket["id"], "state.registered", "nobody to tell")
    assert "没有搁置的工作" in enter("office-director").look(PATH).text
    assert "1 项工作因出错被搁置" in enter("director-of-both").look(PATH).text


def test_every_check_has_its_texts() -> None:
    texts = read_page("admin_health")
    names = {key.rpartition("-")[0] for key in texts if key.endswith(("-ok", "-bad", "-do"))}
    assert {f"{name}-{end}" for name in names for end in ("ok", "bad", "do")} <= set(texts)


def test_the_page_costs_few_statements(enter: Enter, call: Call) -> None:
    for _ in range(5):
        call("receptionist").open("complaint", COMPLAINT)
    browser = enter("office-director")
    browser.look(PATH)
    before = executed.total
    browser.look(PATH)
    assert executed.total - before <= 12
