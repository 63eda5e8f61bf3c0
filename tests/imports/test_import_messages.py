"""264 messages of residents and their replies, in Chinese: all are found again and come back unchanged."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from import_desks import SITE, Asker, bring

from service import wallclock
from service.bootstrap import Desk
from service.imports import ImportSummary
from service.imports.case_importer import derive_ticket_id
from workflows.storage.queries.filters import TicketFilter

FILE = "cn_property_messages_replied_to_2018.csv.gz"
MESSAGES = 264

Shared = Callable[[str], Path]


@pytest.fixture(scope="module")
def told(shared: Callable[[str], Path]) -> list[dict[str, str]]:
    """The messages as published."""
    with gzip.open(shared(FILE), "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def brought(sqlite_desk: Callable[[str, str], Desk], shared: Shared) -> tuple[Desk, ImportSummary]:
    """A desk with all of them."""
    desk = sqlite_desk("cn", "Asia/Shanghai")
    return desk, bring(desk, shared(FILE), "messages.yaml")


def test_every_message_goes_in(brought: tuple[Desk, ImportSummary]) -> None:
    """Each with its reply."""
    _, summary = brought
    assert (summary.opened, summary.steps, summary.rejected) == (MESSAGES, MESSAGES, 0)


def test_every_text_comes_back_unchanged(
    brought: tuple[Desk, ImportSummary], told: list[dict[str, str]]
) -> None:
    """To the last character; who wrote it is sealed."""
    desk, _ = brought
    for row in told:
        loaded = desk.store.load(SITE, derive_ticket_id(SITE, "messages-2018", row["留言编号"]))
        assert loaded is not None
        ticket, _ = loaded
        assert ticket.data["content"] == row["留言详情"]
        assert ticket.data["reply"] == row["答复意见"]
        assert ticket.data["subject"] == row["留言主题"]
        assert ticket.personal == {"author": row["留言用户"]}


def test_every_message_is_found_by_two_characters(
    brought: tuple[Desk, ImportSummary], told: list[dict[str, str]]
) -> None:
    """A pair of characters from the middle of each subject."""
    desk, _ = brought
    for row in told:
        word = pair(row["留言主题"])
        wanted = TicketFilter(sites=[SITE], q=word)
        found = {
            ticket.data["message_number"] for ticket in desk.queries.tickets(wanted, limit=MESSAGES).tickets
        }
        assert row["留言编号"] in found, word


def pair(text: str) -> str:
    """Two Chinese characters that stand together."""
    pairs = re.findall(r"[\u4e00-\u9fff]{2}", text)
    return str(pairs[len(pairs) // 2])


def test_a_word_finds_exactly_the_messages_that_hold_it(
    brought: tuple[Desk, ImportSummary], told: list[dict[str, str]]
) -> None:
    """`GET /api/tickets?q=电梯`: no more and no fewer."""
    asker = Asker(brought[0])
    for word in ("电梯", "停水", "噪音"):
        holding = [r for r in told if any(word in r[n] for n in ("留言主题", "留言详情", "答复意见"))]
        wanted = {derive_ticket_id(SITE, "messages-2018", r["留言编号"]) for r in holding}
        assert wanted
        assert {item["id"] for item in listed(asker, word)} == wanted


def listed(asker: Asker, word: str) -> list[dict[str, object]]:
    """Every ticket of the list."""
    items: list[dict[str, object]] = []
    query = {"q": word, "limit": "200"}
    while True:
        page = asker.get("/api/tickets", **query)
        items += page["items"]  # type: ignore[arg-type]
        if not page.get("next"):
            return items
        query["cursor"] = str(page["next"])


def test_half_of_the_replies_took_more_than_fifteen_days(brought: tuple[Desk, ImportSummary]) -> None:
    """51.5 %, as counted straight from the file."""
    found = brought[0].queries.count_clocks([SITE], wallclock.now(), workflow="message", clock="reply")
    assert found.met + found.missed == MESSAGES
    assert round(found.missed / MESSAGES, 3) == 0.515
