"""A scenario names files, which whoever acts has just uploaded; they go with what is copied to other
tickets."""

from __future__ import annotations

from pathlib import Path

from scenario_texts import COMPANY

from workflows.rehearsal import rehearse_folder

T = "{en: X, zh-Hans: X, zh-Hant: X, es: X}"
HEAD = f"""\
title: {T}
purpose: Somebody looks at a flat, and brings pictures of it.
calendar: office
readers: [desk]
"""
FIELDS = f"""\
  photos: {{type: attachment, title: {T}}}
  contract: {{type: attachment, title: {T}, personal: true}}
  rooms: {{type: checklist, title: {T}, items: {{kitchen: {T}, bath: {T}}}}}
"""
STATES = f"""\
states:
  todo: {{title: {T}, owner: {{role: desk}}, due: 2 days}}
  done: {{title: {T}, category: closed}}
"""
LOOK = f"""\
workflow: look
numbering: L-{{year}}-{{seq:5}}
{HEAD}fields:
{FIELDS}start: {{state: todo, roles: [desk], requires: [photos], accepts: [contract, rooms]}}
{STATES}transitions:
  - trigger: finish
    title: {T}
    from: todo
    to: done
    roles: [desk]
    accepts: [rooms, photos]
    effects: [{{open: after, with: {{photos: photos}}, as: mended}}]
scenarios:
  - name: with pictures
    at: 2026-03-02 09:00
    steps:
      - open:
          photos: [a.jpg, b.jpg]
          contract: [c.pdf]
          rooms: [{{item: kitchen, result: pass, photo: k.jpg}}]
        as: desk
      - {{expect: {{data: {{photos: [a.jpg, b.jpg], contract: [c.pdf]}}}}}}
      - {{amend: {{photos: [d.jpg]}}, as: desk}}
      - {{finish: {{rooms: [{{item: bath, result: fail, note: wet, photo: w.jpg}}]}}, as: desk}}
      - {{expect: {{state: done, children: 1}}}}
      - child: {{link: mended}}
        steps: [{{expect: {{state: todo, data: {{photos: [d.jpg]}}}}}}]
"""
AFTER = f"""\
workflow: after
numbering: A-{{year}}-{{seq:5}}
{HEAD}fields:
{FIELDS}start: {{state: todo, roles: [desk], accepts: [photos]}}
{STATES}transitions:
  - {{trigger: finish, title: {T}, from: todo, to: done, roles: [desk]}}
scenarios:
  - name: none
    at: 2026-03-02 09:00
    steps: [{{open: {{}}, as: desk}}, {{finish: {{}}, as: desk}}]
"""


def test_files_of_a_scenario_are_named_and_copied(tmp_path: Path) -> None:
    for name, text in {**COMPANY, "look.yaml": LOOK, "after.yaml": AFTER}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    results = list(rehearse_folder(tmp_path))
    assert [str(each) for each in results if not each.ok] == []
    assert len(results) == 2
