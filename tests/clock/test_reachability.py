"""A desk says whom it cannot tell: at start, to who asks whether it is ready, and to who watches it."""

from __future__ import annotations

from dataclasses import replace

import clock_desk
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from service import wallclock
from service.application import create_app
from service.bootstrap import Desk
from service.reachability import warn_of_unreachable
from service.relay import relay_batch
from service.settings_tables import ChannelSettings, MailSettings

TOKEN = "a made-up token for metrics"


def with_channels(desk: Desk) -> Desk:
    """The desk with a mail server and a channel to clients."""
    mail = MailSettings(host="127.0.0.1", port=9, sender="desk@example.org")
    channels = ChannelSettings(addresses={"client": "json://127.0.0.1:9/{phone}"})
    return replace(desk, settings=replace(desk.settings, mail=mail, channels=channels))


def client_of(desk: Desk) -> FlaskClient:
    return create_app(replace(desk, settings=replace(desk.settings, metrics_token=TOKEN))).test_client()


def metrics_of(client: FlaskClient) -> str:
    return client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text


def test_a_desk_that_can_tell_nobody_says_so_in_one_line(desk: Desk) -> None:
    with capture_logs() as said:
        warn_of_unreachable(desk)
    (line,) = said
    assert line["event"] == "not everybody can be told"
    assert line["clients"] == "cannot be told: no channel (HUIFANG_CHANNELS)"
    assert line["mail"] == "cannot be sent: no server ([mail] in config.toml)"
    assert line["staff_without_address"] == {"office": "5 of 5"}


def test_a_mail_address_is_none_where_no_mail_leaves(desk: Desk) -> None:
    """And a URL is one."""
    clock_desk.set_contact(desk, "clerk", mail="clerk@example.org")
    clock_desk.set_contact(desk, "director", url="json://example.org/x")
    with capture_logs() as said:
        warn_of_unreachable(desk)
        warn_of_unreachable(with_channels(desk))
    assert [line["staff_without_address"] for line in said] == [{"office": "4 of 5"}, {"office": "3 of 5"}]


def test_where_everybody_can_be_told_nothing_is_said(desk: Desk) -> None:
    for account in clock_desk.POSTS:
        clock_desk.set_contact(desk, account, mail=f"{account}@example.org")
    reached = with_channels(desk)
    with capture_logs() as said:
        warn_of_unreachable(reached)
    assert said == []
    client = client_of(reached)
    assert "unreachable" not in client.get("/readyz").json
    assert 'huifang_staff_without_address{site="office"} 0.0' in metrics_of(client)
    assert 'huifang_channel_available{channel="client"} 1.0' in metrics_of(client)


def test_who_asks_whether_it_is_ready_learns_whom_it_cannot_tell_and_not_how_many(desk: Desk) -> None:
    ready = client_of(desk).get("/readyz")
    assert (ready.status_code, ready.json["unreachable"]) == (200, ["clients", "staff"])
    assert "office" not in ready.text


def test_who_gets_an_address_can_be_told_from_then_on(desk: Desk) -> None:
    client = client_of(with_channels(desk))
    assert 'huifang_staff_without_address{site="office"} 5.0' in metrics_of(client)
    clock_desk.set_contact(desk, "clerk", mail="clerk@example.org")
    assert 'huifang_staff_without_address{site="office"} 4.0' in metrics_of(client)


def test_messages_that_nobody_received_are_counted(desk: Desk) -> None:
    """Of the last day: with no address, and only logged."""
    now = wallclock.now()
    ticket = clock_desk.open_errand(desk, now=now, caller="Li Example", phone="13800000001")
    clock_desk.fire(desk, ticket, "tell", now)
    relay_batch(desk, now)
    shown = metrics_of(client_of(desk))
    assert 'huifang_outbox_unreached{status="no-address"} 1.0' in shown
    assert 'huifang_outbox_unreached{status="logged"} 1.0' in shown
