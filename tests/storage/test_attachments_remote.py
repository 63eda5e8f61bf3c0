"""Files in an S3 bucket: the same promises as in a folder, against a server on this machine."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest

from workflows.storage.attachments.places import FilePlace, open_place
from workflows.storage.attachments.sealed_stream import CHUNK, new_stream_key, open_stream, seal_stream

pytest.importorskip("s3fs", reason="s3fs is an extra, and is not installed")
moto_server = pytest.importorskip("moto.server", reason="moto's server is not installed")
WORDS = os.urandom(3 * CHUNK + 5)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@pytest.fixture(scope="module")
def bucket() -> Iterator[FilePlace]:
    """A bucket on a server of our own, with made-up credentials."""
    import boto3
    import fsspec

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "made-up",
            "AWS_SECRET_ACCESS_KEY": "made-up",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        }.items():
            patch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="files")
        yield open_place("s3://files/desk", None)
    fsspec.filesystem("s3").clear_instance_cache()
    server.stop()


def test_a_file_is_written_read_in_part_and_removed(bucket: FilePlace) -> None:
    key, name = new_stream_key(), "2026-11-29/one"
    size = bucket.write(name, seal_stream(key, "lake/one", (WORDS,)))
    assert size > len(WORDS)

    def read(start: int, length: int) -> bytes:
        return bucket.read(name, start, length)

    assert b"".join(open_stream(key, "lake/one", len(WORDS), read)) == WORDS
    part = b"".join(open_stream(key, "lake/one", len(WORDS), read, CHUNK - 2, CHUNK + 2))
    assert part == WORDS[CHUNK - 2 : CHUNK + 2]
    assert (len(read(size - 3, 100)), read(size, 100)) == (3, b"")
    assert list(bucket.names("2026-11-29")) == [name]
    assert list(bucket.names()) == [name]
    bucket.delete(name)
    bucket.delete(name)
    assert list(bucket.names()) == []
    with pytest.raises(FileNotFoundError):
        bucket.read(name, 0, 10)


def test_a_file_that_fails_halfway_is_not_kept(bucket: FilePlace) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"half" * 10_000
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        bucket.write("2026-11-29/two", breaking())
    assert list(bucket.names()) == []
