"""The application does what its OpenAPI document says, for requests that nobody would write by hand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import orjson
import pytest
import schemathesis
from answer_schemas import closed_document
from api_desk import COMPLAINT, caller, settings
from flask import Flask
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from openapi_spec_validator import validate

from service.api import all_routes
from service.api.http.openapi import build_document
from service.api.schemas import ANSWER_SCHEMAS
from service.application import create_app
from service.bootstrap import build_desk
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


SCHEMA = schemathesis.openapi.from_dict(closed_document(), config=CONFIG)
SCHEMA.app = STAGE
SCHEMA.location = "/api/openapi.json"


@pytest.fixture(scope="module")
def token(furnished: Path, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher) -> Iterator[str]:
    """A token for the application on the stage, with tickets in it."""
    folder = tmp_path_factory.mktemp("contract")
    path = folder / "desk.db"
    path.write_bytes(furnished.read_bytes())
    database = Database(f"sqlite:///{path}", cipher=cipher, synchronous="NORMAL")
    desk = build_desk(settings(folder, sign_in_failures=2), database)
    STAGE.application = create_app(desk)
    for _ in range(3):
        caller(STAGE.application, desk, "receptionist").open("complaint", COMPLAINT)
    yield caller(STAGE.application, desk, "office-director").token
    desk.close()


def test_the_document_is_valid_openapi() -> None:
    """Version 3.1, by the validator of the specification."""
    validate(build_document(all_routes()))


def test_answers_may_have_keys_that_a_client_does_not_know() -> None:
    """Otherwise no version could add one; requests stay strict."""
    document = build_document(all_routes())
    for name in ANSWER_SCHEMAS:
        assert b'"additionalProperties":false' not in orjson.dumps(document["components"]["schemas"][name]), (
            name
        )


def test_every_operation_is_under_a_heading_that_is_explained() -> None:
    document = build_document(all_routes())
    used = {
        tag
        for path in document["paths"].values()
        for each in path.values()
        if "tags" in each
        for tag in each["tags"]
    }
    assert used == {each["name"] for each in document["tags"]}


@SCHEMA.parametrize()
@examples(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_application_keeps_the_contract(case: schemathesis.Case, token: str) -> None:
    """No status, header, content type or shape that the document does not name, and never a 500."""
    tag = case.headers.get("If-Match")
    if case.meta.generation.mode.is_positive and tag is not None and '"' not in tag:
        case.headers["If-Match"] = f'"{tag}"'  # the generator reads `"0"` as JSON and sends 0
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})
