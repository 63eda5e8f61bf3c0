"""What is promised, what would take it away, and the test that says so. A table: `docs/guarantees.md`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Guarantee(NamedTuple):
    """`text` stands once in `file`. With `instead` in its place `test` fails. CI asks for the `quick`."""

    name: str
    file: str
    text: str
    instead: str
    test: str
    quick: bool = False


GUARANTEES = (
    Guarantee(
        "sqlite-begins-as-a-writer",
        "workflows/storage/drivers/sqlite.py",
        'Sql("BEGIN IMMEDIATE", postgres=False)',
        'Sql("BEGIN", postgres=False)',
        "tests/storage/test_database.py::test_who_means_to_write_has_the_file_from_the_beginning",
        quick=True,
    ),
    Guarantee(
        "sweepers-pass-over-each-others-rows",
        "workflows/storage/tickets/sweep.py",
        '" FOR UPDATE OF c, t SKIP LOCKED" if',
        '"" if',
        "tests/storage/test_store_sweep.py::test_what_one_sweeper_has_in_hand_another_passes_over",
    ),
    Guarantee(
        "a-ticket-moves-from-where-it-was-seen",
        "workflows/storage/tickets/statements.py",
        "id = :{prefix}id AND seq = :{prefix}before",
        "id = :{prefix}id AND :{prefix}before IS NOT NULL",
        "tests/storage/test_store.py::"
        "test_a_ticket_that_has_moved_on_is_not_written_over_whatever_its_history_says[sqlite]",
        quick=True,
    ),
    Guarantee(
        "a-level-fires-on-the-ticket-that-was-seen",
        "workflows/storage/tickets/sweep_writers.py",
        'if row is not None and row[0] == step.ticket["before"]:',
        "if row is not None:",
        "tests/storage/test_store_sweep.py::test_what_moves_between_reading_and_writing_is_left_for_the_next_sweep",
        quick=True,
    ),
    Guarantee(
        "a-key-stands-in-json-once",
        "service/api/http/parse.py",
        "if len(found) != len(pairs):",
        "if len(found) > len(pairs):",
        "tests/api/test_hostile.py::test_of_a_key_that_stands_there_twice_neither_value_is_taken",
        quick=True,
    ),
    Guarantee(
        "only-the-claimer-says-what-became-of-a-message",
        "workflows/storage/outbox.py",
        "AND {_WAITS} AND claimed_by = :claimer",
        "AND :claimer IS NOT NULL",
        "tests/storage/test_outbox.py::test_only_the_claimers_word_counts[sqlite]",
        quick=True,
    ),
    Guarantee(
        "only-what-a-channel-took-is-sent",
        "service/channels/post.py",
        'return Receipt(LOG, NO_ADDRESS, "the recipient has no address")',
        "return Receipt(LOG)",
        "tests/clock/test_message_statuses.py::test_without_channels_nothing_is_called_sent[sqlite]",
        quick=True,
    ),
    Guarantee(
        "a-letter-goes-with-the-key-of-its-ticket",
        "workflows/storage/deliveries.py",
        "if key is None:",
        "if key is None or key:",
        "tests/clock/test_message_statuses.py::test_sealed_letters_go_with_the_key_of_their_ticket[sqlite]",
    ),
    Guarantee(
        "leases-are-measured-by-the-databases-clock",
        "workflows/storage/outbox.py",
        "claimed_until IS NULL OR claimed_until <= {clock} OR",
        "claimed_until IS NULL OR claimed_until <= :now OR",
        "tests/storage/test_outbox.py::test_a_relay_whose_clock_runs_ahead_takes_nothing_from_another[sqlite]",
    ),
    Guarantee(
        "claiming-is-no-try",
        "workflows/storage/outbox.py",
        '"UPDATE outbox SET claimed_by = :claimer, claimed_until',
        '"UPDATE outbox SET attempts = attempts + 1, claimed_by = :claimer, claimed_until',
        "tests/storage/test_outbox.py::test_claiming_is_no_try_and_beginning_is[sqlite]",
    ),
    Guarantee(
        "what-is-the-channels-fault-is-no-try",
        "service/relay.py",
        "        if failure.channel:\n",
        "        if failure.channel and failure.permanent:\n",
        "tests/clock/test_relay.py::test_what_is_the_fault_of_a_channel_is_no_try_of_a_letter[sqlite]",
    ),
    Guarantee(
        "a-relay-that-stops-gives-back-what-it-has",
        "service/relay.py",
        "outbox.release(rows[dealt:], claimer)",
        "outbox.release(rows[:0], claimer)",
        "tests/clock/test_relay.py::test_told_to_stop_a_relay_gives_back_what_it_has_not_begun[sqlite]",
    ),
    Guarantee(
        "a-letter-has-a-deadline",
        "service/channels/deadline.py",
        "connection.shutdown(socket.SHUT_RDWR)",
        "connection.fileno()",
        "tests/clock/test_mail_servers.py::test_a_server_that_drips_is_cut_in_time[EHLO]",
    ),
    Guarantee(
        "a-key-of-idempotency-is-claimed-once",
        "workflows/storage/idempotency.py",
        "ON CONFLICT DO NOTHING",
        "ON CONFLICT (account_id, key) DO UPDATE SET created_at = excluded.created_at",
        "tests/storage/test_store_idempotency.py",
    ),
    Guarantee(
        "a-repeated-request-is-answered-and-not-done-again",
        "workflows/storage/idempotency.py",
        "        if answer is not None:\n            raise AnsweredMeanwhile(answer)",
        "        if answer is not None and not answer:\n            raise AnsweredMeanwhile(answer)",
        "tests/storage/test_store_idempotency.py::test_a_repeated_step_is_answered_and_not_taken_again[sqlite]",
        quick=True,
    ),
    Guarantee(
        "a-roster-is-its-own-lock",
        "workflows/storage/rosters.py",
        "AND name = :name AND seq = :before",
        "AND name = :name AND :before IS NOT NULL",
        "tests/engine/test_engine_turns.py::test_two_desks_at_the_same_moment_never_give_one_turn_twice",
    ),
    Guarantee(
        "a-list-holds-what-exists-for-the-viewer",
        "workflows/storage/queries/visibility_sql.py",
        'found, bound = ["tickets.audience IS NULL"], dict[str, object]()',
        'found, bound = ["1 = 1"], dict[str, object]()',
        "tests/storage/test_visibility_sql.py::test_lists_hold_only_what_exists_for_the_viewer[sqlite]",
        quick=True,
    ),
    Guarantee(
        "every-entry-is-linked-to-the-one-before",
        "workflows/storage/audit/verify_tickets.py",
        "elif row[_PREV] != prev:",
        "elif row[_PREV] is None:",
        "tests/storage/test_store_history_chain.py::test_a_row_that_was_hashed_anew_breaks_the_chain[sqlite]",
    ),
    Guarantee(
        "a-full-disk-is-no-mistake-of-ours",
        "workflows/storage/drivers/driver_errors.py",
        '"SQLITE_FULL": "its disk is full",',
        "",
        "tests/storage/test_outages.py::test_a_full_disk_is_unavailable_for_writing_and_can_be_read",
        quick=True,
    ),
    Guarantee(
        "being-ready-means-being-writable",
        "workflows/storage/readiness.py",
        "session.run(_WRITE)",
        "assert _WRITE",
        "tests/storage/test_outages.py::test_what_cannot_be_written_down_is_not_ready",
        quick=True,
    ),
    Guarantee(
        "a-held-row-is-not-waited-for-without-end",
        "workflows/storage/drivers/postgres.py",
        '"lock_timeout": timeouts.lock,',
        '"lock_timeout": 0,',
        "tests/storage/test_outages.py::test_a_row_that_another_transaction_holds_is_not_waited_for_without_end",
    ),
    Guarantee(
        "who-stands-still-loses-its-rows",
        "workflows/storage/drivers/postgres.py",
        '"idle_in_transaction_session_timeout": timeouts.idle,',
        '"idle_in_transaction_session_timeout": 0,',
        "tests/storage/test_outages.py::test_who_stands_still_in_a_transaction_loses_its_rows",
    ),
    Guarantee(
        "a-frozen-server-is-noticed",
        "workflows/storage/drivers/watchdog.py",
        "_shut_down(driver.pgconn.socket)",
        "pass",
        "tests/storage/test_outages.py::test_a_statement_whose_backend_is_frozen_is_cut_and_asked_again",
    ),
    Guarantee(
        "a-clock-begins-nothing-more-when-told-to-stop",
        "workflows/engine.py",
        "for due in takewhile(lambda _: not stopping(), batch.due):",
        "for due in batch.due:",
        "tests/clock/test_stopping.py::test_told_to_stop_nothing_more_is_begun[sqlite]",
    ),
    Guarantee(
        "a-cursor-stays-within-what-databases-take",
        "workflows/storage/cursors.py",
        "not -MAX_INSTANT < at < MAX_INSTANT or",
        "",
        "tests/storage/test_cursors.py",
        quick=True,
    ),
    Guarantee(
        "a-day-is-one-of-the-calendar",
        "workflows/timing/instants.py",
        "    if not FIRST_YEAR <= day.year <= LAST_YEAR:\n",
        "    if not day.year:\n",
        "tests/api/test_hostile_addresses.py::test_a_day_that_is_none_is_refused_with_its_parameter",
    ),
    Guarantee(
        "who-lags-moves-no-promise-back",
        "workflows/replan.py",
        "if self._people.revision() != directory.revision:",
        "if not directory.site:",
        "tests/clock/test_replanning_killed.py::"
        "test_a_clock_that_has_not_heard_of_the_closure_yet_moves_nothing_back[sqlite]",
    ),
    Guarantee(
        "a-promise-moves-from-where-it-was-seen",
        "workflows/replan.py",
        "note=why, expected=ticket.seq)",
        "note=why)",
        "tests/clock/test_replanning_killed.py::test_what_another_clock_moves_meanwhile_is_not_moved_back[sqlite]",
    ),
    Guarantee(
        "a-step-names-only-what-was-uploaded-for-it",
        "workflows/core/input/attachment_references.py",
        "    return file.ticket == ticket",
        "    return True",
        "tests/core/test_core_attachments.py::test_nothing_else_may_be_named_in_any_place",
        quick=True,
    ),
    Guarantee(
        "a-file-ends-where-it-ended",
        "workflows/storage/attachments/sealed_stream.py",
        'number.to_bytes(11, "big") + bytes([last])',
        'number.to_bytes(11, "big") + bytes([last and 0])',
        "tests/storage/test_sealed_streams.py::"
        "test_a_file_that_was_shortened_at_a_chunk_is_not_opened_as_a_shorter_one",
        quick=True,
    ),
    Guarantee(
        "an-erasure-reaches-the-files",
        "workflows/storage/tickets/erasure.py",
        "                erase_of_ticket(session, erasure.site, erasure.ticket, erasure.at)",
        "                pass",
        "tests/storage/test_attachments_stored.py::test_erasing_a_ticket_destroys_its_files",
    ),
)


def misfit(one: Guarantee, root: Path) -> str | None:
    """Why a guarantee cannot be taken away in the tree at `root`, and where its entry stands; or None."""
    said = _misfit(one, root)
    if said is None:
        return None
    lines = Path(__file__).read_text("utf-8").splitlines()
    line = next((number for number, each in enumerate(lines, 1) if each.strip() == f'"{one.name}",'), 0)
    return f"{one.name} (tests/sabotage/guarantees.py:{line}): {said}"


def _misfit(one: Guarantee, root: Path) -> str | None:
    file, (test, _, name) = root / one.file, one.test.partition("::")
    times = file.read_text("utf-8").count(one.text) if file.is_file() else 0
    if times > 1:
        return f"its text stands {times} times in {one.file}"
    if not times:
        what = "no longer holds its text" if file.is_file() else "is no longer there:"
        return f"{one.file} {what} {one.text!r}{_elsewhere(one.text, root)}"
    if not (root / test).is_file():
        return f"its test's file {test} is no longer there"
    if name and f"def {name.partition('[')[0]}(" not in (root / test).read_text("utf-8"):
        return f"{test} has no test {name} any more"
    return None


def _elsewhere(text: str, root: Path) -> str:
    """Whereto the code has moved, if it can be seen."""
    files = (each for folder in ("workflows", "service") for each in sorted((root / folder).rglob("*.py")))
    found = [str(each.relative_to(root)) for each in files if text in each.read_text("utf-8")]
    return f"; it stands in {', '.join(found)}" if found else ""
