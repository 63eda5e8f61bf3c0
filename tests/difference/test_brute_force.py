"""A difference says exactly where two versions decide otherwise: no form more, and none less."""

# ruff: noqa: E501  # YAML as its authors write it

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from brute_force import Domain, disagreements

sys.path.append(str(Path(__file__).parents[1] / "core"))
from core_desk import process

from workflows.difference.difference import find_difference

BASE = """
fields:
  price: {type: money, title: {en: Price}}
  fee: {type: money, title: {en: Fee}}
  count: {type: number, min: 0, max: 9, title: {en: Count}}
  kind: {type: choice, title: {en: Kind}, options: {a: {en: A}, b: {en: B}, c: {en: C}}}
  urgent: {type: boolean, title: {en: Urgent}}
  reason: {type: text, title: {en: Reason}}
  day: {type: date, title: {en: Day}}
  papers: {type: choices, title: {en: Papers}, options: {x: {en: X}, y: {en: Y}}}
  cheap: {type: boolean, title: {en: Cheap}, value: "price < 50.0"}
start: {state: new, roles: [clerk, worker], requires: [kind], accepts: [urgent, reason]}
states:
  new: {owner: {role: clerk}}
  checked: {owner: {role: chief}}
  waiting: {category: waiting, owner: {role: clerk}}
  done: {category: closed}
  gone: {category: cancelled}
transitions:
  - {trigger: check, title: {en: Check}, from: new, to: checked, roles: [clerk], requires: [price], accepts: [count, urgent], guard: "price <= 500.0"}
  - {trigger: check, from: new, to: waiting, roles: [clerk, chief], requires: [price, reason]}
  - {trigger: approve, title: {en: Approve}, from: checked, to: done, roles: [chief, director], accepts: [fee, papers], guard: "kind != 'c' || urgent"}
  - {trigger: resume, title: {en: Resume}, from: waiting, to: checked, roles: [clerk], accepts: [day, reason], guard: "day != null"}
  - {trigger: cancel, title: {en: Cancel}, from: open, to: gone, roles: [clerk, opener], requires: [reason]}
  - {trigger: close, title: {en: Close}, from: waiting, to: done, auto: true, guard: "cheap && urgent"}
"""
PRICES, KINDS, YES_NO = (
    ("0.00", "49.99", "50.00", "500.00", "500.01", "501.00", "900.00"),
    ("a", "b", "c"),
    (True, False),
)
CHECK = Domain({"price": PRICES, "reason": ("why",), "urgent": YES_NO}, triggers=("check",))
APPROVE = Domain({"kind": KINDS, "urgent": YES_NO, "papers": (["x"], ["x", "y"])}, triggers=("approve",))
EDITS: dict[str, tuple[str, str, Domain]] = {
    "a threshold is lower": ("price <= 500.0", "price <= 50.0", CHECK),
    "a threshold is higher": ("price <= 500.0", "price <= 501.0", CHECK),
    "the limit itself is left out": ("price <= 500.0", "price < 500.0", CHECK),
    "a condition more": ("price <= 500.0", "price <= 500.0 && urgent", CHECK),
    "a condition less": ('"price <= 500.0"', "'true'", CHECK),
    "an alternative more": ("price <= 500.0", "price <= 500.0 || urgent == true", CHECK),
    "a range": ("price <= 500.0", "price > 50.0 && price <= 500.0", CHECK),
    "emptiness matters": ("price <= 500.0", "price <= 500.0 && urgent != null", CHECK),
    "a field is required": ("accepts: [count, urgent], guard", "accepts: [count], guard", CHECK),
    "what was accepted is required": (
        "requires: [price], accepts: [count, urgent]",
        "requires: [price, urgent], accepts: [count]",
        CHECK,
    ),
    "what was required is accepted": (
        "requires: [price, reason]",
        "requires: [price], accepts: [reason]",
        CHECK,
    ),
    "rows change places": (
        "- {trigger: check, from: new, to: waiting, roles: [clerk, chief], requires: [price, reason]}",
        "",
        CHECK,
    ),
    "a role more": (
        "to: checked, roles: [clerk], requires: [price]",
        "to: checked, roles: [clerk, chief], requires: [price]",
        CHECK,
    ),
    "a role less": ("roles: [clerk, chief], requires", "roles: [clerk], requires", CHECK),
    "another target": ("from: new, to: waiting", "from: new, to: gone", CHECK),
    "an option is gone from a guard": ("kind != 'c' || urgent", "kind != 'c'", APPROVE),
    "options in a list": ("kind != 'c' || urgent", "kind in ['a', 'b'] || urgent", APPROVE),
    "another option": ("kind != 'c' || urgent", "kind != 'b' || urgent", APPROVE),
    "how many papers": ("kind != 'c' || urgent", "size(papers) >= 2 || urgent", APPROVE),
    "a paper of a list": ("kind != 'c' || urgent", "'y' in papers && kind != 'c'", APPROVE),
    "documents must be complete": (
        "accepts: [fee, papers]",
        "accepts: [fee, papers], complete: [papers]",
        APPROVE,
    ),
    "two fields are compared": (
        "accepts: [fee, papers], guard: \"kind != 'c' || urgent\"",
        'accepts: [fee, price], guard: "fee <= price"',
        Domain({"fee": ("1.00", "2.00", "3.00"), "price": ("1.00", "2.00", "3.00")}, triggers=("approve",)),
    ),
    "a computed field is worked out otherwise": (
        "price < 50.0",
        "price < 500.0",
        Domain({"price": PRICES, "urgent": YES_NO}, triggers=("",)),
    ),
    "an option is removed": (
        ", b: {en: B}",
        "",
        Domain({"kind": KINDS, "urgent": YES_NO}, triggers=("open",)),
    ),
    "a number has another bound": (
        "min: 0, max: 9",
        "min: 2, max: 9",
        Domain({"count": (0, 1, 2, 3, 9), "price": ("1.00", "900.00")}, triggers=("check",)),
    ),
    "an opening needs more": (
        "requires: [kind], accepts: [urgent, reason]",
        "requires: [kind, reason], accepts: [urgent]",
        Domain({"kind": KINDS, "reason": ("why",), "urgent": YES_NO}, triggers=("open",)),
    ),
    "an opening for others": (
        "roles: [clerk, worker], requires: [kind]",
        "roles: [clerk, chief], requires: [kind]",
        Domain({"kind": KINDS}, triggers=("open",)),
    ),
    "a field is fixed for residents": (
        "roles: [clerk, worker], requires: [kind], accepts: [urgent, reason]}",
        "roles: [clerk, worker, guest], requires: [kind], accepts: [urgent, reason], guest: {kind: a}}",
        Domain({"kind": KINDS, "urgent": YES_NO, "reason": ("why",)}, triggers=("open",)),
    ),
    "a step from fewer states": (
        "from: open, to: gone",
        "from: [new, checked], to: gone",
        Domain({"reason": ("why",), "kind": KINDS}, triggers=("cancel",)),
    ),
    "a date lies ahead": (
        "day != null",
        "day > '2026-03-04'",
        Domain(
            {"day": ("2026-03-03", "2026-03-04", "2026-03-05", "2027-01-01"), "reason": ("why",)},
            triggers=("resume",),
        ),
    ),
    "a state is gone": (
        "waiting: {category: waiting, owner: {role: clerk}}",
        "waiting: {category: waiting, owner: {role: chief}}",
        CHECK,
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_difference_says_exactly_where_versions_decide_otherwise(name: str) -> None:
    before, after, domain = EDITS[name]
    assert before in BASE
    difference = find_difference(process(BASE), process(BASE.replace(before, after)))
    count, differing, wrong = disagreements(difference, domain)
    assert count > 5
    assert wrong == [], (len(wrong), differing, count)
    print(name, count, differing)


@pytest.mark.parametrize("now", ["{kind: a}", "{kind: b}", "{kind: a, urgent: true}", "{}"])
@pytest.mark.parametrize("guard", ["", ", guard: \"kind != 'b' || urgent\""])
def test_what_is_fixed_for_residents_decides_as_if_they_had_sent_it(now: str, guard: str) -> None:
    start = "roles: [clerk, worker], requires: [kind], accepts: [urgent, reason]}"
    assert start in BASE
    before, after = (
        BASE.replace(
            start,
            f"roles: [clerk, guest], requires: [kind], accepts: [urgent, reason]{guard}, guest: {fixed}}}",
        )
        for fixed in ("{kind: a}", now)
    )
    domain = Domain({"kind": KINDS, "urgent": YES_NO, "reason": ("why",)}, triggers=("open",))
    difference = find_difference(process(before), process(after))
    _, differing, wrong = disagreements(difference, domain)
    assert wrong == [], (len(wrong), differing)
    codes = {each.code for each in difference.changes if each.code.startswith("guest-")}
    assert (
        codes
        == {
            "{kind: a}": set(),
            "{kind: b}": {"guest-value"},
            "{kind: a, urgent: true}": {"guest-fixed"},
            "{}": {"guest-asked"},
        }[now]
    )
