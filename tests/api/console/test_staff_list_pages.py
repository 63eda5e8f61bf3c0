"""Staff come in from a spreadsheet: chosen, shown, confirmed; on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from api_desk import HILL, LAKE, open_for_tests
from plain_browser import PlainBrowser
from staff_lists import CONFIRM, PATH, cells, counts, text_list, upload

from service.bootstrap import Desk
from service.channels.letter import Letter, Undeliverable
from service.channels.mail import MailChannel
from service.console.admin.people import invitations
from workflows.language.load import Folder
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

Enter = Callable[..., PlainBrowser]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, ours: Folder, cipher: Cipher
) -> Iterator[Desk]:
    """A desk on either database that can send mail; each test has people of its own."""
    folder = tmp_path_factory.mktemp("pages")
    with ExitStack() as clones:
        if request.param == "sqlite":
            url = f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), folder / 'desk.db')}"
        else:
            clone, template = (request.getfixturevalue(f"postgres_{name}") for name in ("clone", "template"))
            url = clones.enter_context(clone(template))
        found = open_for_tests(Database(url, cipher=cipher, synchronous="OFF"), folder, ours)
        settings = replace(
            found.settings,
            channels=replace(found.settings.channels, base_url="https://desk.example.org"),
            mail=replace(found.settings.mail, host="mail.example.org"),
        )
        yield replace(found, settings=settings)
        found.close()


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> list[Letter]:
    """The letters that the mail server was given."""
    sent: list[Letter] = []
    monkeypatch.setattr(MailChannel, "send", lambda _, letter: sent.append(letter))
    return sent


@pytest.fixture
def director(enter: Enter) -> PlainBrowser:
    """The browser of who looks after the lake."""
    return enter("office-director")


def posts(desk: Desk, account: str) -> set[tuple[str, str]]:
    found = desk.people.account(account)
    return {(post.site, post.role) for post in found.staff.memberships} if found else set()


def test_a_list_is_shown_before_it_is_written(
    director: PlainBrowser, desk: Desk, letters: list[Letter]
) -> None:
    """Counts, people with their posts, and each fault by row, column and value."""
    rows = ("an,安,receptionist,", "an,安,cleaner,", "cleaner,员工 cleaner,cs-officer,", "ba,巴,janitor,")
    shown = upload(director, text_list(*rows))
    assert counts(shown) == [1, 1, 0, 1]
    fault, added, changed = cells(shown)
    assert fault[:3] == ["5", "岗位", "janitor"]
    assert added[:2] == ["安", "an"]
    assert changed[0] == "员工 cleaner"
    assert posts(desk, "an") == set()
    done = director.send(CONFIRM)
    assert (done.status_code, counts(done)) == (200, [1, 1, 0, 1])
    assert posts(desk, "an") == {(LAKE, "receptionist"), (LAKE, "cleaner")}
    assert (LAKE, "cs-officer") in posts(desk, "cleaner")
    assert posts(desk, "ba") == set()
    assert cells(done)[0][:3] == ["5", "岗位", "janitor"]
    assert letters == []


def test_a_form_that_is_sent_again_changes_nothing_more(
    director: PlainBrowser, desk: Desk, letters: list[Letter]
) -> None:
    upload(director, text_list("ca,卡,receptionist,ca@example.com"))
    form = director.form(CONFIRM)
    sent = {**form.values, "invite": "1"}
    one, other = (director.client.post(form.action, data=sent) for _ in range(2))
    assert (counts(one), counts(other)) == ([1, 0, 0, 0], [0, 0, 1, 0])
    assert [letter.address for letter in letters] == ["ca@example.com"]


def test_nobody_is_invited_unless_it_is_asked_for(
    director: PlainBrowser, desk: Desk, letters: list[Letter]
) -> None:
    """What is sent is said before; who was not invited is listed with the page that invites them."""
    shown = upload(director, text_list("da,达,receptionist,da@example.com", "di,迪,receptionist,"))
    assert "The import itself sends nothing" not in shown.text  # it is said in the reader's language
    assert "导入本身不发出任何消息" in shown.text
    assert "（1 封）" in shown.text
    done = director.send(CONFIRM)
    assert letters == []
    for account in ("da", "di"):
        known = desk.people.account(account)
        assert known is not None
        assert f'href="/admin/people/{known.staff.id}"' in done.text


def test_an_invitation_leads_to_a_password(director: PlainBrowser, desk: Desk, letters: list[Letter]) -> None:
    """Only new people get one; who is known already does not."""
    upload(
        director, text_list("ea,额,receptionist,ea@example.com", "receptionist,接待,cleaner,r@example.com")
    )
    done = director.send(CONFIRM, invite="1")
    assert "已发出邀请：1。" in done.text
    (letter,) = letters
    assert letter.address == "ea@example.com"
    assert "https://desk.example.org/password?code=" in letter.body
    kinds = [each.kind for each in desk.accounts.history(limit=10_000) if each.account == "ea"]
    assert kinds == ["add", "grant", "link"]


def test_when_the_mail_server_fails_the_others_are_left_to_be_invited(
    director: PlainBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are imported; nobody waits for a server that does not answer."""
    tries: list[str] = []

    def fail(_: MailChannel, letter: Letter) -> None:
        tries.append(letter.address)
        raise Undeliverable("away", channel=True)

    monkeypatch.setattr(MailChannel, "send", fail)
    rows = [f"f{each},法,receptionist,f{each}@example.com" for each in "abc"]
    upload(director, text_list(*rows))
    done = director.send(CONFIRM, invite="1")
    assert counts(done) == [3, 0, 0, 0]
    assert len(tries) == 1
    assert done.text.count('<li><a href="/admin/people/') == 3


def test_invitations_end_when_they_take_too_long(
    director: PlainBrowser, letters: list[Letter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "MOST_SECONDS", 0)
    upload(director, text_list("ga,嘎,receptionist,ga@example.com"))
    assert counts(director.send(CONFIRM, invite="1")) == [1, 0, 0, 0]
    assert letters == []


def test_a_list_reaches_no_site_that_its_sender_does_not_look_after(
    director: PlainBrowser, desk: Desk
) -> None:
    """Neither by a row, nor by an account that works there."""
    header = "账号,姓名,项目,岗位"
    rows = (f"ha,哈,{HILL},receptionist", "hb,哈,月湖园,receptionist", "both,哈,月湖园,cleaner")
    upload(director, text_list(*rows, header=header))
    done = director.send(CONFIRM)
    assert counts(done) == [1, 0, 0, 2]
    assert [row[:3] for row in cells(done)[:2]] == [["2", "项目", HILL], ["4", "账号", "both"]]
    assert (posts(desk, "ha"), posts(desk, "hb")) == (set(), {(LAKE, "receptionist")})
    assert (LAKE, "cleaner") not in posts(desk, "both")


def test_a_right_that_was_lost_since_the_preview_is_lost(enter: Enter, desk: Desk) -> None:
    """The bounds are those of the moment in which it is written."""
    browser = enter("director-of-both")
    upload(browser, text_list(f"ia,伊,{HILL},receptionist", header="账号,姓名,项目,岗位"))
    known = desk.people.account("director-of-both")
    assert known is not None
    before = known.staff.memberships
    desk.people.set_posts(known.staff.id, [post for post in before if post.site == LAKE])
    try:
        assert counts(browser.send(CONFIRM)) == [0, 0, 0, 1]
    finally:
        desk.people.set_posts(known.staff.id, before)
    assert posts(desk, "ia") == set()


def test_a_list_is_confirmed_by_nobody_but_who_sent_it(enter: Enter, director: PlainBrowser) -> None:
    """Nor by another session, nor changed."""
    upload(director, text_list("ja,佳,receptionist,"))
    sealed = director.form(CONFIRM).values["list"][0]
    other = enter("director-of-both")
    other.look(PATH)
    token = other.form("/admin/people/import").values["csrf_token"][0]
    for text in (sealed, sealed[:-8], "x", ""):
        answer = other.client.post(f"{CONFIRM}?site={LAKE}", data={"csrf_token": token, "list": text})
        assert answer.status_code == 409, text


def test_a_list_is_for_those_who_look_after_people(enter: Enter) -> None:
    officer = enter("cs-officer")
    assert officer.look(PATH).status_code == 403
    officer.look("/me")
    token = officer.form("/me/addresses").values["csrf_token"][0]
    for path in (PATH, CONFIRM):
        assert officer.client.post(path, data={"csrf_token": token}).status_code == 403
