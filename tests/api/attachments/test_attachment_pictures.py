"""What files are by their content: pictures, what a browser may show, and names."""

from __future__ import annotations

import io

import pytest
from api_desk import Caller
from attachment_samples import PDF, picture, sent, upload
from PIL import Image

from service.attachments.file_names import clean_file_name


def test_a_photo_is_upright_and_says_nothing_of_where_it_was_taken(officer: Caller, at: str) -> None:
    """Whatever a camera adds is gone, also its own small picture."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A Maker"
    exif.get_ifd(0x8825)[2] = (31.0, 13.0, 49.0)
    marked = picture(40, 20, exif=exif, comment=b"taken by Li Example")
    assert b"A Maker" in marked
    (item,) = upload(officer, at, ("p.jpg", marked)).json["items"]
    found = officer.get(f"{at}/{item['id']}")
    assert found.headers["Content-Type"] == "image/jpeg"
    assert found.headers["Content-Disposition"].startswith("inline;")
    for word in (b"A Maker", b"Exif", b"Li Example"):
        assert word not in found.data
    shown = Image.open(io.BytesIO(found.data))
    assert (shown.size, dict(shown.getexif())) == ((20, 40), {})
    small = officer.get(f"{at}/{item['id']}/thumbnail")
    assert (small.status_code, small.headers["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(small.data)).size == (20, 40)


@pytest.mark.parametrize(
    ("form", "mode", "kept"),
    [
        ("PNG", "RGBA", "image/png"),
        ("PNG", "P", "image/png"),
        ("PNG", "I;16", "image/png"),
        ("PNG", "1", "image/png"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("WEBP", "RGBA", "image/webp"),
        ("GIF", "P", "image/png"),
    ],
)
def test_pictures_of_all_kinds_are_kept_as_pictures(
    officer: Caller, at: str, form: str, mode: str, kept: str
) -> None:
    """With what is to be seen through; a moving one as its first picture."""
    file = io.BytesIO()
    Image.new(mode, (600, 400)).save(file, form)
    (item,) = upload(officer, at, (f"p.{form.lower()}", file.getvalue())).json["items"]
    assert item["media_type"] == kept
    shown = Image.open(io.BytesIO(officer.get(f"{at}/{item['id']}").data))
    assert (shown.size, "A" in shown.getbands()) == ((600, 400), mode == "RGBA")
    small = officer.get(f"{at}/{item['id']}/thumbnail").data
    assert Image.open(io.BytesIO(small)).size == (320, 213)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<!doctype html><script>alert(1)</script>"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("a.xml", b"<?xml version='1.0'?><x xmlns='http://www.w3.org/1999/xhtml'/>"),
        ("page", b"<!doctype html><script>alert(1)</script>"),
        ("a.js", b"alert(1)"),
        ("a.bin", b"\x01\x02\x03\x04"),
        ("a.pdf", PDF),
        ("a.txt", "看图".encode()),
    ],
)
def test_nothing_but_a_picture_is_ever_shown_by_a_browser(
    officer: Caller, at: str, name: str, content: bytes
) -> None:
    """It is saved; what could run is bytes of no type, and has no right to run."""
    found = officer.get(f"{at}/{sent(officer, at, content, name)}")
    assert found.data == content
    heads = found.headers
    assert heads["Content-Disposition"].startswith("attachment;")
    assert (heads["X-Content-Type-Options"], "sandbox" in heads["Content-Security-Policy"]) == (
        "nosniff",
        True,
    )
    assert heads["Content-Type"].partition(";")[0] in (
        "application/octet-stream",
        "application/pdf",
        "text/plain",
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\li\\照片.txt", "照片.txt"),
        ("a\u202egpj.txt", "agpj.txt"),
        ("con.txt", "_con.txt"),
        ("  .htaccess ", "htaccess"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
        ('a"b;c\u0001.txt', "a b;c.txt"),
        ("…", "…"),
        ("///", "file"),
    ],
)
def test_names_are_made_safe(given: str, kept: str) -> None:
    assert clean_file_name(given) == kept
