"""Staff come in from a list: a row for each post, with a link instead of a typed password."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Huifang, desk_in

LIST = """账号,姓名,岗位,部门,邮箱
wang.demo,王演示,clerk,,wang@example.com
wang.demo,王演示,supervisor,,
zhao.demo,赵演示,dept-head,works,
"""


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    """A list of two people with three posts."""
    file = tmp_path / "staff.csv"
    file.write_text(LIST, "utf-8")
    return file


def posts(data: Path, account: str) -> set[tuple[str, str | None]]:
    """The posts of an account."""
    desk = desk_in(data)
    found = desk.people.account(account)
    desk.close()
    return {(post.role, post.department) for post in found.staff.memberships} if found else set()


def test_a_list_makes_accounts_with_their_posts(office: Huifang, staff: Path, tmp_path: Path) -> None:
    """Two rows of one account are two posts; read again, it changes nothing."""
    said = office("accounts", "import", staff, "--site", "office")
    assert (said.code, said.out.split(" (")[0]) == (
        0,
        "3 rows read, 2 accounts added, 0 changed, 0 rows refused",
    )
    assert posts(tmp_path / "data", "wang.demo") == {("clerk", None), ("supervisor", None)}
    assert posts(tmp_path / "data", "zhao.demo") == {("dept-head", "works")}
    again = office("accounts", "import", staff, "--site", "office")
    assert "0 accounts added, 0 changed, 0 rows refused" in again.out


def test_a_dry_run_names_who_would_change_and_writes_nothing(
    office: Huifang, staff: Path, tmp_path: Path
) -> None:
    """Added with a plus, changed with a tilde."""
    staff.write_text(LIST + "li,Li,supervisor,,\n", "utf-8")
    said = office("accounts", "import", staff, "--site", "office", "--dry-run")
    assert said.out.splitlines()[1:] == ["+ wang.demo", "+ zhao.demo", "~ li"]
    assert posts(tmp_path / "data", "wang.demo") == set()
    assert posts(tmp_path / "data", "li") == {("clerk", None)}


def test_new_people_get_links_in_a_file_that_only_its_owner_reads(
    office: Huifang, staff: Path, tmp_path: Path
) -> None:
    """Nobody has typed a password; the second time there is nobody to invite."""
    file = tmp_path / "links.csv"
    office("accounts", "import", staff, "--site", "office", "--invitations", file)
    rows = file.read_text("utf-8").splitlines()
    assert [row.split(",")[0] for row in rows] == ["account", "wang.demo", "zhao.demo"]
    assert "/password?code=" in rows[1]
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("qian.demo,钱演示,clark,,", "there is no role 'clark'; did you mean 'clerk'?"),
        ("qian.demo,钱演示,dept-head,kitchen,", "there is no department 'kitchen'"),
        ("qian demo,钱演示,clerk,,", "letters and digits"),
        ("qian.demo,,clerk,,", "姓名: needed"),
        ("qian.demo,钱演示,clerk,,qian at example", "no e-mail address"),
        ("Ｌｉ,钱演示,dept-head,nowhere,", "there is no department 'nowhere'"),
        ("qian.demo,#N/A,clerk,,", "error #N/A"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason(
    office: Huifang, staff: Path, tmp_path: Path, row: str, why: str
) -> None:
    """The others come in; the file of rejects can be mended and read again."""
    staff.write_text(f"{LIST}{row}\n", "utf-8")
    rejects = tmp_path / "rejects.csv"
    said = office("accounts", "import", staff, "--site", "office", "--rejects", rejects)
    assert said.code == 1
    assert why in said.err
    assert why in rejects.read_text("utf-8-sig")
    assert posts(tmp_path / "data", "zhao.demo") == {("dept-head", "works")}
    assert posts(tmp_path / "data", "qian.demo") == set()


def test_a_list_without_the_columns_it_needs_is_refused_whole(office: Huifang, staff: Path) -> None:
    """Also one whose heading is misspelt, and rows without a site when none is named."""
    assert "no column 'site'" in office("accounts", "import", staff).err
    staff.write_text("account,name,rolle\nwang.demo,Wang,clerk\n", "utf-8")
    said = office("accounts", "import", staff, "--site", "office")
    assert said.code != 0
    assert "did you mean 'role'?" in said.err
    assert "no column 'role'" in said.err
