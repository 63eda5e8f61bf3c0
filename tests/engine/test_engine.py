"""One command, and all that it brings about: all of it happens, or none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from engine_desk import HOUR, MONDAY, SITE

from workflows.core.commands import CLOCK, Fire, Open, Tick
from workflows.core.ticket import StepContext
from workflows.definitions import Definitions
from workflows.engine import Engine, IdempotentCommand
from workflows.errors import Blocked, Forbidden, KeyReused, NotFound, Refusal, Stale
from workflows.storage.audit.verify import verify
from workflows.storage.database import Database
from workflows.storage.definitions import DefinitionStore
from workflows.storage.errors import AnsweredMeanwhile
from workflows.storage.people.people import People
from workflows.storage.tickets import writers
from workflows.storage.tickets.store import Store


def together(*acts: Callable[[], object]) -> list[BaseException]:
    """Do the acts at the same moment; what was raised."""
    barrier, raised = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


class TestChildren:
    def test_they_are_opened_in_the_same_transaction(self, desk):
        context = desk.inspection("roof", "door")
        assert [(c.number, c.link, c.state) for c in context.children] == [
            ("R-2026-0001", "rework", "open-job"),
            ("R-2026-0002", "rework", "open-job"),
        ]
        assert desk.store.children(SITE, context.ticket.id) == context.children

    def test_without_any_the_parent_goes_on_at_once(self, desk):
        context = desk.inspection()
        assert context.ticket.state == "signed"
        assert (context.ticket.seq, desk.now_of(context.ticket)) == (3, context.ticket)

    def test_the_last_ones_end_lets_the_parent_go_on(self, desk):
        context = desk.inspection("roof", "door")
        first, second = context.children
        desk.fire(first.id, "mend")
        assert desk.now_of(context.ticket).state == "repairing"
        desk.fire(second.id, "mend")
        assert desk.now_of(context.ticket).state == "signed"

    def test_a_second_round_waits_for_its_own(self, desk):
        parent = desk.inspection("roof")
        desk.fire(parent.children[0].id, "mend")
        again = desk.fire(parent.ticket, "report", round=[{"item": "wall", "result": "fail"}])
        assert len(again.children) == 2
        assert desk.now_of(parent.ticket).state == "repairing"
        desk.fire(again.children[1].id, "mend")
        assert desk.now_of(parent.ticket).state == "signed"

    def test_a_parent_waits_for_what_its_child_was_converted_to(self, desk):
        parent = desk.inspection("roof")
        desk.fire(parent.children[0].id, "grow")
        assert desk.now_of(parent.ticket).state == "repairing"
        children = {child.workflow: child for child in desk.store.children(SITE, parent.ticket.id)}
        converted, successor = children["repair"], children["order"]
        assert (converted.closed, successor.closed) == (True, False)
        assert desk.now_of(successor.id).origin == converted.id
        desk.fire(successor.id, "deliver")
        assert desk.now_of(parent.ticket).state == "signed"

    @pytest.mark.parametrize("attempt", range(3))
    def test_two_last_ones_ending_at_the_same_moment_let_it_go_on(self, desk, attempt):
        parent = desk.inspection("roof", "door", "wall")
        raised = together(*(lambda c=child: desk.fire(c.id, "mend", expected=1) for child in parent.children))
        assert raised == []  # nobody's own ticket had moved on
        assert desk.now_of(parent.ticket).state == "signed"
        assert list(verify(desk.database)) == []

    def test_a_child_that_cannot_be_opened_refuses_the_whole_step(self, desk):
        opened = desk.open("inspection", place="x").ticket
        with pytest.raises(Refusal):
            desk.fire(opened, "report", round=[{"item": "x" * 600, "result": "fail"}])
        assert desk.now_of(opened).seq == 1
        assert desk.store.children(SITE, opened.id) == ()


class TestAllOrNothing:
    def test_a_fault_while_writing_leaves_nothing(self, desk, monkeypatch):
        opened = desk.open("inspection", place="x").ticket
        written = []
        kind = writers.PostgresWriter if desk.database.postgres else writers.SqliteWriter
        write = kind.write

        def failing(self, session, step, receipt):
            write(self, session, step, receipt)
            written.append(step)
            if len(written) == 3:
                raise RuntimeError("the power fails")

        monkeypatch.setattr(kind, "write", failing)
        with pytest.raises(RuntimeError):
            desk.fire(opened, "report", round=[{"item": name, "result": "fail"} for name in "abc"])
        monkeypatch.undo()
        assert desk.now_of(opened).seq == 1
        assert desk.rows("SELECT count(*) FROM tickets")[0][0] == 1
        assert desk.rows("SELECT count(*) FROM history")[0][0] == 1
        assert desk.open("repair", content="first").ticket.number == "R-2026-0001"

    def test_a_refusal_leaves_nothing(self, desk):
        opened = desk.open("repair", content="x").ticket
        with pytest.raises(Forbidden):
            desk.fire(opened, "lapse")
        assert desk.now_of(opened) == opened

    def test_a_process_that_goes_on_for_ever_is_stopped(self, desk, monkeypatch):
        monkeypatch.setattr("workflows.engine.MAX_FOLLOW_UPS", 2)
        opened = desk.open("inspection", place="x").ticket
        with pytest.raises(Refusal) as caught:
            desk.fire(opened, "report", round=[{"item": name, "result": "fail"} for name in "abc"])
        assert caught.value.reasons[0].code == "endless"


class TestRaces:
    def test_who_saw_an_older_step_is_told(self, desk):
        opened = desk.open("repair", content="x").ticket
        desk.fire(opened, "doze", expected=1)
        with pytest.raises(Stale):
            desk.fire(opened, "wake", expected=1)

    def test_who_saw_a_step_that_another_process_has_overtaken_is_told(self, desk, database_url, cipher):
        """Not what would be refused at the step that the process itself still knows."""
        other = Database(database_url, cipher=cipher)
        elsewhere = Engine(Store(other), Definitions(DefinitionStore(other)), People(other))
        opened = desk.open("repair", content="x").ticket
        elsewhere.look(SITE, opened.id, None)
        desk.fire(opened, "doze", expected=1)
        late = Fire(site=SITE, ticket=opened.id, actor=desk.actor(), trigger="wake", expected=1)
        with pytest.raises(Stale):
            elsewhere.do(late, MONDAY)
        assert elsewhere.do(replace(late, expected=2), MONDAY).ticket.seq == 3
        other.close()

    def test_of_many_who_saw_the_same_step_one_wins(self, desk):
        opened = desk.open("repair", content="x").ticket
        raised = together(*(lambda: desk.fire(opened, "again", expected=1) for _ in range(6)))
        assert [type(error) for error in raised] == [Stale] * 5
        assert desk.now_of(opened).seq == 2

    def test_who_named_no_step_gets_through_one_after_the_other(self, desk):
        opened = desk.open("repair", content="x").ticket
        assert together(*(lambda: desk.fire(opened, "again") for _ in range(6))) == []
        assert desk.now_of(opened).seq == 7

    def test_a_race_that_is_never_won_is_given_up(self, desk, monkeypatch):
        opened = desk.open("repair", content="x").ticket
        load = desk.store.load

        def late(site, ticket, seen=None):
            found = load(site, ticket, seen)
            desk.store.load = load
            desk.fire(opened, "again")
            desk.store.load = late
            return found

        monkeypatch.setattr("workflows.engine.MAX_ATTEMPTS", 3)
        desk.store.load = late
        with pytest.raises(Stale):
            desk.fire(opened, "again")

    def test_an_id_is_opened_once(self, desk):
        command = Open(
            site=SITE, id=str(uuid4()), workflow="repair", actor=desk.actor(), data={"content": "x"}
        )
        desk.engine.do(command, MONDAY)
        with pytest.raises(Blocked) as caught:
            desk.engine.do(command, MONDAY)
        assert caught.value.reasons[0].code == "exists"


class TestRequests:
    def request(self, key: str = "k", digest: str = "d") -> IdempotentCommand:
        def render(context: StepContext) -> bytes:
            assert context.ticket is not None
            return f"{context.ticket.number} {context.ticket.seq}".encode()

        return IdempotentCommand(account="cleo", key=key, digest=digest, render=render)

    def test_a_repetition_gets_the_first_answer(self, desk):
        opened = desk.open("repair", request=self.request(), content="x").ticket
        with pytest.raises(AnsweredMeanwhile) as caught:
            desk.open("repair", request=self.request(), content="x")
        assert caught.value.answer == f"{opened.number} 1".encode()
        assert desk.rows("SELECT count(*) FROM tickets")[0][0] == 1

    def test_also_for_a_step(self, desk):
        opened = desk.open("repair", content="x").ticket
        desk.fire(opened, "again", request=self.request())
        with pytest.raises(AnsweredMeanwhile) as caught:
            desk.fire(opened, "again", request=self.request())
        assert caught.value.answer.endswith(b" 2")
        assert desk.now_of(opened).seq == 2

    def test_a_key_used_for_something_else_is_refused(self, desk):
        opened = desk.open("repair", content="x").ticket
        desk.fire(opened, "again", request=self.request())
        with pytest.raises(KeyReused):
            desk.fire(opened, "again", request=self.request(digest="other"))

    def test_of_two_at_the_same_moment_one_is_done(self, desk):
        opened = desk.open("repair", content="x").ticket
        raised = together(*(lambda: desk.fire(opened, "again", request=self.request()) for _ in range(4)))
        assert [type(error) for error in raised] == [AnsweredMeanwhile] * 3
        assert desk.now_of(opened).seq == 2


class TestLooking:
    def test_it_says_what_a_decision_would_see(self, desk):
        parent = desk.inspection("roof")
        seen = desk.engine.look(SITE, parent.ticket.id, None)
        assert (seen.ticket, seen.children) == (desk.now_of(parent.ticket), parent.children)

    def test_the_answer_of_a_step_is_what_is_then_stored(self, desk):
        opened = desk.open("repair", content="x", phone="13800000000")
        assert desk.engine.look(SITE, opened.ticket.id, None).ticket == opened.ticket
        moved = desk.fire(opened.ticket, "doze", MONDAY + HOUR)
        seen = desk.engine.look(SITE, opened.ticket.id, None)
        assert seen.ticket == moved.ticket
        assert {c.name: c for c in seen.clocks} == {c.name: c for c in moved.clocks}

    def test_choices_are_those_of_the_asker(self, desk):
        opened = desk.open("repair", content="x").ticket
        found = {
            c.trigger: c for c in desk.engine.list_trigger_options(SITE, opened.id, desk.actor(), MONDAY)
        }
        assert not found["mend"].reasons
        assert found["lapse"].reasons[0].code == "role-needed"

    def test_what_is_not_there_is_not_found(self, desk):
        with pytest.raises(NotFound):
            desk.engine.look(SITE, "nowhere", None)
        with pytest.raises(NotFound):
            desk.fire("nowhere", "mend")
        with pytest.raises(NotFound):
            desk.open("repairs", content="x")

    def test_a_command_with_nothing_to_do_says_how_the_ticket_stands(self, desk):
        opened = desk.open("repair", content="x").ticket
        tick = Tick(site=SITE, ticket=opened.id, actor=CLOCK, clock="state.open-job", level=0)
        assert desk.engine.do(tick, MONDAY).ticket == opened


def test_history_brought_in_afterwards_makes_no_noise(desk):
    command = Open(site=SITE, id=str(uuid4()), workflow="repair", actor=desk.actor(), data={"content": "x"})
    late = MONDAY + 30 * 24 * HOUR
    desk.engine.do(command, MONDAY, silent_until=late)
    fired = Fire(site=SITE, ticket=command.id, actor=desk.actor(), trigger="again")
    desk.engine.do(fired, MONDAY + HOUR, silent_until=late)
    assert desk.engine.sweep(late) == 0
    assert desk.rows("SELECT count(*) FROM outbox")[0][0] == 0
