"""Read the cells of a table. A CellError says what is wrong or needed, and never repeats what the cell holds."""

import re
import unicodedata
from fractions import Fraction

MOST_TEXT = 4096
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,20})?", re.ASCII)  # workbooks hold quotients such as 0.333333333333333


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


def parse_decimal(text: str) -> Fraction | None:
    """Return the exact number that a cell holds, with a decimal point or comma; None if it is no number.

    Spaces between digits, which spreadsheets put there to group them, are ignored.
    """
    plain = "".join(text.split()).replace("\u2212", "-")  # a minus sign is typed by spreadsheets in some languages
    return Fraction(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else None


def read_number(text: str) -> float:
    """Read a number with a decimal point or comma; spaces between digits are ignored."""
    found = parse_decimal(text)
    if found is None:
        raise CellError("is not a number, such as 12.50; name cells without a value in not_applicable")
    return float(found)


def read_words(text: str) -> str:
    """Read a customer's own words, without control characters other than line breaks and tabs."""
    if len(text) > MOST_TEXT:
        raise CellError(f"is too long; at most {MOST_TEXT} characters are allowed")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
