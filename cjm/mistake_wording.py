"""One sentence for one mistake in a file: what pydantic found, said so that the file's author can mend it.

Nothing here repeats a value that was typed; what must be named (a key) is cut and stripped of what cannot be seen.
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

_MOST_SHOWN = 40
_SAID = {
    "missing": "is missing",
    "string_type": "must be a text in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be an ordinary number, not nan or inf",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list, such as [ … ]",
    "dict_type": "must be a table, such as { … }",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
}
_WITH_CONTEXT = {
    "value_error": "{error}",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "too_short": "has {actual_length} entries; it needs at least {min_length}",
    "too_long": "has too many entries; at most {max_length} are allowed",
    "string_too_short": "is empty",
    "string_too_long": "is too long; {max_length} characters is the most",
}


def describe_error(found: ErrorDetails | Mapping[str, Any]) -> str:
    """What is wrong, in words, for one of ``ValidationError.errors()``."""
    kind = found["type"]
    if kind in _WITH_CONTEXT:
        return _WITH_CONTEXT[kind].format(**found["ctx"])
    return _SAID.get(kind, "is not a value that can stand here")


def quote_name(text: str) -> str:
    """A key or name from a file, safe to repeat: in quotes, cut, with nothing invisible in it."""
    cut = text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"
    return f'"{_escape_invisible(cut)}"'


def _escape_invisible(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def path_step(name: str) -> str:
    """A key as a step of a key path: bare where TOML would leave it bare."""
    plain = name.isascii() and len(name) <= _MOST_SHOWN and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else quote_name(name)


def find_similar(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant."""
    names = list(known)
    if len(name) > 2 * _MOST_SHOWN:
        return None
    found = difflib.get_close_matches(name, names, 1) or difflib.get_close_matches(name.lower(), names, 1)
    return found[0] if found and found[0] != name else None


def join_names(names: Iterable[str], most: int = 12) -> str:
    """As "a, b, c", cut after ``most``, with nothing invisible in it."""
    shown_names = list(names)
    return ", ".join(map(_escape_invisible, shown_names[:most])) + (" …" if len(shown_names) > most else "")
