"""Who works where, and whose token it is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from storage_samples import NOW, SITE

from workflows.core.commands import CLOCK
from workflows.core.people import Membership, Staff
from workflows.storage import tables
from workflows.storage.database import Database
from workflows.storage.errors import Conflict
from workflows.storage.people.accounts import Accounts
from workflows.storage.people.people import Absence, People, Site
from workflows.storage.people.staff_changes import Author
from workflows.storage.people.tokens import Tokens

LI = Staff(
    id="id-li",
    account="li",
    name="李华",
    memberships=(
        Membership(SITE, "cs-officer", "gc"),
        Membership(SITE, "receptionist"),
        Membership("b", "manager"),
    ),
)
WANG = Staff(id="id-wang", account="wang", name="王芳", memberships=(), language="en")


@pytest.fixture
def people(database: Database) -> People:
    """Two sites and Li."""
    found = People(database)
    for site in (SITE, "b"):
        found.store_site(Site(id=site, name=site, zone="Asia/Shanghai", settings={"lang": "zh"}))
    found.add_staff(LI, "argon2id$x")
    return found


def by_role(person: Staff) -> Staff:
    """The person with the posts in a fixed order."""
    posts = tuple(sorted(person.memberships, key=lambda post: (post.site, post.role)))
    return replace(person, memberships=posts)


def test_a_site_is_added_and_changed(people: People) -> None:
    people.store_site(Site(id="b", name="滨江", zone="Asia/Hong_Kong"))
    assert people.sites() == (
        Site(id="b", name="滨江", zone="Asia/Hong_Kong"),
        Site(id=SITE, name=SITE, zone="Asia/Shanghai", settings={"lang": "zh"}),
    )


def test_an_account_is_found_with_its_posts_and_hash(people: People) -> None:
    account = people.account("li")
    assert account is not None
    assert (account.staff, account.password_hash, account.active) == (by_role(LI), "argon2id$x", True)
    assert people.account("nobody") is None
    assert people.staff("id-li") == by_role(LI)
    assert people.staff("nobody") is None


def test_an_account_name_is_given_once(people: People) -> None:
    with pytest.raises(Conflict):
        people.add_staff(Staff(id="other", account="li", name="x", memberships=()))
    assert len(people.all_accounts()) == 1


def test_staff_change_and_leave(people: People) -> None:
    people.add_staff(WANG)
    assert people.update_staff("id-wang", name="王芳芳", language="es", password_hash="h")
    assert people.update_staff("id-li", active=False)
    assert not people.update_staff("nobody", active=False)
    li, wang = people.all_accounts()
    assert (li.active, wang.active, wang.staff.name, wang.staff.language) == (False, True, "王芳芳", "es")
    assert people.directory(SITE).staff == {}


def test_posts_are_replaced_as_a_whole(people: People) -> None:
    people.set_posts("id-li", [Membership("b", "manager"), Membership("b", "manager")])
    found = people.staff("id-li")
    assert found is not None
    assert found.memberships == (Membership("b", "manager"),)
    people.set_posts("id-li", [])
    assert people.directory("b").staff == {}


def test_a_directory_is_the_same_until_somebody_changes_something(people: People) -> None:
    first = people.directory(SITE)
    assert first.staff == {"id-li": by_role(LI)}
    assert people.directory(SITE) is first
    people.add_staff(WANG)
    second = people.directory(SITE)
    assert second is not first
    assert second.revision == people.revision() > first.revision


def test_a_change_by_another_process_is_seen(people: People, database_url: str, cipher: Any) -> None:
    other = Database(database_url, cipher=cipher)
    before = people.directory(SITE)
    People(other).set_posts("id-li", [])
    assert people.directory(SITE) is not before
    assert people.directory(SITE).staff == {}
    other.close()


def test_a_contact_is_sealed(people: People, database: Database) -> None:
    assert people.contact("id-li") == {}
    account = people.account("li")
    assert account is not None
    Accounts(database).update(account, Author(CLOCK, NOW), contact={"mail": "li@example.com"})
    assert people.contact("id-li") == {"mail": "li@example.com"}
    assert b"li@example.com" not in database.rows(select(tables.staff.c.contact))[0][0]


def test_absences_are_known_while_they_last(people: People) -> None:
    away = Absence(site=SITE, staff_id="id-li", from_at=NOW, to_at=NOW + 10, substitute_id="id-wang")
    people.store_absence(away, CLOCK, NOW)
    people.store_absence(away, CLOCK, NOW)
    assert people.absences(SITE, NOW - 1) == people.absences(SITE, NOW + 10) == ()
    assert people.absences(SITE, NOW) == people.absences(SITE, NOW + 9) == (away,)
    people.delete_absence(away, CLOCK, NOW)
    assert people.absences(SITE, NOW) == ()
    people.delete_absence(away, CLOCK, NOW)
    found = people.absence_history(SITE)
    assert [(each.seq, each.kind, each.absence) for each in found] == [
        (1, "note", away),
        (2, "note", away),
        (3, "strike", away),
    ]
    assert people.absence_history(SITE, after=2) == found[2:]
    assert people.absence_history("b") == ()


def test_absences_noted_at_the_same_moment_are_all_kept(people: People) -> None:
    def note(number: int) -> None:
        absence = Absence(site=SITE, staff_id="id-li", from_at=NOW + number, to_at=NOW + 100)
        people.store_absence(absence, CLOCK, NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(note, range(20)))
    assert [each.seq for each in people.absence_history(SITE)] == list(range(1, 21))


def test_settings_are_changed_by_one_of_those_who_saw_the_same(people: People) -> None:
    """And their history has only what was changed."""

    def change(number: int) -> bool:
        return people.change_settings(SITE, {"lang": "zh"}, {"lang": "zh", "n": number}, CLOCK, NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(change, range(8))) == 1
    (kept,) = people.settings_history(SITE)
    assert (kept.setting, kept.before, kept.after) == ("n", None, people.settings(SITE)["n"])
    assert people.change_settings(SITE, people.settings(SITE), {"n": None, "lang": "en"}, CLOCK, NOW + 1)
    assert [(each.seq, each.setting) for each in people.settings_history(SITE, after=1)] == [
        (2, "lang"),
        (3, "n"),
    ]
    assert people.settings_history("b") == ()


def issue(tokens: Tokens, name: str = "t1", **more: Any) -> None:
    """Li gets a token."""
    plain = {"id": name, "staff_id": "id-li", "name": "script", "digest": f"sha-{name}", "expires_at": None}
    tokens.issue(**(plain | {"scopes": ["write", "read"], "at": NOW} | more))


def test_a_token_names_its_bearer(people: People, database: Database) -> None:
    tokens = Tokens(database)
    issue(tokens)
    bearer = tokens.authenticate("sha-t1", NOW)
    assert bearer is not None
    assert (bearer.staff, bearer.token, bearer.scopes) == (by_role(LI), "t1", frozenset({"read", "write"}))
    assert bearer.revision == people.revision()
    assert tokens.authenticate("sha-t2", NOW) is None
    with pytest.raises(Conflict):
        issue(tokens, "t2", digest="sha-t1")


def test_a_token_ends_with_its_time_its_revocation_or_its_bearer(people: People, database: Database) -> None:
    tokens = Tokens(database)
    issue(tokens, "brief", expires_at=NOW + 5)
    issue(tokens, "stopped")
    issue(tokens, "lasting")
    assert tokens.authenticate("sha-brief", NOW + 4) is not None
    assert tokens.authenticate("sha-brief", NOW + 5) is None
    assert not tokens.revoke("somebody-else", "stopped", NOW)
    assert tokens.revoke("id-li", "stopped", NOW)
    assert not tokens.revoke("id-li", "stopped", NOW)
    assert tokens.authenticate("sha-stopped", NOW) is None
    people.update_staff("id-li", active=False)
    assert tokens.authenticate("sha-lasting", NOW) is None


def test_a_bearer_who_is_remembered_changes_at_once_when_another_process_says_so(
    people: People, database: Database, database_url: str, cipher: Any
) -> None:
    tokens = Tokens(database)
    issue(tokens)
    first = tokens.authenticate("sha-t1", NOW)
    assert tokens.authenticate("sha-t1", NOW) is first
    other = Database(database_url, cipher=cipher)
    People(other).set_posts("id-li", [])
    without_posts = tokens.authenticate("sha-t1", NOW)
    assert without_posts is not None
    assert without_posts.staff.memberships == ()
    assert Tokens(other).revoke("id-li", "t1", NOW)
    assert tokens.authenticate("sha-t1", NOW) is None
    other.close()


def test_somebody_without_a_post_can_have_a_token(people: People, database: Database) -> None:
    people.add_staff(WANG)
    tokens = Tokens(database)
    issue(tokens, staff_id="id-wang")
    bearer = tokens.authenticate("sha-t1", NOW)
    assert bearer is not None
    assert bearer.staff == WANG


def test_the_use_of_a_token_is_noted_now_and_then(people: People, database: Database) -> None:
    tokens = Tokens(database)
    issue(tokens)
    tokens.touch("t1", NOW + 1)
    tokens.touch("t1", NOW + 2)
    (token,) = tokens.list_of("id-li")
    assert (token.name, token.last_used_at, token.created_at) == ("script", NOW + 1, NOW)
    tokens.touch("t1", NOW + 3_602)
    assert tokens.list_of("id-li")[0].last_used_at == NOW + 3_602


def test_old_tokens_are_forgotten(people: People, database: Database) -> None:
    tokens = Tokens(database)
    issue(tokens, "old", expires_at=NOW + 5)
    issue(tokens, "good")
    assert tokens.delete_expired(NOW + 6) == 1
    assert [each.id for each in tokens.list_of("id-li")] == ["good"]


def test_a_directory_may_lag_a_little_behind_other_processes_only(
    people: People, database: Database, database_url: str, cipher: Any
) -> None:
    lagging = People(database, max_age=60)
    before = lagging.directory(SITE)
    other = Database(database_url, cipher=cipher)
    People(other).set_posts("id-li", [])
    other.close()
    assert lagging.directory(SITE) is before
    people.add_staff(WANG)
    assert lagging.directory(SITE).staff == {}
