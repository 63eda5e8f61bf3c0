"""How a list of staff is sent to the console, and what its pages show."""

from __future__ import annotations

import html
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from api_desk import LAKE
from plain_browser import PlainBrowser
from werkzeug.test import TestResponse

PATH = f"/admin/people/import?site={LAKE}"
CONFIRM = "/admin/people/import/confirm"
_LARGE = 400_000  # bytes; Werkzeug's client would write more to a file of its own, in clear
HEADER = ("账号", "姓名", "岗位", "邮箱")


def text_list(*rows: str, header: str = ",".join(HEADER)) -> bytes:
    """A list as a CSV file."""
    return "\n".join((header, *rows)).encode()


def workbook(folder: Path, *rows: tuple[Any, ...], header: tuple[str, ...] = HEADER) -> bytes:
    """A list as a workbook; what begins with `=` is a formula that was never worked out."""
    path = folder / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("员工")
        for line, row in enumerate((header, *rows)):
            for column, cell in enumerate(row):
                if str(cell).startswith("="):
                    sheet.write_formula(line, column, cell, value="")
                else:
                    sheet.write(line, column, cell)
    return path.read_bytes()


def upload(browser: PlainBrowser, content: bytes, name: str = "staff.csv") -> TestResponse:
    """Choose a file, and see what would change."""
    browser.look(PATH)
    form = browser.form("/admin/people/import")
    heads = {"Accept-Language": browser.language, "Accept": "text/html"}
    if len(content) < _LARGE:
        data = {**form.values, "file": (BytesIO(content), name)}
        browser.shown = browser.client.post(form.action, data=data, headers=heads)
    else:
        media, body = encode_upload({key: value[0] for key, value in form.values.items()}, content)
        heads |= {"Content-Type": media, "Content-Length": str(len(body))}
        browser.shown = browser.client.post(form.action, input_stream=BytesIO(body), headers=heads)
    return browser.page


def encode_upload(values: dict[str, str], content: bytes) -> tuple[str, bytes]:
    """The type and the bytes of the form."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="staff.csv"\r\n\r\n'
    return "multipart/form-data; boundary=x", b"".join(parts) + head + content + b"\r\n--x--\r\n"


def counts(page: TestResponse) -> list[int]:
    """Added, changed, the same, refused."""
    return [int(each) for each in re.findall(r"<dd>(\d+)</dd>", page.text)[:4]]


def cells(page: TestResponse) -> list[list[str]]:
    """The rows of the page's tables."""
    rows = re.findall(r"<tr>(<td.*?)</tr>", page.text)
    return [[html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in rows]
