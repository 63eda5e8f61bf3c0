"""The papers that a step needs hang on who asks; those that are lacking are named."""

# ruff: noqa: E501  # YAML as its authors write it
import pytest
from core_desk import Desk, process, refused

from workflows.core.handlers.available import list_trigger_options
from workflows.errors import Invalid, Refusal

DEFINITION = process("""
fields:
  kind: {type: choice, options: {owner: {en: Owner}, agent: {en: Agent}}}
  minor: {type: boolean}
  age: {type: number}
  documents:
    type: choices
    options:
      card: {en: Identity card}
      power: {en: Power of attorney, when: kind == 'agent'}
      guardian: {en: Guardian's consent, when: age < 18}
  round:
    type: checklist
    items: {roof: {en: Roof}, lift: {en: Lift, when: kind == 'owner'}, door: {en: Door, when: kind == 'agent'}}
start: {state: new, roles: [clerk], requires: [kind], accepts: [documents, age]}
states:
  new: {owner: {role: clerk}}
  verified: {owner: {role: clerk}}
  done: {category: closed}
transitions:
  - {trigger: verify, from: new, to: verified, roles: [clerk], accepts: [documents, kind], complete: [documents]}
  - {trigger: hasten, from: new, to: verified, roles: [clerk], complete: [documents]}
  - {trigger: ask, from: new, roles: [clerk], guard: size(missing.documents) > 0}
  - {trigger: ask-power, from: new, roles: [clerk], guard: "'power' in missing.documents"}
  - {trigger: hand, from: new, roles: [clerk], requires: [documents]}
  - {trigger: check, from: verified, to: done, roles: [clerk], requires: [round], complete: [round]}
  - {trigger: leave, from: verified, to: done, roles: [clerk], complete: [round]}
""")
OPENING = process("""
fields:
  kind: {type: choice, options: {owner: {en: Owner}, agent: {en: Agent}}}
  documents:
    {type: choices, options: {card: {en: Identity card}, power: {en: Power of attorney, when: kind == 'agent'}}}
start: {state: new, roles: [clerk], requires: [kind, documents], complete: [documents]}
states: {new: {owner: {role: clerk}}, done: {category: closed}}
transitions: [{trigger: end, from: new, to: done, roles: [clerk]}]
""")


def desk(**data: object) -> Desk:
    return Desk(DEFINITION).open(**{"kind": "agent", **data})


def lacking(act: object, *arguments: object, **more: object) -> list[str]:
    """The titles of the papers that are named."""
    with pytest.raises(Refusal) as caught:
        act(*arguments, **more)  # type: ignore[operator]
    assert {reason.code for reason in caught.value.reasons} == {"missing-paper"}
    return [reason.facts["paper"] for reason in caught.value.reasons]


class TestChoices:
    def test_each_option_that_applies_must_have_been_chosen(self):
        assert lacking(desk().fire, "verify") == ["Identity card", "Power of attorney"]
        assert lacking(desk(documents=["card"]).fire, "verify") == ["Power of attorney"]

    def test_it_is_refused_as_a_form_that_can_be_mended(self):
        with pytest.raises(Invalid) as caught:
            desk().fire("verify")
        assert str(caught.value) == "Identity card is still lacking; Power of attorney is still lacking"

    def test_what_does_not_apply_is_not_asked_for(self):
        assert desk(kind="owner", documents=["card"]).fire("verify").here.state == "verified"

    def test_what_is_on_the_form_counts(self):
        assert desk().fire("verify", documents=["card", "power"]).here.state == "verified"
        assert lacking(desk(kind="owner").fire, "verify", kind="agent", documents=["card"]) == [
            "Power of attorney"
        ]

    def test_a_condition_that_cannot_be_answered_counts_as_no(self):
        assert lacking(desk(kind="owner", age=12).fire, "verify", documents=["card"]) == [
            "Guardian's consent"
        ]
        assert desk(kind="owner").fire("verify", documents=["card"]).here.state == "verified"

    def test_the_start_can_want_them_too(self):
        assert lacking(Desk(OPENING).open, kind="agent", documents=["card"]) == ["Power of attorney"]
        assert Desk(OPENING).open(kind="owner", documents=["card"]).here.state == "new"

    def test_all_reasons_come_at_once(self):
        reasons = refused(desk().fire, "verify", "wang", kind="nobody")
        assert list(reasons) == ["bad-value kind", "role-needed", "missing-paper documents"]

    def test_a_field_that_was_refused_is_not_complained_about_twice(self):
        assert list(refused(desk().fire, "verify", documents=["deed"])) == ["bad-value documents[0]"]


class TestChecklists:
    def test_each_item_that_applies_must_pass(self):
        found = desk(kind="owner", documents=["card"]).fire("verify")
        items = [{"item": "roof", "result": "pass"}, {"item": "lift", "result": "fail"}]
        assert lacking(found.fire, "check", round=items) == ["Lift"]
        items[1]["result"] = "not-applicable"
        assert found.fire("check", round=items).here.state == "done"

    def test_where_it_is_required_the_items_that_apply_must_be_gone_through(self):
        found = desk(kind="owner", documents=["card"]).fire("verify")
        reasons = refused(found.fire, "check", round=[{"item": "roof", "result": "pass"}])
        assert reasons["bad-value round"].facts["items"] == "lift"
        assert "door" not in str(reasons)


class TestWhatIsMissing:
    def test_expressions_know_it(self):
        assert desk().fire("ask").here.seq == 2
        assert desk().fire("ask-power").here.seq == 2
        assert list(refused(desk(kind="owner", documents=["card"]).fire, "ask")) == ["guard"]
        assert list(refused(desk(kind="owner").fire, "ask-power")) == ["guard"]

    def test_it_is_told_before_anybody_tries(self):
        found = desk(documents=["card"])
        choice = {
            each.trigger: each for each in list_trigger_options(found.context, found.actor("cleo"), found.now)
        }
        assert [reason.facts["paper"] for reason in choice["hasten"].reasons] == ["Power of attorney"]
        assert choice["verify"].reasons == ()  # they may come with the form
