"""A desk on SQLite with the published definitions, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from api_desk import Call, caller, open_for_tests, settings
from flask import Flask
from werkzeug.routing import Rule

from service.application import create_app
from service.bootstrap import Desk, build_desk
from workflows import versions
from workflows.definitions import checks
from workflows.language.builder.context import CompanyContext
from workflows.language.definition import Definition
from workflows.language.findings import Finding
from workflows.language.forms.field import LANGUAGES
from workflows.language.load import Folder, ParsedWorkflow
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.versions import Leaning, Versions


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """A text is read against a company once for all tests: reading depends on nothing else."""
    companies: dict[tuple[object, ...], tuple[CompanyContext, tuple[Finding, ...]]] = {}
    published: dict[tuple[object, ...], CompanyContext] = {}
    texts: dict[tuple[object, ...], ParsedWorkflow] = {}
    read_context, read_text = versions.read_context, checks.read_text
    build_context = Versions._context

    def context(
        files: Mapping[str, bytes], *, stored: bool = False, languages: tuple[str, ...] = LANGUAGES
    ) -> tuple[CompanyContext, tuple[Finding, ...]]:
        key = (stored, languages, *sorted(files.items()))
        if key not in companies:
            companies[key] = read_context(files, stored=stored, languages=languages)
        return companies[key]

    def published_context(found: Versions, leaning: Leaning, *, stored: bool = False) -> CompanyContext:
        files = [found._shelf.get(versions.COMPANY_KIND, name, version) for name, version in leaning]
        said = ((each.name, each.text, each.published_at) for each in files if each)
        key = (stored, found._languages, *said)
        if key not in published:
            published[key] = build_context(found, leaning, stored=stored)
        return published[key]

    def reading(
        text: str, filename: str, context: CompanyContext, known: Mapping[str, Definition] | None = None
    ) -> ParsedWorkflow:
        if known is not None:
            return read_text(text, filename, context, known)
        key = (text, filename, id(context))  # the context is kept above
        if key not in texts:
            texts[key] = read_text(text, filename, context)
        return texts[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(versions, "read_context", context)
        patch.setattr(Versions, "_context", published_context)
        patch.setattr(checks, "read_text", reading)
        patch.setattr(versions, "read_text", reading)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """What builds the address of a rule is compiled once for all applications: it takes nine tenths of their
    making, and depends only on the rule."""
    builders: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}
    compile_builder = Rule._compile_builder

    def compiled(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        defaults = sorted((rule.defaults or {}).items())
        key = (rule.rule, rule.host, rule.subdomain, rule.merge_slashes, append_unknown, *defaults)
        if key not in builders:
            builders[key] = compile_builder(rule, append_unknown)
        return builders[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compiled)
        yield


@pytest.fixture(scope="session")
def furnished(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher, ours: Folder
) -> Path:
    """A database with sites, staff and definitions, to copy."""
    path = tmp_path_factory.mktemp("furnished") / "desk.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}", cipher=cipher, synchronous="NORMAL")
    desk = open_for_tests(database, path.parent, ours)
    desk.close()
    return path


@pytest.fixture
def desk(furnished: Path, tmp_path: Path, cipher: Cipher) -> Iterator[Desk]:
    """A desk of this test's own."""
    path = tmp_path / "desk.db"
    shutil.copy(furnished, path)
    found = build_desk(settings(tmp_path), Database(f"sqlite:///{path}", cipher=cipher, synchronous="NORMAL"))
    yield found
    found.close()


@pytest.fixture
def app(desk: Desk) -> Flask:
    """The application in front of it."""
    return create_app(desk)


@pytest.fixture
def call(app: Flask, desk: Desk) -> Call:
    """`call("cs-officer")` signs somebody in."""
    return lambda account, language="en": caller(app, desk, account, language)
