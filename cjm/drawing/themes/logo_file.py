"""Logo file: a company's PNG, read within limits, and written again so that nothing but its pixels is passed on."""

import warnings
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from cjm.drawing.primitives import LogoImage
from cjm.errors import TropaError

MOST_BYTES = 1_000_000
MOST_PIXELS = 4_000  # a side
_KEPT = (800, 320)  # pixels: more are not seen on any picture


class LogoError(TropaError):
    """The logo cannot be used."""


def read_logo(path: Path) -> LogoImage:
    """Return the logo in a file. Raises LogoError."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise LogoError(f"cannot be read: {(error.strerror or 'no such file').lower()}") from None
    if len(data) > MOST_BYTES:
        raise LogoError(f"must be a PNG of at most {MOST_BYTES // 1000} kB")
    return _decode(data)


def _decode(data: bytes) -> LogoImage:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow warns of a picture that would fill the memory
            with Image.open(BytesIO(data), formats=("PNG",)) as opened:
                if max(opened.size) > MOST_PIXELS:
                    raise LogoError(f"must be at most {MOST_PIXELS} pixels wide and high")
                image = opened.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, Warning, OSError, ValueError, SyntaxError):
        raise LogoError("must be a PNG; this file is none, or it is damaged") from None
    image.thumbnail(_KEPT, Image.Resampling.LANCZOS)
    file = BytesIO()
    image.save(file, "png")
    return LogoImage(file.getvalue(), image.width, image.height)
