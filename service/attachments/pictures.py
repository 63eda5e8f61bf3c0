"""Makes pictures harmless: drawn anew, turned upright, without anything but the picture; and their
thumbnails.

What a camera adds (place, time, owner, a small copy of the picture before it was cut) is left behind, and
with it whatever else was hidden behind the picture. Bounded by the number of pixels, which is known before a
picture is unpacked; one picture at a time in each process.
"""

from __future__ import annotations

import io
import warnings
from threading import Lock
from typing import IO, NamedTuple

from PIL import Image, ImageFile, ImageOps

from service.attachments.media_types import PICTURES

THUMBNAIL_EDGE = 320  # pixels
_MOST_PROFILE = 65_536  # bytes of a colour profile; a larger one is left out
_LOCK = Lock()
_KEPT_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class UnreadablePicture(Exception):  # noqa: N818 - reads as what was found
    """It is no whole picture."""


class PictureTooLarge(Exception):  # noqa: N818 - reads as what was found
    """It has more pixels than are unpacked."""


class CleanPicture(NamedTuple):
    """A picture drawn anew, and its thumbnail (JPEG, or PNG where there is something to be seen through)."""

    content: bytes
    media_type: str
    thumbnail: bytes


def clean_picture(file: IO[bytes], media_type: str, most_pixels: int) -> CleanPicture:
    """The picture of `file`, drawn anew: the first one, if it moves. Raises UnreadablePicture or
    PictureTooLarge."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns of what is refused here
        try:
            with Image.open(file, formats=(PICTURES[media_type],)) as picture:
                if picture.width * picture.height > most_pixels:
                    raise PictureTooLarge
                return _draw(picture)
        except PictureTooLarge:
            raise
        except Image.DecompressionBombError:
            raise PictureTooLarge from None
        except Exception as error:  # its decoders raise whatever they meet
            raise UnreadablePicture from error


def _draw(picture: ImageFile.ImageFile) -> CleanPicture:
    format_name = picture.format if picture.format in _KEPT_FORMATS else "PNG"
    profile = picture.info.get("icc_profile")
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    if upright.mode not in ("L", "LA", "RGB", "RGBA"):
        seen_through = "transparency" in picture.info or upright.mode in ("PA", "La", "RGBa")
        upright = upright.convert("RGBA" if seen_through else "RGB")
        profile = None  # it was one of other colours
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    colours = {"icc_profile": profile} if profile and len(profile) <= _MOST_PROFILE else {}
    options: dict[str, object] = {} if format_name == "PNG" else {"quality": 90}
    content = _save(bare, format_name, options | colours)
    bare.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE))
    small = _save(bare, "PNG" if "A" in bare.mode else "JPEG", colours)
    return CleanPicture(content, _KEPT_FORMATS[format_name], small)


def _save(picture: Image.Image, form: str, options: dict[str, object]) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()
