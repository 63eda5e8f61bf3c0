"""The identity of a row: the ticket of its key, and a digest of the cells that the map reads."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from service.imports.case_importer import derive_ticket_id
from service.imports.csv_rows import TableRow
from service.imports.import_map import ImportMap, mapped_columns

_READER_VERSION = (
    "1"  # counted up when cells are read otherwise: rows that were brought in are then compared anew
)


@dataclass(frozen=True, slots=True)
class TicketRows:
    """A ticket of the file with its key and its rows."""

    key: str
    ticket: str
    digest: str
    rows: tuple[TableRow, ...]


class RowIdentifier:
    """Computes ids and digests of rows under a header, for a map (`text` is its file) at a site in `zone`."""

    def __init__(
        self, site: str, import_map: ImportMap, header: Sequence[str], text: bytes, zone: str
    ) -> None:
        self._site, self._source = site, import_map.name
        read = set(mapped_columns(import_map))
        self._columns = [place for place, name in enumerate(header) if name in read]
        names = "\0".join(header[place] for place in self._columns)
        leaning = "" if import_map.zone else f"{zone}\0"  # its times are read otherwise in another zone
        self._start = hashlib.sha256(f"{_READER_VERSION}\0{names}\0{leaning}".encode() + text)

    def identify(self, key: str, rows: tuple[TableRow, ...]) -> TicketRows:
        """The ticket of `key`, with these rows."""
        digest = self._start.copy()
        for record in rows:
            cells = record.cells
            digest.update(
                "\x1f".join([cells[place] for place in self._columns]).encode("utf-8", "surrogatepass")
            )
            digest.update(b"\x1e")
        return TicketRows(key, derive_ticket_id(self._site, self._source, key), digest.hexdigest()[:32], rows)
