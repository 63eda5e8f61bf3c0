"""Our application on the database of the benchmark, for the server to load."""

from __future__ import annotations

import base64
import os

from flask import Flask

from service.app import create_app
from service.settings import Settings
from service.wiring import open_desk


def create() -> Flask:
    """The application of `huifang web`, with the benchmark's key."""
    environment = os.environ | {"HUIFANG_KEYS": "1:" + base64.b64encode(b"k" * 32).decode()}
    return create_app(open_desk(Settings.load(None, environment)))
