"""PNG files of pixels that are painted already.

* Rows are stored as they are, without one of PNG's filters, which prepare photographs for their compression: flat
  colours and letters repeat from row to row. To look for the best filter of each row, as libraries do, takes three
  times as long, for a file that is a quarter larger.
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

PNG_LEVEL = 3  # of 9: the next one takes twice as long and saves a twentieth of the file
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INCH = 0.0254  # metres
_EIGHT_BITS, _RGB = 8, 2

Pixels = NDArray[np.uint8]


def encode_png(pixels: Pixels, dpi: int) -> bytes:
    """Return the file of a picture: rows of pixels whose first three bytes are red, green and blue."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # the first byte of a row names its filter: 0 is none
    places = rows[:, 1:].reshape(height, width, 3)
    for colour in range(3):  # one by one: numpy copies three bytes of four, pixel after pixel, four times slower
        places[:, :, colour] = pixels[:, :, colour]
    to_metre = round(dpi / _INCH)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, _EIGHT_BITS, _RGB, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", to_metre, to_metre, 1)),
            _chunk(b"IDAT", zlib.compress(rows.data, PNG_LEVEL)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(name)))
