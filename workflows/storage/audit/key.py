"""The key that the record is chained with. Without it nobody can write a history that verifies.

It is made at random when it is first needed, and stored wrapped by a master key, so it survives a rotation.
"""

from __future__ import annotations

from workflows.storage.database import Database

KEY_NUMBER, KEY_OWNER = 1, "audit/1"
_FIND = "SELECT wrapped FROM audit_keys WHERE number = :number"
_ADD = "INSERT INTO audit_keys (number, wrapped) VALUES (:number, :wrapped) ON CONFLICT DO NOTHING"


def load_audit_key(database: Database) -> bytes:
    """The audit's key of 32 bytes. Call it before a transaction begins: the first time it is written.

    CipherError if the master key that wraps it is missing, or is another one.
    """
    if database.audit_key is None:
        rows = database.read(_FIND, {"number": KEY_NUMBER})
        if not rows:
            wrapped = database.cipher.new_key(KEY_OWNER)
            with database.transaction() as session:
                session.run(_ADD, {"number": KEY_NUMBER, "wrapped": wrapped})
            rows = database.read(_FIND, {"number": KEY_NUMBER})
        database.audit_key = database.cipher.unwrap(bytes(rows[0][0]), KEY_OWNER)
    return database.audit_key
