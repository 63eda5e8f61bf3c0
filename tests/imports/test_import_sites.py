"""History of a site is brought in by that site's own calendar: the demonstration's second site."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from import_desks import HERE

from service.bootstrap import build_desk
from service.demo.staff import add_demo_staff
from service.imports import import_file
from service.settings import Settings
from workflows.core.access.visibility import DESK
from workflows.language.load import read_folder
from workflows.storage.database import Database
from workflows.storage.queries.filters import TicketFilter

DEFINITIONS = HERE.parents[1] / "definitions"
OPENED = ("2026-10-02", "2026-04-03", "2026-10-10", "2026-07-01")
DUE = {
    "2026-10-02": "10-02 12:00",
    "2026-04-03": "04-08 11:00",
    "2026-07-01": "07-02 11:00",
    "2026-10-10": "10-12 11:00",
}
MAP = """
name: harbour
workflow: complaint
key: id
zone: Asia/Hong_Kong
open: {at: at, as: receptionist}
fields: {complainant: who, contact: phone, content: text, channel: {value: phone}}
"""


@pytest.mark.usefixtures("sqlite_template")
def test_the_second_site_of_the_demonstration_keeps_the_general_holidays_of_its_city(
    database: Database, tmp_path: Path
):
    settings = Settings(
        data=tmp_path,
        definitions=DEFINITIONS,
        database_url=database.url,
        keys="",
        secret="a made-up secret of forty characters ...",
    )
    desk = build_desk(settings, database)
    desk.definitions.publish(read_folder(DEFINITIONS), 0, "test")
    add_demo_staff(desk, "a made-up password", "everyone", 0)
    with (tmp_path / "harbour.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = [(f"HK-{day}", f"{day}T10:00:00", "测试甲", "+852 2345 6789", "漏水") for day in OPENED]
        csv.writer(stream).writerows([("id", "at", "who", "phone", "text"), *rows])
    (tmp_path / "harbour.yaml").write_text(MAP, encoding="utf-8")
    summary = import_file(desk, tmp_path / "harbour.csv", tmp_path / "harbour.yaml", "haiyan", None)
    assert summary.rejected == 0
    page = desk.queries.tickets(TicketFilter(sites=("haiyan",), viewer=DESK), None, 10)
    zone = ZoneInfo("Asia/Hong_Kong")
    found = {
        datetime.fromtimestamp(each.opened_at, zone).strftime("%Y-%m-%d"): datetime.fromtimestamp(
            each.due_at or 0, zone
        ).strftime("%m-%d %H:%M")
        for each in page.tickets
    }
    assert found == DUE
