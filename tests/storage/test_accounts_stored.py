"""Accounts that change: what ends with it, what is noted, and names that cannot be told apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from storage_samples import LI, NOW, SITE

from workflows.core.people import Membership, Staff
from workflows.storage.database import Database
from workflows.storage.errors import Conflict
from workflows.storage.people.accounts import Accounts
from workflows.storage.people.attempt_counts import AttemptCounts
from workflows.storage.people.people import People, Site
from workflows.storage.people.staff_changes import Author
from workflows.storage.people.tokens import Tokens

CHIEF = Author(LI, NOW)
CLERK = Membership(SITE, "clerk")
WANG = Staff(id="id-wang", account="wang", name="王芳", memberships=(CLERK,), language="en")


@pytest.fixture
def people(database: Database) -> People:
    found = People(database)
    for site in (SITE, "b"):
        found.store_site(Site(id=site, name=site, zone="Asia/Shanghai"))
    return found


@pytest.fixture
def accounts(database: Database, people: People) -> Accounts:
    found = Accounts(database)
    found.add(WANG, "hash", {"mail": "wang@example.org"}, CHIEF)
    return found


def token(database: Database, name: str) -> None:
    Tokens(database).issue(
        id=name, staff_id=WANG.id, name=name, digest=name, scopes=(), expires_at=None, at=NOW
    )


def good(database: Database, *names: str) -> list[str]:
    return [name for name in names if Tokens(database).authenticate(name, NOW + 1) is not None]


@pytest.mark.parametrize("account", ["Wang", "WANG", "ｗａｎｇ", "wаng", "wa\u200bng"])
def test_a_name_that_looks_like_another_is_taken(people: People, accounts: Accounts, account: str) -> None:
    with pytest.raises(Conflict):
        accounts.add(replace(WANG, id="id-2", account=account), None, {}, CHIEF)
    found = people.account(account)
    assert found is not None
    assert found.staff.id == WANG.id


def test_a_changed_password_ends_all_tokens_but_the_one_that_changed_it(
    database: Database, accounts: Accounts
) -> None:
    for name in ("a", "b", "c"):
        token(database, name)
    accounts.set_password(WANG, "new", CHIEF, keep="b")
    assert good(database, "a", "b", "c") == ["b"]
    accounts.set_password(WANG, "newer", CHIEF)
    assert good(database, "b") == []


def test_who_is_switched_back_on_has_none_of_the_old_tokens(
    database: Database, people: People, accounts: Accounts
) -> None:
    token(database, "a")
    accounts.store_link(WANG, "digest", NOW + 100, CHIEF)
    accounts.set_active(WANG, CHIEF, active=False)
    accounts.set_active(WANG, CHIEF, active=True)
    assert good(database, "a") == []
    assert accounts.find_link_owner("digest", NOW + 1) is None
    token(database, "fresh")
    assert good(database, "fresh") == ["fresh"]


def test_all_tokens_of_several_accounts_end_at_once(database: Database, accounts: Accounts) -> None:
    token(database, "a")
    assert accounts.revoke_tokens([WANG], CHIEF) == 1
    assert accounts.revoke_tokens([WANG], CHIEF) == 0
    assert good(database, "a") == []


def test_a_link_sets_a_password_once_and_in_its_time(
    database: Database, people: People, accounts: Accounts
) -> None:
    token(database, "a")
    accounts.store_link(WANG, "older", NOW + 100, CHIEF)
    accounts.store_link(WANG, "digest", NOW + 100, CHIEF)
    assert accounts.find_link_owner("older", NOW + 1) is None, "a newer one takes its place"
    assert accounts.find_link_owner("digest", NOW + 100) is None, "it is over"
    assert accounts.find_link_owner("digest", NOW + 99) == WANG.id
    assert not accounts.use_link("digest", WANG, "late", Author(LI, NOW + 100))
    assert accounts.use_link("digest", WANG, "by link", Author(LI, NOW + 99))
    assert not accounts.use_link("digest", WANG, "again", Author(LI, NOW + 99))
    found = people.account("wang")
    assert found is not None
    assert found.password_hash == "by link"
    assert good(database, "a") == []


def test_what_is_done_to_accounts_is_kept_with_who_did_it(accounts: Accounts, people: People) -> None:
    manager = Membership("b", "manager", "gc")
    accounts.set_posts(WANG, [CLERK, manager], CHIEF)
    wang = replace(WANG, memberships=(CLERK, manager))
    accounts.set_posts(wang, [manager], CHIEF)
    account = people.account("wang")
    assert account is not None
    accounts.update(account, CHIEF, language="es", contact={"url": "json://hooks.example.org/secret"})
    accounts.update(account, CHIEF, rename="wang.fang")
    accounts.set_password(WANG, "secret hash", CHIEF)
    accounts.set_active(WANG, CHIEF, active=False)
    found = accounts.history()
    assert [(each.kind, each.site, each.before, each.after) for each in found] == [
        ("add", None, None, {"name": "王芳", "language": "en", "contact": ["mail"]}),
        ("grant", SITE, None, {"role": "clerk", "department": None}),
        ("grant", "b", None, {"role": "manager", "department": "gc"}),
        ("revoke", SITE, {"role": "clerk", "department": None}, None),
        ("change", None, {"language": "en"}, {"language": "es", "contact": ["url"]}),
        ("change", None, {"account": "wang"}, {"account": "wang.fang"}),
        ("password", None, None, None),
        ("disable", None, None, None),
    ]
    assert {(each.actor_id, each.actor_name, each.at) for each in found} == {(LI.id, LI.name, NOW)}
    assert [each.seq for each in found] == list(range(1, 9))
    assert [each.kind for each in accounts.history(after=6)] == ["password", "disable"]
    assert [each.kind for each in accounts.history(SITE)] == ["grant", "revoke"], "who has left is not shown"
    assert "grant" in [each.kind for each in accounts.history("b")]
    assert "secret" not in str(found)


def test_a_renamed_account_is_found_by_its_new_name_alone(accounts: Accounts, people: People) -> None:
    account = people.account("wang")
    assert account is not None
    accounts.update(account, CHIEF, rename="fang")
    assert people.account("FANG") is not None
    assert people.account("wang") is None
    accounts.add(replace(WANG, id="id-2"), None, {}, CHIEF)


def test_failures_are_counted_for_all_processes_until_the_wait_is_over(database: Database) -> None:
    here, there = AttemptCounts(database), AttemptCounts(database)
    for at in (NOW, NOW + 10, NOW + 20):
        here.record(("a", "b"), at, 900)
    there.record(("b",), NOW + 30, 900)
    found = there.read(("a", "b", "c"))
    assert {name: (each.times, each.since_at, each.last_at) for name, each in found.items()} == {
        "a": (3, NOW, NOW + 20),
        "b": (4, NOW, NOW + 30),
    }
    here.record(("a",), NOW + 900, 900)
    assert here.read(("a",))["a"].times == 1, "counted anew"
    here.clear("b")
    assert here.delete_before(NOW + 901) == 1
    assert there.read(("a", "b")) == {}
