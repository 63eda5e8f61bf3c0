"""What is told of a condition that does not hold: words of the definition, or titles; never an expression."""

from __future__ import annotations

import pytest
from api_desk import Call
from print_samples import REPAIR

from service.problems import render_reason
from workflows.core.input import common_reasons
from workflows.core.input.common_reasons import GuardFailure
from workflows.errors import Reason
from workflows.language.forms.values import Values
from workflows.language.load import Folder

SIGNS = ("==", "!=", "&&", "||", "null", "duration(", " > ")


def refusal_to_open(ours: Folder, process: str) -> Reason:
    definition = ours.definitions[process]
    assert definition.start.guard
    verdict = definition.start.guard.holds(Values())
    return common_reasons.guards_failed(definition, [GuardFailure(definition.start, verdict, Values())])


def refusal_of(ours: Folder, process: str, trigger: str, **missing: tuple[str, ...]) -> Reason:
    definition = ours.definitions[process]
    rows = [row for row in definition.transitions if row.trigger == trigger and row.guard]
    failures = [
        GuardFailure(row, row.guard.holds(Values()), Values(), missing.get(row.to or "", ()))
        for row in rows
        if row.guard
    ]
    return common_reasons.guards_failed(definition, failures)


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("zh-Hans", "报送期限须在两小时以后，否则来不及统计"),
        ("zh-Hant", "報送期限須在兩小時以後，否則來不及統計"),
        ("en", "The deadline must be more than two hours ahead, or there is no time to compile it"),
        ("es", "El plazo debe ser de más de dos horas, o no da tiempo a elaborarlo"),
    ],
)
def test_a_reader_is_told_what_is_wanted(ours: Folder, language: str, message: str) -> None:
    """What was once told as `deadline - now > duration("2h")`."""
    reason = refusal_to_open(ours, "attendance-statistics")
    assert render_reason(reason, language, ours.definitions["attendance-statistics"]) == {
        "code": "guard",
        "message": message,
        "saw": {"deadline": None},
    }


def test_ways_of_which_one_would_be_enough_are_named_with_what_each_lacks(ours: Folder) -> None:
    definition = ours.definitions["complaint"]
    reason = refusal_of(
        ours, "complaint", "determine-nature", classified=("severity",), communicated=("reason",)
    )
    told = render_reason(reason, "zh-Hans", definition)
    assert told["message"].startswith("须符合下列之一：（1）转为“")
    assert "有效投诉，严重程度为一般或较重；另须填写：严重程度" in told["message"]
    assert [each["fields"] for each in told["alternatives"]][:2] == [["nature", "severity"]] * 2
    assert {each["to"] for each in told["alternatives"]} >= {"classified"}
    assert told["alternatives"][0]["missing"] == ["severity"]


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("zh-Hans", "按所填内容不能这样做，请核对：是否满意"),
        ("zh-Hant", "按所填內容不能這樣做，請核對：是否滿意"),
        ("en", "What is given does not allow this; look at: Satisfied"),
        ("es", "Lo indicado no lo permite; revise: Satisfecho"),
    ],
)
def test_a_guard_that_says_nothing_is_told_by_the_titles_of_its_fields(
    ours: Folder, language: str, message: str
) -> None:
    """As in a version that was published before anybody asked for words."""
    definition = ours.definitions["complaint"]
    said = refusal_of(ours, "complaint", "close").conditions[0]
    unsaid = Reason("guard", "as it was", conditions=(type(said)(because={}, fields=("satisfied",)),))
    assert render_reason(unsaid, language, definition)["message"] == message


def test_who_did_what_is_told_by_the_titles_of_the_steps(ours: Folder) -> None:
    definition = next(each for each in ours.definitions.values() if each.separations)
    trigger, others = next(iter(definition.separations.items()))
    message = render_reason(common_reasons.separation(definition, trigger, others), "zh-Hans", definition)[
        "message"
    ]
    assert trigger not in message
    assert "已办理过" in message


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant", "es"])
def test_no_shipped_guard_is_ever_told_as_an_expression(ours: Folder, language: str) -> None:
    """Of every trigger of every process, in every language; with and without words of the definition."""
    shown = []
    for name, definition in ours.definitions.items():
        for trigger in sorted({row.trigger for row in definition.transitions if row.guard}):
            told = render_reason(refusal_of(ours, name, trigger), language, definition)
            shown += [told["message"], *(each["message"] for each in told.get("alternatives", ()))]
    assert len(shown) > 300
    assert not [each for each in shown if any(sign in each for sign in SIGNS)]


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("zh-Hans", "约定时间须晚于现在，所填为 2020年3月2日星期一 10:00"),
        ("en", "The appointment must lie ahead; given is Monday, 2 March 2020, 10:00"),
        ("es", "La cita debe ser futura; se indicó lunes, 2 de marzo de 2020, 10:00"),
    ],
)
def test_a_reason_names_what_was_given_as_the_reader_writes_it(
    call: Call, language: str, message: str
) -> None:
    """In the zone of the site; without a value the clause is left out."""
    officer = call("cs-officer")
    ticket = call("receptionist").open("repair", REPAIR)
    free = {"scope": "common", "charge": "common"}
    for trigger, form in (("classify", free), ("issue-slip", {}), ("assign", {"worker": "repair-worker"})):
        ticket = officer.fire(ticket, trigger, form).json
    officer.language, plain = language, message.partition("，")[0].partition(";")[0]
    for told, said in (({"appointment": "2020-03-02T02:00:00Z"}, message), ({}, plain)):
        reasons = officer.fire(ticket, "schedule", {"estimate": "1", **told}).json["blocked_by"]
        assert said in [each["message"] for each in reasons]
