"""What a site decides for itself."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from service.api.answers import Answer, as_json, etag
from service.api.call import Call
from service.api.paging import as_page, limit_of, seq_after
from service.api.routing import Routes
from service.schemas import bodies, queries
from service.texts import titled
from workflows.errors import Invalid, Reason, Stale
from workflows.language.forms.schema import field_schema
from workflows.language.forms.setting import Setting, judged
from workflows.storage.setting_changes import SettingChange
from workflows.timing.instants import rfc3339

routes = Routes("sites")
Said = Mapping[str, object]


@routes.get(
    "/api/sites/{site}/settings", "See what a site has decided", "Settings", refuses=(403, 404), etag=True
)
def show_settings(call: Call, site: str) -> Answer:
    """Every setting of the company, with what holds at the site. For those who look after the desk there."""
    return _shown(call, call.managed_site(site), call.desk.people.settings(site))


@routes.put(
    "/api/sites/{site}/settings",
    "Say what a site decides",
    "Settings",
    body=bodies.PutSettings(),
    writes=True,
)
def put_settings(call: Call, site: str) -> Answer:
    """What is said replaces all that was said before; what is left out has its default again."""
    before = call.desk.people.settings(call.managed_site(site))
    after, reasons = judged(call.desk.library.company().settings, call.body["values"])
    if call.seen != _seal(before):
        raise changed_since()
    if reasons:
        raise Invalid(reasons)
    if not call.desk.people.change_settings(site, before, after, call.actor(site), call.now):
        raise changed_since()
    return _shown(call, site, after)


@routes.get(
    "/api/sites/{site}/settings/history",
    "See who changed which setting",
    "SettingsHistory",
    query=queries.HistoryQuery(),
    refuses=(403, 404, 422),
    linked=True,
)
def show_settings_history(call: Call, site: str) -> Answer:
    """Every change, oldest first: from what to what. For those who look after the desk there."""
    after, limit = seq_after(call), limit_of(call)
    found = call.desk.people.settings_history(call.managed_site(site), after, limit + 1)
    known = call.desk.library.company().settings
    items = [_change(each, known.get(each.setting), call.language) for each in found[:limit]]
    following = str(found[limit - 1].seq) if len(found) > limit else None
    return as_page(call, items, following)


def _change(change: SettingChange, setting: Setting | None, language: str) -> dict[str, Any]:
    return {
        "seq": change.seq,
        "at": rfc3339(change.at),
        "actor": {"id": change.actor_id, "name": change.actor_name},
        "surface": change.surface,
        "name": change.setting,
        "title": titled(setting.field.title, language) if setting else None,
        "before": change.before,
        "after": change.after,
    }


def changed_since() -> Stale:
    """Somebody else was quicker."""
    return Stale(Reason("changed-since", "somebody has changed it since you looked; look again"))


def _seal(said: Said) -> int:
    """What names exactly these settings, as an ETag."""
    return int.from_bytes(sha256(orjson.dumps(said)).digest()[:4]) % 10**9


def _shown(call: Call, site: str, said: Said) -> Answer:
    items = [_setting(each, said, call.language) for each in call.desk.library.company().settings.values()]
    heads = {**call.heads, "ETag": etag(_seal(said))}
    return as_json({"site": site, "items": items}, 200, heads)


def _setting(setting: Setting, said: Said, language: str) -> dict[str, Any]:
    return {
        "name": setting.name,
        "title": titled(setting.field.title, language),
        "help": titled(setting.field.help, language),
        "schema": field_schema(setting.field, True, language),
        "value": setting.at(said),
        "default": setting.default,
        "said": setting.name in said,
    }
