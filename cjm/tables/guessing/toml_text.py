"""Write values as TOML, for files that people read and change."""

import json
from collections.abc import Mapping
from typing import Any

from cjm.toml_file import MOST_DOTS, MOST_IN_A_LINE


def write_value(value: Any, *, quotes_keys: bool = False) -> str:
    """Return a text, number, list or table of these as TOML; tables are inline.

    ``quotes_keys`` puts the keys of a table in quotes: what cells hold is not written like the keys of a mapping.
    """
    if isinstance(value, Mapping):
        write = write_value if quotes_keys else write_key
        inside = ", ".join(
            f"{write(str(key))} = {write_value(each, quotes_keys=key == 'values')}" for key, each in value.items()
        )
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(write_value, value))}]"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def write_key(key: str) -> str:
    """Return a key: bare where TOML allows it, else in quotes."""
    is_bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if is_bare else write_value(key)


def fits_a_line(text: str) -> bool:
    """Return whether a file may have this line (`cjm.toml_file`)."""
    return len(text) <= MOST_IN_A_LINE and text.count(".") <= MOST_DOTS
