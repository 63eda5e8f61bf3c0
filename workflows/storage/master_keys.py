"""Checks that a database is used with the master keys that it was sealed with, before anything is written.

The database stores a proof of each key: a value derived from the key that does not reveal it. Wrapped bytes
begin with the number of their master key; `count_usage` counts them by it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from workflows.storage.cipher import Cipher, CipherError
from workflows.storage.database import Database, Session
from workflows.storage.sql import Row

_ALL = "SELECT number, proof, retired FROM master_keys ORDER BY number"
_ADD = "INSERT INTO master_keys (number, proof, retired) VALUES (:number, :proof, 0) ON CONFLICT DO NOTHING"
_RETIRE = "UPDATE master_keys SET retired = :retired WHERE number = :number"


@dataclass(frozen=True, slots=True)
class WrappedColumn:
    """A column whose bytes are wrapped by a master key. `keys` are the columns that identify a row; the
    cipher's name for it is `prefix` and the values of the first `owner_keys` of them."""

    table: str
    column: str
    keys: tuple[str, ...]
    owner_keys: int
    prefix: str = ""

    def owner(self, key: Row) -> str:
        """The cipher's name for the row of this key."""
        return self.prefix + "/".join(map(str, key[: self.owner_keys]))


WRAPPED_COLUMNS = (
    WrappedColumn("tickets", "data_key", ("site_id", "id"), 2),
    WrappedColumn("register_entries", "data_key", ("site_id", "register", "key"), 3),
    WrappedColumn("register_history", "data_key", ("site_id", "register", "key", "seq"), 3),
    WrappedColumn("staff", "contact", ("id",), 1, "staff/"),
    WrappedColumn("saved_filters", "sealed", ("staff_id", "id"), 2, "saved-filter/"),
    WrappedColumn("attachments", "data_key", ("site_id", "id", "ticket_id"), 2, "attachment/"),
    WrappedColumn("audit_keys", "wrapped", ("number",), 1, "audit/"),
)
"""All columns whose bytes are wrapped by a master key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """A master key: how many rows it wraps, whether it is given now, and whether it is the right one."""

    number: int
    rows: int
    given: bool
    right: bool
    current: bool


def list_keys(database: Database) -> tuple[KeyState, ...]:
    """Every key that is given, known to the database or in use, by number. Reads all wrapped columns."""
    proofs = {number: proof for number, proof, _ in database.read(_ALL, {})}
    cipher, rows = database.cipher, count_usage(database)
    return tuple(
        KeyState(
            number=number,
            rows=rows[number],
            given=number in cipher.proofs,
            right=cipher.proofs.get(number) == proofs.get(number, cipher.proofs.get(number)),
            current=number == cipher.current,
        )
        for number in sorted({*proofs, *cipher.proofs, *rows})
    )


def count_usage(database: Database) -> Counter[int]:
    """Master key number -> how many rows it wraps. Reads all wrapped columns."""
    usage: Counter[int] = Counter()
    for each in WRAPPED_COLUMNS:
        first = f"substr({each.column}, 1, 1)"
        query = f"SELECT {first}, count(*) FROM {each.table} WHERE {each.column} IS NOT NULL GROUP BY {first}"
        usage.update({bytes(byte)[0]: count for byte, count in database.read(query, {})})
    return usage


def check(database: Database) -> None:
    """CipherError unless the given keys are those that the database was sealed with, and none is missing.

    A key that is new to the database is stored after it has unwrapped a row with its number. A key that is
    not given any more is accepted once it wraps nothing; that is counted the first time only.
    """
    cipher, known = database.cipher, {number: proof for number, proof, _ in database.read(_ALL, {})}
    for number, proof in cipher.proofs.items():
        if number not in known:
            _try_key(database, number)
            with database.transaction() as session:
                session.run(_ADD, {"number": number, "proof": proof})
            known[number] = _read_proof(database, number)
        if known[number] != proof:
            raise CipherError(_wrong_key_message(number))
    _refuse_missing(database)


def check_restored(session: Session, cipher: Cipher) -> None:
    """CipherError unless the given keys are those of the rows that were just restored."""
    for number, proof, retired in session.run(_ALL).fetchall():
        if number in cipher.proofs and cipher.proofs[number] != proof:
            raise CipherError(_wrong_key_message(number))
        if number not in cipher.proofs and not retired:
            raise CipherError(f"master key {number} is missing in HUIFANG_KEYS; the backup was made with it")


def _read_proof(database: Database, number: int) -> str:
    return next(str(proof) for found, proof, _ in database.read(_ALL, {}) if found == number)


def _try_key(database: Database, number: int) -> None:
    """Unwrap one row of each kind with this key's number: the key's proof may have been lost."""
    for each in WRAPPED_COLUMNS:
        query = f"SELECT {', '.join(each.keys)}, {each.column} FROM {each.table}"
        query += f" WHERE substr({each.column}, 1, 1) = :number LIMIT 1"
        for row in database.read(query, {"number": bytes([number])}):
            try:
                database.cipher.rewrap(bytes(row[-1]), each.owner(row))
            except CipherError as error:
                raise CipherError(_wrong_key_message(number)) from error


def _refuse_missing(database: Database) -> None:
    given = database.cipher.proofs
    stored = {number: bool(retired) for number, _, retired in database.read(_ALL, {})}
    missing = [number for number, retired in stored.items() if number not in given and not retired]
    rows = count_usage(database) if missing else Counter[int]()
    if used := [number for number in missing if rows[number]]:
        named = ", ".join(f"{number} ({rows[number]} rows)" for number in used)
        raise CipherError(
            f"HUIFANG_KEYS lacks a master key that is still in use: {named}; add it again,"
            " and take it out after `huifang keys rotate`"
        )
    changes = [(number, 1) for number in missing]
    changes += [(number, 0) for number, retired in stored.items() if number in given and retired]
    for number, retired in changes:
        with database.transaction() as session:
            session.run(_RETIRE, {"number": number, "retired": retired})


def _wrong_key_message(number: int) -> str:
    return (
        f"master key {number} in HUIFANG_KEYS is not the one that this database was sealed with; nothing was"
        " opened or written. Start with the right keys (`huifang keys` shows which there are)"
    )
