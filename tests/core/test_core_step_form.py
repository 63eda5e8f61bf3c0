"""The form of a step as JSON Schema: simple where the step is, alternatives where there are several ways."""

from __future__ import annotations

from typing import Any

import pytest
from core_desk import Desk, process, refused
from jsonschema import Draft202012Validator

from workflows.core.handlers.available import list_trigger_options
from workflows.core.input.evaluation_context import build_values
from workflows.core.step_form import build_start_form, build_step_form

Json = dict[str, Any]

DEFINITION = process("""
fields:
  kind: {type: choice, options: {house: {en: House}, shop: {en: Shop}}}
  fee: {type: money}
  count: {type: number}
  remark: {type: text}
  well: {type: boolean}
  told: {type: boolean, personal: true}
  begins: {type: datetime}
  papers: {type: choices, options: {deed: {en: Deed}, card: {en: Card}}}
  proofs: {type: choices, options: {id: {en: Id}, letter: {en: Letter, when: kind == 'shop'}}}
  round: {type: checklist, items: {roof: {en: Roof}, door: {en: Door}}}
  goods: {type: table, columns: {article: {type: text, title: {en: A}}, place: {type: text, title: {en: B}}}}
  busy: {type: boolean, value: well && count > 3}
readers: [clerk]
start: {state: new, roles: [clerk], requires: [kind], accepts: [told], guard: "kind == 'house' || told"}
states:
  new: {title: {en: New}, owner: {role: clerk}}
  seen: {title: {en: Seen}, owner: {role: clerk}}
  done: {title: {en: Done}, category: closed}
transitions:
  - {trigger: look, from: new, to: seen, roles: [clerk], requires: [remark], accepts: [count]}
  - {trigger: sort, from: new, to: seen, roles: [clerk], requires: [well, remark], guard: well}
  - {trigger: sort, from: new, to: done, roles: [clerk], requires: [well, fee], guard: well == false}
  - {trigger: weigh, from: new, to: seen, roles: [clerk], requires: [count, fee], guard: count > 5}
  - {trigger: weigh, from: new, to: done, roles: [clerk], requires: [count]}
  - trigger: sign
    from: new
    to: done
    roles: [clerk]
    accepts: [well, remark]
    guard: well == true || remark != null
  - {trigger: hand-in, from: new, to: seen, roles: [clerk], requires: [papers], complete: [papers]}
  - {trigger: prove, from: new, to: seen, roles: [clerk], requires: [kind, proofs], complete: [proofs]}
  - {trigger: inspect, from: new, to: seen, roles: [clerk], requires: [round], complete: [round]}
  - trigger: list
    from: new
    to: seen
    roles: [clerk]
    requires: [goods]
    guard: goods.all(g, g.article != null)
  - {trigger: meet, from: new, to: seen, roles: [clerk], requires: [begins], guard: begins > now}
  - {trigger: tell, from: new, to: seen, roles: [clerk], accepts: [remark], guard: told || remark != null}
  - {trigger: rush, from: new, to: seen, roles: [clerk], requires: [well, count], guard: busy}
  - {trigger: shop, from: new, to: seen, roles: [clerk], accepts: [well], guard: "kind == 'shop' && well"}
  - {trigger: part, from: new, to: seen, roles: [chief], requires: [remark]}
  - {trigger: part, from: new, to: done, roles: [clerk], requires: [well]}
""")


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(DEFINITION).open(kind="house")


def form(desk: Desk, trigger: str) -> Json:
    actor = desk.actor("cleo")
    option = next(o for o in list_trigger_options(desk.context, actor, desk.now) if o.trigger == trigger)
    assert option.reasons == ()
    values = build_values(desk.context, desk.here, actor, desk.now)
    return build_step_form(DEFINITION, option.transitions, values, "en")


def takes(schema: Json, **data: object) -> bool:
    return Draft202012Validator(schema).is_valid(data)


class TestHowItReads:
    def test_a_step_without_conditions_is_a_simple_object(self, desk):
        schema = form(desk, "look")
        assert schema.keys() == {"$schema", "type", "properties", "required", "additionalProperties"}
        assert schema["required"] == ["remark"]

    def test_a_guard_on_one_field_is_written_into_its_schema(self, desk):
        schema = form(desk, "rush")
        assert "if" not in schema
        assert (schema["properties"]["well"]["const"], schema["properties"]["count"]["exclusiveMinimum"]) == (
            True,
            3,
        )

    def test_rows_that_exclude_each_other_are_ways_with_the_title_of_where_they_lead(self, desk):
        ways = form(desk, "sort")["oneOf"]
        assert [(way["title"], way["required"]) for way in ways] == [
            ("Seen", ["well", "remark"]),
            ("Done", ["well", "fee"]),
        ]

    def test_a_row_that_comes_after_another_is_what_is_left(self, desk):
        schema = form(desk, "weigh")
        assert schema["if"]["properties"] == {"count": {"type": "number", "exclusiveMinimum": 5}}
        assert schema["then"]["required"] == ["fee"]
        assert schema["required"] == ["count"]

    def test_all_documents_are_as_many_as_there_are(self, desk):
        assert form(desk, "hand-in")["properties"]["papers"]["minItems"] == 2

    def test_items_that_must_have_passed_are_contained(self, desk):
        shown = str(form(desk, "inspect")["properties"]["round"])
        assert "'result': {'enum': ['pass', 'not-applicable']}" in shown


class TestWhatItTakes:
    def test_no_more_than_the_row_requires_that_is_taken(self, desk):
        schema = form(desk, "sort")
        assert takes(schema, well=True, remark="x")
        assert takes(schema, well=False, fee="1.00")
        assert not takes(schema, well=False, remark="x")

    def test_one_of_two_things_is_enough(self, desk):
        schema = form(desk, "sign")
        assert takes(schema, well=True)
        assert takes(schema, remark="x")
        assert not takes(schema, well=False)
        assert not takes(schema, remark=" ")

    def test_a_document_that_applies_by_another_field_of_the_form(self, desk):
        schema = form(desk, "prove")
        assert takes(schema, kind="house", proofs=["id"])
        assert not takes(schema, kind="shop", proofs=["id"])
        assert takes(schema, kind="shop", proofs=["id", "letter"])

    def test_each_row_of_a_table(self, desk):
        schema = form(desk, "list")
        assert takes(schema, goods=[{"article": "bed"}])
        assert not takes(schema, goods=[{"article": "bed"}, {"place": "x"}])

    def test_of_the_start(self):
        schema = build_start_form(DEFINITION, "en")
        assert takes(schema, kind="house")
        assert not takes(schema, kind="shop")
        assert takes(schema, kind="shop", told=True)


class TestWhatIsLeftToTheDoor:
    def test_what_hangs_on_the_time(self, desk):
        assert takes(form(desk, "meet"), begins="2001-01-01T00:00:00Z")
        assert set(refused(desk.fire, "meet", begins="2001-01-01T00:00:00Z")) == {"guard"}

    def test_what_somebody_may_not_read(self, desk):
        """The form of one whose ticket says `told` looks like that of another."""
        told = Desk(DEFINITION).open(kind="house", told=True)
        assert form(desk, "tell") == form(told, "tell")


class TestTheDoor:
    def test_a_step_that_no_form_can_take_is_not_offered(self, desk):
        options = list_trigger_options(desk.context, desk.actor("cleo"), desk.now)
        [shop] = [option for option in options if option.trigger == "shop"]
        assert [reason.code for reason in shop.reasons] == ["guard"]

    def test_fields_of_a_row_for_others_are_no_fields_of_the_step(self, desk):
        """A clerk writes nothing that only the chief is asked for."""
        assert not takes(form(desk, "part"), well=True, remark="x")
        assert set(refused(desk.fire, "part", well=True, remark="x")) == {"unknown-field remark"}
