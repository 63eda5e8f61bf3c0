"""Links of residents: found by the digest of their secret, until they end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from storage_samples import SITE

from workflows.storage.database import Database
from workflows.storage.people.people import People, Site
from workflows.storage.people.resident_links import ResidentLink, ResidentLinks

NOW = 1_772_413_200
LINK = ResidentLink(
    site=SITE, id="one", ticket="t-1", created_by="id-wang", created_at=NOW, expires_at=NOW + 100
)
CODE = replace(LINK, id="code", ticket=None, unit="6-0901")


@pytest.fixture
def links(database: Database) -> ResidentLinks:
    """The links of a site."""
    People(database).store_site(Site(id=SITE, name="月湖园", zone="Asia/Shanghai"))
    return ResidentLinks(database)


def test_a_link_is_found_until_it_expires(links: ResidentLinks, database: Database) -> None:
    links.add(LINK, "digest")
    assert links.find("digest", NOW) == LINK
    assert ResidentLinks(database).find("digest", NOW + 99) == LINK
    assert links.find("digest", NOW + 100) is None
    assert links.find("another", NOW) is None
    assert (links.delete_expired(NOW + 99), links.delete_expired(NOW + 100)) == (0, 1)


def test_a_revoked_link_is_not_revived_by_the_same_secret(links: ResidentLinks) -> None:
    links.add(LINK, "digest")
    assert links.of_ticket(SITE, "t-1", NOW) == (LINK,)
    assert links.revoke(SITE, "one", NOW)
    assert not links.revoke(SITE, "one", NOW)
    links.add(replace(LINK, id="two"), "digest")
    assert links.find("digest", NOW) is None
    assert links.of_ticket(SITE, "t-1", NOW) == ()


def test_a_link_of_another_site_is_not_revoked(links: ResidentLinks) -> None:
    links.add(LINK, "digest")
    assert not links.revoke("elsewhere", "one", NOW)
    assert links.find("digest", NOW) is not None


def test_a_new_code_of_a_unit_ends_the_earlier_one_and_no_other(links: ResidentLinks) -> None:
    other = replace(CODE, id="other", unit="6-0902")
    links.add(LINK, "digest")
    links.replace_codes([(CODE, "c1"), (other, "c2")], NOW)
    for _ in range(2):  # a form that comes twice
        links.replace_codes([(replace(CODE, id="new"), "c3")], NOW)
    assert [links.find(each, NOW) is not None for each in ("digest", "c1", "c2", "c3")] == [
        True,
        False,
        True,
        True,
    ]
    assert [(each.id, each.unit) for each in links.codes(SITE, NOW)] == [
        ("new", "6-0901"),
        ("other", "6-0902"),
    ]
