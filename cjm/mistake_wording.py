"""Wording of mistakes in files and requests: pydantic's findings as sentences, quoted names, and guesses at slips.

Invariants:

* No sentence repeats a value that was typed: it may be a customer's.
* In names that must be repeated (keys, columns) invisible characters are escaped; `quote_name` also cuts them.
"""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

_MOST_CHARACTERS = 40
_LEAST_SIMILARITY = 0.63  # from 0 to 1, as difflib measures it: "pai" is meant as "pay", "kind" is not as "asking"
_SENTENCES = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is too large",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number, not nan or inf",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list, such as [ … ]",
    "dict_type": "must be a table, such as { … }",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
}
_TEMPLATES = {
    "value_error": "{error}",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "too_short": "has {actual_length} entries but needs at least {min_length}",
    "too_long": "has too many entries; at most {max_length} are allowed",
    "string_too_short": "is empty",
    "string_too_long": "is too long; at most {max_length} characters are allowed",
}


def describe_error(error: ErrorDetails | Mapping[str, Any]) -> str:
    """Return a sentence without subject for one of ``ValidationError.errors()``: "must be a whole number"."""
    kind = error["type"]
    if kind in _TEMPLATES:
        return _TEMPLATES[kind].format(**error["ctx"])
    return _SENTENCES.get(kind, "is not a value that is allowed here")


def quote_name(text: str) -> str:
    """Return a key or name from a file, safe to repeat: in quotes, cut, with invisible characters escaped."""
    cut = text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + "…"
    return f'"{escape_invisible(cut)}"'


def escape_invisible(text: str) -> str:
    """Return a line with what commands a terminal, or turns text around, written as an escape."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def path_step(name: str) -> str:
    """Return a key as a step of a key path: bare where TOML allows a bare key, else quoted."""
    plain = name.isascii() and len(name) <= _MOST_CHARACTERS and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else quote_name(name)


def find_similar(name: str, candidates: Iterable[str]) -> str | None:
    """Return the one of ``candidates`` that was probably meant, or None."""
    names = list(candidates)
    if len(name) > 2 * _MOST_CHARACTERS:  # comparing costs the product of the lengths, and no slip is so long
        return None
    # A second try in small letters: comparing is by letters, and "NPS" has none in common with "nps". A third one for
    # names that were cut short, such as "api" for "api_url".
    found = (
        difflib.get_close_matches(name, names, 1, _LEAST_SIMILARITY)
        or difflib.get_close_matches(name.lower(), names, 1, _LEAST_SIMILARITY)
        or [each for each in names if len(name) >= 3 and each.startswith(name)]
    )
    return found[0] if found and found[0] != name else None


def list_journeys(keys: Iterable[str]) -> str:
    """Return "the journeys are: a, b" for an error about a key that none of them has."""
    names = join_names(keys)
    return f"the journeys are: {names}" if names else "there is none yet: apply a journey file first"


def join_names(names: Iterable[str], limit: int = 12) -> str:
    """Return the names as "a, b, c", cut after ``limit`` of them, with invisible characters escaped.

    A long name is cut, so that a sentence with many of them stays readable.
    """
    names_list = list(names)
    listed = (escape_invisible(_cut_name(name)) for name in names_list[:limit])
    return ", ".join(listed) + (" …" if len(names_list) > limit else "")


def _cut_name(name: str) -> str:
    return name if len(name) <= _MOST_CHARACTERS else f"{name[: _MOST_CHARACTERS - 1]}…"
