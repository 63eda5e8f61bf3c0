"""Amounts are exact wherever a process speaks of them: the same cents in every place."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_texts import COMPANY

from workflows.rehearsal import rehearse_folder

T = "{en: X, zh-Hans: X, zh-Hant: X, es: X}"
SPLIT = f"""\
workflow: split
title: {T}
purpose: A deposit is paid back in part; every place where an amount can stand speaks of it.
numbering: SP-{{year}}-{{seq:5}}
calendar: office
fields:
  deposit: {{type: money, title: {T}}}
  refund: {{type: money, title: {T}}}
  withheld: {{type: money, title: {T}}}
  third: {{type: money, title: {T}, value: deposit / 3}}
  back: {{type: boolean, title: {T}, value: third * 3 - deposit <= 0.01 && refund + withheld == deposit}}
  left: {{type: money, title: {T}}}
  told: {{type: boolean, title: {T}}}
  papers:
    type: choices
    title: {T}
    options: {{slip: {{en: S, zh-Hans: S, zh-Hant: S, es: S, when: deposit - refund == withheld}}}}
start: {{state: todo, roles: [desk], requires: [deposit]}}
states:
  todo: {{title: {T}, owner: {{role: desk}}, due: 2 days}}
  settled: {{title: {T}, owner: {{role: desk}}, due: 2 days}}
  done: {{title: {T}, category: closed}}
transitions:
  - trigger: settle
    title: {T}
    from: todo
    to: settled
    roles: [desk]
    requires: [refund, withheld]
    guard: refund + withheld == deposit
    effects:
      - {{set: left, value: deposit - refund}}
      - {{set: told, value: "true", when: left == withheld}}
      - {{open: part, with: {{amount: deposit * 0.1, share: refund / deposit}}, as: parts}}
  - trigger: gone
    title: {T}
    from: settled
    to: done
    auto: true
    guard: told == true && children.parts.all(c, c.closed && c.data.amount * 10 == deposit)
scenarios:
"""
PART = f"""\
workflow: part
title: {T}
purpose: A tenth of it.
numbering: PA-{{year}}-{{seq:5}}
calendar: office
fields:
  amount: {{type: money, title: {T}}}
  share: {{type: number, title: {T}}}
start: {{state: due, requires: [amount, share]}}
states:
  due: {{title: {T}, owner: {{role: desk}}, due: 2 days}}
  closed: {{title: {T}, category: closed}}
transitions:
  - {{trigger: pay, title: {T}, from: due, to: closed, roles: [desk], guard: amount > 0 && share <= 1}}
"""
SCENARIO = """\
  - name: to the cent
    at: 2026-03-02 09:00
    steps:
      - {{open: {{deposit: '{deposit}'}}, as: desk}}
      - {{settle: {{refund: '{refund}', withheld: '{wrong}'}}, as: desk, refused: [guard]}}
      - {{settle: {{refund: '{refund}', withheld: '{withheld}'}}, as: desk}}
      - {{expect: {{state: settled, data: {{left: '{withheld}', told: true, back: true}}}}}}
      - child: {{link: parts}}
        steps: [{{expect: {{data: {{amount: '{tenth}'}}}}}}, {{pay: {{}}, as: desk}}]
      - {{expect: {{state: done}}}}
"""


@pytest.mark.parametrize(
    ("deposit", "refund", "withheld"),
    [
        ("3264.10", "2915.18", "348.92"),
        ("0.30", "0.10", "0.20"),
        ("1.10", "0.40", "0.70"),
        ("999999999999.90", "333333333333.30", "666666666666.60"),
    ],
)
def test_the_parts_make_the_whole_wherever_it_is_asked(
    tmp_path: Path, deposit: str, refund: str, withheld: str
) -> None:
    for name, text in COMPANY.items():
        (tmp_path / name).write_text(text, "utf-8")
    cents = str(int(deposit.replace(".", "")) // 10).zfill(3)
    scenario = SCENARIO.format(
        deposit=deposit,
        refund=refund,
        withheld=withheld,
        wrong=withheld[:-1] + ("1" if withheld[-1] == "0" else "9"),
        tenth=f"{cents[:-2]}.{cents[-2:]}",
    )
    (tmp_path / "split.yaml").write_text(SPLIT + scenario, "utf-8")
    (tmp_path / "part.yaml").write_text(PART, "utf-8")
    results = list(rehearse_folder(tmp_path))
    assert [result.failure for result in results] == [None]
