"""The first schema, of both databases.

It stands by itself: what `workflows.storage.tables` says of the same tables, and there what each column means, may
change; this may not. What no model describes comes last: the index of words, and the counts of tickets.

The numbers 0002 to 0020 belong to a program that was never released (see `schema`): the next migration is 0021.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ORDER = "category opened_at id"  # of a list of tickets
_REFERS = {"site_id": "sites", "staff_id": "staff"}
_Columns = list[sa.Column[Any]]


def upgrade() -> None:
    """Create everything."""
    _create_company()
    _create_accounts()
    _create_audit()
    _create_registers()
    _create_schedules()
    _create_tickets()
    _create_parts_of_tickets()
    postgres = op.get_bind().dialect.name == "postgresql"
    _index_words(postgres)
    (_count_on_postgres if postgres else _count_on_sqlite)()


def downgrade() -> None:
    """There is nothing before the first schema; drop the database instead."""
    raise NotImplementedError("drop the database instead")


def _create_company() -> None:
    """Sites, staff, and what a desk is run by."""
    _table("sites", "id", _text("id name zone settings"), _text("calendars", default="{}"))
    staff = [_text("id account name"), _text("password_hash", null=True), _text("language")]
    staff += [_bytes("contact", null=True), _boolean("active"), _text("folded", null=True)]
    _table("staff", "id", *staff, unique="account")
    _index("staff_folded", "staff", "folded", unique=True)
    posts = _text("site_id staff_id role department")
    _table("memberships", "site_id staff_id role department", posts, refers="site_id staff_id")
    _index("memberships_staff_id", "memberships", "staff_id")
    departure = [_text("site_id staff_id"), _number("seen_at", null=True)]
    _table("departures", "site_id staff_id", *departure, refers="site_id")
    absence = [_text("site_id staff_id"), _number("from_at to_at"), _text("substitute_id", null=True)]
    _table("absences", "site_id staff_id from_at", *absence, refers="site_id staff_id")
    change = [_text("site_id"), _number("seq at"), _text("kind actor_id actor_name surface staff_id")]
    change += [_number("from_at to_at"), _text("substitute_id mac", null=True)]
    _table("absence_changes", "site_id seq", *change, refers="site_id")
    change = [_text("site_id"), _number("seq at"), _text("actor_id actor_name surface setting")]
    _table("setting_changes", "site_id seq", *change, _text("before after mac", null=True), refers="site_id")
    definition = [_text("kind name"), _integer("version"), _text("digest text context"), _number("published_at")]
    definition += [_text("published_by"), _text("mac", null=True)]
    _table("definitions", "kind name version", *definition)
    _table("counters", "site_id name", _text("site_id name"), _number("value"), refers="site_id")
    _table("revisions", "name", _text("name"), _number("value"))
    _table("imports", "site_id ticket_id", _text("site_id ticket_id digest"), refers="site_id")
    _table("rosters", "site_id name", _text("site_id name"), _number("seq"), _text("day state"), refers="site_id")
    entry = [_text("site_id name"), _number("seq"), _text("day"), _number("at"), _text("kind")]
    entry += [_text("person", null=True), _text("actor_id actor_name")]
    entry += [_text("ticket_id", null=True), _text("facts state")]
    _table("roster_entries", "site_id name seq", *entry, refers="site_id")
    _index("roster_entries_site_id_name_day_seq", "roster_entries", "site_id name day seq")


def _create_accounts() -> None:
    """Who signs in."""
    token = [_text("id staff_id name digest scopes"), _number("expires_at revoked_at last_used_at", null=True)]
    _table("tokens", "id", *token, _number("created_at"), refers="staff_id", unique="digest")
    _index("tokens_staff_id", "tokens", "staff_id")
    change = [_number("seq at"), _text("kind actor_id actor_name surface staff_id account")]
    change += [_text("site_id before after", null=True), _number("number", null=True), _text("mac", null=True)]
    _table("staff_changes", "seq", *change)
    _index("staff_changes_staff_id_seq", "staff_changes", "staff_id seq")
    _index("staff_changes_staff_id_number", "staff_changes", "staff_id number", unique=True)
    _table("sign_in_failures", "subject", _text("subject"), _number("count since_at last_at"))
    _index("sign_in_failures_last_at", "sign_in_failures", "last_at")
    link = [_text("digest staff_id"), _number("created_at expires_at"), _number("used_at", null=True)]
    _table("password_links", "digest", *link, refers="staff_id")
    _index("password_links_staff_id", "password_links", "staff_id")


def _create_audit() -> None:
    """The keys, what was read, and what vouches for the record."""
    _table("master_keys", "number", _integer("number"), _text("proof"), _integer("retired"))
    _table("audit_keys", "number", _integer("number"), _bytes("wrapped"))
    reading = [_text("site_id id ticket_id"), _number("at"), _text("staff_id fields"), _text("mac", null=True)]
    _table("readings", "site_id id", *reading, _number("seq", null=True), _text("on_behalf", null=True))
    _index("readings_site_id_ticket_id_at", "readings", "site_id ticket_id at")
    _index("readings_site_id_ticket_id_seq", "readings", "site_id ticket_id seq", unique=True)
    seal = [_text("site_id ticket_id"), _number("seq"), _text("hash"), _number("stands_at"), _text("outcome mac")]
    _table("history_seals", "site_id ticket_id", *seal)


def _create_registers() -> None:
    """Entries of registers, and their history."""
    entry = [_text("site_id register key"), _number("seq"), _text("data"), _bytes("personal data_key", null=True)]
    entry += [_text("words"), _number("changed_at"), _number("struck_at", null=True)]
    entry += [_text("folded_key head", null=True)]
    _table("register_entries", "site_id register key", *entry, refers="site_id")
    struck = "struck_at IS NOT NULL AND data_key IS NOT NULL"
    _index("register_entries_struck", "register_entries", "register struck_at", where=struck)
    folded = "site_id register folded_key"
    _index("register_entries_folded", "register_entries", folded, where="folded_key IS NOT NULL")
    change = [_text("site_id register key"), _number("seq at"), _text("kind actor_id actor_name surface")]
    change += [_text("ticket_id", null=True), _text("before after"), _bytes("personal", null=True)]
    change += [_text("on_behalf note", null=True), _bytes("data_key", null=True), _text("outcome mac", null=True)]
    _table("register_history", "site_id register key seq", *change, refers="site_id")
    _index("register_history_former", "register_history", "register at", where="data_key IS NOT NULL")


def _create_schedules() -> None:
    """What schedules have opened, and what was announced."""
    run = [_text("site_id schedule key"), _number("at opens_at"), _text("event", null=True), _text("status")]
    run += [_number("opened"), _text("reason", null=True), _number("ran_at", null=True)]
    _table("schedule_runs", "site_id schedule key", *run, refers="site_id")
    _index("schedule_runs_waiting", "schedule_runs", "opens_at", where="status = 'waiting'")
    _index("schedule_runs_parked", "schedule_runs", "site_id", where="status = 'parked'")
    _index("schedule_runs_done", "schedule_runs", "ran_at", where="status IN ('opened', 'missed')")
    mark = [_text("site_id schedule"), _number("seen_until")]
    _table("schedule_marks", "site_id schedule", *mark, refers="site_id")
    event = [_text("site_id id name"), _number("at"), _text("actor_id actor_name data")]
    _table("events", "site_id id", *event, refers="site_id")
    _index("events_site_id_at", "events", "site_id at id")


def _create_tickets() -> None:
    """Tickets; the indexes of lists end in the order of a list, so that a page costs the same however many."""
    ticket = [_text("site_id id number workflow"), _integer("version"), _text("title state category")]
    ticket += [_number("seq"), _text("opener"), _text("assignee department", null=True), _integer("priority")]
    ticket += [_text("parent link origin", null=True), _number("opened_at changed_at entered_at")]
    ticket += [_number("closed_at due_at", null=True), _text("trail head data")]
    ticket += [_bytes("personal data_key", null=True), _number("round", null=True), _text("audience", null=True)]
    _table("tickets", "site_id id", *ticket, refers="site_id", unique="site_id number")
    _index("tickets_site_newest", "tickets", "site_id opened_at id")
    _index("tickets_restricted", "tickets", "site_id id", where="audience IS NOT NULL")
    keyed = "closed_at IS NOT NULL AND data_key IS NOT NULL"
    _index("tickets_keyed", "tickets", "workflow closed_at", where=keyed)
    _index("tickets_category", "tickets", f"site_id {_ORDER}")
    _index("tickets_workflow", "tickets", f"site_id workflow {_ORDER}")
    _index("tickets_state", "tickets", f"site_id state {_ORDER}")
    _index("tickets_workflow_state", "tickets", f"site_id workflow state {_ORDER}")
    _index("tickets_department", "tickets", f"site_id department {_ORDER}")
    _index("tickets_priority", "tickets", f"site_id priority {_ORDER}")
    _index("tickets_assignee", "tickets", f"site_id assignee {_ORDER}")
    _index("tickets_due", "tickets", "site_id due_at id", where="due_at IS NOT NULL")
    _index("tickets_parent", "tickets", "site_id parent opened_at id", where="parent IS NOT NULL")
    _index("tickets_origin", "tickets", "site_id origin opened_at id", where="origin IS NOT NULL")
    _index("tickets_closed", "tickets", "site_id closed_at", where="closed_at IS NOT NULL")


def _create_parts_of_tickets() -> None:
    """History, clocks, messages, words, and the answers to requests that come again."""
    step = [_text("site_id ticket_id"), _number("seq at"), _text("kind actor_id actor_name")]
    step += [_text("on_behalf", null=True), _text("surface"), _text("trigger source target_state", null=True)]
    step += [_text("data"), _bytes("personal", null=True), _text("note"), _number("spent target", null=True)]
    step += [_text("prev hash"), _text("outcome", null=True)]
    _table("history", "site_id ticket_id seq", *step)
    _index("history_at", "history", "site_id at")
    clock = [_text("site_id ticket_id name"), _text("state", null=True), _text("promise basis calendar")]
    clock += [_number("budget slack consumed started_at"), _number("running_since stopped_at due_at", null=True)]
    clock += [_text("policy", null=True), _integer("level"), _number("next_level_at", null=True), _text("ledger")]
    clock += [_text("parked", null=True), _text("seal", default="")]
    _table("clocks", "site_id ticket_id name", *clock)
    due = "next_level_at IS NOT NULL AND parked IS NULL"
    _index("clocks_next_level", "clocks", "next_level_at", where=due)
    _index("clocks_parked", "clocks", "site_id", where="parked IS NOT NULL")
    _index("clocks_started", "clocks", "site_id started_at")
    _index("clocks_stopped", "clocks", "site_id stopped_at")
    _index("clocks_planned", "clocks", "site_id calendar seal", where="stopped_at IS NULL")
    message = [_text("site_id id ticket_id"), _number("seq"), _text("kind recipient role payload")]
    message += [_boolean("urgent"), _text("status"), _number("not_before"), _integer("attempts")]
    message += [_number("claimed_until", null=True), _text("claimed_by last_error", null=True)]
    message += [_number("created_at"), _number("sent_at", null=True)]
    _table("outbox", "site_id id", *message)
    _index("outbox_sent", "outbox", "sent_at", where="status = 'sent'")
    _index("outbox_status", "outbox", "site_id status created_at id")
    _index("outbox_pending", "outbox", "urgent not_before", where="status = 'pending'")
    _index("outbox_dead", "outbox", "site_id", where="status = 'dead'")
    answer = [_text("account_id key digest site_id ticket_id"), _number("seq"), _bytes("answer")]
    _table("idempotency_keys", "account_id key", *answer, _number("created_at"))
    _index("idempotency_keys_created_at", "idempotency_keys", "created_at")
    words = [_text("site_id ticket_id"), _number("doc", null=True), _text("terms")]
    _table("texts", "site_id ticket_id", *words, refers="site_id", unique="doc")


def _index_words(postgres: bool) -> None:
    """Over `texts.terms`, which are cut already, and the site as a term beside them. On SQLite a row's number is its
    ticket's moment, so that the newest with a word are read without the others."""
    if postgres:
        terms = "array_to_tsvector(array_append(string_to_array(terms, ' '), '@' || site_id))"
        op.execute(f"CREATE INDEX ix_texts_terms ON texts USING gin ({terms})")
        return
    op.execute("CREATE VIEW texts_words AS SELECT doc, terms || ' @' || site_id AS terms FROM texts")
    op.execute(
        "CREATE VIRTUAL TABLE texts_index USING fts5(terms, content='texts_words', content_rowid='doc',"
        " detail='none', tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\")"
    )
    new, old = ("{0}.doc, {0}.terms || ' @' || {0}.site_id".format(row) for row in ("new", "old"))
    added = f"INSERT INTO texts_index (rowid, terms) VALUES ({new})"
    removed = f"INSERT INTO texts_index (texts_index, rowid, terms) VALUES ('delete', {old})"
    op.execute(f"CREATE TRIGGER texts_added AFTER INSERT ON texts BEGIN {added}; END")
    op.execute(f"CREATE TRIGGER texts_removed AFTER DELETE ON texts BEGIN {removed}; END")
    op.execute(f"CREATE TRIGGER texts_changed AFTER UPDATE ON texts BEGIN {removed}; {added}; END")


# Counts of tickets by where they stand, and by the week in which they are due. Whatever writes a ticket
# moves them, in the same transaction, a restored backup included: a migration that makes `tickets` anew must make
# the triggers anew. Whom a ticket exists for is kept apart where it is not everybody.
_PLACE = (
    "{row}.site_id, {row}.workflow, {row}.version, {row}.state, {row}.category, coalesce({row}.audience, ''),"
    " CASE WHEN {row}.audience IS NULL THEN '' ELSE coalesce({row}.assignee, '') END"
)
_WEEK = "{row}.due_at / 604800"
_MOVED_BY = "version, state, category, audience, assignee"
_COUNTS = (  # table, its key, what a ticket has for it, of which tickets, columns that move them, what then differs
    ("ticket_counts", f"site_id, workflow, {_MOVED_BY}", _PLACE, "", _MOVED_BY, f"({_PLACE})"),
    ("due_counts", "site_id, week", f"{{row}}.site_id, {_WEEK}", "WHERE {row}.due_at IS NOT NULL", "due_at", _WEEK),
)
_TYPES = {"version": "INTEGER", "week": "BIGINT", "tickets": "BIGINT"}  # the others are TEXT


def _count_on_sqlite() -> None:
    """A row for each key, which each change adds to."""
    for table, key, values, where, columns, moved in _COUNTS:
        op.execute(f"CREATE TABLE {table} ({_counted(key)}, PRIMARY KEY ({key})) WITHOUT ROWID")
        insert = f"INSERT INTO {table} ({key}, tickets) SELECT {values}, {{many}} {where or 'WHERE TRUE'}"
        insert += f" ON CONFLICT ({key}) DO UPDATE SET tickets = tickets + excluded.tickets;"
        less, more = insert.format(row="old", many=-1), insert.format(row="new", many=1)
        changed = f"{moved.format(row='old')} IS NOT {moved.format(row='new')}"
        op.execute(f"CREATE TRIGGER {table}_opened AFTER INSERT ON tickets BEGIN {more} END")
        op.execute(f"CREATE TRIGGER {table}_gone AFTER DELETE ON tickets BEGIN {less} END")
        written = f"AFTER UPDATE OF {columns} ON tickets WHEN {changed}"
        op.execute(f"CREATE TRIGGER {table}_moved {written} BEGIN {less} {more} END")
    _index("ticket_counts_workflow", "ticket_counts", "workflow")


def _count_on_postgres() -> None:
    """A row for each change, which nobody else waits for; they are added up later."""
    for table, key, values, where, columns, moved in _COUNTS:
        op.execute(f"CREATE TABLE {table} ({_counted(key)})")
        insert = f"INSERT INTO {table} ({key}, tickets) SELECT {values}, {{many}} {where};"
        less, more = insert.format(row="old", many=-1), insert.format(row="new", many=1)
        changed = f"{moved.format(row='old')} IS DISTINCT FROM {moved.format(row='new')}"
        op.execute(
            f"CREATE FUNCTION {table}_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF TG_OP <> 'INSERT' THEN {less} END IF; IF TG_OP <> 'DELETE' THEN {more} END IF; RETURN NULL; END $$"
        )
        run = f"EXECUTE FUNCTION {table}_count()"
        written = f"AFTER UPDATE OF {columns} ON tickets FOR EACH ROW WHEN ({changed})"
        op.execute(f"CREATE TRIGGER {table}_there AFTER INSERT OR DELETE ON tickets FOR EACH ROW {run}")
        op.execute(f"CREATE TRIGGER {table}_moved {written} {run}")
    _index("ticket_counts_workflow", "ticket_counts", "workflow")


def _counted(key: str) -> str:
    return ", ".join(f"{name} {_TYPES.get(name, 'TEXT')} NOT NULL" for name in [*key.split(", "), "tickets"])


def _table(name: str, key: str, *columns: _Columns, refers: str = "", unique: str = "") -> None:
    """Create a table. Names are separated by blanks; those of `refers` have a foreign key."""
    rules: list[sa.schema.Constraint] = [sa.PrimaryKeyConstraint(*key.split(), name=f"pk_{name}")]
    for each in refers.split():
        to = _REFERS[each]
        rules.append(sa.ForeignKeyConstraint([each], [f"{to}.id"], name=f"fk_{name}_{each}_{to}"))
    if unique:
        rules.append(sa.UniqueConstraint(*unique.split(), name=f"uq_{name}_{unique.replace(' ', '_')}"))
    op.create_table(name, *(column for some in columns for column in some), *rules)


def _index(name: str, table: str, columns: str, where: str = "", unique: bool = False) -> None:
    some = sa.text(where) if where else None
    names = columns.split()
    op.create_index(f"ix_{name}", table, names, unique=unique, sqlite_where=some, postgresql_where=some)


def _columns(kind: type[Any], names: str, null: bool = False, default: str | None = None) -> _Columns:
    return [sa.Column(name, kind(), nullable=null, server_default=default) for name in names.split()]


def _integer(names: str) -> _Columns:
    return [sa.Column(name, sa.Integer(), autoincrement=False, nullable=False) for name in names.split()]


_text = partial(_columns, sa.Text)
_number = partial(_columns, sa.BigInteger)
_bytes = partial(_columns, sa.LargeBinary)
_boolean = partial(_columns, sa.Boolean)
