"""Settings of a site."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from service.api.change_view import render_author
from service.api.http.paging import page_limit, seq_cursor, seq_page
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, format_etag, json_response
from service.api.http.route import Routes
from service.schemas import bodies, queries
from service.texts import localize
from workflows.errors import Invalid, Reason, Stale
from workflows.language.forms.schema import field_schema
from workflows.language.forms.setting import Setting, check_settings
from workflows.storage.people.setting_changes import SettingChange

routes = Routes("sites")
SettingValues = Mapping[str, object]


@routes.get(
    "/api/sites/{site}/settings", "See what a site has decided", "Settings", refuses=(403, 404), etag=True
)
def show_settings(request: ApiRequest, site: str) -> ApiResponse:
    """Every setting of the company, with its value at the site. For administrators of the desk there."""
    return _settings_response(request, request.check_managed_site(site), request.desk.people.settings(site))


@routes.put(
    "/api/sites/{site}/settings",
    "Say what a site decides",
    "Settings",
    body=bodies.PutSettings(),
    writes=True,
)
def put_settings(request: ApiRequest, site: str) -> ApiResponse:
    """Replace all settings of the site; what is left out has its default again."""
    before = request.desk.people.settings(request.check_managed_site(site))
    after, reasons = check_settings(request.desk.definitions.company().settings, request.body["values"])
    if request.seen != _settings_version(before):
        raise stale_error()
    if reasons:
        raise Invalid(reasons)
    if not request.desk.people.change_settings(site, before, after, request.actor_at(site), request.now):
        raise stale_error()
    return _settings_response(request, site, after)


@routes.get(
    "/api/sites/{site}/settings/history",
    "See who changed which setting",
    "SettingsHistory",
    query=queries.HistoryQuery(),
    refuses=(403, 404, 422),
    linked=True,
)
def show_settings_history(request: ApiRequest, site: str) -> ApiResponse:
    """Every change with the old and the new value, oldest first. For administrators of the desk there."""
    after, limit = seq_cursor(request), page_limit(request)
    found = request.desk.people.settings_history(request.check_managed_site(site), after, limit + 1)
    known = request.desk.definitions.company().settings
    return seq_page(
        request, found, lambda each: _render_change(each, known.get(each.setting), request.language)
    )


def _render_change(change: SettingChange, setting: Setting | None, language: str) -> dict[str, Any]:
    return {
        **render_author(change),
        "name": change.setting,
        "title": localize(setting.field.title, language) if setting else None,
        "before": change.before,
        "after": change.after,
    }


def stale_error() -> Stale:
    """The refusal for a writer whose ETag is no longer current."""
    return Stale(Reason("changed-since", "somebody has changed it since you looked; look again"))


def _settings_version(values: SettingValues) -> int:
    """The version of these values, for the ETag."""
    return int.from_bytes(sha256(orjson.dumps(values)).digest()[:4]) % 10**9


def _settings_response(request: ApiRequest, site: str, values: SettingValues) -> ApiResponse:
    items = [
        _render_setting(each, values, request.language)
        for each in request.desk.definitions.company().settings.values()
    ]
    heads = {**request.response_headers, "ETag": format_etag(_settings_version(values))}
    return json_response({"site": site, "items": items}, 200, heads)


def _render_setting(setting: Setting, values: SettingValues, language: str) -> dict[str, Any]:
    return {
        "name": setting.name,
        "title": localize(setting.field.title, language),
        "help": localize(setting.field.help, language),
        "schema": field_schema(setting.field, True, language),
        "value": setting.value_at(values),
        "default": setting.default,
        "said": setting.name in values,
    }
