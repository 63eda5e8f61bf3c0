"""Everything a database holds in one file, and back: the same file for SQLite and PostgreSQL.

A `.tar.gz` with a text file for each table, a JSON array for each row, and a manifest: the schema, and of
each table the number of rows and a digest. It is a snapshot: what is written meanwhile is not in it.
Restoring is one transaction, and a file that was cut off or changed is refused.
"""

from __future__ import annotations

import io
import tarfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import orjson

from workflows.storage import tables
from workflows.storage.conflicts import StorageError
from workflows.storage.database import Database, Session
from workflows.storage.sql import Row, Sql

FORMAT = 1
MANIFEST = "manifest.json"
_PAGE = 2_000  # rows read or written at a time

Progress = Callable[[int], None]


def save(database: Database, file: Path, progress: Progress) -> int:
    """Write all tables to `file`; how many rows. The file is there whole, or not at all."""
    draft = file.with_name(f".{file.name}.draft")
    try:
        draft.touch(mode=0o600)
        with tarfile.open(draft, "w:gz") as archive, database.snapshot() as session:
            total = _Saving(database, session, archive, progress).all()
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return total


def load(database: Database, file: Path, progress: Progress) -> int:
    """Put what is in `file` in the place of what the database holds; how many rows. All of it, or nothing."""
    try:
        with tarfile.open(file, "r:gz") as archive, database.transaction() as session:
            return _Loading(database, session, archive, progress).all()
    except (tarfile.TarError, zlib.error, EOFError, orjson.JSONDecodeError, KeyError) as error:
        raise StorageError(f"{file} is no whole backup ({type(error).__name__}: {error})") from error


def is_empty(database: Database) -> bool:
    """Whether there is nothing in any table."""
    return not any(database.read(f"SELECT 1 FROM {table.name} LIMIT 1", {}) for table in _TABLES)


_TABLES = tables.metadata.sorted_tables
_OWN_NUMBER = (
    tables.texts.c.doc
)  # a row's number in SQLite's full-text index: given anew wherever it is restored


def _revision(session: Session) -> str:
    return str(session.run("SELECT version_num FROM alembic_version").fetchall()[0][0])


@dataclass(slots=True)
class _Saving:
    database: Database
    session: Session
    archive: tarfile.TarFile
    progress: Progress
    total: int = 0

    def all(self) -> int:
        said = {str(table.name): self._table(table) for table in _TABLES}
        manifest = {"format": FORMAT, "schema": _revision(self.session), "tables": said}
        self._add(MANIFEST, io.BytesIO(orjson.dumps(manifest, option=orjson.OPT_INDENT_2)))
        return self.total

    def _table(self, table: Any) -> dict[str, Any]:
        """Write one table; what the manifest says of it."""
        digest, before = sha256(), self.total
        with TemporaryFile() as lines:
            for row in self._rows(table):
                line = orjson.dumps(row) + b"\n"
                lines.write(line)
                digest.update(line)
            self._add(_member(table.name), lines)
        names = [str(column.name) for column in table.columns]
        return {"columns": names, "rows": self.total - before, "sha256": digest.hexdigest()}

    def _rows(self, table: Any) -> Iterator[list[Any]]:
        """The rows in the order of the key, a page at a time."""
        kinds = [None if column is _OWN_NUMBER else column.type.python_type for column in table.columns]
        keys = [column.name for column in table.primary_key]
        places = [list(table.columns.keys()).index(key) for key in keys]
        last: Row | None = None
        while True:
            page = self.session.run(*self._page(table, keys, last)).fetchall()
            for row in page:
                yield [_written(value, kind) for value, kind in zip(row, kinds, strict=True)]
            self.total += len(page)
            self.progress(self.total)
            if len(page) < _PAGE:
                return
            last = tuple(page[-1][place] for place in places)

    def _page(self, table: Any, keys: list[str], last: Row | None) -> tuple[Sql, dict[str, Any]]:
        key = ", ".join(f'"{name}"' for name in keys)
        after = f"WHERE ({key}) > ({', '.join(f':k{place}' for place in range(len(keys)))})" if last else ""
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        query = f'SELECT {columns} FROM "{table.name}" {after} ORDER BY {key} LIMIT {_PAGE}'
        return self.database.sql(query), {f"k{place}": value for place, value in enumerate(last or ())}

    def _add(self, name: str, content: IO[bytes]) -> None:
        info = tarfile.TarInfo(name)
        info.size = content.seek(0, io.SEEK_END)
        content.seek(0)
        self.archive.addfile(info, content)


@dataclass(slots=True)
class _Loading:
    database: Database
    session: Session
    archive: tarfile.TarFile
    progress: Progress
    total: int = 0
    manifest: dict[str, Any] = field(default_factory=dict)

    def all(self) -> int:
        self.manifest = orjson.loads(self._member(MANIFEST).read())
        self._refuse_other()
        for table in reversed(_TABLES):
            self.session.run(f'DELETE FROM "{table.name}"')
        for table in _TABLES:
            self._table(table)
        return self.total

    def _refuse_other(self) -> None:
        found, here = self.manifest.get("schema"), _revision(self.session)
        if self.manifest.get("format") != FORMAT or found != here:
            raise StorageError(
                f"the backup is of schema {found}, the database of {here}; use the same program for both"
            )

    def _table(self, table: Any) -> None:
        said = self.manifest["tables"][table.name]
        insert, digest, count = self.database.sql(_insert(table)), sha256(), 0
        lines = iter(self._member(_member(table.name)))
        while page := list(islice(lines, _PAGE)):
            digest.update(b"".join(page))
            rows = [self._row(table, said["columns"], line) for line in page]
            if table is tables.texts:
                self._number(rows, count)
            self.session.many(insert, rows)
            count += len(page)
            self.total += len(page)
            self.progress(self.total)
        if (count, digest.hexdigest()) != (said["rows"], said["sha256"]):
            raise StorageError(f"the backup is damaged: table {table.name} is not as it was written")

    def _row(self, table: Any, names: list[str], line: bytes) -> dict[str, Any]:
        values = dict(zip(names, orjson.loads(line), strict=True))
        return {str(c.name): _read(values[c.name], c.type.python_type) for c in table.columns}

    def _number(self, rows: list[dict[str, Any]], before: int) -> None:
        for number, row in enumerate(rows, before + 1):
            row[_OWN_NUMBER.name] = None if self.database.postgres else number

    def _member(self, name: str) -> IO[bytes]:
        found = self.archive.extractfile(name)
        if found is None:
            raise KeyError(name)
        return found


def _insert(table: Any) -> str:
    names = table.columns.keys()
    columns = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table.name}" ({columns}) VALUES ({", ".join(f":{name}" for name in names)})'


def _member(table: str) -> str:
    return f"{table}.jsonl"


def _written(value: Any, kind: type | None) -> Any:
    """A value as JSON; null for what has no kind."""
    if value is None or kind is None:
        return None
    if kind is bytes:
        return b64encode(bytes(value)).decode()
    return bool(value) if kind is bool else value


def _read(value: Any, kind: type) -> Any:
    """The value of its JSON."""
    return b64decode(value) if kind is bytes and value is not None else value
