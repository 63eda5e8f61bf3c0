"""Metrics are for who shows the token, and for this very machine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from service.application import create_app
from service.bootstrap import Desk

TOKEN = "a made-up token for metrics"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    """A client of a desk with a token for its metrics."""
    return create_app(replace(desk, settings=replace(desk.settings, metrics_token=TOKEN))).test_client()


def status(client: FlaskClient, address: str, **headers: str) -> int:
    """What a scrape from an address is answered."""
    heads = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get("/metrics", headers=heads, environ_base={"REMOTE_ADDR": address}).status_code


@pytest.mark.parametrize("address", ["203.0.113.5", "10.0.0.7", "2001:db8::1", "", "not an address"])
def test_another_machine_needs_the_token(client: FlaskClient, desk: Desk, address: str) -> None:
    """Where the settings have none, it is told nothing at all."""
    assert status(client, address) == 401
    assert status(client, address, **SHOWN) == 200
    assert status(create_app(desk).test_client(), address) == 401


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.53", "::1"])
def test_this_machine_needs_none_for_the_counts(client: FlaskClient, address: str) -> None:
    """As an agent beside the desk."""
    assert status(client, address) == 200


@pytest.mark.parametrize("name", ["X_Forwarded_For", "Forwarded", "X_Real_IP", "Via"])
def test_a_proxy_of_this_machine_does_not_lend_its_address(client: FlaskClient, name: str) -> None:
    """What it passes on comes from somewhere else, whatever it says."""
    assert status(client, "127.0.0.1", **{name: "127.0.0.1"}) == 401


def test_behind_a_trusted_proxy_the_address_is_the_clients(desk: Desk) -> None:
    server = replace(desk.settings.server, proxies=1)
    client = create_app(replace(desk, settings=replace(desk.settings, server=server))).test_client()
    assert status(client, "127.0.0.1", X_Forwarded_For="203.0.113.5") == 401
