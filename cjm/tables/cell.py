"""Read the cells of a table. A CellError says what is wrong or needed, and never repeats what the cell holds."""

import unicodedata

MOST_TEXT = 4096


class CellError(ValueError):
    """Cell that cannot be read; the message follows the name of the column, such as "is empty"."""


def read_identifier(text: str, length: int = 128) -> str:
    """Read a name that the business gives: 1 to ``length`` visible characters."""
    if not text:
        raise CellError("is empty")
    if len(text) > length:
        raise CellError(f"is too long; at most {length} characters are allowed")
    if not text.isprintable():
        raise CellError("contains invisible characters; remove them")
    return text


def read_words(text: str) -> str:
    """Read a customer's own words, without control characters other than line breaks and tabs."""
    if len(text) > MOST_TEXT:
        raise CellError(f"is too long; at most {MOST_TEXT} characters are allowed")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
