"""No address makes the desk stumble: each parameter and each part of a path, on either database."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from api_desk import COMPLAINT, Caller, caller, codes, open_for_tests
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from service.api import all_routes
from service.api.http.openapi import build_document
from service.application import create_app
from workflows.language.load import Folder
from workflows.storage.database import Database


def word(text: str) -> str:
    """A cursor that stands for this text."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


HOSTILE = (
    "",
    "\0",
    "a\0b",
    "'",
    "%",
    "\\",
    "-1",
    "0x2",
    "1_0",
    " 5",
    "+5",
    "٣",
    "1e9",
    "9" * 19,
    "9" * 400,
    "9223372036854775808",
    "true",
    "0001-01-01",
    "9999-12-31",
    "2026-99-99",
    "2026-02-30",
    "2026-W10-1",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
    "2200-12-31T23:59:59Z",
    "\U0010ffff",
    "\ufeff",
    "../../etc/passwd",
    word('[9223372036854775808,"x",false]'),
    word('[-9223372036854775809,"x",true]'),
    word('[1,"a\\u0000b",false]'),
    word('[1,"a\\u0000b",true]'),
    word("a\0b"),
    word("[1]"),
    word("null"),
    word('[1.5,"x",false]'),
    word('[true,"x",false]'),
    word("x" * 300),
)
KNOWN = {"name": "complaint", "register": "units", "roster": "agency", "site": "lake", "version": "1"}


def reads() -> list[tuple[str, tuple[str, ...]]]:
    """The addresses that are read from, each with its query parameters."""
    found = []
    for path, methods in build_document(all_routes())["paths"].items():
        if "get" in methods:
            said = methods["get"].get("parameters", [])
            found.append((path, tuple(each["name"] for each in said if each["in"] == "query")))
    return found


@pytest.fixture
def director(database: Database, tmp_path: Path, ours: Folder) -> Caller:
    """Somebody who may read almost everything, where there is something to be read."""
    desk = open_for_tests(database, tmp_path, ours)
    app = create_app(desk)
    caller(app, desk, "receptionist").open("complaint", COMPLAINT)
    return caller(app, desk, "office-director")


def filled(path: str, hostile: str | None = None) -> str:
    """The path with known names, or with one that is hostile in each place."""
    for part in path.split("/"):
        if part.startswith("{"):
            name = part.strip("{}").partition(".")[0]
            value = KNOWN.get(name, "1") if hostile is None else quote(hostile, safe="")
            path = path.replace(part.partition("}")[0] + "}", value)
    return path


def stumbled(staff: Caller, address: str) -> str | None:
    """The address, if the answer is a mistake of ours, or no problem where it refuses."""
    answer = staff.get(address)
    wrong = answer.status_code >= 500
    if 400 <= answer.status_code < 500:
        wrong = answer.content_type != "application/problem+json" or not codes(answer)
    return f"{answer.status_code} {address}" if wrong else None


def test_no_parameter_of_the_document_makes_the_desk_stumble(director: Caller) -> None:
    """Each with each value; what cannot be used is a problem."""
    addresses = [
        f"{filled(path)}?{name}={quote(value, safe='')}"
        for path, names in reads()
        for name in names
        for value in HOSTILE
    ]
    assert len(addresses) > 1_000
    assert [found for each in addresses if (found := stumbled(director, each))] == []


def test_no_part_of_a_path_makes_the_desk_stumble(director: Caller) -> None:
    """Names, numbers and keys that no database could look for are not found."""
    paths = [path for path, _ in reads() if "{" in path]
    addresses = [
        filled(path, value) for path in paths for value in HOSTILE if value not in ("", "../../etc/passwd")
    ]
    assert [found for each in addresses if (found := stumbled(director, each))] == []
    for path in paths:
        assert director.get(filled(path, "a\0b")).status_code == 404, path


@examples(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nor_does_any_other(director: Caller, data: Any) -> None:
    """What nobody has thought of."""
    path, names = data.draw(st.sampled_from([each for each in reads() if each[1]]))
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
    cursor = st.tuples(st.integers() | st.floats(allow_nan=False), text, st.booleans())
    value = data.draw(
        text
        | st.integers().map(str)
        | st.dates().map(str)
        | st.datetimes().map(str)
        | cursor.map(
            lambda each: word(f"[{each[0]},{quote(each[1])!r},{str(each[2]).lower()}]".replace("'", '"'))
        )
    )
    address = f"{filled(path)}?{data.draw(st.sampled_from(names))}={quote(value, safe='')}"
    assert stumbled(director, address) is None


@pytest.mark.parametrize("day", ["2026-99-99", "2026-02-30", "2026-W10-1", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_refused_with_its_parameter(director: Caller, day: str) -> None:
    """400, wherever a day is asked for."""
    asked = [
        f"{filled(path)}?{name}={day}"
        for path, names in reads()
        for name in names
        if name in ("date", "from", "until", "since")
    ]
    assert len(asked) > 4
    for address in asked:
        answer = director.get(address)
        assert (answer.status_code, codes(answer)) == (400, ["bad-parameter"]), address


@pytest.mark.parametrize("limit", ["1_0", "0x2", " 5", "+5", "-1", "٣", "5.0", "1e1", ""])
def test_a_number_is_written_in_digits(director: Caller, limit: str) -> None:
    """What Python takes for a number besides is none."""
    answer = director.get(f"/api/tickets?limit={quote(limit)}")
    assert (answer.status_code, codes(answer)) == (400, ["bad-parameter"])
