"""Whatever is asked of the desk, in whatever order: what must always hold, holds."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from engine_desk import HOUR, MONDAY, SITE, Desk, folder_of
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from workflows.core.commands import Amend, Claim, Note
from workflows.core.ticket import Ticket
from workflows.errors import Refusal
from workflows.storage import schema
from workflows.storage.audit.verify import verify
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

TRIGGERS = ("mend", "doze", "wake", "again", "reopen", "grow", "deliver", "report", "finish", "lapse", "join")
PICK = st.integers(0, 200)
ROUND = st.lists(
    st.fixed_dictionaries({"item": st.text("abc", min_size=1), "result": st.sampled_from(["pass", "fail"])}),
    max_size=3,
)


class DeskMachine(RuleBasedStateMachine):
    """A desk in memory, its tickets, and the time."""

    def __init__(self) -> None:
        super().__init__()
        self.database = Database("sqlite://", cipher=Cipher({1: b"1" * 32}, current=1))
        schema.migrate(self.database)
        with tempfile.TemporaryDirectory() as path:
            self.desk = Desk.on(self.database, folder_of(Path(path)))
        self.now = MONDAY

    def teardown(self) -> None:
        self.database.close()

    def tickets(self) -> list[Ticket]:
        ids = self.desk.rows("SELECT id FROM tickets ORDER BY opened_at, id")
        return [self.desk.now_of(row[0]) for row in ids]

    def some(self, pick: int) -> Ticket:
        found = self.tickets()
        return found[pick % len(found)]

    def attempt(self, act, *arguments, **more) -> None:
        """Refusals are answers; anything else is an error of ours."""
        with suppress(Refusal):
            act(*arguments, **more)

    @initialize()
    def begin(self) -> None:
        self.desk.open("inspection", self.now, place="House 1")
        self.desk.open("repair", self.now, content="lamp")

    @rule(
        workflow=st.sampled_from(["inspection", "repair", "order", "stranger"]), phone=st.none() | st.text()
    )
    def open(self, workflow, phone) -> None:
        name = "place" if workflow == "inspection" else "content"
        self.attempt(
            self.desk.open, workflow, self.now, **{name: "something", **({"phone": phone} if phone else {})}
        )

    @rule(pick=PICK, trigger=st.sampled_from(TRIGGERS), seen=st.none() | st.integers(0, 4))
    def fire(self, pick, trigger, seen) -> None:
        ticket = self.some(pick)
        self.attempt(self.desk.fire, ticket, trigger, self.now, None if seen is None else ticket.seq - seen)

    @rule(pick=PICK, walked=ROUND)
    def report(self, pick, walked) -> None:
        self.attempt(self.desk.fire, self.some(pick), "report", self.now, round=walked)

    @rule(pick=PICK, to=st.sampled_from([None, "cleo", "carl", "chen", "nobody"]))
    def assign(self, pick, to) -> None:
        self.attempt(self.desk.assign, self.some(pick), to, self.now)

    @rule(pick=PICK, text=st.text(max_size=20))
    def put_right(self, pick, text) -> None:
        ticket, actor = self.some(pick), self.desk.actor()
        self.attempt(
            self.desk.engine.do,
            Amend(site=SITE, ticket=ticket.id, actor=actor, data={"content": text, "phone": text}),
            self.now,
        )
        self.attempt(self.desk.engine.do, Claim(site=SITE, ticket=ticket.id, actor=actor), self.now)
        self.attempt(self.desk.engine.do, Note(site=SITE, ticket=ticket.id, actor=actor, note=text), self.now)

    @rule(minutes=st.integers(-60, 3 * 24 * 60))
    def wait(self, minutes) -> None:
        self.now += minutes * 60

    @rule(hours=st.integers(0, 30))
    def wait_and_sweep(self, hours) -> None:
        self.now += hours * HOUR
        self.desk.engine.sweep(self.now)

    @rule()
    def sweep_out(self) -> None:
        while self.desk.engine.sweep(self.now):
            pass
        late = self.desk.rows(
            f"SELECT count(*) FROM clocks WHERE next_level_at <= {self.now} AND parked IS NULL"
        )
        assert late[0][0] == 0

    @invariant()
    def every_step_is_one_row_of_history_and_the_chain_is_whole(self) -> None:
        counted = dict(self.desk.rows("SELECT ticket_id, count(*) FROM history GROUP BY ticket_id"))
        assert counted == {ticket.id: ticket.seq for ticket in self.tickets()}
        assert list(verify(self.database)) == []

    @invariant()
    def clocks_fit_their_ticket(self) -> None:
        for ticket in self.tickets():
            _, clocks = self.desk.store.load(SITE, ticket.id)
            running = [clock for clock in clocks if clock.running]
            ended = ticket.category in ("closed", "cancelled")
            assert ended == (ticket.closed_at is not None)
            assert ticket.due_at == min((clock.due_at for clock in running), default=None)
            states = [clock.state for clock in running if clock.state is not None]
            assert states == ([] if ended else [ticket.state])
            if ended:
                assert all(clock.stopped for clock in clocks)
            if ticket.category == "waiting":
                assert not [clock for clock in running if clock.state is None]

    @invariant()
    def each_level_fires_once_for_each_beginning_of_its_clock(self) -> None:
        for ticket in self.tickets():
            _, clocks = self.desk.store.load(SITE, ticket.id)
            begun = Counter({c.name: sum(e in ("start", "restart") for _, e in c.ledger) for c in clocks})
            history = self.desk.queries.history(SITE, ticket.id, limit=1_000)
            fired = Counter((e.data["clock"], e.data["level"]) for e in history if e.kind == "tick")
            assert all(times <= begun[clock] for (clock, _), times in fired.items())

    @invariant()
    def history_never_runs_backwards_and_names_no_personal_value(self) -> None:
        for ticket in self.tickets():
            history = self.desk.queries.history(SITE, ticket.id, limit=1_000)
            assert [entry.at for entry in history] == sorted(entry.at for entry in history)
            assert not [entry for entry in history if "phone" in entry.data]
            assert "phone" not in ticket.data

    @invariant()
    def a_parent_never_waits_for_children_that_have_all_ended(self) -> None:
        for ticket in self.tickets():
            if ticket.state == "repairing":
                children = self.desk.store.children(SITE, ticket.id)
                assert not all(child.closed for child in children)


@pytest.mark.timeout(600)
def test_whatever_is_asked_what_must_hold_holds() -> None:
    run_state_machine_as_test(
        DeskMachine,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
