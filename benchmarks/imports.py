"""An import of invented history: rows per second of processor time, the first time and when nothing is new.

There is no floor for it: processor time does not include the disk, so the load of the machine matters little.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from benchmarks.desk import CIPHER, SITE, build, database_url
from service.bootstrap import build_desk
from service.imports import import_file
from service.settings import Settings
from workflows.storage.database import Database

ROWS = 10_000
_MAP = """\
name: bench
workflow: work
key: number
zone: Asia/Shanghai
open: {at: opened, as: clerk}
fields: {content: content, contact: contact, amount: amount}
steps:
  - {trigger: classify, at: classified, fields: {remark: remark}}
"""


def rows_of_history(kind: str) -> None:
    """Import the list, and once more."""
    with database_url(kind) as url, TemporaryDirectory() as name:
        build(url).database.close()
        folder = Path(name)
        database = Database(url, cipher=CIPHER, synchronous="NORMAL")
        settings = Settings(data=folder, definitions=folder, database_url=url, keys="", secret="x" * 40)
        desk = build_desk(settings, database)
        (folder / "map.yaml").write_text(_MAP, encoding="utf-8")
        (folder / "list.csv").write_text("".join(_lines()), encoding="utf-8")
        for what in ("new", "nothing new"):
            began = process_time()
            done = import_file(desk, folder / "list.csv", folder / "map.yaml", SITE)
            spent = process_time() - began
            print(
                f"import, {kind}, {what:12} {done.read / spent:9,.0f} rows/s of processor time"
                f"  ({done.opened:,} opened, {done.steps:,} steps, {done.skipped:,} passed by)",
                flush=True,
            )
        database.close()


def _lines() -> list[str]:
    said = "the lamp on the stairs is broken " * 3
    rows: list[str] = []
    for number in range(ROWS):
        clock = f"{9 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}"
        contact = f"1380000{number % 10_000:04}"
        rows.append(f"{number},2026-03-02 {clock},2026-03-03 10:00:00,{said},{contact},5,seen to\n")
    return ["number,opened,classified,content,contact,amount,remark\n", *rows]
