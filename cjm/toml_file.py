"""Reading TOML that somebody else wrote: too large, wrongly encoded, damaged or absurdly nested, it is one sentence."""

import os
import tomllib
from pathlib import Path
from typing import Any

from cjm.errors import TropaError

MOST_BYTES = 256 * 1024
MOST_IN_A_LINE = 10_000
MOST_DOTS = 300  # dotted keys cost tomllib the square of their parts: lines full of them would take minutes


class TomlError(TropaError):
    """A file that cannot be read at all; the message is a sentence without the file's name."""


def read_toml_text(path: Path) -> str:
    """The text of the file. Raises TomlError."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise TomlError(f"cannot be read: {os.strerror(error.errno or 0).lower()}") from None
    return decode_toml(content)


def decode_toml(content: bytes) -> str:
    """The text that ``content`` is, in UTF-8 with or without a byte-order mark. Raises TomlError."""
    if len(content) > MOST_BYTES:
        raise TomlError(f"is larger than {MOST_BYTES // 1024} kB, the most that can be taken")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TomlError("is saved as UTF-16; save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TomlError(f"is not saved as UTF-8 (line {line} is the first that shows it)") from None


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of ``text``. Raises TomlError, with the line where TOML went wrong."""
    if len(text) > MOST_BYTES:
        raise TomlError(f"is larger than {MOST_BYTES // 1024} kB, the most that can be taken")
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MOST_IN_A_LINE:
            raise TomlError(f"line {number} is longer than {MOST_IN_A_LINE} characters")
        if line.count(".") > MOST_DOTS:
            raise TomlError(f"line {number} holds more than {MOST_DOTS} dots")
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise TomlError("is nested too deeply: lists in lists in lists") from None
    except tomllib.TOMLDecodeError as error:
        said = "".join(c if c.isprintable() else " " for c in str(error))[:200]
        raise TomlError(f"is not valid TOML: {said}") from None
    except ValueError:
        raise TomlError("holds a number with thousands of digits") from None
