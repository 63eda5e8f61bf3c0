"""The application does what its OpenAPI document says, for requests that nobody would write by hand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import schemathesis
from api_desk import COMPLAINT, caller, settings
from flask import Flask
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from openapi_spec_validator import validate

from service.api import all_routes
from service.api.document import document
from service.app import create_app
from service.wiring import assemble
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "8"))
CONFIG = schemathesis.Config.from_path(Path(__file__).resolve().parents[2] / "schemathesis.toml")


class Stage:
    """Where the application will stand: the document is needed before there is a desk to put behind it."""

    application: Flask | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand the request on."""
        assert self.application is not None, "the stage is set by the fixture `token`"
        return self.application(environ, start_response)


STAGE = Stage()
SCHEMA = schemathesis.openapi.from_dict(document(all_routes()), config=CONFIG)
SCHEMA.app = STAGE
SCHEMA.location = "/api/openapi.json"


@pytest.fixture(scope="module")
def token(furnished: Path, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher) -> Iterator[str]:
    """A token for the application on the stage, with tickets in it."""
    folder = tmp_path_factory.mktemp("contract")
    path = folder / "desk.db"
    path.write_bytes(furnished.read_bytes())
    database = Database(f"sqlite:///{path}", cipher=cipher, synchronous="NORMAL")
    desk = assemble(settings(folder, sign_in_failures=2), database)
    STAGE.application = create_app(desk)
    for _ in range(3):
        caller(STAGE.application, desk, "receptionist").open("complaint", COMPLAINT)
    yield caller(STAGE.application, desk, "office-director").token
    desk.close()


def test_the_document_is_valid_openapi() -> None:
    """Version 3.1, by the validator of the specification."""
    validate(document(all_routes()))


@SCHEMA.parametrize()
@examples(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_application_keeps_the_contract(case: schemathesis.Case, token: str) -> None:
    """No status, header, content type or shape that the document does not name, and never a 500."""
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})
