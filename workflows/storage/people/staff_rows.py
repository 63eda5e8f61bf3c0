"""The rows of staff and of their posts: written in the caller's transaction, and what is read of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, insert, select, update

from workflows.core.people import Membership, Staff
from workflows.folding import identity
from workflows.storage.database import Session
from workflows.storage.people import departures
from workflows.storage.tables import memberships, staff


def insert_staff(session: Session, person: Staff, password_hash: str | None) -> None:
    """Insert a member of staff with their posts. Conflict if the account name is taken, or looks like
    another."""
    row = {"id": person.id, "account": person.account, "name": person.name, "language": person.language}
    row["folded"] = identity(person.account)
    session.connection.execute(insert(staff).values(row | {"password_hash": password_hash, "active": True}))
    insert_posts(session, person.id, person.memberships)


def update_staff(session: Session, staff_id: str, row: dict[str, Any]) -> bool:
    """Update columns; False if there is no such member of staff. Disabling an account is a departure from
    each site."""
    if row.get("active") is False:
        departures.insert_departures(
            session, staff_id, {post.site for post in _read_posts(session, staff_id)}
        )
    statement = update(staff).where(staff.c.id == staff_id).values(row or {"id": staff_id})
    return bool(session.connection.execute(statement).rowcount)


def replace_posts(session: Session, staff_id: str, posts: Iterable[Membership]) -> None:
    """Give a member of staff these posts and no others. Losing one may be a departure from its site."""
    new_posts = set(posts)
    departures.insert_departures(
        session, staff_id, {post.site for post in _read_posts(session, staff_id) - new_posts}
    )
    session.connection.execute(delete(memberships).where(memberships.c.staff_id == staff_id))
    insert_posts(session, staff_id, new_posts)


def insert_posts(session: Session, staff_id: str, posts: Iterable[Membership]) -> None:
    """Give a member of staff posts that they do not have yet."""
    rows = [
        {"site_id": p.site, "staff_id": staff_id, "role": p.role, "department": p.department or ""}
        for p in dict.fromkeys(posts)
    ]
    if rows:
        session.connection.execute(insert(memberships), rows)


def _read_posts(session: Session, staff_id: str) -> set[Membership]:
    m = memberships.c
    rows = session.connection.execute(select(m.site_id, m.role, m.department).where(m.staff_id == staff_id))
    return {Membership(row.site_id, row.role, row.department or None) for row in rows}


def build_staff(rows: list[Any]) -> Staff:
    """A member of staff from the joined rows of staff and posts, one row for each post."""
    first = rows[0]
    return Staff(
        id=first.id,
        account=first.account,
        name=first.name,
        language=first.language,
        memberships=tuple(
            Membership(row.site_id, row.role, row.department or None)
            for row in rows
            if row.site_id is not None
        ),
    )
