"""One row a ticket: good rows go in once, bad ones come back with their reasons, and nothing is ever lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from import_desks import MAPS, SITE, bring, read, written

from service import wallclock
from service.bootstrap import Desk
from service.commands.progress import format_progress
from service.imports import import_file
from service.imports.case_importer import derive_ticket_id
from workflows.core.commands import Actor, Fire, Note
from workflows.errors import Invalid, NotFound
from workflows.storage.people.people import Site
from workflows.storage.tickets.imported_rows import ImportDigests
from workflows.timing.instants import parse_rfc3339

HEADER = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"]
MAP = "messages.yaml"


def row(number: str, at: str = "2018-03-01 09:00:00", replied: str = "", reply: str = "已处理") -> list[str]:
    """A message."""
    return [number, "U1", f"主题{number}", at, "电梯坏了", reply if replied else "", replied]


def test_the_good_go_in_and_the_bad_come_back(messages_desk: Desk, tmp_path: Path) -> None:
    """Every bad row with its line and every reason; the file of rejects can be mended and brought in."""
    path = written(
        tmp_path / "in.csv",
        HEADER,
        [
            row("1", replied="2018-03-02 09:00:00"),
            row("2", at="yesterday", replied="tomorrow"),
            row("", replied="2018-03-02 09:00:00"),
            row("4", at="2199-01-01 00:00:00"),
            row("5", replied="2018-02-01 09:00:00"),
            row("6", replied="2018-03-02 09:00:00", reply=" "),
            ["7", "U1"],
            [*row("8")[:4], "", "", ""],
            row("9"),
        ],
    )
    rejects = tmp_path / "rejects.csv"
    summary = bring(messages_desk, path, MAP, rejects)
    assert (summary.read, summary.opened, summary.steps, summary.rejected) == (9, 2, 1, 7)
    reasons = {found["line"]: found["reason"] for found in read(rejects)}
    assert reasons.keys() == {"3", "4", "5", "6", "7", "8", "9"}
    assert "留言时间: 'yesterday' is no time" in reasons["3"]
    assert "答复时间: 'tomorrow' is no time" in reasons["3"]
    assert "key is missing" in reasons["4"]
    assert "lies in the future" in reasons["5"]
    assert "lies before" in reasons["6"]
    assert reasons["7"].startswith("close: ")
    assert reasons["8"] == "2 cells where the header has 7"
    assert "content" in reasons["9"]
    mended = [list(found.values())[2:] for found in read(rejects) if found["line"] == "3"]
    mended[0][3], mended[0][6] = "2018-03-01 09:00:00", "2018-03-02 09:00:00"
    assert bring(messages_desk, written(tmp_path / "mended.csv", HEADER, mended), MAP).steps == 1


def test_the_rejects_can_be_brought_in_themselves(messages_desk: Desk, tmp_path: Path) -> None:
    """Their two columns more do no harm, and are not mixed up with new ones."""
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    bring(messages_desk, written(tmp_path / "in.csv", HEADER, [row("1", at="")]), MAP, first)
    summary = bring(messages_desk, first, MAP, second)
    assert summary.rejected == 1
    assert list(read(second)[0])[:4] == ["line_2", "reason_2", "line", "reason"]


def test_running_it_twice_adds_nothing(messages_desk: Desk, tmp_path: Path) -> None:
    """The second time every row is skipped."""
    path = written(tmp_path / "in.csv", HEADER, [row("1"), row("2", replied="2018-03-02 09:00:00")])
    bring(messages_desk, path, MAP)
    again = bring(messages_desk, path, MAP)
    assert (again.opened, again.steps, again.skipped, again.rejected) == (0, 0, 2, 0)


def test_what_was_brought_in_half_is_completed(messages_desk: Desk, tmp_path: Path) -> None:
    """A crash between opening and closing, or a later export of the same file."""
    bring(messages_desk, written(tmp_path / "in.csv", HEADER, [row("1")]), MAP)
    later = written(tmp_path / "later.csv", HEADER, [row("1", replied="2018-03-02 09:00:00")])
    summary = bring(messages_desk, later, MAP)
    assert (summary.opened, summary.steps, summary.skipped) == (0, 1, 0)
    assert bring(messages_desk, later, MAP).skipped == 1


def test_a_key_with_other_content_is_refused(messages_desk: Desk, tmp_path: Path) -> None:
    """Within one file and from one file to the next; the very same row again is only skipped."""
    path = written(tmp_path / "in.csv", HEADER, [row("1"), row("1", at="2018-03-01 10:00:00"), row("1")])
    summary = bring(messages_desk, path, MAP)
    assert (summary.opened, summary.skipped, summary.rejected) == (1, 1, 1)
    assert summary.examples == ("line 3: the key '1' stands in line 2 already, with other content",)
    other = written(tmp_path / "other.csv", HEADER, [row("1", at="2018-03-01 10:00:00")])
    assert (
        "it was opened at 2018-03-01T01:00:00Z, now it says 2018-03-01T02:00:00Z"
        in bring(messages_desk, other, MAP).examples[0]
    )


def test_other_steps_than_before_are_refused(messages_desk: Desk, tmp_path: Path) -> None:
    """The reply is now said to have been at another time."""
    first = row("1", replied="2018-03-02 09:00:00")
    bring(messages_desk, written(tmp_path / "in.csv", HEADER, [first]), MAP)
    second = row("1", replied="2018-03-03 09:00:00")
    summary = bring(messages_desk, written(tmp_path / "in.csv", HEADER, [second]), MAP)
    assert (
        "its step was close at 2018-03-02T01:00:00Z, now it says close at 2018-03-03" in summary.examples[0]
    )


def test_a_ticket_that_has_moved_on_is_left_alone(messages_desk: Desk, tmp_path: Path) -> None:
    """Somebody has written a note since; the reply of long ago does not go before it."""
    bring(messages_desk, written(tmp_path / "in.csv", HEADER, [row("1")]), MAP)
    actor = Actor(id="id-boss", name="Boss", roles=frozenset({"clerk"}))
    ticket = derive_ticket_id(SITE, "messages-2018", "1")
    messages_desk.engine.do(Note(site=SITE, ticket=ticket, actor=actor, note="seen"), wallclock.now())
    later = written(tmp_path / "later.csv", HEADER, [row("1", replied="2018-03-02 09:00:00")])
    assert "has moved on since" in bring(messages_desk, later, MAP).examples[0]


def test_a_step_backwards_can_be_held(messages_desk: Desk, tmp_path: Path) -> None:
    """`backwards: hold` takes it at the moment of the step before, and notes what the file said."""
    mapped = tmp_path / "map.yaml"
    mapped.write_text(f"{(MAPS / MAP).read_text(encoding='utf-8')}backwards: hold\n", encoding="utf-8")
    path = written(tmp_path / "in.csv", HEADER, [row("1", replied="2018-02-28 09:00:00")])
    assert bring(messages_desk, path, mapped).steps == 1
    opened, closed = messages_desk.queries.history(SITE, derive_ticket_id(SITE, "messages-2018", "1"))
    assert opened.at == closed.at == parse_rfc3339("2018-03-01T09:00:00+08:00")
    assert closed.note == "[2018-02-28T01:00:00Z]"


def test_the_past_makes_no_noise_and_the_future_does(messages_desk: Desk, tmp_path: Path) -> None:
    """Levels that were due are taken as fired; an open ticket of today escalates from here on."""
    now = wallclock.now()
    recent = wallclock_text(now - 86_400)
    path = written(tmp_path / "in.csv", HEADER, [row("old"), row("new", at=recent)])
    bring(messages_desk, path, MAP)
    assert messages_desk.engine.sweep(now) == 0
    assert messages_desk.queries.messages("pending").messages == ()
    assert messages_desk.engine.sweep(now + 30 * 86_400) == 1
    messages = messages_desk.queries.messages("pending").messages
    assert {message.ticket for message in messages} == {derive_ticket_id(SITE, "messages-2018", "new")}


def wallclock_text(instant: int) -> str:
    """The wall-clock time of Shanghai."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.fromtimestamp(instant, ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S")


def test_a_reopened_import_is_refused_by_the_engine(messages_desk: Desk, tmp_path: Path) -> None:
    """What the process does not allow is refused, with the engine's reason."""
    bring(messages_desk, written(tmp_path / "in.csv", HEADER, [row("1")]), MAP)
    actor = Actor(id="id-boss", name="Boss", roles=frozenset({"clerk"}))
    ticket = derive_ticket_id(SITE, "messages-2018", "1")
    closing = Fire(site=SITE, ticket=ticket, actor=actor, trigger="close", data={"reply": "x"})
    messages_desk.engine.do(closing, parse_rfc3339("2018-03-01T10:00:00+08:00"))
    later = written(tmp_path / "later.csv", HEADER, [row("1", replied="2018-03-02 09:00:00")])
    summary = bring(messages_desk, later, MAP)
    assert (summary.steps, summary.rejected) == (0, 1)
    assert summary.examples[0].startswith("line 2: close: ")


def test_no_byte_of_a_file_makes_it_crash(messages_desk: Desk, tmp_path: Path) -> None:
    """NULs, bytes that are no text, a quotation mark that never closes: each costs its own row only."""
    good = [",".join(row(str(number))).encode() for number in range(1, 5)]
    bad = [
        b'11,U1,"never closed,2018-03-01 09:00:00,x,,',
        b"12,U1,\xff\xfe,2018-03-01 09:00:00,x,,",
        b"13,U1,a\x00b,2018-03-01 09:00:00,x,,",
        b"14,U1," + b"x" * 150_000 + b",2018-03-01 09:00:00,x,,",
    ]
    lines = [line for pair in zip(good, bad, strict=True) for line in pair]
    path = tmp_path / "in.csv"
    path.write_bytes(b"\r\n".join([",".join(HEADER).encode(), *lines, b""]))
    rejects = tmp_path / "rejects.csv"
    summary = bring(messages_desk, path, MAP, rejects)
    assert (summary.opened, summary.rejected) == (4, 4)
    assert b"\xff\xfe" in rejects.read_bytes()


def test_the_site_must_be_known(messages_desk: Desk, tmp_path: Path) -> None:
    """One site need not be named; of two, one must."""
    path = written(tmp_path / "in.csv", HEADER, [row("1")])
    assert import_file(messages_desk, path, MAPS / MAP).opened == 1
    with pytest.raises(NotFound, match="did you mean 'site'"):
        import_file(messages_desk, path, MAPS / MAP, "sit")
    messages_desk.people.store_site(Site(id="second", name="Second", zone="UTC"))
    with pytest.raises(Invalid, match="say which site: second, site"):
        import_file(messages_desk, path, MAPS / MAP)


def test_the_rejects_do_not_overwrite_the_file(messages_desk: Desk, tmp_path: Path) -> None:
    """Nor the map."""
    path = written(tmp_path / "in.csv", HEADER, [row("1")])
    with pytest.raises(Invalid, match="would overwrite"):
        bring(messages_desk, path, MAP, path)


def test_progress_is_told(messages_desk: Desk, tmp_path: Path) -> None:
    """How many rows are done by now, and how many there are; then how fast, and how long yet."""
    told: list[tuple[int, int | None]] = []

    def reached(done: int, total: int | None = None, /) -> None:
        told.append((done, total))

    path = written(tmp_path / "in.csv", HEADER, [row(str(number)) for number in range(1, 1_202)])
    import_file(messages_desk, path, MAPS / MAP, SITE, None, reached)
    assert told == [(500, 1_201), (1_000, 1_201), (1_201, 1_201)]
    assert format_progress("rows", 500, 1_201, 2.0) == "rows: 500 of 1,201, 250 a second, 3 s to go"


def test_a_row_goes_in_as_a_whole_or_not_at_all(messages_desk: Desk, tmp_path: Path) -> None:
    """A step that the process refuses leaves no opening behind; mended, the row goes in."""
    path = written(
        tmp_path / "in.csv", HEADER, [row("1", replied="2018-03-02 09:00:00", reply="a\x07b"), row("2")]
    )
    summary = bring(messages_desk, path, MAP)
    assert (summary.opened, summary.steps, summary.rejected) == (1, 0, 1)
    assert summary.examples == (
        "line 2: close: reply: reply must not contain control characters: U+0007 at character 2",
    )
    assert messages_desk.store.load(SITE, derive_ticket_id(SITE, "messages-2018", "1")) is None
    mended = written(tmp_path / "in.csv", HEADER, [row("1", replied="2018-03-02 09:00:00"), row("2")])
    summary = bring(messages_desk, mended, MAP)
    assert (summary.opened, summary.steps, summary.skipped) == (1, 1, 1)


def test_rows_that_were_brought_in_are_passed_by_without_a_look_at_their_tickets(
    messages_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the digest of what the map reads; columns that it does not read make no difference."""
    bring(messages_desk, written(tmp_path / "in.csv", HEADER, [row("1"), row("2")]), MAP)
    monkeypatch.setattr(messages_desk.store, "load", lambda *_: pytest.fail("a ticket was loaded"))
    wider = written(tmp_path / "in.csv", [*HEADER, "more"], [[*row("1"), "x"], [*row("2"), "y"]])
    assert bring(messages_desk, wider, MAP).skipped == 2


def test_an_erased_ticket_keeps_no_digest_of_its_rows(messages_desk: Desk, tmp_path: Path) -> None:
    """Whoever guesses the rows could try them against it. The same rows are compared anew, and add
    nothing."""
    path = written(tmp_path / "in.csv", HEADER, [row("1")])
    bring(messages_desk, path, MAP)
    ticket = derive_ticket_id(SITE, "messages-2018", "1")
    imports = ImportDigests(messages_desk.database)
    assert imports.find(SITE, [ticket])[ticket] is not None
    actor = Actor(id="id-boss", name="Boss", roles=frozenset({"clerk"}))
    messages_desk.privacy.erase(SITE, ticket, actor, wallclock.now())
    assert imports.find(SITE, [ticket]) == {ticket: None}
    again = bring(messages_desk, path, MAP)
    assert (again.opened, again.skipped, again.rejected) == (0, 1, 0)


def test_a_race_for_one_of_many_costs_the_others_nothing(
    messages_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has opened one of them between the look and the writing: each is then decided anew."""
    monkeypatch.setattr(ImportDigests, "find", lambda self, site, tickets: {})
    path = written(tmp_path / "in.csv", HEADER, [row("1"), row("2")])
    bring(messages_desk, written(tmp_path / "one.csv", HEADER, [row("1")]), MAP)
    summary = bring(messages_desk, path, MAP)
    assert (summary.opened, summary.skipped, summary.rejected) == (1, 1, 0)
