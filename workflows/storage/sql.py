"""Prepared statements: SQL text for the driver, and its values in the order of their places.

Statements are written with `:names`. Both drivers are slow with named values (psycopg parses a statement with
eighty names anew each time, which costs more than running it), so names are turned into places once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from operator import itemgetter
from typing import Any

import orjson

Row = tuple[Any, ...]
RowValues = dict[str, Any]
_NAME = re.compile(r"(?<!:):([a-z]\w*)")


class Sql:
    """A prepared statement: `text` for the driver, and `values` to pick its values from a row, in order."""

    __slots__ = ("text", "values")

    def __init__(self, text: str, *, postgres: bool) -> None:
        names = _NAME.findall(text)
        if postgres:
            names = list(dict.fromkeys(names))
            self.text = _NAME.sub(lambda found: f"${names.index(found[1]) + 1}", text)
        else:
            self.text = _NAME.sub("?", text)
        self.values = _build_picker(names)


def join_by_key(table: str, alias: str, key: str, *, postgres: bool, outer: bool = False) -> str:
    """The join of rows of a table, each found by its key as soon as it is asked for.

    Both databases would rather begin with that table, or read it whole while it is small: then a page costs
    more with every ticket there is. SQLite keeps the order of a cross join; `OFFSET 0` is PostgreSQL's fence.
    """
    if not postgres:
        return f"{'LEFT' if outer else 'CROSS'} JOIN {table} {alias} ON {key}"
    how = "LEFT JOIN" if outer else "JOIN"
    return f"{how} LATERAL (SELECT * FROM {table} {alias} WHERE {key} OFFSET 0) AS {alias} ON TRUE"


def in_values(name: str, postgres: bool) -> str:
    """The SQL after a column that must be one of the values that `bind_list` gives for `:name`."""
    return f"= ANY (CAST(:{name} AS TEXT[]))" if postgres else f"IN (SELECT value FROM json_each(:{name}))"


def bind_list(names: Collection[str], postgres: bool) -> object:
    """Names as one value for the SQL of `in_values`: an array on PostgreSQL, JSON on SQLite."""
    return sorted(names) if postgres else orjson.dumps(sorted(names)).decode()


def select_pairs(postgres: bool) -> str:
    """A query for the pairs of a site and something of it that `bind_pairs` gives for `:pairs`, as `site_id`
    and `name`."""
    if postgres:
        return (
            "SELECT pair->>0 AS site_id, pair->>1 AS name"
            " FROM json_array_elements(CAST(:pairs AS json)) AS p (pair)"
        )
    return (
        "SELECT json_extract(value, '$[0]') AS site_id, json_extract(value, '$[1]') AS name"
        " FROM json_each(:pairs)"
    )


def bind_pairs(pairs: Collection[tuple[str, str]]) -> str:
    """Pairs as one value for the SQL of `select_pairs`."""
    return orjson.dumps(list(pairs)).decode()


def _build_picker(names: list[str]) -> Callable[[Mapping[str, Any]], Row]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: tuple(row[name] for name in names)
