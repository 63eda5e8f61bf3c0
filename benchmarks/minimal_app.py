"""The smallest fair application for one step: Flask, marshmallow, SQLAlchemy Core, one transaction.

It checks the form, a role and a guard in plain Python, and writes the rows that ours writes. It has no
accounts, no ETag, no reasons, no verifiable history. `MINIMAL_DATABASE` is a file made by `benchmarks.desk`.
"""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any

from flask import Flask, Response, request
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from sqlalchemy import Table, bindparam, create_engine, event, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from benchmarks.desk import SITE
from workflows.storage.tables import clocks, history, texts, tickets

NEXT = {"registered": "classified", "classified": "assigned", "assigned": "handling", "handling": "solved"}
NEXT |= {"solved": "revisited", "revisited": "closed"}


# Built once, as SQLAlchemy's own advice for hot paths is.
_TICKET = select(tickets).where(tickets.c.site_id == SITE, tickets.c.id == bindparam("b_id"))
_CLOCKS = select(clocks).where(clocks.c.site_id == SITE, clocks.c.ticket_id == bindparam("b_id"))
_MOVED = ("state", "seq", "changed_at", "entered_at", "data", "due_at")
_MOVE = (
    update(tickets)
    .where(tickets.c.site_id == SITE, tickets.c.id == bindparam("b_id"), tickets.c.seq == bindparam("b_seq"))
    .values({name: bindparam(name) for name in _MOVED})
)
_HISTORY = insert(history)


def _upsert(table: Table, keys: list[str]) -> Any:
    put = upsert(table)
    rest = {column.name: put.excluded[column.name] for column in table.c if column.name not in keys}
    return put.on_conflict_do_update(index_elements=keys, set_=rest)


_CLOCK = _upsert(clocks, ["site_id", "ticket_id", "name"])
_TEXTS = upsert(texts)
_TEXTS = _TEXTS.on_conflict_do_update(
    index_elements=["site_id", "ticket_id"], set_={"terms": _TEXTS.excluded.terms}
)


class Form(Schema):
    """The form of the step."""

    class Meta:
        unknown = RAISE

    remark = fields.String(required=True, validate=validate.Length(max=500))


class Step(Schema):
    """The body of the request."""

    class Meta:
        unknown = RAISE

    trigger = fields.String(required=True)
    data = fields.Nested(Form)


def create_app() -> Flask:
    """The application, on the SQLite file of the environment."""
    app, schema, lock = Flask(__name__), Step(), threading.Lock()
    engine = create_engine(os.environ["MINIMAL_DATABASE"])

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @app.post("/tickets/<ticket>/transitions")
    def step(ticket: str) -> Response:
        try:
            sent = schema.load(request.get_json())
        except ValidationError as error:
            return Response(json.dumps(error.messages), 422, mimetype="application/json")
        now, roles = int(time.time()), {"clerk"}
        with lock, engine.begin() as connection:
            row = connection.execute(_TICKET, {"b_id": ticket}).mappings().one()
            running = connection.execute(_CLOCKS, {"b_id": ticket}).mappings().all()
            data = json.loads(row["data"]) | sent["data"]
            if "clerk" not in roles or data["amount"] < 0 or row["state"] not in NEXT:
                return Response(status=409)
            state = NEXT[row["state"]]
            new = {"state": state, "seq": row["seq"] + 1, "changed_at": now, "entered_at": now}
            new |= {"data": json.dumps(data, ensure_ascii=False), "due_at": now + 7200}
            moved = connection.execute(_MOVE, new | {"b_id": ticket, "b_seq": row["seq"]})
            assert moved.rowcount == 1
            connection.execute(_HISTORY, _entry(row, state, sent, now))
            for clock in _clocks(running, row["state"], state, now):
                connection.execute(_CLOCK, clock)
            terms = data["content"] + data["remark"]
            connection.execute(_TEXTS, {"site_id": SITE, "ticket_id": ticket, "terms": terms})
        answer = {name: row[name] for name in ("id", "number", "workflow", "title", "opened_at")} | new
        return Response(json.dumps(answer, ensure_ascii=False), 201, mimetype="application/json")

    return app


def _entry(row: Any, state: str, sent: dict[str, Any], now: int) -> dict[str, Any]:
    return {
        "site_id": row["site_id"],
        "ticket_id": row["id"],
        "seq": row["seq"] + 1,
        "at": now,
        "kind": "fire",
        "actor_id": "clerk",
        "actor_name": "clerk",
        "surface": "api",
        "trigger": sent["trigger"],
        "source": row["state"],
        "target_state": state,
        "data": json.dumps(sent["data"]),
        "note": "",
        "spent": 60,
        "target": 7200,
        "prev": row["head"],
        "hash": row["head"],
    }


def _clocks(running: Any, left: str, entered: str, now: int) -> list[dict[str, Any]]:
    old = dict(next(each for each in running if each["name"] == f"state.{left}"))
    stopped = old | {"stopped_at": now, "running_since": None, "next_level_at": None}
    started = old | {"name": f"state.{entered}", "state": entered, "started_at": now, "running_since": now}
    return [stopped, started | {"due_at": now + 7200, "next_level_at": now + 5760}]
