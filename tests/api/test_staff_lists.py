"""A list of staff reaches no further than who imports it does by hand, and takes a person whole or not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from api_desk import HILL, LAKE, open_for_tests

from service import wallclock
from service.bootstrap import Desk
from service.imports.layout import Layout
from service.imports.staff_import import StaffImportResult, import_table
from service.imports.staff_importer import StaffImporter
from service.imports.staff_rows import StaffTable, read_staff
from service.imports.table_file import UploadedTable
from workflows.core.access.permissions import build_actor
from workflows.core.people import Membership
from workflows.language.load import Folder
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.storage.people.staff_changes import Author

HEADER = "账号,姓名,项目,岗位,邮箱"
Bring = Callable[..., StaffImportResult]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, ours: Folder, cipher: Cipher
) -> Iterator[Desk]:
    """A desk on either database; each test has people of its own."""
    folder = tmp_path_factory.mktemp("lists")
    with ExitStack() as clones:
        if request.param == "sqlite":
            url = f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), folder / 'desk.db')}"
        else:
            clone, template = (request.getfixturevalue(f"postgres_{name}") for name in ("clone", "template"))
            url = clones.enter_context(clone(template))
        found = open_for_tests(Database(url, cipher=cipher, synchronous="OFF"), folder, ours)
        yield found
        found.close()


@pytest.fixture
def bring(desk: Desk) -> Bring:
    """Bring in rows as somebody."""

    def run(*rows: str, account: str = "office-director", dry_run: bool = False) -> StaffImportResult:
        importer = importer_of(desk, account)
        return import_table(desk, read(desk, importer, *rows), importer, dry_run=dry_run)

    return run


def importer_of(desk: Desk, account: str) -> StaffImporter:
    known = desk.people.account(account)
    assert known is not None
    author = Author(build_actor(known.staff, LAKE), wallclock.now())
    return StaffImporter.manager(desk, known.staff, author)


def read(desk: Desk, importer: StaffImporter, *rows: str) -> StaffTable:
    file = UploadedTable("staff.csv", "\n".join((HEADER, *rows)).encode())
    return read_staff(desk, file, importer, layout=Layout(), site=LAKE)


def posts(desk: Desk, account: str) -> set[tuple[str, str]]:
    found = desk.people.account(account)
    return {(post.site, post.role) for post in found.staff.memberships} if found else set()


def codes(done: StaffImportResult) -> list[tuple[int, str]]:
    return [(fault.line, fault.reason.code) for fault in done.faults]


def test_a_row_that_names_another_site_is_refused_and_the_others_come_in(desk: Desk, bring: Bring) -> None:
    """Whether there is such a site is not told."""
    for number, name in enumerate((HILL, "南山居", "nowhere")):
        done = bring(f"a{number},甲,{name},receptionist,", f"b{number},乙,月湖园,receptionist,")
        assert codes(done) == [(2, "site-not-managed")]
        assert (done.faults[0].column, done.faults[0].value) == ("项目", name)
        assert name in done.faults[0].message
        assert posts(desk, f"a{number}") == set()
        assert posts(desk, f"b{number}") == {(LAKE, "receptionist")}


@pytest.mark.parametrize("account", ["both", "elsewhere", "director-of-both"])
def test_an_account_that_works_at_another_site_is_not_changed(desk: Desk, bring: Bring, account: str) -> None:
    before, changes = posts(desk, account), len(desk.accounts.history())
    done = bring(f"{account},新名字,,cleaner,new@example.com")
    assert codes(done) == [(2, "account-not-managed")]
    assert posts(desk, account) == before
    assert len(desk.accounts.history()) == changes


def test_an_account_without_any_post_is_nobodys(desk: Desk, bring: Bring) -> None:
    bring("left,丙,,receptionist,")
    left = desk.people.account("left")
    assert left is not None
    desk.people.set_posts(left.staff.id, ())
    assert codes(bring("left,丙,,receptionist,")) == [(2, "account-not-managed")]


def test_who_looks_after_several_sites_imports_for_each_of_them(desk: Desk, bring: Bring) -> None:
    done = bring("ding,丁,南山居,receptionist,", "ding,丁,lake,receptionist,", account="director-of-both")
    assert done.faults == ()
    assert posts(desk, "ding") == {(HILL, "receptionist"), (LAKE, "receptionist")}


def test_who_looks_after_no_site_imports_nobody(desk: Desk, bring: Bring) -> None:
    """Not even a colleague's new address."""
    for account in ("cs-officer", "elsewhere"):
        done = bring("wu,戊,,receptionist,", "cleaner,新名字,,cleaner,", account=account)
        assert {code for _, code in codes(done)} == {"site-not-managed", "account-not-managed"}
        assert done.people == ()
    assert posts(desk, "wu") == set()


def test_one_bad_post_keeps_the_whole_person_out(desk: Desk, bring: Bring) -> None:
    """The other row says with which it was refused."""
    done = bring("ji,己,,receptionist,", "ji,己,,janitor,")
    assert codes(done) == [(2, "refused-together"), (3, "bad-post")]
    assert (done.faults[1].column, done.faults[1].value) == ("岗位", "janitor")
    assert posts(desk, "ji") == set()


def test_a_failure_in_the_middle_of_a_person_leaves_nothing_of_them(
    desk: Desk, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is written before the posts."""
    bring("geng,庚,,receptionist,geng@example.com")
    with monkeypatch.context() as patch:
        patch.setattr(desk.accounts, "set_posts", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            bring("geng,庚新,,cleaner,new@example.com")
    known = desk.people.account("geng")
    assert known is not None
    assert (known.staff.name, desk.people.contact(known.staff.id)) == ("庚", {"mail": "geng@example.com"})


def test_posts_that_were_given_since_the_preview_are_kept(desk: Desk) -> None:
    """What is written is decided on what is so then."""
    importer = importer_of(desk, "office-director")
    table = read(desk, importer, "xin,辛,,receptionist,")
    import_table(desk, table, importer)
    known = desk.people.account("xin")
    assert known is not None
    further = replace(table, rows=tuple(replace(row, post=Membership(LAKE, "cleaner")) for row in table.rows))
    desk.accounts.set_posts(
        known.staff, (*known.staff.memberships, Membership(LAKE, "cs-officer")), importer.author
    )
    assert [each.change for each in import_table(desk, further, importer).people] == ["changed"]
    assert posts(desk, "xin") == {(LAKE, role) for role in ("receptionist", "cleaner", "cs-officer")}


def test_a_preview_says_what_the_import_does_and_writes_nothing(desk: Desk, bring: Bring) -> None:
    rows = ("ren,壬,,receptionist,", "cleaner,员工 cleaner,,receptionist,", "=ren,,,cleaner,")
    before = len(desk.accounts.history())
    preview = bring(*rows, dry_run=True)
    assert len(desk.accounts.history()) == before
    done = bring(*rows)
    assert codes(preview) == codes(done) == [(4, "missing-field")]
    assert [each.change for each in preview.people] == [each.change for each in done.people]
    assert [each.change for each in bring(*rows).people] == ["same", "same"]


def test_a_language_that_is_named_is_taken_and_an_empty_one_changes_nothing(desk: Desk) -> None:
    importer = importer_of(desk, "office-director")
    for language, then in (("es", "es"), ("", "es"), ("en", "en")):
        file = UploadedTable("s.csv", f"account,name,role,language\ngui,癸,cleaner,{language}".encode())
        table = read_staff(desk, file, importer, layout=Layout(), site=LAKE)
        assert import_table(desk, table, importer).faults == ()
        known = desk.people.account("gui")
        assert known is not None
        assert known.staff.language == then
