"""Two webs behind a real proxy, with the files of docs/running.md."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from service.cli import run

CONTAINERS = Path(__file__).parents[2] / "deploy" / "containers"


@pytest.fixture
def free_ports() -> list[int]:
    """Three ports that nobody has."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(3)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def answer(url: str) -> tuple[int, bytes]:
    """What a page answers; waits until somebody listens."""
    until = monotonic() + 30
    while True:
        try:
            with urlopen(Request(url), timeout=10) as found:
                return int(found.status), found.read()
        except HTTPError as refused:
            if refused.code not in (502, 503) or monotonic() > until:
                return refused.code, refused.read()
        except URLError:
            assert monotonic() < until, f"{url} does not answer"
        sleep(0.1)


@pytest.fixture
def behind_proxy(
    tmp_path: Path, free_ports: list[int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, list[Any]]]:
    """Two webs with the settings of the containers, behind Caddy with our file; its address, and the webs."""
    if not shutil.which("caddy"):
        pytest.skip("Caddy is not installed here")
    monkeypatch.setenv("HUIFANG_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("HUIFANG_DATABASE_URL", raising=False)
    assert run(["migrate"]) == 0
    *webs, public = free_ports
    environ = {**os.environ, "HUIFANG_CONFIG": str(CONTAINERS / "config.toml")}
    environ |= {"DESK": f"http://127.0.0.1:{public}", "WEB": " ".join(f"127.0.0.1:{port}" for port in webs)}
    environ |= {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    commands = [[sys.executable, "-m", "service", "web", "--port", str(port)] for port in webs]
    caddyfile = (CONTAINERS / "Caddyfile").read_text("utf-8")
    (tmp_path / "Caddyfile").write_text("{\n\tadmin off\n}\n" + caddyfile)
    commands.append(["caddy", "run", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")])
    with ExitStack() as stack:
        started = [
            stack.enter_context(subprocess.Popen(each, env=environ, stderr=subprocess.DEVNULL))
            for each in commands
        ]
        stack.callback(lambda: [each.terminate() for each in started])
        yield f"http://127.0.0.1:{public}", started


def test_behind_the_proxy_one_web_may_go(behind_proxy: tuple[str, list[Any]]) -> None:
    """The other answers alone; what is for who watches does not pass the proxy."""
    public, (web, *_) = behind_proxy
    assert answer(f"{public}/api/me")[0] == 401
    assert {answer(f"{public}{page}")[0] for page in ("/metrics", "/readyz")} == {404}
    web.terminate()
    web.wait(30)
    assert {answer(f"{public}/api/me")[0] for _ in range(6)} == {401}
