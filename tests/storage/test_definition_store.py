"""A published version never changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from storage_samples import NOW

from workflows.storage.database import Database
from workflows.storage.definitions import DefinitionStore


def publish(library: DefinitionStore, digest: str, name: str = "complaint", kind: str = "workflow") -> int:
    """Put a text on the shelf."""
    return library.publish(kind, name, digest, f"text {digest}", {"organisation": 3}, NOW, "li")


def test_the_same_text_is_the_same_version(database: Database) -> None:
    library = DefinitionStore(database)
    assert library.revision() == 0
    assert [publish(library, digest) for digest in ("a", "a", "b", "a")] == [1, 1, 2, 3]
    assert library.revision() == 3


def test_versions_are_found_again(database: Database) -> None:
    library = DefinitionStore(database)
    publish(library, "a"), publish(library, "b"), publish(library, "x", "office", "calendars")
    latest = library.latest("workflow", "complaint")
    assert latest is not None
    assert (latest.version, latest.digest, latest.text) == (2, "b", "text b")
    assert latest.context == {"organisation": 3}
    assert (latest.published_at, latest.published_by) == (NOW, "li")
    first = library.get("workflow", "complaint", 1)
    assert first is not None
    assert first.digest == "a"
    assert library.get("workflow", "complaint", 9) is library.latest("workflow", "none") is None
    assert [(each.name, each.version) for each in library.list()] == [("office", 1), ("complaint", 2)]
    assert [each.name for each in library.list("workflow")] == ["complaint"]
    assert [each.version for each in library.versions("workflow", "complaint")] == [1, 2]


def test_two_publishers_at_once_get_two_versions(database: Database) -> None:
    library = DefinitionStore(database)
    with ThreadPoolExecutor(4) as pool:
        versions = list(pool.map(lambda n: publish(library, f"d{n}"), range(8)))
    assert sorted(versions) == list(range(1, 9))
