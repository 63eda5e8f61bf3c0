"""The kinds of columns that the tables are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Text,
    TextClause,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def text_column(name: str, *more: Any, **options: Any) -> Column[str]:
    return Column(name, Text, *more, nullable=False, **options)


def nullable_text_column(name: str, *more: Any, **options: Any) -> Column[str | None]:
    return Column(name, Text, *more, nullable=True, **options)


def integer_column(name: str, **options: Any) -> Column[int]:
    return Column(name, BigInteger, nullable=False, **options)


def nullable_integer_column(name: str, **options: Any) -> Column[int | None]:
    return Column(name, BigInteger, nullable=True, **options)


def bytes_column(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def nullable_bytes_column(name: str) -> Column[bytes | None]:
    return Column(name, LargeBinary, nullable=True)


def site_column() -> Column[str]:
    return text_column("site_id", ForeignKey("sites.id"))


def partial_index(name: str, condition: ColumnElement[bool] | TextClause, *columns: Column[Any]) -> Index:
    """An index of those rows alone for which the condition holds."""
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)
