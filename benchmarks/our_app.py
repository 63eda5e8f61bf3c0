"""Our application on a benchmark's database, under its own server: `python -m benchmarks.our_app PORT
PROCESSES`."""

from __future__ import annotations

import base64
import os
import sys
from dataclasses import replace

from service.server import serve
from service.settings import Settings


def main(port: int, processes: int) -> None:
    """Serve as `huifang web` does, with the benchmark's key and this many processes; 0: as many as cores."""
    environment = os.environ | {"HUIFANG_KEYS": "1:" + base64.b64encode(b"k" * 32).decode()}
    settings = Settings.load(None, environment)
    settings = replace(settings, server=replace(settings.server, workers=processes))
    serve(settings, "127.0.0.1", port, clock=False, ready=lambda _: None)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
