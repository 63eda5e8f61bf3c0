"""INSERT statements made from tables: whole rows, and what is done where a row has the same key."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table


def build_insert(table: Table) -> str:
    """An INSERT of a whole row, its values named like the columns."""
    return f"INSERT INTO {table.name} ({column_names(table)}) VALUES ({placeholders(table)})"


def build_upsert(table: Table, values: str) -> str:
    """An INSERT of `values`, or an UPDATE of the row with the same key."""
    return f"INSERT INTO {table.name} ({column_names(table)}) {values} {merging(table)}"


def merging(table: Table) -> str:
    """The ON CONFLICT clause by which an INSERT updates the row with the same key."""
    keys = ", ".join(column.name for column in table.primary_key)
    return f"ON CONFLICT ({keys}) DO UPDATE SET {set_merged(table)}"


def set_merged(table: Table, without: str = "") -> str:
    """The SET list by which the row that was to be inserted is laid over the one that is there. A column with
    `appended` is put behind what is there, up to so many characters in all."""
    return ", ".join(
        f"{each.name} = {_merged_value(table, each)}"
        for each in table.c
        if not each.primary_key and each.name != without
    )


def _merged_value(table: Table, column: Column[Any]) -> str:
    if most := column.info.get("appended"):
        return f"substr({table.name}.{column.name} || excluded.{column.name}, 1, {most})"
    return f"excluded.{column.name}"


def column_names(table: Table) -> str:
    return ", ".join(column.name for column in table.c)


def placeholders(table: Table) -> str:
    return ", ".join(f":{column.name}" for column in table.c)
