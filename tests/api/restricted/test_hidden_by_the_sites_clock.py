"""Whom a ticket exists for may hang on an hour: that is the hour of the site, not of Greenwich."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from api_desk import HILL, LAKE, Call
from restricted_desk import TALK

from service import wallclock
from service.bootstrap import Desk
from workflows.storage.people.people import Site

TITLE = "{en: At, zh-Hans: 时间, zh-Hant: 時間, es: Hora}"
AT = "2026-03-02T02:30:00Z"  # a Monday: 10:30 in Shanghai, 21:30 of Sunday in New York


Publish = Callable[[str], None]


@pytest.fixture
def publish(desk: Desk) -> Publish:
    """Publishes the talk with a condition over `at`; the second site lives in New York."""
    desk.people.store_site(Site(id=HILL, name="南山居", zone="America/New_York"))

    def published(when: str) -> None:
        text = TALK.replace("when: kind == 'b'", f'when: "{when}"')
        text = text.replace(
            "  contact: {type", f"  at: {{type: datetime, title: {TITLE}}}\n  contact: {{type"
        )
        text = text.replace("accepts: [kind, contact]", "accepts: [kind, contact, at]")
        desk.definitions.publish_text(text, "talk.yaml", wallclock.now(), "tests")

    return published


@pytest.mark.parametrize("when", ["at.getHours() < 12", "at.getDayOfWeek() == 1", "is_open(at)"])
def test_one_moment_is_another_hour_at_another_site(
    desk: Desk, call: Call, publish: Publish, when: str
) -> None:
    publish(when)
    both, elsewhere = call("both"), call("elsewhere")
    here = both.open("talk", {"about": "x", "at": AT}, site=LAKE)
    there = both.open("talk", {"about": "x", "at": AT}, site=HILL)
    assert call("cs-officer-2").get(f"/api/tickets/{here['id']}").status_code == 200
    assert call("archivist").get(f"/api/tickets/{here['id']}").status_code == 404
    assert elsewhere.get(f"/api/tickets/{there['id']}").status_code == 200
