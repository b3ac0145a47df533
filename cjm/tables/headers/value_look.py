"""Tell a row of names from a row of data, so that no message shows a customer's row as if it were a header.

Doubt counts against a header: a message without names costs a look into the file, one with a customer's row tells what
it must not.
"""

import re
from collections.abc import Iterable, Sequence

_IMPORT_ID = re.compile(r'\{\s*"ImportId"\s*:')
_SIGNS = r"[\d\s.,:;/()'+\-–−%€$£₽№#*★☆]*"
_WHOLE_VALUE = re.compile(rf"{_SIGNS}(?:\d{_SIGNS}(?:zł|pln|eur|usd|rub|руб\.?|р\.)?|[★☆]+)", re.IGNORECASE)
_PART_OF_VALUE = re.compile(
    r"""
    \d{5} | (?:\d[\s().+-]{0,3}){7}                  # a long number or a telephone
    | \d{4}-\d\d | \d\d?[./]\d\d?[./]\d\d | \d\d?:\d\d  # a date or a time
    | \b\d{1,2} \W{1,3} \w{3,12} \W{1,3} \d{4}       # 4 March 2026
    | \b\w{3,12} \W{1,3} \d{1,2} , \W? \d{4}         # March 4, 2026
    | \S@\S{1,80}\.\S                                # an e-mail address
    | ://
    """,
    re.VERBOSE,
)
_ANSWERS = frozenset(("yes", "no", "true", "false", "null", "none", "nan", "n/a", "na", "да", "нет", "tak", "nie"))
_MOST_LOOKED_AT = 500  # characters of a cell: what follows is a long question, or a customer's long words


def is_import_id(cell: str) -> bool:
    """Return whether a cell is the name that Qualtrics gives to a column for its own imports."""
    return _IMPORT_ID.match(cell.strip()) is not None


def looks_like_value(cell: str) -> bool:
    """Return whether a cell may be a number, a date, a telephone, an address or a plain answer."""
    text = cell.strip()[:_MOST_LOOKED_AT]
    if not text or is_import_id(text):
        return False
    return _is_answer(text) or _WHOLE_VALUE.fullmatch(text) is not None or _PART_OF_VALUE.search(text) is not None


def _is_answer(text: str) -> bool:
    return text.strip().casefold() in _ANSWERS


def is_surely_header(header_rows: Sequence[Sequence[str]], sample: Sequence[Sequence[str]]) -> bool:
    """Return whether no cell of the header looks like a value, while a column below it holds mostly values.

    A single "No" among names is the name of a column of numbers, and no answer.
    """
    values = [cell for row in header_rows for cell in row if looks_like_value(cell)]
    if len(values) > 1 or not all(map(_is_answer, values)):
        return False
    return any(_holds_values(place, sample) for place, name in enumerate(header_rows[-1]) if name.strip())


def is_like_sample(row: Sequence[str], sample: Sequence[Sequence[str]], places: Iterable[int]) -> bool:
    """Return whether a row may be data as well as those of the sample, by its cells in these places.

    A single date, telephone or address above such cells is enough; of numbers most must be so, because names of
    columns may be numbers.
    """
    filled = [place for place in places if row[place].strip()]
    alike = [row[place] for place in filled if looks_like_value(row[place]) and _holds_values(place, sample)]
    return 2 * len(alike) > len(filled) or any(_PART_OF_VALUE.search(cell[:_MOST_LOOKED_AT]) for cell in alike)


def _holds_values(place: int, sample: Sequence[Sequence[str]]) -> bool:
    cells = [row[place] for row in sample if place < len(row) and row[place].strip()]
    return 2 * sum(map(looks_like_value, cells)) > len(cells)
