"""A request for each POST about definitions, their drafts, and migrations of tickets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from post_scene import Asking, Scene
from small_process import publish_small, small_process

from service import wallclock
from workflows.core.commands import Actor
from workflows.storage.definition_drafts import DefinitionDraft, DraftStore
from workflows.storage.definitions import Authorship


def checking(scene: Scene) -> Asking:
    body = {"text": f"workflow: {scene.fresh()}"}
    return Asking(path="/api/workflows/check", body=body, other={"text": "x"}, account="office-director")


def comparing(scene: Scene) -> Asking:
    text = scene.desk.definitions.text("complaint", 1)
    body = {"text": f"{text}\n# {scene.fresh()}\n"}
    return Asking(
        path="/api/workflows/difference", body=body, other={"text": text}, account="office-director"
    )


def publishing(scene: Scene) -> Asking:
    text = small_process(publish_small(scene.desk, scene.fresh()))
    return Asking(
        path="/api/workflows",
        body={"text": f"{text}# another\n"},
        other={"text": text},
        heads={"If_Match": '"1"'},
        account="director-of-both",
    )


def checking_a_file(scene: Scene) -> Asking:
    return replace(publishing_a_file(scene), path="/api/company/settings.yaml/check", heads={})


def comparing_a_file(scene: Scene) -> Asking:
    return replace(publishing_a_file(scene), path="/api/company/settings.yaml/difference", heads={})


def publishing_a_file(scene: Scene) -> Asking:
    """The settings, with another remark."""
    now = scene.desk.company_files.find("settings.yaml")
    return Asking(
        path="/api/company/settings.yaml",
        body={"text": f"{now.text}# {scene.fresh()}\n"},
        other={"text": now.text},
        heads={"If_Match": f'"{now.version}"'},
        account="director-of-both",
    )


def _act(scene: Scene, verb: str, *versions: str, **body: Any) -> Asking:
    """About a process of two states that is fresh."""
    name = publish_small(scene.desk, scene.fresh(), *versions)
    if verb == "reinstate":
        manager = Actor(id="tests", name="tests", surface="api")
        why = Authorship(at=wallclock.now(), by="id-director-of-both", reason="x")
        scene.desk.process_changes.retire(name, manager, why)
    heads = {"If_Match": f'"{1 + len(versions)}"'} if versions else {}
    body["reason"] = "asked for"
    path = f"/api/workflows/{name}/{verb}"
    other = {**body, "reason": "another"}
    return Asking(path=path, body=body, other=other, heads=heads, account="director-of-both")


def taking_back(scene: Scene) -> Asking:
    return _act(scene, "take-back", "second", to=1)


def retiring(scene: Scene) -> Asking:
    return _act(scene, "retire")


def reinstating(scene: Scene) -> Asking:
    return _act(scene, "reinstate")


def renaming(scene: Scene) -> Asking:
    return _act(scene, "rename", to=scene.fresh())


def _drafted(scene: Scene, verb: str, state: str, body: dict[str, Any] | None = None) -> Asking:
    """About a draft of a process of two states that is fresh."""
    name = publish_small(scene.desk, scene.fresh())
    author = "id-director-of-both" if state == "draft" else "id-office-director"
    draft = DefinitionDraft(
        workflow=name,
        id="shorter",
        author=author,
        text=f"{small_process(name)}# more\n",
        based_on=1,
        state=state,
        reason="x",
        changed_at=wallclock.now(),
    )
    DraftStore(scene.desk.database).store(draft, None)
    path = f"/api/workflows/{name}/drafts/shorter/{verb}"
    other = {"x": 1} if body is None else {"reason": "another"}
    return Asking(path=path, body=body or {}, other=other, account="director-of-both")


def publishing_a_draft(scene: Scene) -> Asking:
    return _drafted(scene, "publish", "draft")


def approving_a_draft(scene: Scene) -> Asking:
    return _drafted(scene, "approve", "proposed")


def rejecting_a_draft(scene: Scene) -> Asking:
    return _drafted(scene, "reject", "proposed", {"reason": "too short"})


def planning_a_migration(scene: Scene) -> Asking:
    """Of the complaints on the newest version, back to the first."""
    newest = scene.desk.definitions.latest("complaint").version
    if newest == 1:
        text = scene.desk.definitions.text("complaint", 1)
        scene.desk.definitions.publish_text(f"{text}# 2\n", "complaint.yaml", wallclock.now(), "tests")
        newest = 2
    scene.ticket()
    plan = f"process: complaint\nfrom: {newest}\nto: 1\nbecause: {scene.fresh()}\n"
    path, account = "/api/workflows/complaint/migrations", "office-director"
    return Asking(path=path, body={"text": plan}, other={"text": "process: x"}, account=account)


def moving_a_ticket(scene: Scene) -> Asking:
    return _of_migration(scene, "run")


def bringing_a_ticket_back(scene: Scene) -> Asking:
    moving = moving_a_ticket(scene)
    assert scene.send(moving).status_code == 200
    return replace(moving, path=moving.path.replace("/run", "/undo"))


def _of_migration(scene: Scene, verb: str) -> Asking:
    planning = planning_a_migration(scene)
    planned = scene.send(planning)
    path = f"{planning.path}/{planned.json['id'] if planned.json else ''}/{verb}"
    return Asking(path=path, body={"limit": 1}, other={"limit": 2}, account=planning.account)
