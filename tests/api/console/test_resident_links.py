"""The staff's side of residents' links: made, shown once, ended, and printed as codes."""

from __future__ import annotations

import re
from collections.abc import Callable

from api_desk import COMPLAINT, Call
from plain_browser import PlainBrowser
from resident_office import UNIT

from service.bootstrap import Desk

Enter = Callable[..., PlainBrowser]
_LINK = re.compile(r"/r/(hf_[\w-]+)")


def test_a_link_is_made_shown_once_and_stands_in_the_history(enter: Enter, desk: Desk, call: Call) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    path = f"/tickets/{ticket['number']}/resident"
    officer = enter("cs-officer")
    assert f'href="{path}' in officer.look(f"/tickets/{ticket['number']}").text
    assert "暂无。" in officer.look(path).text
    made = officer.send(path)
    token = _LINK.findall(made.text)[0]
    assert "<svg" in made.text
    assert not _LINK.findall(officer.look(path).text), "shown once"
    resident = PlainBrowser(officer.client.application.test_client())
    assert ticket["number"] in resident.look(f"/r/{token}").text
    (*_, last) = call("cs-officer").get(f"/api/tickets/{ticket['id']}/history").json["items"]
    assert last["kind"] == "note"
    assert token not in str(desk.database.read("SELECT * FROM resident_links", {}))


def test_a_form_sent_twice_makes_one_link(enter: Enter, desk: Desk, call: Call) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    path, officer = f"/tickets/{ticket['number']}/resident", enter("cs-officer")
    officer.look(path)
    form = officer.form(path)
    pages = [officer.client.post(form.action, data=form.values).text for _ in range(2)]
    assert len({_LINK.findall(each)[0] for each in pages}) == 1
    assert desk.database.read("SELECT count(*) FROM resident_links", {})[0][0] == 1
    assert call("cs-officer").get(f"/api/tickets/{ticket['id']}").json["seq"] == 2


def test_a_link_that_is_ended_shows_nothing(enter: Enter, call: Call) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    path, officer = f"/tickets/{ticket['number']}/resident", enter("cs-officer")
    officer.look(path)
    token = _LINK.findall(officer.send(path).text)[0]
    resident = PlainBrowser(officer.client.application.test_client())
    assert resident.look(f"/r/{token}").status_code == 200
    ending = officer.form(f"{path}/end")
    assert officer.send(f"{path}/end").status_code == 303
    assert resident.look(f"/r/{token}").status_code == 404
    again = officer.client.post(ending.action, data={**ending.values, "idempotency_key": "another"})
    assert again.status_code == 404


def test_who_takes_no_part_gives_no_link(enter: Enter, call: Call) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    path = f"/tickets/{ticket['number']}/resident"
    guard = enter("usher")
    assert guard.look(path).status_code == 403
    assert enter("elsewhere").look(path).status_code == 404


def test_codes_are_printed_and_end_the_earlier_ones(enter: Enter, call: Call) -> None:
    director = enter("office-director")
    director.look("/admin/codes")
    sheet = director.send("/admin/codes", units=f"{UNIT}\n 1号楼大堂 \n\n{UNIT}")
    assert sheet.status_code == 200, sheet.text
    assert sheet.text.count("<svg") == 2
    assert not _LINK.findall(sheet.text), "the secret is in the picture alone"
    page = director.look("/admin/codes").text
    assert page.count('name="code"') == 2
    assert "1号楼大堂" in page
    director.send("/admin/codes", units=UNIT)
    assert director.look("/admin/codes").text.count('name="code"') == 2
    assert director.send("/admin/codes/end").status_code == 303
    assert director.look("/admin/codes").text.count('name="code"') == 1


def test_codes_are_for_administrators_and_bad_lists_are_refused(enter: Enter, desk: Desk) -> None:
    assert enter("cs-officer").look("/admin/codes").status_code == 403
    director = enter("office-director")
    director.look("/admin/codes?from=register")
    for units in ("", "x" * 41, "\n".join(map(str, range(201)))):
        refused = director.send("/admin/codes", units=units)
        assert refused.status_code == 422
        assert 'id="units-wrong"' in refused.text
    assert "<script>" not in director.send("/admin/codes", units='"><script>alert(1)</script>').text
    assert desk.resident_links.codes("hill", 0) == ()
