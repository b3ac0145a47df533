"""Read TOML that somebody else wrote, within limits of size, of a line's length and dots, and of nesting.

Anything wrong with the file as a whole (size, encoding, syntax) is one TomlError with one sentence.
"""

import os
import tomllib
from pathlib import Path
from typing import Any

from cjm.errors import TropaError

MOST_BYTES = 256 * 1024
MOST_IN_A_LINE = 10_000
MOST_DOTS = 300  # dotted keys cost tomllib the square of their parts: lines full of them would take minutes


class TomlError(TropaError):
    """File that cannot be read as TOML; the message follows the file's name, such as "is nested too deeply"."""


def read_toml_text(path: Path) -> str:
    """Return the text of the file. Raises TomlError."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)  # one byte more than allowed shows that the file is too large
    except OSError as error:
        raise TomlError(f"cannot be read: {os.strerror(error.errno or 0).lower()}") from None
    return decode_toml(content)


def decode_toml(content: bytes) -> str:
    """Decode UTF-8, with or without a byte-order mark. Raises TomlError."""
    if len(content) > MOST_BYTES:
        raise TomlError(f"is larger than {MOST_BYTES // 1024} kB, the largest size allowed")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TomlError("is saved as UTF-16; save it as UTF-8")
    try:
        return content.decode("utf-8-sig")  # without the byte-order mark that Windows editors write
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TomlError(f"is not saved as UTF-8 (line {line} is the first with other bytes)") from None


def parse_toml(text: str) -> dict[str, Any]:
    """Return the tables of ``text``. Raises TomlError, with the line where the syntax goes wrong."""
    if len(text) > MOST_BYTES:
        raise TomlError(f"is larger than {MOST_BYTES // 1024} kB, the largest size allowed")
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MOST_IN_A_LINE:
            raise TomlError(f"has more than {MOST_IN_A_LINE} characters in line {number}")
        if line.count(".") > MOST_DOTS:
            raise TomlError(f"has more than {MOST_DOTS} dots in line {number}")
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise TomlError("is nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        reason = "".join(c if c.isprintable() else " " for c in str(error))[:200]
        raise TomlError(f"is not valid TOML: {reason}") from None
    except ValueError:  # Python refuses to convert numbers of more than 4,300 digits
        raise TomlError("contains a number with thousands of digits") from None
