"""Uploaded files in the tables and in their place: bound by steps, shared with relatives, erased, removed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select
from storage_samples import LI, NOW, PATTERN, SITE, desk, moving, opened, opening

from workflows.core.attachments import NOT_OPEN, AttachmentUse, UploadedFile
from workflows.core.commands import CLOCK
from workflows.core.step import Step
from workflows.core.ticket import Ticket
from workflows.identifiers import uuid7
from workflows.storage import tables
from workflows.storage.attachments.attachments import Attachments, AttachmentUsage, QuotaExceeded
from workflows.storage.attachments.file_contents import FileContents, NewAttachment, file_name, stream_owner
from workflows.storage.attachments.places import FolderPlace
from workflows.storage.attachments.sealed_stream import new_stream_key, seal_stream
from workflows.storage.audit.verify import verify
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.storage.errors import Conflict
from workflows.storage.key_rotation import rotate
from workflows.storage.tickets.privacy import Privacy
from workflows.storage.tickets.store import Store

WORDS = b"what the paper says"
QUOTA = 1_000_000
_SERIAL = count()


@pytest.fixture
def store(database: Database) -> Store:
    return desk(database, SITE, "elsewhere")


@pytest.fixture
def files(database: Database, tmp_path: Path) -> Attachments:
    return Attachments(database, FolderPlace(tmp_path / "attachments"))


def upload(files: Attachments, *, ticket: str = NOT_OPEN, at: int = NOW, uploader: str = LI.id) -> str:
    identity, key = uuid7(at, next(_SERIAL), b"12345678"), new_stream_key()
    sealed = seal_stream(key, stream_owner(SITE, identity), (WORDS,))
    stored = files.place.write(file_name(identity), sealed)
    contents = FileContents("欧阳秘密.pdf", "application/pdf", len(WORDS), key)
    files.add(SITE, ticket, uploader, [NewAttachment(identity, contents, stored)], at, QUOTA)
    return identity


def naming(step: Step, *ids: str, personal: bool = False) -> Step:
    return step._replace(attachments=tuple(AttachmentUse(each, "photos", personal) for each in ids))


def words(files: Attachments, ticket: Ticket, identity: str) -> bytes | None:
    found = files.find(SITE, ticket.id, identity)
    return None if found is None or found.contents is None else b"".join(files.read(found))


def names(files: Attachments) -> list[str]:
    return [name.partition("/")[2] for name in files.place.names()]


def test_a_step_binds_what_it_names_to_its_ticket(store: Store, files: Attachments) -> None:
    """With the ticket's own key, which it makes if there was none."""
    identity = upload(files)
    step = naming(opening(), identity)
    (ticket,) = store.record([step], {step.after.id: PATTERN})
    found = files.find(SITE, ticket.id, identity)
    assert found is not None
    assert (found.seq, found.place, found.personal, found.contents.name) == (
        1,
        "photos",
        False,
        "欧阳秘密.pdf",
    )
    assert words(files, ticket, identity) == WORDS
    assert files.find(SITE, NOT_OPEN, identity) is None


def test_of_two_steps_that_name_it_at_once_one_gets_it(store: Store, files: Attachments) -> None:
    """The other one is decided again, and is then refused."""
    identity = upload(files)
    first, second = (naming(moving(opened(store)), identity) for _ in range(2))
    prepared = store._prepare([second])
    store.record([first])
    with pytest.raises(Conflict):
        store._record_batch(prepared, {}, None)
    assert words(files, second.after, identity) is None


def test_a_child_shares_what_its_parent_has_under_a_key_of_its_own(store: Store, files: Attachments) -> None:
    """Also in the transaction in which the parent gets it; erasing one leaves the other's."""
    identity = upload(files)
    parent = naming(moving(opened(store)), identity)
    child = naming(opening(parent=parent.after.id, link="repair"), identity)
    _, below = store.record([parent, child], {child.after.id: PATTERN})
    assert words(files, below, identity) == words(files, parent.after, identity) == WORDS
    assert files.usage()[SITE].files == 1
    Privacy(store._database, store).erase(SITE, parent.after.id, CLOCK, NOW + 90)
    files.remover.remove_erased()
    assert words(files, parent.after, identity) is None
    assert words(files, below, identity) == WORDS
    Privacy(store._database, store).erase(SITE, below.id, CLOCK, NOW + 99)
    files.remover.remove_erased()
    assert (names(files), files.usage()[SITE]) == ([], AttachmentUsage(0, 0))


@pytest.mark.parametrize("relation", ["origin", "child"])
def test_so_do_conversions_and_parents(store: Store, files: Attachments, relation: str) -> None:
    identity = upload(files)
    (first,) = store.record([naming(moving(opened(store)), identity)])
    if relation == "origin":
        step = naming(opening(origin=first.id), identity)
        (other,) = store.record([step], {step.after.id: PATTERN})
    else:
        below = upload(files)
        child = naming(opening(parent=first.id, link="repair"), below)
        store.record([child], {child.after.id: PATTERN})
        (other,) = store.record([naming(moving(first), below)])
        identity = below
    assert words(files, other, identity) == WORDS


def test_a_step_takes_no_file_of_a_stranger(store: Store, files: Attachments) -> None:
    """Neither of another ticket, nor of somebody else's that is not named yet: it stays a name without a
    file."""
    identity, others = upload(files), upload(files, uploader="staff-wang")
    store.record([naming(moving(opened(store)), identity)])
    (stranger,) = store.record([naming(moving(opened(store)), identity, others)])
    assert words(files, stranger, identity) is None
    assert words(files, stranger, others) is None


def test_what_a_personal_field_names_is_personal_from_then_on(store: Store, files: Attachments) -> None:
    identity = upload(files)
    (ticket,) = store.record([naming(moving(opened(store)), identity)])
    (ticket,) = store.record([naming(moving(ticket), identity, personal=True)])
    (ticket,) = store.record([naming(moving(ticket), identity)])
    found = files.find(SITE, ticket.id, identity)
    assert found is not None
    assert (found.personal, found.seq) == (True, 2)


def everything(database: Database, folder: Path) -> bytes:
    found = [each.read_bytes() for each in folder.rglob("*") if each.is_file()]
    for table in tables.metadata.sorted_tables:
        for row in database.rows(select(table)):
            found += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row]
    return b"\n".join(found)


def test_nothing_of_a_file_stands_anywhere_in_clear(
    store: Store, files: Attachments, database: Database, tmp_path: Path
) -> None:
    """Neither its words nor its name: waiting, named, and erased."""
    waiting, named = upload(files), upload(files)
    (ticket,) = store.record([naming(moving(opened(store)), named)])
    for _ in range(2):
        kept = everything(database, tmp_path)
        assert named.encode() in kept
        assert waiting.encode() in kept
        assert WORDS not in kept
        assert "欧阳秘密".encode() not in kept
        Privacy(database, store).erase(SITE, ticket.id, CLOCK, NOW + 99)


def test_erasing_a_ticket_destroys_its_files(store: Store, files: Attachments, database: Database) -> None:
    """Also what was uploaded to it and no step has named; the chain stays whole."""
    named = upload(files)
    (ticket,) = store.record([naming(moving(opened(store)), named)])
    waiting = upload(files, ticket=ticket.id)
    Privacy(database, store).erase(SITE, ticket.id, CLOCK, NOW + 99)
    kept = [(row.sealed, row.data_key) for row in database.rows(select(tables.attachments))]
    assert kept == [(None, None), (None, None)]
    assert words(files, ticket, named) is None
    assert words(files, ticket, waiting) is None
    assert sorted(names(files)) == sorted((named, waiting))  # unreadable already, and gone at once after
    assert (files.remover.remove_erased(), files.remover.remove_erased()) == (2, 0)
    assert names(files) == []
    assert list(verify(database)) == []


def test_a_ticket_that_was_erased_can_have_files_again(store: Store, files: Attachments) -> None:
    (ticket,) = store.record([naming(moving(opened(store)), upload(files))])
    after = Privacy(store._database, store).erase(SITE, ticket.id, CLOCK, NOW + 99)
    assert after is not None
    identity = upload(files)
    (ticket,) = store.record([naming(moving(after), identity)])
    assert words(files, ticket, identity) == WORDS


def test_a_site_takes_no_more_than_its_quota(files: Attachments, store: Store, database: Database) -> None:
    """All of a request, or nothing; another site has room of its own."""
    identity = upload(files)
    size = files.usage()[SITE].bytes
    more = NewAttachment("01", FileContents("a", "text/plain", 1, new_stream_key()), size)
    with pytest.raises(QuotaExceeded):
        files.add(SITE, NOT_OPEN, LI.id, [more, more._replace(id="02")], NOW, 3 * size - 1)
    assert files.usage()[SITE] == AttachmentUsage(1, size)
    files.add("elsewhere", NOT_OPEN, LI.id, [more], NOW, size)
    assert files.room_left(SITE, 2 * size) == size
    assert [row.id for row in database.rows(select(tables.attachments)) if row.site_id == SITE] == [identity]


DAY = 86_400


def test_what_no_step_names_in_a_day_is_removed(store: Store, files: Attachments) -> None:
    """And cannot be named an hour before, so that no step meets it going."""
    old, kept, named = upload(files), upload(files, at=NOW + DAY), upload(files)
    store.record([naming(moving(opened(store)), named)])
    later = NOW + DAY + 3_601
    reader = store.uploaded_files(SITE, NOW + DAY + 1)
    assert set(reader.find({old, kept, named})) == {kept, named}
    assert reader.find({kept})[kept] == (UploadedFile(NOT_OPEN, LI.id),)
    assert (files.remover.remove_unnamed(later), files.remover.remove_unnamed(later)) == (1, 0)
    assert sorted(names(files)) == sorted((kept, named))
    assert files.usage()[SITE].files == 2


def test_what_a_killed_upload_left_behind_is_removed_after_a_day(files: Attachments, store: Store) -> None:
    stray, fresh = uuid7(NOW, 1, b"12345678"), uuid7(NOW + DAY, 1, b"12345678")
    for identity in (stray, fresh):
        files.place.write(file_name(identity), (b"half a file",))
    kept = upload(files)
    assert files.remover.remove_strays(NOW + DAY + 1) == 1
    assert sorted(names(files)) == sorted((kept, fresh))


def test_a_file_that_fails_halfway_is_not_kept(files: Attachments) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        files.place.write("2026-01-01/x", breaking())
    assert names(files) == []


def test_a_new_master_key_wraps_the_keys_of_waiting_files(files: Attachments, store: Store) -> None:
    """Those that were named hang on their tickets' keys, which are wrapped anew as ever."""
    database = store._database
    database.cipher = Cipher({1: b"1" * 32, 2: b"2" * 32}, current=1)
    waiting, named = upload(files), upload(files)
    (ticket,) = store.record([naming(moving(opened(store)), named)])
    database.cipher = Cipher({1: b"1" * 32, 2: b"2" * 32}, current=2)
    rotate(database, lambda _: None)
    database.cipher = Cipher({2: b"2" * 32}, current=2)
    assert words(files, ticket, named) == WORDS
    found = files.find(SITE, NOT_OPEN, waiting)
    assert found is not None
    assert b"".join(files.read(found)) == WORDS
